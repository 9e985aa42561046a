#pragma once

/// \file
/// Activations as layers of their own.

#include <Kokkos_Core.hpp>
#include <cstdint>
#include <deepmaacc/model/activated_layer.hpp>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/model/axes.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <string_view>

namespace deepmaacc::model {

/// Keras' Activation, ReLU, LeakyReLU, ELU and Softmax; softmax is taken over the last axis.
template <const char* ClassName>
struct activation_layer_of : activated_layer {
  static constexpr const char* class_name = ClassName;
  std::int64_t axis = -1;  ///< of softmax, as Keras counts; it must be the last one
  bool keeps_channels;     ///< softmax reads the whole row

  explicit activation_layer_of(activation_function kind)
      : activated_layer(kind), keeps_channels(!std::holds_alternative<activations::softmax>(kind)) {}
  explicit activation_layer_of(const layer_config& config) : activation_layer_of(read(config)) {
    // Whether it is the last one, the input will tell.
    if (is_softmax) axis = config.integer("axis", -1);
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

  template <class Builder>
  std::size_t lower(Builder& to) const {
    return to.activated(to.input(), activation);
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    const std::size_t channels = context.input_shape().back(), count = context.input().size() / channels;
    const matrix<const T, typename Space::memory_space> from(context.input().data(), count, channels);
    const matrix<T, typename Space::memory_space> to(context.output.data(), count, channels);
    activate(context.space, activation, from, to);
  }

 private:
  static constexpr bool is_softmax = std::string_view(ClassName) == "Softmax";

  static activation_function read(const layer_config& config) {
    if (is_softmax) return activations::softmax{};
    return read_activation_layer(config);
  }
};

/// Their classes in Keras.
namespace class_names {
inline constexpr char activation_layer[] = "Activation";
inline constexpr char relu_layer[] = "ReLU";
inline constexpr char leaky_relu_layer[] = "LeakyReLU";
inline constexpr char elu_layer[] = "ELU";
inline constexpr char softmax_layer[] = "Softmax";
}  // namespace class_names

using activation_layer = activation_layer_of<class_names::activation_layer>;
using relu_layer = activation_layer_of<class_names::relu_layer>;
using leaky_relu_layer = activation_layer_of<class_names::leaky_relu_layer>;
using elu_layer = activation_layer_of<class_names::elu_layer>;
using softmax_layer = activation_layer_of<class_names::softmax_layer>;

}  // namespace deepmaacc::model
