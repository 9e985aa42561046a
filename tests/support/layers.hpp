#pragma once

/// \file
/// Layers as values, so that tests can draw them, try them and list them; and networks of them, whose weights come later.

#include <array>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/program_builder.hpp>
#include <deepmaacc/network/network.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace support {

/// A layer that is not in a network yet.
struct layer {
  std::string kind;
  std::function<std::size_t(deepmaacc::program_builder&, std::string)> add;
};

namespace layers {

using deepmaacc::padding;
namespace activation = deepmaacc::activation;
using deepmaacc::activation_function;

/// Windows over images (two axes) or sequences (one).
template <std::size_t Axes>
struct window {
  std::array<std::size_t, Axes> extent = deepmaacc::each_one<Axes>(), stride = deepmaacc::each_one<Axes>();
  deepmaacc::padding padding = deepmaacc::padding::valid;
  std::array<std::size_t, Axes> dilation = deepmaacc::each_one<Axes>();
};
using window1d = window<1>;
using window2d = window<2>;

inline layer dense(std::size_t units, activation_function function = {}, bool use_bias = true) {
  return {"Dense", [=](auto& net, std::string name) { return net.dense(std::move(name), {units, function, use_bias}); }};
}
inline layer conv1d(std::size_t filters, window1d over, activation_function function = {}, bool use_bias = true, std::size_t groups = 1) {
  return {
      "Conv1D", [=](auto& net, std::string name) {
        return net.conv1d(std::move(name), {filters, over.extent, over.stride, over.padding, over.dilation, groups, function, use_bias});
      }};
}
inline layer conv2d(std::size_t filters, window2d over, activation_function function = {}, bool use_bias = true, std::size_t groups = 1) {
  return {
      "Conv2D", [=](auto& net, std::string name) {
        return net.conv2d(std::move(name), {filters, over.extent, over.stride, over.padding, over.dilation, groups, function, use_bias});
      }};
}
inline layer depthwise_conv1d(window1d over, std::size_t multiplier = 1, activation_function function = {}, bool use_bias = true) {
  return {"DepthwiseConv1D", [=](auto& net, std::string name) {
            return net.depthwise_conv1d(std::move(name),
                                        {over.extent, over.stride, over.padding, over.dilation, multiplier, function, use_bias});
          }};
}
inline layer depthwise_conv2d(window2d over, std::size_t multiplier = 1, activation_function function = {}, bool use_bias = true) {
  return {"DepthwiseConv2D", [=](auto& net, std::string name) {
            return net.depthwise_conv2d(std::move(name),
                                        {over.extent, over.stride, over.padding, over.dilation, multiplier, function, use_bias});
          }};
}
inline layer separable_conv1d(std::size_t filters, window1d over, std::size_t multiplier = 1, activation_function function = {},
                              bool use_bias = true) {
  return {"SeparableConv1D", [=](auto& net, std::string name) {
            return net.separable_conv1d(std::move(name),
                                        {filters, over.extent, over.stride, over.padding, over.dilation, multiplier, function, use_bias});
          }};
}
inline layer separable_conv2d(std::size_t filters, window2d over, std::size_t multiplier = 1, activation_function function = {},
                              bool use_bias = true) {
  return {"SeparableConv2D", [=](auto& net, std::string name) {
            return net.separable_conv2d(std::move(name),
                                        {filters, over.extent, over.stride, over.padding, over.dilation, multiplier, function, use_bias});
          }};
}
inline layer average_pooling1d(window1d over) {
  return {"AveragePooling1D", [=](auto& net, std::string name) {
            return net.average_pooling1d(std::move(name), {over.extent, over.stride, over.padding});
          }};
}
inline layer average_pooling2d(window2d over) {
  return {"AveragePooling2D", [=](auto& net, std::string name) {
            return net.average_pooling2d(std::move(name), {over.extent, over.stride, over.padding});
          }};
}
inline layer max_pooling1d(window1d over) {
  return {"MaxPooling1D", [=](auto& net, std::string name) {
            return net.max_pooling1d(std::move(name), {over.extent, over.stride, over.padding});
          }};
}
inline layer max_pooling2d(window2d over) {
  return {"MaxPooling2D", [=](auto& net, std::string name) {
            return net.max_pooling2d(std::move(name), {over.extent, over.stride, over.padding});
          }};
}
inline layer global_average_pooling1d(bool keeps_axes = false) {
  return {"GlobalAveragePooling1D", [=](auto& net, std::string name) { return net.global_average_pooling1d(std::move(name), keeps_axes); }};
}
inline layer global_average_pooling2d(bool keeps_axes = false) {
  return {"GlobalAveragePooling2D", [=](auto& net, std::string name) { return net.global_average_pooling2d(std::move(name), keeps_axes); }};
}
inline layer global_max_pooling1d(bool keeps_axes = false) {
  return {"GlobalMaxPooling1D", [=](auto& net, std::string name) { return net.global_max_pooling1d(std::move(name), keeps_axes); }};
}
inline layer global_max_pooling2d(bool keeps_axes = false) {
  return {"GlobalMaxPooling2D", [=](auto& net, std::string name) { return net.global_max_pooling2d(std::move(name), keeps_axes); }};
}
inline layer zero_padding1d(deepmaacc::image_border<1> border) {
  return {"ZeroPadding1D", [=](auto& net, std::string name) { return net.zero_padding1d(std::move(name), border); }};
}
inline layer zero_padding2d(deepmaacc::image_border<2> border) {
  return {"ZeroPadding2D", [=](auto& net, std::string name) { return net.zero_padding2d(std::move(name), border); }};
}
inline layer cropping1d(deepmaacc::image_border<1> border) {
  return {"Cropping1D", [=](auto& net, std::string name) { return net.cropping1d(std::move(name), border); }};
}
inline layer cropping2d(deepmaacc::image_border<2> border) {
  return {"Cropping2D", [=](auto& net, std::string name) { return net.cropping2d(std::move(name), border); }};
}
inline layer upsampling1d(std::array<std::size_t, 1> times) {
  return {"UpSampling1D", [=](auto& net, std::string name) { return net.upsampling1d(std::move(name), times[0]); }};
}
inline layer upsampling2d(std::array<std::size_t, 2> times) {
  return {"UpSampling2D", [=](auto& net, std::string name) { return net.upsampling2d(std::move(name), times); }};
}

// The same for either number of axes.
template <std::size_t Axes>
layer convolution(std::size_t filters, window<Axes> over, activation_function function = {}, bool use_bias = true, std::size_t groups = 1) {
  if constexpr (Axes == 1)
    return conv1d(filters, over, function, use_bias, groups);
  else
    return conv2d(filters, over, function, use_bias, groups);
}
template <std::size_t Axes>
layer depthwise_convolution(window<Axes> over, std::size_t multiplier, activation_function function, bool use_bias) {
  if constexpr (Axes == 1)
    return depthwise_conv1d(over, multiplier, function, use_bias);
  else
    return depthwise_conv2d(over, multiplier, function, use_bias);
}
template <std::size_t Axes>
layer separable_convolution(std::size_t filters, window<Axes> over, std::size_t multiplier, activation_function function, bool use_bias) {
  if constexpr (Axes == 1)
    return separable_conv1d(filters, over, multiplier, function, use_bias);
  else
    return separable_conv2d(filters, over, multiplier, function, use_bias);
}
template <std::size_t Axes>
layer pooling(bool is_average, window<Axes> over) {
  if constexpr (Axes == 1)
    return is_average ? average_pooling1d(over) : max_pooling1d(over);
  else
    return is_average ? average_pooling2d(over) : max_pooling2d(over);
}
template <std::size_t Axes>
layer global_pooling(bool is_average, bool keeps_axes) {
  if constexpr (Axes == 1)
    return is_average ? global_average_pooling1d(keeps_axes) : global_max_pooling1d(keeps_axes);
  else
    return is_average ? global_average_pooling2d(keeps_axes) : global_max_pooling2d(keeps_axes);
}
template <std::size_t Axes>
layer bordered(bool crops, deepmaacc::image_border<Axes> border) {
  if constexpr (Axes == 1)
    return crops ? cropping1d(border) : zero_padding1d(border);
  else
    return crops ? cropping2d(border) : zero_padding2d(border);
}
template <std::size_t Axes>
layer upsampling(std::array<std::size_t, Axes> times) {
  if constexpr (Axes == 1)
    return upsampling1d(times);
  else
    return upsampling2d(times);
}

inline layer flatten() {
  return {"Flatten", [](auto& net, std::string name) { return net.flatten(std::move(name)); }};
}
inline layer reshape(std::vector<std::int64_t> target) {
  return {"Reshape", [=](auto& net, std::string name) { return net.reshape(std::move(name), target); }};
}
inline layer permute(std::vector<std::size_t> order) {
  return {"Permute", [=](auto& net, std::string name) { return net.permute(std::move(name), order); }};
}
inline layer concatenate(std::int64_t axis = -1) {
  return {"Concatenate", [=](auto& net, std::string name) { return net.concatenate(std::move(name), axis); }};
}
inline layer identity(std::string kind = "Identity") {
  return {kind, [=](auto& net, std::string name) { return net.identity(std::move(name), kind); }};
}
inline layer dropout() { return identity("Dropout"); }
inline layer activation_layer(activation_function function, std::string kind = "Activation") {
  return {kind, [=](auto& net, std::string name) { return net.activation(std::move(name), function, kind); }};
}
inline layer relu_layer(activation_function function) { return activation_layer(function, "ReLU"); }
inline layer leaky_relu_layer(activation_function function) { return activation_layer(function, "LeakyReLU"); }
inline layer elu_layer(activation_function function) { return activation_layer(function, "ELU"); }
inline layer softmax_layer(activation_function function = activation::softmax{}) { return activation_layer(function, "Softmax"); }
inline layer prelu(std::vector<std::int64_t> shared_axes = {}) {
  return {"PReLU", [=](auto& net, std::string name) { return net.prelu(std::move(name), shared_axes); }};
}
inline layer batch_normalization(deepmaacc::batch_normalization_options options = {}) {
  return {"BatchNormalization", [=](auto& net, std::string name) { return net.batch_normalization(std::move(name), options); }};
}
inline layer layer_normalization(deepmaacc::layer_normalization_options options = {}) {
  return {"LayerNormalization", [=](auto& net, std::string name) { return net.layer_normalization(std::move(name), options); }};
}
inline layer normalization(deepmaacc::normalization_options options = {}) {
  return {"Normalization", [=](auto& net, std::string name) { return net.normalization(std::move(name), options); }};
}
inline layer rescaling(std::vector<double> scale, std::vector<double> offset = {0}) {
  return {"Rescaling", [=](auto& net, std::string name) { return net.rescaling(std::move(name), scale, offset); }};
}
inline layer rescaling(double scale, double offset = 0) { return rescaling(std::vector{scale}, std::vector{offset}); }
inline layer add() {
  return {"Add", [](auto& net, std::string name) { return net.add(std::move(name)); }};
}
inline layer subtract() {
  return {"Subtract", [](auto& net, std::string name) { return net.subtract(std::move(name)); }};
}
inline layer multiply() {
  return {"Multiply", [](auto& net, std::string name) { return net.multiply(std::move(name)); }};
}
inline layer average() {
  return {"Average", [](auto& net, std::string name) { return net.average(std::move(name)); }};
}
inline layer maximum() {
  return {"Maximum", [](auto& net, std::string name) { return net.maximum(std::move(name)); }};
}
inline layer minimum() {
  return {"Minimum", [](auto& net, std::string name) { return net.minimum(std::move(name)); }};
}

}  // namespace layers

/// Layers in their places, by number: the input is layer 0.
class layer_graph {
 public:
  explicit layer_graph(deepmaacc::shape input = {1}, std::string name = "input") : net_(std::move(input), std::move(name)) {}

  std::size_t add(std::string name, const layer& what, const std::vector<std::size_t>& inputs) {
    deepmaacc::program_builder tried = net_;  // a builder that refuses a layer is of no use
    std::vector<std::size_t> nodes;
    for (const std::size_t one : inputs) nodes.push_back(node_of(one));
    tried.from(std::move(nodes));
    what.add(tried, std::move(name));
    net_ = std::move(tried);
    return size() - 1;
  }
  std::size_t append(std::string name, const layer& what) { return add(std::move(name), what, {size() - 1}); }

  std::size_t size() const { return net_.made().layers().size(); }
  deepmaacc::shape shape_of(std::size_t which) const { return net_.shape_of(node_of(which)); }
  /// A layer's trained arrays, without numbers.
  std::vector<deepmaacc::parameter> parameters_of(std::size_t which) const {
    std::vector<deepmaacc::parameter> all;
    for (const std::size_t one : net_.made().layers()[which].parameters) all.push_back(net_.made().parameters()[one]);
    return all;
  }
  const deepmaacc::program& made() const { return net_.made(); }

  /// The network with the numbers of each layer's arrays.
  template <class Numbers>
  deepmaacc::program with(const std::vector<std::vector<Numbers>>& parameters) const {
    deepmaacc::program made = net_.made();
    if (parameters.size() != size())
      throw deepmaacc::model_error("there are " + std::to_string(size()) + " layers, but weights for " + std::to_string(parameters.size()));
    for (std::size_t which = 0; which < size(); ++which)
      for (std::size_t i = 0; i < made.layers()[which].parameters.size(); ++i) {
        const auto& from = parameters[which].at(i);
        made.fill(made.layers()[which].parameters[i], std::vector(from.data(), from.data() + from.size()));
      }
    return made;
  }

 private:
  std::size_t node_of(std::size_t which) const { return net_.made().layers()[which].output; }

  deepmaacc::program_builder net_;
};

}  // namespace support
