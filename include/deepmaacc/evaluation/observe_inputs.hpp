#pragma once

/// \file
/// What all inputs of a test set have in common.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/simd.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <mutex>
#include <vector>

namespace deepmaacc {

/// Looks at every input once. Elements are compared as the model will see them, as `Value`.
template <class Value, class Space, class T>
input_regularity observe_inputs(const Space& space, const test_set<T>& tests) {
  const std::size_t features = tests.features(), channels = tests.input_shape().empty() ? 1 : tests.input_shape().back();
  constexpr std::size_t inputs_per_task = 256;
  input_regularity found{channels > 1, std::vector<std::uint8_t>(features, 1)};
  std::mutex guard;
  const auto observe = [&](std::size_t task, std::size_t) {
    // 1 where an element is not 0, and where it is not its neighbour, in some input: numbers of the inputs' type, so that the loops run in
    // vectors.
    std::vector<Value> is_used(features, 0), differs(features, 0), packed(features);
    Value *used = is_used.data(), *different = differs.data();
    const std::size_t end = std::min(tests.size(), (task + 1) * inputs_per_task), neighbours = channels > 1 ? features - 1 : 0;
    for (std::size_t input = task * inputs_per_task; input < end; ++input) {
      const Value* numbers = tests.template row<Value>(input, packed.data());
      vector_loop(features, [&](std::size_t i) { used[i] = numbers[i] != 0 ? Value{1} : used[i]; });
      vector_loop(neighbours, [&](std::size_t i) { different[i] = numbers[i] != numbers[i + 1] ? Value{1} : different[i]; });
    }
    const std::lock_guard lock(guard);
    for (std::size_t i = 0; i < features; ++i) {
      if (used[i] != 0) found.is_zero[i] = 0;
      if (i % channels + 1 < channels && different[i] != 0) found.channels_equal = false;
    }
  };
  const std::size_t tasks = (tests.size() + inputs_per_task - 1) / inputs_per_task;
  parallel_tasks(host_space(space), "deepmaacc::evaluation::observe_inputs", tasks, observe);
  return found;
}

/// The same where the adapter has `delta(input_regularity)`; otherwise no input is read, and no regularity is claimed.
template <class Space, class Adapter, class T>
input_regularity regularity_for(const Space& space, const Adapter& model, const test_set<T>& tests) {
  if constexpr (requires(const input_regularity found) { model.delta(found); })
    return observe_inputs<typename Adapter::value_type>(space, tests);
  else
    return {};
}

/// An adapter's runner for inputs of such a test set.
template <class Adapter>
auto delta_of(const Adapter& model, const input_regularity& regularity) {
  if constexpr (requires { model.delta(regularity); })
    return model.delta(regularity);
  else
    return model.delta();
}

}  // namespace deepmaacc
