#pragma once

/// \file
/// Convolutions of every channel by itself, whose channels are then mixed.

#include <algorithm>
#include <deepmaacc/model/activated_layer.hpp>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <deepmaacc/model/layers/convolution.hpp>
#include <deepmaacc/model/layers/depthwise_convolution.hpp>
#include <deepmaacc/model/window.hpp>
#include <deepmaacc/storage/matrix_product.hpp>

namespace deepmaacc::model {

/// Keras' SeparableConv2D: a depthwise convolution, kernel (height × width × in × multiplier), without bias; then a product over the
/// channels, kernel (1 × 1 × in · multiplier × filters), bias (filters). And SeparableConv1D, whose kernels have one axis less. It has no
/// neurons: the layers whose neurons are mutated are Dense, Conv2D and Conv1D. Nor is it a product as `layer_base` means it: the factors of
/// its one product are the second parameter and what the first made of the inputs, so rounding inputs and first parameter would not round
/// the factors.
template <std::size_t Rank>
struct separable_convolution : activated_layer {
  static constexpr const char* class_name = Rank == 1 ? "SeparableConv1D" : "SeparableConv2D";
  std::size_t filters, multiplier;
  sliding_window<Rank> window;
  bool use_bias;

  separable_convolution(std::size_t channels, sliding_window<Rank> shape_of_window, std::size_t depth_multiplier = 1,
                        activation_function kind = activations::linear{}, bool with_bias = true)
      : activated_layer(kind), filters(channels), multiplier(depth_multiplier), window(shape_of_window), use_bias(with_bias) {}
  explicit separable_convolution(const layer_config& config)
      : separable_convolution(config.size("filters"), read_kernel_window<Rank>(config), config.sizes<1>("depth_multiplier", {{1}})[0],
                              read_activation(config), config.flag("use_bias", true)) {}

  shape output_shape(std::span<const shape> inputs) const {
    const std::size_t channels = image_input<Rank>(class_name, inputs).back();
    shape output = window.output_shape(class_name, inputs, filters);
    if (multiplier == 0) throw model_error(detail::text("a ", class_name, " layer's depth multiplier counts from 1"));
    const image_extents out(output);
    require_addressable(class_name, "depthwise output", {out.height, out.width, channels, multiplier});
    return output;
  }

  std::vector<parameter> parameters(const shape& input) const {
    shape depthwise(window.extent.begin(), window.extent.end()), pointwise(Rank, 1);
    depthwise.push_back(input.back());
    depthwise.push_back(multiplier);
    pointwise.push_back(input.back() * multiplier);
    pointwise.push_back(filters);
    std::vector<parameter> all{{"depthwise_kernel", std::move(depthwise)}, {"pointwise_kernel", std::move(pointwise)}};
    if (use_bias) all.push_back({"bias", {filters}});
    return all;
  }

  std::size_t scratch_size(std::span<const shape> inputs, std::size_t rows) const {
    const image_extents output(output_shape(inputs));
    return std::min(rows, images_at_once(output)) * output.positions() * inputs.front().back() * multiplier;
  }

  template <class Builder>
  std::size_t lower(Builder& to) const {
    const std::size_t channels = to.input_shape().back();
    const auto depthwise = window_sums(to, window, channels, channels * multiplier);
    typename Builder::sum_shape pointwise;
    pointwise.width = pointwise.axes.x.input = depthwise.height * depthwise.width;
    pointwise.channels = depthwise.sums;
    pointwise.sums = filters;
    pointwise.kernel = to.parameter(1);
    pointwise.bias = use_bias ? to.parameter(2) : nullptr;
    return to.activated(to.weighted_sums(pointwise, to.weighted_sums(depthwise, to.input())), activation);
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    using memory = typename Space::memory_space;
    const image_extents out(context.output_shape);
    const window_axes<true> axes = window.template axes<true>(context.input_shape());
    const std::size_t channels = context.input_shape().back(), inner = channels * multiplier;
    const std::size_t images = context.output.extent(0), step = images_at_once(out), positions = out.positions();
    for (std::size_t first = 0; first < images; first += step) {
      const std::size_t count = std::min(step, images - first);
      convolve_depthwise(context.space, depthwise_sums<T, memory>{rows(context.input(), first, count), context.parameters[0],
                                                                  context.scratch, axes, out.height, out.width, channels, multiplier});
      const matrix<T, memory> product(context.output.data() + first * positions * filters, count * positions, filters);
      matrix_product(context.space, matrix<const T, memory>(context.scratch, count * positions, inner),
                     matrix<const T, memory>(context.parameters[1], inner, filters), product);
      activate(context.space, activation, use_bias ? context.parameters[2] : nullptr, product);
    }
  }
};

using separable_conv1d = separable_convolution<1>;
using separable_conv2d = separable_convolution<2>;

}  // namespace deepmaacc::model
