// NO_VALUE_TYPE
//   deepmaacc::network: a weight storage must name its value_type and its memory_space; see docs/policies/weight_storage.md
// NO_SIZE_CONSTRUCTOR
//   deepmaacc::network: a weight storage must be constructible from its size, and by default empty; see
//   docs/policies/weight_storage.md
// NOT_COPYABLE
//   deepmaacc::network: a weight storage must be copyable, and a copy must own its numbers; see docs/policies/weight_storage.md
// NO_DATA
//   deepmaacc::network: a weight storage must have data() (const and not), size() and a floating value_type; see
//   docs/policies/weight_storage.md
// OUT_OF_REACH
//   deepmaacc::network: the weight storage must lie in the memory of the execution space; see
//   docs/policies/weight_storage.md

#include <deepmaacc/network/network.hpp>

#include "device.hpp"

#ifdef OUT_OF_REACH
using memory = device_memory;
#else
using memory = Kokkos::HostSpace;
#endif

struct weights {
#ifndef NO_VALUE_TYPE
  using value_type = float;
#endif
  using memory_space = memory;

  weights() = default;
#ifndef NO_SIZE_CONSTRUCTOR
  explicit weights(std::size_t size) : numbers(size) {}
#endif
#ifdef NOT_COPYABLE
  weights(weights&&) = default;
  weights& operator=(weights&&) = default;
#endif
#ifndef NO_DATA
  float* data() { return numbers.data(); }
  const float* data() const { return numbers.data(); }
#endif
  std::size_t size() const { return numbers.size(); }

  std::vector<float> numbers;
};

void make(deepmaacc::program model) { deepmaacc::network<weights>(std::move(model)); }
