#pragma once

/// \file
/// How images become inputs.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/array.hpp>
#include <limits>
#include <utility>
#include <vector>

namespace deepmaacc::io {

/// Steps from images (count × height × width, or with channels last) to a network's inputs, in this order.
struct preparation {
  std::size_t channels = 0;  ///< repeat the one grey channel so often; 0: leave the channels
  std::size_t pad = 0;       ///< zeros on every side of height and width
  double divide_by = 1;

  bool is_none() const { return channels == 0 && pad == 0 && divide_by == 1; }
};

/// As Lyons and Ghanbari (ICST 2025) prepare 28 × 28 grey images: 3 channels, padded by 2 to 32 × 32, divided by 255.
inline preparation deepmaacc_preparation() { return {3, 2, 255}; }

/// Applies the steps. \throws data_error where the array holds no such images.
template <class T>
array<T> prepare(array<T> images, const preparation& steps) {
  const auto fail = [&](const auto&... why) -> void {
    throw data_error(deepmaacc::detail::text("images of shape ", to_string(images.extents), why...));
  };
  if (!(steps.divide_by > 0) || std::isinf(steps.divide_by)) throw usage_error("divide-by must be a finite number above 0");
  if (steps.channels > 0 || steps.pad > 0) {
    if (images.extents.size() == 3) images.extents.push_back(1);
    if (images.extents.size() != 4) fail(" cannot be prepared: height and width are needed, and at most one axis of channels behind them");
    const std::size_t count = images.extents[0], height = images.extents[1], width = images.extents[2], channels = images.extents[3];
    if (steps.channels > 0 && channels != 1 && channels != steps.channels)
      fail(" have ", channels, " channels; only one can be repeated to ", steps.channels);
    if (steps.pad > (std::numeric_limits<std::size_t>::max() - std::max(height, width)) / 2) fail(" cannot be padded by ", steps.pad);
    const std::size_t out_channels = steps.channels > 0 ? steps.channels : channels, pad = steps.pad;
    const shape extents{count, height + 2 * pad, width + 2 * pad, out_channels};
    array<T> result{extents, std::vector<T>(element_count(extents), T{0})};
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x)
          for (std::size_t c = 0; c < out_channels; ++c)
            result.values[((i * extents[1] + y + pad) * extents[2] + x + pad) * out_channels + c] =
                images.values[((i * height + y) * width + x) * channels + (channels == 1 ? 0 : c)];
    images = std::move(result);
  }
  if (steps.divide_by != 1)
    for (T& value : images.values) value /= static_cast<T>(steps.divide_by);
  return images;
}

}  // namespace deepmaacc::io
