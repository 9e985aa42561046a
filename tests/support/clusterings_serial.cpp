#include "support/networks.hpp"

// A build whose only host space is Serial has these in the compiled library.
#if defined(SUPPORT_TESTS_SERIAL) && (defined(KOKKOS_ENABLE_OPENMP) || defined(KOKKOS_ENABLE_THREADS))
namespace deepmaacc {
SUPPORT_INSTANTIATE_CLUSTERINGS(, Kokkos::Serial)
}  // namespace deepmaacc
#endif
