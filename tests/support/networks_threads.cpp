#include "support/networks.hpp"

#if defined(KOKKOS_ENABLE_THREADS)
SUPPORT_INSTANTIATE_NETWORKS(, Kokkos::Threads)
#endif
