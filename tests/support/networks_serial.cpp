#include "support/networks.hpp"

#if defined(SUPPORT_TESTS_SERIAL)
namespace deepmaacc {
SUPPORT_INSTANTIATE_NETWORKS(, Kokkos::Serial)
}  // namespace deepmaacc
#endif
