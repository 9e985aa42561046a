#pragma once

/// \file
/// Layers that merge several inputs element by element.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <deepmaacc/model/reductions.hpp>
#include <deepmaacc/model/strided_index.hpp>

namespace deepmaacc::model {

/// How inputs become one: `merge` from the first to the last, then `finish` with their count.
struct merge_any_number {
  static constexpr bool takes_two = false;
  template <class T>
  KOKKOS_INLINE_FUNCTION T finish(T merged, std::size_t) const {
    return merged;
  }
};
struct merge_add : merge_any_number {
  static constexpr const char* class_name = "Add";
  template <class T>
  KOKKOS_INLINE_FUNCTION T merge(T left, T right) const {
    return left + right;
  }
};
struct merge_subtract : merge_any_number {
  static constexpr const char* class_name = "Subtract";
  static constexpr bool takes_two = true;
  template <class T>
  KOKKOS_INLINE_FUNCTION T merge(T left, T right) const {
    return left - right;
  }
};
struct merge_multiply : merge_any_number {
  static constexpr const char* class_name = "Multiply";
  template <class T>
  KOKKOS_INLINE_FUNCTION T merge(T left, T right) const {
    return left * right;
  }
};
struct merge_average : mean_of_numbers {
  static constexpr const char* class_name = "Average";
  static constexpr bool takes_two = false;
};
// NaN on either side stays NaN in these two.
struct merge_maximum : merge_any_number {
  static constexpr const char* class_name = "Maximum";
  template <class T>
  KOKKOS_INLINE_FUNCTION T merge(T left, T right) const {
    return right > left || right != right ? right : left;
  }
};
struct merge_minimum : merge_any_number {
  static constexpr const char* class_name = "Minimum";
  template <class T>
  KOKKOS_INLINE_FUNCTION T merge(T left, T right) const {
    return right < left || right != right ? right : left;
  }
};

/// Keras' Add, Subtract, Multiply, Average, Maximum and Minimum: inputs with as many axes; an extent of 1 is repeated where another input
/// has more.
template <class Operation>
struct merge_layer : layer_base {
  static constexpr const char* class_name = Operation::class_name;
  merge_layer() = default;
  explicit merge_layer(const layer_config&) {}

  shape output_shape(std::span<const shape> inputs) const {
    if (Operation::takes_two ? inputs.size() != 2 : inputs.size() < 2)
      throw model_error(detail::text("a ", class_name, " layer takes two inputs", Operation::takes_two ? "" : " or more",
                                     ", but the model gives it ", inputs.size()));
    shape output = inputs.front();
    require_few_axes(class_name, output);
    for (const shape& one : inputs.subspan(1)) {
      if (one.size() != output.size())
        throw model_error(detail::text("a ", class_name, " layer takes inputs with as many axes, but gets shapes ",
                                       to_string(inputs.front()), " and ", to_string(one), "; put a Reshape layer before it"));
      for (std::size_t axis = 0; axis < one.size(); ++axis) {
        if (one[axis] != output[axis] && one[axis] != 1 && output[axis] != 1)
          throw model_error(detail::text("a ", class_name, " layer's inputs of shapes ", to_string(output), " and ", to_string(one),
                                         " do not fit; extents must be the same, or 1"));
        if (output[axis] == 1) output[axis] = one[axis];
      }
    }
    return output;
  }

  template <class Builder>
  std::size_t lower(Builder& to) const {
    std::vector<std::vector<std::uint32_t>> index;
    const auto is_same = [&](const shape& one) { return one == to.output_shape(); };
    if (!std::all_of(to.input_shapes().begin(), to.input_shapes().end(), is_same))
      for (const shape& one : to.input_shapes()) index.push_back(elements_of(broadcast_index(one, to.output_shape())));
    return to.merged(Operation(), std::move(index));
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    using memory = typename Space::memory_space;
    const std::size_t count = context.inputs.size();
    for (std::size_t i = 1; i < count; ++i) {
      const matrix<const T, memory> left = i == 1 ? context.inputs[0] : matrix<const T, memory>(context.output);
      merge_two(context, left, i == 1 ? context.input_shapes[0] : context.output_shape, i, i + 1 == count ? count : 0);
    }
  }

  /// output = left merged with input `right`; with the count of all inputs where that was the last one, 0 before.
  template <class Space, class T>
  static void merge_two(const layer_context<Space, T>& context, matrix<const T, typename Space::memory_space> left, const shape& left_shape,
                        std::size_t right, std::size_t count) {
    const auto other = context.inputs[right];
    const auto to = context.output;
    const Operation operation;
    if (left_shape == context.output_shape && context.input_shapes[right] == context.output_shape) {
      parallel_loop(
          context.space, "deepmaacc::model::merge", to.extent(0), to.extent(1), KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) {
            const T merged = operation.merge(left(i, j), other(i, j));
            to(i, j) = count ? operation.finish(merged, count) : merged;
          });
    } else {
      const strided_index in_left = broadcast_index(left_shape, context.output_shape);
      const strided_index in_other = broadcast_index(context.input_shapes[right], context.output_shape);
      parallel_loop(
          context.space, "deepmaacc::model::merge_broadcast", to.extent(0), to.extent(1),
          KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) {
            const T merged = operation.merge(left(i, in_left(j)), other(i, in_other(j)));
            to(i, j) = count ? operation.finish(merged, count) : merged;
          });
    }
  }
};

using add = merge_layer<merge_add>;
using subtract = merge_layer<merge_subtract>;
using multiply = merge_layer<merge_multiply>;
using average = merge_layer<merge_average>;
using maximum = merge_layer<merge_maximum>;
using minimum = merge_layer<merge_minimum>;

}  // namespace deepmaacc::model
