#pragma once

/// \file
/// Rescaling of inputs by fixed numbers.

#include <algorithm>
#include <deepmaacc/model/axes.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <deepmaacc/model/layers/batch_normalization.hpp>
#include <deepmaacc/model/per_channel.hpp>

namespace deepmaacc::model {

/// Keras' Rescaling: scale · x + offset, each one number, or one for each place along the last axis.
struct rescaling : layer_base {
  static constexpr const char* class_name = "Rescaling";
  static constexpr bool keeps_channels = true;
  std::vector<double> scale, offset;

  explicit rescaling(double by, double and_add = 0) : scale{by}, offset{and_add} {}
  explicit rescaling(const layer_config& config) : scale(config.numbers("scale")), offset(config.numbers("offset")) {
    if (scale.empty()) config.fail("scale is missing; give a number, or one for each place along the last axis");
    if (config.is_absent("offset")) offset = {0};
    if (offset.empty()) config.fail("offset must not be empty");
  }

  shape output_shape(std::span<const shape> inputs) const {
    const shape& only = only_input(class_name, inputs);
    if (only.empty()) throw model_error("a Rescaling layer needs an input with at least one axis");
    for (const auto* numbers : {&scale, &offset})
      if (numbers->size() != 1 && numbers->size() != only.back())
        throw model_error(detail::text("a Rescaling layer has ", numbers->size(), " numbers for the ", only.back(),
                                       " places along the last axis of its input of shape ", to_string(only),
                                       "; give one for each, or one for all"));
    return only;
  }

  std::size_t scratch_size(std::span<const shape> inputs, std::size_t) const { return 2 * inputs.front().back(); }

  template <class Builder>
  std::size_t lower(Builder& to) const {
    using T = typename Builder::value_type;
    const shape& input = to.input_shape();
    const auto each = [&](const std::vector<double>& numbers) {
      std::vector<T> all(input.back(), static_cast<T>(numbers.front()));
      if (numbers.size() > 1) std::transform(numbers.begin(), numbers.end(), all.begin(), [](double one) { return static_cast<T>(one); });
      return all;
    };
    return to.per_number(element_line(), channel_of_each(input, split_at(input, input.size() - 1, input.size())), each(scale),
                         each(offset));
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    const shape& input = context.input_shape();
    const std::size_t channels = input.back();
    T *factors = context.scratch, *shifts = context.scratch + channels;
    write_numbers(context.space, scale, factors, channels);
    write_numbers(context.space, offset, shifts, channels);
    apply_per_channel(context.space, "deepmaacc::model::rescaling", context.input(), context.output,
                      split_at(input, input.size() - 1, input.size()), channel_line<T>{factors, shifts});
  }
};

}  // namespace deepmaacc::model
