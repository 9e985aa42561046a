#include "support/networks.hpp"

#if defined(KOKKOS_ENABLE_OPENMP)
SUPPORT_INSTANTIATE_NETWORKS(, Kokkos::OpenMP)
#endif
