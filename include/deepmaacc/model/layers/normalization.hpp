#pragma once

/// \file
/// Normalisation of inputs by statistics of a data set.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstdint>
#include <deepmaacc/model/axes.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <deepmaacc/model/per_channel.hpp>

namespace deepmaacc::model {

/// (x − mean) / deviation of the channel, or the way back.
template <class T>
struct channel_standardisation {
  const T *means, *deviations;
  bool is_inverse;
  // The difference comes first, as in Keras: a large mean would cancel in a product and a sum.
  KOKKOS_INLINE_FUNCTION T operator()(T x, std::size_t channel) const {
    return is_inverse ? means[channel] + x * deviations[channel] : (x - means[channel]) / deviations[channel];
  }
};

/// The square root of a variance, but at least 1e-7.
template <class T>
KOKKOS_INLINE_FUNCTION T deviation_of(T variance) {
  const double deviation = Kokkos::sqrt(static_cast<double>(variance));
  return static_cast<T>(deviation < 1e-7 ? 1e-7 : deviation);
}

/// Keras' Normalization: (x − mean) / max(sqrt(variance), 1e-7) along one axis, neighbouring ones, or none. The statistics are trained
/// numbers ("adapted", with a count that nothing reads), or settings.
struct normalization : layer_base {
  static constexpr const char* class_name = "Normalization";
  static constexpr bool keeps_channels = true;
  std::vector<std::int64_t> axes{-1};  ///< as Keras counts; none where one mean stands for all
  std::vector<double> mean, variance;  ///< settings; empty where they are trained, one number stands for all
  bool is_inverse = false;

  normalization() = default;
  explicit normalization(const layer_config& config)
      : mean(config.numbers("mean")), variance(config.numbers("variance")), is_inverse(config.flag("invert", false)) {
    if (!config.is_absent("axis")) axes = config.integers("axis");
    if (mean.size() != variance.size()) config.fail("mean and variance must be given both, and have the same size");
    if (mean.empty() && (!config.is_absent("mean") || !config.is_absent("variance"))) config.fail("mean and variance must not be empty");
    for (const double one : variance)
      if (one < 0) config.fail("variance must not be negative");
  }

  shape output_shape(std::span<const shape> inputs) const {
    const shape& only = only_input(class_name, inputs);
    const std::size_t count = block(only).count;
    if (mean.size() > 1 && mean.size() != count)
      throw model_error(detail::text("a Normalization layer's mean has ", mean.size(), " numbers, but its input of shape ", to_string(only),
                                     " has ", count, " along the axes that are kept; give one for each, or one for all"));
    return only;
  }

  std::vector<parameter> parameters(const shape& input) const {
    if (!mean.empty()) return {};
    shape extents;
    for (const std::int64_t axis : ascending(input)) extents.push_back(input[axis_of_input(class_name, axis, input)]);
    return {{"mean", extents}, {"variance", extents}, {"count", {}}};
  }

  std::size_t scratch_size(std::span<const shape> inputs, std::size_t) const { return 2 * block(inputs.front()).count; }

  template <class Builder>
  std::size_t lower(Builder& to) const {
    using T = typename Builder::value_type;
    const axis_block split = block(to.input_shape());
    std::vector<T> means(split.count), deviations(split.count);
    for (std::size_t i = 0; i < split.count; ++i) {
      const auto given = [&](const std::vector<double>& setting, std::size_t parameter) {
        return mean.empty() ? to.parameter(parameter)[i] : static_cast<T>(setting[setting.size() == 1 ? 0 : i]);
      };
      means[i] = given(mean, 0);
      deviations[i] = deviation_of(given(variance, 1));
    }
    const auto index = channel_of_each(to.input_shape(), split);
    if (is_inverse) return to.per_number([](T x, T middle, T deviation) { return middle + x * deviation; }, index, means, deviations);
    return to.per_number([](T x, T middle, T deviation) { return (x - middle) / deviation; }, index, means, deviations);
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    const axis_block split = block(context.input_shape());
    T *means = context.scratch, *deviations = context.scratch + split.count;
    const T *given_mean = means, *given_variance = deviations;
    if (mean.empty()) {
      given_mean = context.parameters[0];
      given_variance = context.parameters[1];
    } else {
      write_numbers(context.space, mean, means, split.count);
      write_numbers(context.space, variance, deviations, split.count);
    }
    parallel_loop(
        context.space, "deepmaacc::model::deviations", split.count, KOKKOS_LAMBDA(const std::size_t i) {
          means[i] = given_mean[i];
          deviations[i] = deviation_of(given_variance[i]);
        });
    apply_per_channel(context.space, "deepmaacc::model::normalization", context.input(), context.output, split,
                      channel_standardisation<T>{means, deviations, is_inverse});
  }

 private:
  /// Keras keeps the axes in the order of the input, however they are listed.
  std::vector<std::int64_t> ascending(const shape& input) const {
    std::vector<std::int64_t> all;
    for (const std::int64_t axis : axes) all.push_back(static_cast<std::int64_t>(axis_of_input(class_name, axis, input)) + 1);
    std::sort(all.begin(), all.end());
    return all;
  }
  axis_block block(const shape& input) const { return split_at(class_name, ascending(input), input); }
};

}  // namespace deepmaacc::model
