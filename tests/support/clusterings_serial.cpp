#include "support/networks.hpp"

// A build whose only host space is Serial has these in the compiled library.
#if defined(KOKKOS_ENABLE_SERIAL)
namespace deepmaacc {
SUPPORT_INSTANTIATE_CLUSTERINGS(, Kokkos::Serial)
}  // namespace deepmaacc
#endif
