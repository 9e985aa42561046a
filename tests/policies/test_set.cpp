// ON_A_DEVICE
//   deepmaacc::test_set: inputs must lie in memory that the host can read; use Kokkos::create_mirror_view_and_copy
// OTHER_ELEMENTS
//   deepmaacc::test_set: the inputs' element type must be the set's; name it, as in test_set<double>
// FRACTIONAL_LABELS
//   deepmaacc::test_set: labels must be integers; give one class per input

#include <deepmaacc/core/test_set.hpp>

#include "device.hpp"

#ifdef ON_A_DEVICE
using memory = device_memory;
#else
using memory = Kokkos::HostSpace;
#endif
#ifdef OTHER_ELEMENTS
using element = double;
#else
using element = float;
#endif
#ifdef FRACTIONAL_LABELS
using label = double;
#else
using label = int;
#endif

void make(const Kokkos::View<element**, memory>& inputs, const std::vector<label>& labels) { deepmaacc::test_set<float>(inputs, labels); }
