#pragma once

/// \file
/// Weighted sums: fully connected layers and convolutions.

#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <deepmaacc/model/window.hpp>
#include <span>
#include <vector>

namespace deepmaacc::operation {

/// For every window so many sums of its elements, each with weights of its own: a convolution; without a window over the last axis, a fully
/// connected layer. Of several groups each has its own part of the channels and of the sums. Depthwise, every channel is a group: sum c ·
/// multiplier + m is of channel c. Parameters: kernel (taps of each axis × channels / groups × sums; depthwise: × channels × multiplier,
/// which lies alike), and the bias (sums) where there is one.
struct weighted_sums {
  static constexpr const char* name = "weighted sums";
  std::size_t sums = 1;
  sliding_window window{};
  std::size_t groups = 1;
  bool has_bias = true;
  bool is_depthwise = false;  ///< then `groups` says nothing

  shape output_shape(std::span<const shape> inputs) const {
    if (window.empty()) {
      shape output = detail::input_with_axes(inputs);
      if (groups != 1 || is_depthwise) throw model_error("sums without a window have one group");
      if (sums == 0) throw model_error("its output needs at least one channel");
      output.back() = sums;
      detail::require_addressable("kernel", {inputs.front().back(), sums});
      return output;
    }
    shape output = detail::windows_over(window, inputs, sums);
    const std::size_t channels = inputs.front().back();
    if (is_depthwise && sums % channels != 0)
      throw model_error(
          detail::text("its ", sums, " sums must be as many for each channel of its input of shape ", to_string(inputs.front())));
    if (is_depthwise) {
      detail::require_addressable("kernel", {detail::taps_of(window), sums});
      return output;
    }
    if (groups == 0 || channels % groups != 0 || sums % groups != 0)
      throw model_error(detail::text("its ", groups, " groups must divide its ", sums, " filters and the channels of its input of shape ",
                                     to_string(inputs.front())));
    shape windows = output;
    windows.back() = taps(inputs);
    detail::require_addressable("window at every position,", windows);
    detail::require_addressable("kernel", {taps(inputs), sums});
    return output;
  }

  std::vector<shape> parameter_shapes(std::span<const shape> inputs) const {
    shape kernel;
    for (const window_axis& one : window) kernel.push_back(one.taps);
    const std::size_t channels = inputs.front().back();
    kernel.push_back(is_depthwise ? channels : channels / groups);
    kernel.push_back(is_depthwise ? sums / channels : sums);
    std::vector<shape> all{std::move(kernel)};
    if (has_bias) all.push_back({sums});
    return all;
  }

  /// Weights of one sum.
  std::size_t taps(std::span<const shape> inputs) const {
    return detail::taps_of(window) * (inputs.front().back() / groups_of(inputs.front().back()));
  }
  std::size_t groups_of(std::size_t channels) const { return is_depthwise ? channels : groups; }
};

}  // namespace deepmaacc::operation
