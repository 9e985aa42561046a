#pragma once

/// \file
/// Windows that slide over images: where they lie, for convolutions and pooling alike.

#include <array>
#include <cstddef>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/layer_config.hpp>

namespace deepmaacc::model {

/// A window over (height, width, channel) images, with Keras' rules: `valid` keeps it inside; `same` gives ceil(extent / stride)
/// positions and pads with as much at the beginning as at the end, the odd one at the end.
struct window2d {
  std::array<std::size_t, 2> extent{1, 1}, stride{1, 1};
  bool is_same = false;

  /// Positions along an axis; 0 where the window does not fit.
  std::size_t positions(std::size_t axis, std::size_t input) const {
    if (is_same) return (input + stride[axis] - 1) / stride[axis];
    return input < extent[axis] ? 0 : (input - extent[axis]) / stride[axis] + 1;
  }

  /// Padding before the first element of an axis.
  std::size_t padding(std::size_t axis, std::size_t input) const {
    if (!is_same) return 0;
    const std::size_t reach = (positions(axis, input) - 1) * stride[axis] + extent[axis];
    return reach > input ? (reach - input) / 2 : 0;
  }

  /// (height, width, channels) of what comes out. \throws model_error, naming the layer's class, for a wrong input.
  shape output_shape(const char* class_name, const shape& input, std::size_t channels) const {
    if (input.size() != 3)
      throw model_error(
          detail::text("a ", class_name, " layer takes images (height, width, channels), but its input has shape ", to_string(input)));
    if (extent[0] == 0 || extent[1] == 0 || stride[0] == 0 || stride[1] == 0)
      throw model_error(detail::text("a ", class_name, " layer's window and strides count from 1"));
    const shape output{positions(0, input[0]), positions(1, input[1]), channels};
    if (element_count(output) == 0)
      throw model_error(detail::text("a ", class_name, " layer's window of ", extent[0], " x ", extent[1],
                                     " does not fit into its input of shape ", to_string(input)));
    return output;
  }
};

/// Refuses what no window layer here does.
inline void require_channels_last(const layer_config& config) { config.choice("data_format", "channels_last", {"channels_last"}); }

/// Reads `padding`: whether it is `same`.
inline bool read_padding(const layer_config& config) { return config.choice("padding", "valid", {"valid", "same"}) == 1; }

}  // namespace deepmaacc::model
