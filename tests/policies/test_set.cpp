// ON_A_DEVICE
//   deepmaacc::test_set: inputs must lie in memory that the host can read; use Kokkos::create_mirror_view_and_copy
// OTHER_ELEMENTS
//   deepmaacc::test_set: the inputs' element type must be the set's; name it, as in test_set<double>
// FRACTIONAL_LABELS
//   deepmaacc::test_set: labels must be integers; give one class per input
// NO_SHAPE
//   deepmaacc::test_set: a std::vector of inputs must come with its shape; write test_set(numbers, {inputs, features}, labels)

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

auto make(const std::vector<float>& numbers, [[maybe_unused]] const std::vector<label>& labels) {
#ifdef NO_SHAPE
  return deepmaacc::test_set(numbers, labels);
#elif defined(FRACTIONAL_LABELS)
  return deepmaacc::test_set(numbers, {2, 3});
#else
  return deepmaacc::test_set(numbers, {2, 3}, labels);
#endif
}
