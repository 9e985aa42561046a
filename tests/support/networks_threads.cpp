#include "support/networks.hpp"

#if defined(KOKKOS_ENABLE_THREADS)
namespace deepmaacc {
SUPPORT_INSTANTIATE_NETWORKS(, Kokkos::Threads)
}  // namespace deepmaacc
#endif
