#pragma once

/// \file
/// Averages and maxima of windows.

#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <deepmaacc/model/window.hpp>
#include <span>
#include <vector>

namespace deepmaacc::operation {

/// The average, or the largest, of the elements of every window that lie on the image, channel by channel. Elements over the edge are left
/// out, of the average too.
struct pooling {
  static constexpr const char* name = "pooling";
  enum class reduction { average, maximum };
  reduction kind = reduction::maximum;
  sliding_window window{};

  shape output_shape(std::span<const shape> inputs) const {
    for (const window_axis& one : window) {
      if (one.dilation != 1) throw model_error("its window has no dilation");
      if (one.before >= one.taps || one.behind >= one.taps) throw model_error("its padding must be less than its window");
    }
    return detail::windows_over(window, inputs, detail::image_input(inputs, window.size()).back());
  }
  std::vector<shape> parameter_shapes(std::span<const shape>) const { return {}; }
};

}  // namespace deepmaacc::operation
