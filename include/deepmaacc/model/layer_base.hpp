#pragma once

/// \file
/// What every kind of layer is made of: the part of a layer's interface that has defaults, and what a forward pass hands to it.

#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/layer_config.hpp>
#include <span>
#include <string>
#include <vector>

namespace deepmaacc::model {

/// One array of trained numbers.
struct parameter {
  std::string name{};
  shape extents{};
};

/// What a forward pass gives a layer: rows are inputs, columns the elements of a flattened tensor.
template <ExecutionSpace Space, class T>
struct layer_context {
  using space_type = Space;
  using memory_space = typename Space::memory_space;

  Space space;
  std::span<const matrix<const T, memory_space>> inputs;  ///< one per incoming edge, in the order of the model
  std::span<const shape> input_shapes;
  matrix<T, memory_space> output;
  const shape& output_shape;
  std::span<const T* const> parameters;  ///< in the order of the layer's `parameters`
  T* scratch;                            ///< `scratch_size` numbers

  matrix<const T, memory_space> input() const { return inputs.front(); }
  const shape& input_shape() const { return input_shapes.front(); }
};

/// Base of the layer kinds. Each kind is one header and one line in `layer.hpp`; it has
/// `static constexpr const char* class_name`, Keras' name · `explicit kind(const layer_config&)` ·
/// `shape output_shape(std::span<const shape>) const`, which refuses inputs that do not fit by `model_error` ·
/// `void forward(const layer_context<Space, T>&) const` · what it wants to differ from these defaults · and, for short cuts in the delta
/// engine, `std::size_t lower(Builder&) const` (model/lanes/lane_builder.hpp), which a kind with neurons must have.
struct layer_base {
  /// Whether its neurons can be mutated: the last extent of the first parameter counts them, a second parameter is their bias.
  static constexpr bool has_neurons = false;
  /// Whether its inputs and its first parameter serve as the factors of a matrix product, and for nothing else: where a precision rounds
  /// factors, a forward pass is given rounded ones.
  static constexpr bool is_product = false;
  /// Whether each channel of the output, an index of its last axis, comes from that channel of its only input alone; flattening counts.
  static constexpr bool keeps_channels = false;
  /// Trained arrays, in the order in which Keras saves them.
  std::vector<parameter> parameters(const shape&) const { return {}; }
  /// Numbers of scratch that a forward pass over this many rows needs.
  std::size_t scratch_size(std::span<const shape>, std::size_t) const { return 0; }
  /// Whether the output's elements are the input's, in the same order: nothing runs then.
  bool is_identity() const { return false; }
};

/// The only input of a layer that takes one. \throws model_error naming the layer's class.
inline const shape& only_input(const char* class_name, std::span<const shape> inputs) {
  if (inputs.size() != 1)
    throw model_error(detail::text("a ", class_name, " layer takes one input, but the model gives it ", inputs.size()));
  return inputs.front();
}

}  // namespace deepmaacc::model
