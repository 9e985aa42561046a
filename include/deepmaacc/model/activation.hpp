#pragma once

/// \file
/// Activation functions, elementwise or over the last axis.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/layer_config.hpp>

namespace deepmaacc::model {

/// The activations that layers know, by Keras' names.
enum class activation_kind { linear, relu, sigmoid, tanh, softmax };

/// Reads an activation from a layer's settings.
inline activation_kind read_activation(const layer_config& config) {
  return static_cast<activation_kind>(config.choice("activation", "linear", {"linear", "relu", "sigmoid", "tanh", "softmax"}));
}

/// Whether the arg max over all outputs is the same without it, ties from rounding aside: softmax normalises over the last axis, which
/// must be the only one then.
inline bool is_dropped_before_arg_max(activation_kind kind, const shape& output) {
  if (kind == activation_kind::softmax) return output.back() == element_count(output);
  return kind == activation_kind::sigmoid || kind == activation_kind::linear;
}

/// The elementwise functions, for host and device.
namespace elementwise {

struct linear {
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return z;
  }
};
struct relu {
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return z < 0 ? T{0} : z;  // NaN stays NaN
  }
};
struct sigmoid {
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return T{1} / (T{1} + Kokkos::exp(-z));
  }
};
struct tanh {
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T z) const {
    return Kokkos::tanh(z);
  }
};

}  // namespace elementwise

/// values(i, j) = function(values(i, j) + bias[j]), in place; `bias` may be null.
template <ExecutionSpace Space, class T, class MemorySpace, class Function>
void add_bias_and_apply(const Space& space, const T* bias, matrix<T, MemorySpace> values, Function function) {
  parallel_loop(
      space, "deepmaacc::model::bias_activation", values.extent(0), values.extent(1),
      KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) {
        T& value = values(i, j);
        value = function(bias ? value + bias[j] : value);
      });
}

/// Softmax of every row, in place; the row's maximum is subtracted first.
template <ExecutionSpace Space, class T, class MemorySpace>
void softmax_rows(const Space& space, matrix<T, MemorySpace> values) {
  parallel_loop(
      space, "deepmaacc::model::softmax", values.extent(0), KOKKOS_LAMBDA(const std::size_t i) {
        T largest = values(i, 0), sum = 0;
        for (std::size_t j = 1; j < values.extent(1); ++j) largest = values(i, j) > largest ? values(i, j) : largest;
        for (std::size_t j = 0; j < values.extent(1); ++j) sum += values(i, j) = Kokkos::exp(values(i, j) - largest);
        for (std::size_t j = 0; j < values.extent(1); ++j) values(i, j) /= sum;
      });
}

/// Adds a bias (or none: null) to every row of `values` (rows × channels), then applies the activation over them, in place.
template <ExecutionSpace Space, class T, class MemorySpace>
void activate(const Space& space, activation_kind kind, const T* bias, matrix<T, MemorySpace> values) {
  switch (kind) {
    case activation_kind::linear:
      if (bias) add_bias_and_apply(space, bias, values, elementwise::linear{});
      return;
    case activation_kind::relu:
      return add_bias_and_apply(space, bias, values, elementwise::relu{});
    case activation_kind::sigmoid:
      return add_bias_and_apply(space, bias, values, elementwise::sigmoid{});
    case activation_kind::tanh:
      return add_bias_and_apply(space, bias, values, elementwise::tanh{});
    case activation_kind::softmax:
      if (bias) add_bias_and_apply(space, bias, values, elementwise::linear{});
      return softmax_rows(space, values);
  }
}

}  // namespace deepmaacc::model
