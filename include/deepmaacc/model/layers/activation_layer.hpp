#pragma once

/// \file
/// Activations as layers of their own.

#include <Kokkos_Core.hpp>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/model/layer_base.hpp>

namespace deepmaacc::model {

/// Keras' Activation; softmax is taken over the last axis.
struct activation_layer : layer_base {
  static constexpr const char* class_name = "Activation";
  activation_function activation;

  explicit activation_layer(activation_function kind) : activation(kind) {}
  explicit activation_layer(const layer_config& config) : activation(read_activation(config)) {}

  shape output_shape(std::span<const shape> inputs) const {
    const shape& only = only_input(class_name, inputs);
    if (only.empty()) throw model_error("an Activation layer needs an input with at least one axis");
    return only;
  }
  bool is_identity() const { return is_linear(activation); }

  void drop_final_activation(const shape& output) {
    if (is_dropped_before_arg_max(activation, output)) activation = activations::linear{};
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    const std::size_t channels = context.input_shape().back(), count = context.input().size() / channels;
    const matrix<const T, typename Space::memory_space> from(context.input().data(), count, channels);
    const matrix<T, typename Space::memory_space> to(context.output.data(), count, channels);
    parallel_loop(
        context.space, "deepmaacc::model::copy", count, channels,
        KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) { to(i, j) = from(i, j); });
    activate(context.space, activation, static_cast<const T*>(nullptr), to);
  }
};

}  // namespace deepmaacc::model
