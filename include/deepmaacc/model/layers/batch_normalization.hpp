#pragma once

/// \file
/// Batch normalisation with the statistics that training has left.

#include <Kokkos_Core.hpp>
#include <cstdint>
#include <deepmaacc/model/axes.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <deepmaacc/model/per_channel.hpp>
#include <type_traits>
#include <vector>

namespace deepmaacc::model {

/// factor · x + shift.
struct element_line {
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T x, T factor, T shift) const {
    return x * factor + shift;
  }
};

/// The same, both of the channel.
template <class T>
struct channel_line {
  const T *factors, *shifts;
  KOKKOS_INLINE_FUNCTION T operator()(T x, std::size_t channel) const { return element_line()(x, factors[channel], shifts[channel]); }
};

/// What training has left of every channel. Gamma and beta are null where there are none.
template <class T>
struct batch_statistics {
  const T *gamma, *beta, *mean, *variance;

  /// In double: there is one line per channel, and its rounding would be in every element.
  KOKKOS_INLINE_FUNCTION void line(std::size_t channel, double epsilon, T& factor, T& shift) const {
    const double exact =
        (gamma ? static_cast<double>(gamma[channel]) : 1.0) / Kokkos::sqrt(static_cast<double>(variance[channel]) + epsilon);
    factor = static_cast<T>(exact);
    shift = static_cast<T>((beta ? static_cast<double>(beta[channel]) : 0.0) - static_cast<double>(mean[channel]) * exact);
  }
};

/// Keras' BatchNormalization: gamma · (x − moving_mean) / sqrt(moving_variance + epsilon) + beta along one axis (Ioffe and Szegedy 2015).
struct batch_normalization : layer_base {
  static constexpr const char* class_name = "BatchNormalization";
  static constexpr bool keeps_channels = true;
  std::int64_t axis = -1;  ///< as Keras counts
  double epsilon = 1e-3;
  bool has_beta = true, has_gamma = true;

  batch_normalization() = default;
  explicit batch_normalization(const layer_config& config)
      : axis(config.integer("axis", -1)),
        epsilon(config.number("epsilon", 1e-3)),
        has_beta(config.flag("center", true)),
        has_gamma(config.flag("scale", true)) {
    if (config.flag("renorm", false)) config.fail("renorm is not supported");
  }

  shape output_shape(std::span<const shape> inputs) const {
    const shape& only = only_input(class_name, inputs);
    axis_of_input(class_name, axis, only);
    return only;
  }

  std::vector<parameter> parameters(const shape& input) const {
    const shape channels{block(input).count};
    std::vector<parameter> all;
    if (has_gamma) all.push_back({"gamma", channels});
    if (has_beta) all.push_back({"beta", channels});
    all.push_back({"moving_mean", channels});
    all.push_back({"moving_variance", channels});
    return all;
  }

  std::size_t scratch_size(std::span<const shape> inputs, std::size_t) const { return 2 * block(inputs.front()).count; }

  template <class Builder>
  std::size_t lower(Builder& to) const {
    using T = typename Builder::value_type;
    const axis_block split = block(to.input_shape());
    const auto numbers = statistics([&](std::size_t which) { return to.parameter(which); });
    std::vector<T> factors(split.count), shifts(split.count);
    for (std::size_t i = 0; i < split.count; ++i) numbers.line(i, epsilon, factors[i], shifts[i]);
    return to.per_number(element_line(), channel_of_each(to.input_shape(), split), factors, shifts);
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    const axis_block split = block(context.input_shape());
    const auto numbers = statistics([&](std::size_t which) { return context.parameters[which]; });
    T *factors = context.scratch, *shifts = context.scratch + split.count;
    const double at_least = epsilon;
    parallel_loop(
        context.space, "deepmaacc::model::batch_factors", split.count,
        KOKKOS_LAMBDA(const std::size_t i) { numbers.line(i, at_least, factors[i], shifts[i]); });
    apply_per_channel(context.space, "deepmaacc::model::batch_normalization", context.input(), context.output, split,
                      channel_line<T>{factors, shifts});
  }

 private:
  /// `parameter(i)` gives the i-th of the layer's arrays.
  template <class Parameter>
  auto statistics(const Parameter& parameter) const {
    const std::size_t moments = (has_gamma ? 1 : 0) + (has_beta ? 1 : 0);
    using T = std::remove_cvref_t<decltype(*parameter(0))>;
    return batch_statistics<T>{has_gamma ? parameter(0) : nullptr, has_beta ? parameter(moments - 1) : nullptr, parameter(moments),
                               parameter(moments + 1)};
  }
  axis_block block(const shape& input) const {
    const std::size_t first = axis_of_input(class_name, axis, input);
    return split_at(input, first, first + 1);
  }
};

}  // namespace deepmaacc::model
