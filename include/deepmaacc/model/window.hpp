#pragma once

/// \file
/// Windows that slide over images and sequences: where they lie, for convolutions and pooling alike.

#include <array>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <span>
#include <string>
#include <vector>

namespace deepmaacc {

/// Windows along one axis: tap t of window p lies on element p · stride + t · dilation − before, where there is such an element.
struct window_axis {
  std::size_t taps = 1, stride = 1, dilation = 1;
  std::size_t before = 0, behind = 0;  ///< elements that are thought around those that are there

  /// Elements from a window's first tap to its last.
  std::size_t reach() const { return (taps - 1) * dilation + 1; }
  /// Windows over so many elements; 0 where none fits.
  std::size_t positions(std::size_t elements) const {
    const std::size_t whole = elements + before + behind;
    return whole < reach() ? 0 : (whole - reach()) / stride + 1;
  }
  friend bool operator==(const window_axis&, const window_axis&) = default;
};

/// Windows over images (two axes: y, x) or sequences (one). None: over single elements of the last axis.
using sliding_window = std::vector<window_axis>;

namespace detail {

/// Taps of one window.
inline std::size_t taps_of(const sliding_window& window) {
  std::size_t count = 1;
  for (const window_axis& one : window) count *= one.taps;
  return count;
}

/// "3 x 3", "3 x 3, dilated by 2 x 1".
inline std::string text_of(const sliding_window& window) {
  const auto listed = [&](std::size_t window_axis::*member) {
    std::string list;
    for (const window_axis& one : window) list += (list.empty() ? "" : " x ") + std::to_string(one.*member);
    return list;
  };
  bool is_dilated = false;
  for (const window_axis& one : window) is_dilated = is_dilated || one.dilation != 1;
  return listed(&window_axis::taps) + (is_dilated ? ", dilated by " + listed(&window_axis::dilation) : "");
}

/// The extents of an image replaced by the windows' positions, with other channels.
/// \throws model_error for an input or a window that does not fit.
inline shape windows_over(const sliding_window& window, std::span<const shape> inputs, std::size_t channels) {
  if (window.empty() || window.size() > 2) throw model_error(text("its window must have one axis or two, but has ", window.size()));
  shape output = image_input(inputs, window.size());
  shape taps;
  for (std::size_t axis = 0; axis < window.size(); ++axis) {
    const window_axis& one = window[axis];
    if (one.taps == 0 || one.stride == 0 || one.dilation == 0) throw model_error("its window, strides and dilation count from 1");
    if (one.stride > most_elements) throw model_error("its strides are too large");
    require_addressable("window", {one.taps, one.dilation});
    require_addressable("padding", {one.before + 1});
    require_addressable("padding", {one.behind + 1});
    output[axis] = one.positions(output[axis]);
    if (output[axis] == 0)
      throw model_error(text("its window of ", text_of(window), " does not fit into its input of shape ", to_string(inputs.front())));
    taps.push_back(one.taps);
  }
  output.back() = channels;
  if (channels == 0) throw model_error("its output needs at least one channel");
  require_addressable("window", taps);
  require_addressable("output", output);
  return output;
}

}  // namespace detail
}  // namespace deepmaacc
