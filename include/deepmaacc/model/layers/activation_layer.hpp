#pragma once

/// \file
/// Activations as layers of their own.

#include <Kokkos_Core.hpp>
#include <cstdint>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/model/axes.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <type_traits>

namespace deepmaacc::model {

/// The classes that are activations in Keras.
namespace activation_classes {

struct any {
  static constexpr const char* class_name = "Activation";
};
struct relu {
  static constexpr const char* class_name = "ReLU";
};
struct leaky_relu {
  static constexpr const char* class_name = "LeakyReLU";
};
struct elu {
  static constexpr const char* class_name = "ELU";
};
struct softmax {
  static constexpr const char* class_name = "Softmax";
};

}  // namespace activation_classes

/// Keras' Activation, ReLU, LeakyReLU, ELU and Softmax; softmax is taken over the last axis.
template <class Name>
struct activation_layer_of : layer_base {
  static constexpr const char* class_name = Name::class_name;
  activation_function activation;
  std::int64_t axis = -1;  ///< of softmax, as Keras counts; it must be the last one
  bool keeps_channels;     ///< softmax reads the whole row

  explicit activation_layer_of(activation_function kind)
      : activation(kind), keeps_channels(!std::holds_alternative<activations::softmax>(kind)) {}
  explicit activation_layer_of(const layer_config& config) : activation_layer_of(read(config)) {
    // Whether it is the last one, the input will tell.
    if (std::is_same_v<Name, activation_classes::softmax>) axis = config.integer("axis", -1);
  }

  shape output_shape(std::span<const shape> inputs) const {
    const shape& only = only_input(class_name, inputs);
    if (only.empty()) throw model_error(detail::text("a ", class_name, " layer needs an input with at least one axis"));
    if (axis_of_input(class_name, axis, only) + 1 != only.size())
      throw model_error(
          detail::text("a ", class_name, " layer's axis must be -1, the last one; softmax over another axis is not supported"));
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
    activate(context.space, activation, from, to);
  }

 private:
  static activation_function read(const layer_config& config) {
    if (std::is_same_v<Name, activation_classes::softmax>) return activations::softmax{};
    return read_activation_layer(config);
  }
};

using activation_layer = activation_layer_of<activation_classes::any>;
using relu_layer = activation_layer_of<activation_classes::relu>;
using leaky_relu_layer = activation_layer_of<activation_classes::leaky_relu>;
using elu_layer = activation_layer_of<activation_classes::elu>;
using softmax_layer = activation_layer_of<activation_classes::softmax>;

}  // namespace deepmaacc::model
