#include "support/networks.hpp"

#if defined(KOKKOS_ENABLE_OPENMP)
namespace deepmaacc {
SUPPORT_INSTANTIATE_NETWORKS(, Kokkos::OpenMP)
}  // namespace deepmaacc
#endif
