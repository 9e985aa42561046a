#pragma once

/// \file
/// Lays the windows over images out as rows of a matrix.

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/simd.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <deepmaacc/model/operations/weighted_sums.hpp>
#include <deepmaacc/network/window_axes.hpp>
#include <type_traits>

namespace deepmaacc::by_rows {

/// Images laid out together: enough rows for an efficient product, few enough to stay in a core's cache.
inline std::size_t images_at_once(const image_extents& output) { return std::max<std::size_t>(1, 1024 / output.positions()); }

/// Copies numbers that lie in one piece.
/// \return what is behind the copy
template <bool IsOnHost, class T>
KOKKOS_INLINE_FUNCTION T* copy_run(const T* from, std::size_t count, T* to) {
  if constexpr (IsOnHost) {
    // Runs are short, so a call of memcpy would cost more than the copy: moves of fixed sizes, of which the last may overlap.
    const auto copy_in = [&]<std::size_t Width>(std::integral_constant<std::size_t, Width>) {
      for (std::size_t i = 0; i + Width < count; i += Width) std::memcpy(to + i, from + i, Width * sizeof(T));
      std::memcpy(to + count - Width, from + count - Width, Width * sizeof(T));
    };
    constexpr std::size_t width = simd_width<T>;
    if (count >= width)
      copy_in(std::integral_constant<std::size_t, width>{});
    else if (count >= width / 2)
      copy_in(std::integral_constant<std::size_t, width / 2>{});
    else
      for (std::size_t i = 0; i < count; ++i) to[i] = from[i];
    return to + count;
  } else {
    for (std::size_t i = 0; i < count; ++i) *to++ = from[i];
    return to;
  }
}

/// Writes the window at every position as a row (kernel height, kernel width, channels of the group), zeros where it is over the edge.
template <bool IsPlain, class Space, class T, class MemorySpace>
void lay_out_windows(const Space& space, matrix<const T, MemorySpace> images, const operation::weighted_sums& sums, const shape& input,
                     const shape& output, std::size_t group, matrix<T, MemorySpace> windows) {
  const image_extents in(input), out(output);
  const std::size_t height = out.height, out_width = out.width, width = in.width, channels = in.channels;
  const std::size_t part = channels / sums.groups, first_channel = group * part;
  const auto axes = axes_of<!IsPlain>(sums.window, input);
  const std::size_t apart = axes.x.dilation * channels;
  parallel_loop(
      space, "deepmaacc::network::lay_out_windows", images.extent(0) * height, out_width,
      KOKKOS_LAMBDA(const std::size_t row, const std::size_t x) {
        const T* image = images.data() + row / height * images.extent(1) + first_channel;
        T* to = windows.data() + (row * out_width + x) * windows.extent(1);
        const std::size_t y = row % height, top = axes.y.first_tap(y), bottom = axes.y.end_tap(y), taps_x = axes.x.taps;
        const std::size_t left = axes.x.first_tap(x), right = axes.x.end_tap(x);
        if (IsPlain && bottom - top == axes.y.taps && right - left == taps_x) {
          const T* from = image + (axes.y.element(y, 0) * width + axes.x.element(x, 0)) * channels;
          for (std::size_t ky = 0; ky < axes.y.taps; ++ky)
            to = copy_run<is_host_accessible<MemorySpace>>(from + ky * width * channels, taps_x * part, to);
          return;
        }
        for (std::size_t ky = 0; ky < axes.y.taps; ++ky) {
          const bool is_inside = ky >= top && ky < bottom && left < right;
          // The window's columns that lie on the image: [begin, end).
          const std::size_t begin = is_inside ? left : taps_x, end = is_inside ? right : taps_x;
          for (std::size_t i = 0; i < begin * part; ++i) *to++ = 0;
          const T* from = is_inside ? image + (axes.y.element(y, ky) * width + axes.x.element(x, left)) * channels : image;
          if (IsPlain)
            to = copy_run<is_host_accessible<MemorySpace>>(from, (end - begin) * part, to);
          else
            for (std::size_t k = begin; k < end; ++k, from += apart)
              for (std::size_t i = 0; i < part; ++i) *to++ = from[i];
          for (std::size_t i = 0; i < (taps_x - end) * part; ++i) *to++ = 0;
        }
      });
}

}  // namespace deepmaacc::by_rows
