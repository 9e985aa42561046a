#pragma once

/// \file
/// How the layers of Keras are read: a new class is one function and one line.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/io/keras_activation.hpp>
#include <deepmaacc/io/keras_registry.hpp>
#include <deepmaacc/io/layer_config.hpp>
#include <deepmaacc/model/program_builder.hpp>
#include <string>
#include <utility>
#include <vector>

#if DEEPMAACC_HAS_READERS
namespace deepmaacc::io {
namespace detail {

/// Refuses what no layer over images here does.
inline void require_channels_last(const layer_config& config) { config.choice("data_format", "channels_last", {"channels_last"}); }

inline padding read_padding(const layer_config& config, bool may_be_causal = false) {
  return static_cast<padding>(may_be_causal ? config.choice("padding", "valid", {"valid", "same", "causal"})
                                            : config.choice("padding", "valid", {"valid", "same"}));
}

/// The settings that all convolutions have.
template <std::size_t Axes, class Options>
void read_window(const layer_config& config, Options& options, bool may_be_causal = false) {
  require_channels_last(config);
  options.kernel = config.sizes<Axes>("kernel_size");
  options.strides = config.sizes<Axes>("strides", each_one<Axes>());
  options.padding = read_padding(config, may_be_causal);
  options.dilation = config.sizes<Axes>("dilation_rate", each_one<Axes>());
  options.activation = read_activation(config);
  options.use_bias = config.flag("use_bias", true);
}

template <std::size_t Axes>
void read_convolution(const layer_config& config, program_builder& net) {
  convolution_options<Axes> options;
  options.filters = config.size("filters");
  read_window<Axes>(config, options, Axes == 1);
  options.groups = config.sizes<1>("groups", {{1}})[0];
  if (options.filters % options.groups != 0)
    config.fail(deepmaacc::detail::text("groups must divide the filters, but ", options.groups, " do not divide ", options.filters));
  if constexpr (Axes == 1)
    net.conv1d(config.name(), options);
  else
    net.conv2d(config.name(), options);
}

template <std::size_t Axes>
void read_depthwise(const layer_config& config, program_builder& net) {
  depthwise_options<Axes> options;
  read_window<Axes>(config, options);
  options.multiplier = config.sizes<1>("depth_multiplier", {{1}})[0];
  if constexpr (Axes == 1)
    net.depthwise_conv1d(config.name(), options);
  else
    net.depthwise_conv2d(config.name(), options);
}

template <std::size_t Axes>
void read_separable(const layer_config& config, program_builder& net) {
  separable_options<Axes> options;
  options.filters = config.size("filters");
  read_window<Axes>(config, options);
  options.multiplier = config.sizes<1>("depth_multiplier", {{1}})[0];
  if constexpr (Axes == 1)
    net.separable_conv1d(config.name(), options);
  else
    net.separable_conv2d(config.name(), options);
}

template <std::size_t Axes>
pooling_options<Axes> read_pooling(const layer_config& config) {
  pooling_options<Axes> options;
  options.size = config.sizes<Axes>("pool_size", options.size);
  options.strides = config.sizes<Axes>("strides", options.size);
  options.padding = read_padding(config);
  require_channels_last(config);
  return options;
}

inline bool keeps_axes(const layer_config& config) {
  require_channels_last(config);
  return config.flag("keepdims", false);
}

/// One number stands for every side, one per axis for both sides of it, two per axis for one side each.
template <std::size_t Axes>
image_border<Axes> read_border(const layer_config& config, const char* key) {
  const auto given = config.is_absent(key) ? std::vector<std::int64_t>{1} : config.integers(key);
  for (const std::int64_t one : given)
    if (one < 0) config.fail(deepmaacc::detail::text(key, " must be made of whole numbers from 0"));
  if (given.size() != 1 && given.size() != Axes && given.size() != 2 * Axes)
    config.fail(deepmaacc::detail::text(key, " must be one number", Axes > 1 ? ", one per axis," : "", " or two per axis"));
  image_border<Axes> read{};
  for (std::size_t axis = 0; axis < Axes; ++axis)
    for (std::size_t side = 0; side < 2; ++side)
      read[axis][side] = static_cast<std::size_t>(given[given.size() == 1 ? 0 : given.size() == 2 * Axes ? 2 * axis + side : axis]);
  require_channels_last(config);
  return read;
}

template <std::size_t Axes>
std::array<std::size_t, Axes> read_enlargement(const layer_config& config) {
  std::array<std::size_t, Axes> size{};
  size.fill(2);
  size = config.sizes<Axes>("size", size);
  config.choice("interpolation", "nearest", {"nearest"});
  require_channels_last(config);
  return size;
}

inline void read_reshape(const layer_config& config, program_builder& net) {
  const auto target = config.integers("target_shape");
  if (target.empty()) config.fail("target_shape must list at least one extent");
  for (const std::int64_t extent : target)
    if (extent != -1 && extent < 1) config.fail("target_shape must be made of whole numbers from 1, and -1 for the extent that follows");
  if (std::count(target.begin(), target.end(), -1) > 1) config.fail("target_shape leaves more than one extent open");
  net.reshape(config.name(), target);
}

inline void read_permute(const layer_config& config, program_builder& net) {
  std::vector<std::size_t> axes;
  for (const std::int64_t one : config.integers("dims")) {
    if (one < 1) config.fail("dims must count the axes from 1");
    axes.push_back(static_cast<std::size_t>(one));
  }
  if (axes.empty()) config.fail("dims is missing, or empty");
  auto sorted = axes;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i)
    if (sorted[i] != i + 1) config.fail("dims must be the numbers of all axes, from 1, in any order");
  net.permute(config.name(), axes);
}

inline void read_batch_normalization(const layer_config& config, program_builder& net) {
  if (config.flag("renorm", false)) config.fail("renorm is not supported");
  net.batch_normalization(
      config.name(), {config.integer("axis", -1), config.number("epsilon", 1e-3), config.flag("center", true), config.flag("scale", true)});
}

inline void read_layer_normalization(const layer_config& config, program_builder& net) {
  layer_normalization_options options;
  options.epsilon = config.number("epsilon", 1e-3);
  options.has_beta = config.flag("center", true);
  options.has_gamma = config.flag("scale", true);
  if (!config.is_absent("axis")) options.axes = config.integers("axis");
  if (options.axes.empty()) config.fail("axis must name at least one axis");
  // Keras sorts what is written, so -1 comes before 1; the extents of gamma and beta follow that order.
  std::sort(options.axes.begin(), options.axes.end());
  if (config.flag("rms_scaling", false)) config.fail("rms_scaling is not supported");
  net.layer_normalization(config.name(), options);
}

inline void read_normalization(const layer_config& config, program_builder& net) {
  normalization_options options;
  options.mean = config.numbers("mean");
  options.variance = config.numbers("variance");
  options.is_inverse = config.flag("invert", false);
  if (!config.is_absent("axis")) options.axes = config.integers("axis");
  if (options.mean.size() != options.variance.size()) config.fail("mean and variance must be given both, and have the same size");
  if (options.mean.empty() && (!config.is_absent("mean") || !config.is_absent("variance")))
    config.fail("mean and variance must not be empty");
  for (const double one : options.variance)
    if (one < 0) config.fail("variance must not be negative");
  net.normalization(config.name(), options);
}

inline void read_rescaling(const layer_config& config, program_builder& net) {
  const auto scale = config.numbers("scale"), offset = config.numbers("offset");
  if (scale.empty()) config.fail("scale is missing; give a number, or one for each place along the last axis");
  if (!config.is_absent("offset") && offset.empty()) config.fail("offset must not be empty");
  net.rescaling(config.name(), scale, offset.empty() ? std::vector<double>{0} : offset);
}

inline void read_function(const layer_config& config, program_builder& net) {
  net.activation(config.name(), read_activation_layer(config), config.class_name());
}

inline void read_identity(const layer_config& config, program_builder& net) { net.identity(config.name(), config.class_name()); }

}  // namespace detail

DEEPMAACC_INLINE keras_layers::keras_layers() {
  using settings = const layer_config&;
  using builder = program_builder&;
  using function = void (*)(settings, builder);  // one type for all, so one kind of std::function to compile
  const auto known = [&](const char* name, function by) { readers_.emplace(name, entry{by, false}); };
  known("InputLayer", [](settings config, builder) { config.fail("a network begins with one input layer, and has no other"); });
  known("Dense", [](settings config, builder net) {
    net.dense(config.name(), {config.size("units"), read_activation(config), config.flag("use_bias", true)});
  });
  known("Conv1D", detail::read_convolution<1>);
  known("Conv2D", detail::read_convolution<2>);
  known("DepthwiseConv1D", detail::read_depthwise<1>);
  known("DepthwiseConv2D", detail::read_depthwise<2>);
  known("SeparableConv1D", detail::read_separable<1>);
  known("SeparableConv2D", detail::read_separable<2>);
  known("AveragePooling1D", [](settings config, builder net) { net.average_pooling1d(config.name(), detail::read_pooling<1>(config)); });
  known("AveragePooling2D", [](settings config, builder net) { net.average_pooling2d(config.name(), detail::read_pooling<2>(config)); });
  known("MaxPooling1D", [](settings config, builder net) { net.max_pooling1d(config.name(), detail::read_pooling<1>(config)); });
  known("MaxPooling2D", [](settings config, builder net) { net.max_pooling2d(config.name(), detail::read_pooling<2>(config)); });
  known("GlobalAveragePooling1D",
        [](settings config, builder net) { net.global_average_pooling1d(config.name(), detail::keeps_axes(config)); });
  known("GlobalAveragePooling2D",
        [](settings config, builder net) { net.global_average_pooling2d(config.name(), detail::keeps_axes(config)); });
  known("GlobalMaxPooling1D", [](settings config, builder net) { net.global_max_pooling1d(config.name(), detail::keeps_axes(config)); });
  known("GlobalMaxPooling2D", [](settings config, builder net) { net.global_max_pooling2d(config.name(), detail::keeps_axes(config)); });
  known("ZeroPadding1D",
        [](settings config, builder net) { net.zero_padding1d(config.name(), detail::read_border<1>(config, "padding")); });
  known("ZeroPadding2D",
        [](settings config, builder net) { net.zero_padding2d(config.name(), detail::read_border<2>(config, "padding")); });
  known("Cropping1D", [](settings config, builder net) { net.cropping1d(config.name(), detail::read_border<1>(config, "cropping")); });
  known("Cropping2D", [](settings config, builder net) { net.cropping2d(config.name(), detail::read_border<2>(config, "cropping")); });
  known("UpSampling1D", [](settings config, builder net) { net.upsampling1d(config.name(), detail::read_enlargement<1>(config)[0]); });
  known("UpSampling2D", [](settings config, builder net) { net.upsampling2d(config.name(), detail::read_enlargement<2>(config)); });
  known("Flatten", [](settings config, builder net) {
    detail::require_channels_last(config);
    net.flatten(config.name());
  });
  known("Reshape", detail::read_reshape);
  known("Permute", detail::read_permute);
  known("Concatenate", [](settings config, builder net) { net.concatenate(config.name(), config.integer("axis", -1)); });
  for (const char* one : {"Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianDropout", "GaussianNoise", "AlphaDropout",
                          "ActivityRegularization", "Identity"})
    known(one, detail::read_identity);
  known("BatchNormalization", detail::read_batch_normalization);
  known("LayerNormalization", detail::read_layer_normalization);
  known("Normalization", detail::read_normalization);
  known("Rescaling", detail::read_rescaling);
  known("Add", [](settings config, builder net) { net.add(config.name()); });
  known("Subtract", [](settings config, builder net) { net.subtract(config.name()); });
  known("Multiply", [](settings config, builder net) { net.multiply(config.name()); });
  known("Average", [](settings config, builder net) { net.average(config.name()); });
  known("Maximum", [](settings config, builder net) { net.maximum(config.name()); });
  known("Minimum", [](settings config, builder net) { net.minimum(config.name()); });
  for (const char* one : {"Activation", "ReLU", "LeakyReLU", "ELU"}) known(one, detail::read_function);
  known("Softmax", [](settings config, builder net) { net.softmax(config.name(), config.integer("axis", -1)); });
  known("PReLU", [](settings config, builder net) { net.prelu(config.name(), config.integers("shared_axes")); });
}

}  // namespace deepmaacc::io
#endif
