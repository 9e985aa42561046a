#pragma once

/// \file
/// Fully connected layers.

#include <deepmaacc/model/activated_layer.hpp>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <deepmaacc/storage/matrix_product.hpp>

namespace deepmaacc::model {

/// Keras' Dense: activation(x · kernel + bias) over the last axis. kernel (in × units), bias (units).
struct dense : activated_layer {
  static constexpr const char* class_name = "Dense";
  static constexpr bool has_neurons = true;
  static constexpr bool is_product = true;
  std::size_t units;
  bool use_bias;

  explicit dense(std::size_t neurons, activation_function kind = activations::linear{}, bool with_bias = true)
      : activated_layer(kind), units(neurons), use_bias(with_bias) {}
  explicit dense(const layer_config& config) : dense(config.size("units"), read_activation(config), config.flag("use_bias", true)) {}

  shape output_shape(std::span<const shape> inputs) const {
    shape output = only_input(class_name, inputs);
    if (output.empty()) throw model_error("a Dense layer needs an input with at least one axis");
    output.back() = units;
    return output;
  }

  std::vector<parameter> parameters(const shape& input) const {
    std::vector<parameter> all{{"kernel", {input.back(), units}}};
    if (use_bias) all.push_back({"bias", {units}});
    return all;
  }

  /// Adds the layer to the steps over blocks of inputs; likewise in other layers.
  template <class Builder>
  std::size_t lower(Builder& to) const {
    typename Builder::sum_shape sums;
    sums.channels = to.input_shape().back();
    sums.width = sums.axes.x.input = element_count(to.input_shape()) / sums.channels;
    sums.sums = units;
    sums.kernel = to.parameter(0);
    sums.bias = use_bias ? to.parameter(1) : nullptr;
    return to.activated(to.weighted_sums(sums, to.input()), activation);
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    using memory = typename Space::memory_space;
    const std::size_t in = context.input_shape().back();
    const std::size_t rows = context.input().size() / in;  // inputs, times the extents before the last axis
    const matrix<T, memory> output(context.output.data(), rows, units);
    matrix_product(context.space, matrix<const T, memory>(context.input().data(), rows, in),
                   matrix<const T, memory>(context.parameters[0], in, units), output);
    activate(context.space, activation, use_bias ? context.parameters[1] : nullptr, output);
  }
};

}  // namespace deepmaacc::model
