#pragma once

/// \file
/// What an operation is given to run over rows.

#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/activation.hpp>
#include <span>

/// Operations over rows: one row per input of the network, on any execution space. Each has `forward(operation, context)`, found by
/// overload, and, where it needs scratch, `scratch_size(operation, input shapes, rows)`.
namespace deepmaacc::by_rows {

/// Rows are inputs of the network, columns the elements of a flattened tensor.
template <ExecutionSpace Space, class T>
struct context {
  using value_type = T;
  using precision_type = void;  ///< what factors of matrix products have been rounded to: nothing
  using memory_space = typename Space::memory_space;

  Space space;
  std::span<const matrix<const T, memory_space>> inputs;  ///< in the order of the operation's
  std::span<const shape> input_shapes;
  matrix<T, memory_space> output;  ///< operations on single elements may write where they read
  const shape& output_shape;
  std::span<const T* const> parameters;  ///< in the order of the operation's
  T* scratch;                            ///< `scratch_size` numbers
  const unary_function* then = nullptr;  ///< of weighted sums: what is done to each at once; null for nothing

  matrix<const T, memory_space> input() const { return inputs.front(); }
  const shape& input_shape() const { return input_shapes.front(); }
};

/// The same for a network in a precision, which matrix products take as a template argument.
template <ExecutionSpace Space, class PrecisionPolicy>
struct context_in_precision : context<Space, typename PrecisionPolicy::value_type> {
  using precision_type = PrecisionPolicy;
};

}  // namespace deepmaacc::by_rows
