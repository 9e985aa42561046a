#pragma once

/// \file
/// Bodies of `program_builder`: how layers begin and end, and those with neurons.

#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/model/builder/declarations.hpp>
#include <utility>

namespace deepmaacc {

DEEPMAACC_INLINE program_builder::program_builder(shape input, std::string name) {
  made_.add_layer(std::move(name), "InputLayer");
  made_.add(operation::input{std::move(input)});
}

DEEPMAACC_INLINE program_builder& program_builder::from(std::vector<std::size_t> nodes) {
  if (nodes.empty()) throw model_error("a layer takes the output of at least one other; from() names none");
  from_ = std::move(nodes);
  return *this;
}

DEEPMAACC_INLINE void program_builder::call(std::string name, std::string kind) { called_.emplace_back(std::move(name), std::move(kind)); }

DEEPMAACC_INLINE program program_builder::finish() && {
  made_.require_complete();
  return std::move(made_);
}

DEEPMAACC_INLINE std::vector<std::size_t> program_builder::begin(std::string name, std::string kind) {
  auto nodes = inputs();
  from_.clear();
  for (const auto& one : called_)
    if (one.first == name) kind = one.second;
  made_.add_layer(std::move(name), std::move(kind));
  for (const std::size_t one : nodes)
    if (one >= made_.size()) fail(detail::text("it takes the output of node ", one, ", but there are ", made_.size(), " so far"));
  return nodes;
}

DEEPMAACC_INLINE std::size_t program_builder::end(std::size_t node, const trained_arrays& weights) {
  made_.set_output(node);
  const auto& wanted = made_.layers().back().parameters;
  if (!weights.empty() && weights.size() != wanted.size())
    fail(detail::text("it has ", wanted.size(), " weight arrays, but is given ", weights.size()));
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i].take([&](const auto& numbers) { made_.fill(wanted[i], numbers); });
  return node;
}

DEEPMAACC_INLINE std::size_t program_builder::activated(std::size_t node, const activation_function& function) {
  if (function.holds<activation::softmax>()) return made_.add(operation::softmax{}, {node});
  const auto& unary = function.as<unary_function>();
  return is_linear(unary) ? node : made_.add(operation::unary{unary}, {node});
}

DEEPMAACC_INLINE std::size_t program_builder::only(const std::vector<std::size_t>& nodes) const {
  if (nodes.size() != 1) fail(detail::text("it takes one input, but the model gives it ", nodes.size()));
  return nodes.front();
}

DEEPMAACC_INLINE void program_builder::refuse_causal(const detail::window_settings& window) const {
  if (window.around == padding::causal) fail("its padding must be valid or same; causal is of conv1d alone");
}

DEEPMAACC_INLINE std::size_t program_builder::sums_of(const operation::weighted_sums& sums, std::size_t input,
                                                      const std::string& kernel_name, const shape& kernel) {
  std::vector<std::size_t> parameters{made_.add_parameter(kernel_name, kernel)};
  if (sums.has_bias) parameters.push_back(made_.add_parameter("bias", {sums.sums}));
  return made_.add(sums, {input}, std::move(parameters));
}

DEEPMAACC_INLINE std::size_t program_builder::dense(std::string name, const dense_options& options, const trained_arrays& weights) {
  const std::size_t input = only(begin(std::move(name), "Dense"));
  const shape extents = shape_of(input);
  if (extents.empty()) fail("it needs an input with at least one axis");
  operation::weighted_sums sums;
  sums.sums = options.units;
  sums.has_bias = options.use_bias;
  const std::size_t made = sums_of(sums, input, "kernel", {extents.back(), options.units});
  made_.add_neurons(made_.neurons_of(made));
  return end(activated(made, options.activation), weights);
}

DEEPMAACC_INLINE std::size_t program_builder::convolution(std::string name, const char* kind, const operation::weighted_sums& sums,
                                                          const detail::window_settings& window, const activation_function& function,
                                                          const trained_arrays& weights) {
  const std::size_t input = only(begin(std::move(name), kind));
  const std::vector<shape> inputs{shape_of(input)};
  if (window.taps.size() > 1) refuse_causal(window);
  operation::weighted_sums placed = sums;
  placed.window = window.over(inputs.front());
  shape kernel;
  try {
    placed.output_shape(inputs);
    kernel = placed.parameter_shapes(inputs).front();
  } catch (const model_error& fault) {
    fail(fault.what());
  }
  const std::size_t made = sums_of(placed, input, "kernel", kernel);
  made_.add_neurons(made_.neurons_of(made));
  return end(activated(made, function), weights);
}

DEEPMAACC_INLINE std::size_t program_builder::conv1d(std::string name, const convolution_options<1>& options,
                                                     const trained_arrays& weights) {
  return convolution(std::move(name), "Conv1D", {options.filters, {}, options.groups, options.use_bias, false}, options.window(),
                     options.activation, weights);
}
DEEPMAACC_INLINE std::size_t program_builder::conv2d(std::string name, const convolution_options<2>& options,
                                                     const trained_arrays& weights) {
  return convolution(std::move(name), "Conv2D", {options.filters, {}, options.groups, options.use_bias, false}, options.window(),
                     options.activation, weights);
}

DEEPMAACC_INLINE std::size_t program_builder::depthwise(std::string name, const char* kind, std::size_t multiplier,
                                                        const detail::window_settings& window, const activation_function& function,
                                                        bool has_bias, const trained_arrays& weights) {
  const std::size_t input = only(begin(std::move(name), kind));
  const std::size_t made = depthwise_sums(input, multiplier, window, has_bias, "kernel");
  made_.add_neurons(made_.neurons_of(made));
  return end(activated(made, function), weights);
}

DEEPMAACC_INLINE std::size_t program_builder::depthwise_sums(std::size_t input, std::size_t multiplier,
                                                             const detail::window_settings& window, bool has_bias,
                                                             const std::string& kernel_name) {
  const std::vector<shape> inputs{shape_of(input)};
  refuse_causal(window);
  operation::weighted_sums sums;
  sums.has_bias = has_bias;
  try {
    const std::size_t channels = detail::image_input(inputs, window.taps.size()).back();
    if (multiplier == 0) throw model_error("its depth multiplier counts from 1");
    detail::require_addressable("output channels", {channels, multiplier});
    sums.is_depthwise = true;
    sums.sums = channels * multiplier;
    sums.window = window.over(inputs.front());
    sums.output_shape(inputs);
  } catch (const model_error& fault) {
    fail(fault.what());
  }
  return sums_of(sums, input, kernel_name, sums.parameter_shapes(inputs).front());
}

DEEPMAACC_INLINE std::size_t program_builder::depthwise_conv1d(std::string name, const depthwise_options<1>& options,
                                                               const trained_arrays& weights) {
  return depthwise(std::move(name), "DepthwiseConv1D", options.multiplier, options.window(), options.activation, options.use_bias, weights);
}
DEEPMAACC_INLINE std::size_t program_builder::depthwise_conv2d(std::string name, const depthwise_options<2>& options,
                                                               const trained_arrays& weights) {
  return depthwise(std::move(name), "DepthwiseConv2D", options.multiplier, options.window(), options.activation, options.use_bias, weights);
}

DEEPMAACC_INLINE std::size_t program_builder::separable(std::string name, const char* kind, std::size_t filters, std::size_t multiplier,
                                                        const detail::window_settings& window, const activation_function& function,
                                                        bool has_bias, const trained_arrays& weights) {
  const std::size_t input = only(begin(std::move(name), kind));
  const std::size_t depthwise = depthwise_sums(input, multiplier, window, false, "depthwise_kernel");
  operation::weighted_sums mixing;
  mixing.sums = filters;
  mixing.window = sliding_window(window.taps.size());
  mixing.has_bias = has_bias;
  shape kernel(window.taps.size(), 1);
  kernel.push_back(shape_of(depthwise).back());
  kernel.push_back(filters);
  const std::size_t made = sums_of(mixing, depthwise, "pointwise_kernel", kernel);
  made_.add_neurons(made_.neurons_of(made));
  return end(activated(made, function), weights);
}

DEEPMAACC_INLINE std::size_t program_builder::separable_conv1d(std::string name, const separable_options<1>& options,
                                                               const trained_arrays& weights) {
  return separable(std::move(name), "SeparableConv1D", options.filters, options.multiplier, options.window(), options.activation,
                   options.use_bias, weights);
}
DEEPMAACC_INLINE std::size_t program_builder::separable_conv2d(std::string name, const separable_options<2>& options,
                                                               const trained_arrays& weights) {
  return separable(std::move(name), "SeparableConv2D", options.filters, options.multiplier, options.window(), options.activation,
                   options.use_bias, weights);
}

}  // namespace deepmaacc
