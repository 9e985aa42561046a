#include "support/networks.hpp"

#if defined(KOKKOS_ENABLE_SERIAL)
namespace deepmaacc {
SUPPORT_INSTANTIATE_NETWORKS(, Kokkos::Serial)
}  // namespace deepmaacc
#endif
