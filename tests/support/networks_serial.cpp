#include "support/networks.hpp"

#if defined(KOKKOS_ENABLE_SERIAL)
SUPPORT_INSTANTIATE_NETWORKS(, Kokkos::Serial)
#endif
