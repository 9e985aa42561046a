#pragma once

/// \file
/// Pooling over rows.

#include <cstddef>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <deepmaacc/model/operations/pooling.hpp>
#include <deepmaacc/network/reductions.hpp>
#include <deepmaacc/network/rows/context.hpp>
#include <deepmaacc/network/window_axes.hpp>

namespace deepmaacc::by_rows {

/// The windows of pooling. On the host a position's channels are reduced side by side, tap by tap, which runs in vectors.
template <class Reduction, class T, class MemorySpace>
struct pooled_windows {
  matrix<const T, MemorySpace> images;
  T* pooled;  ///< (images × positions) × channels
  window_axes<false> axes;
  std::size_t height, width, channels;  ///< of the output

  /// Every channel of one line of positions.
  KOKKOS_INLINE_FUNCTION void operator()(const std::size_t line) const {
    for (std::size_t x = 0; x < width; ++x) reduce(line / height, line % height, x, 0, channels);
  }
  /// One channel of one position.
  KOKKOS_INLINE_FUNCTION void operator()(const std::size_t position, const std::size_t channel) const {
    reduce(position / width / height, position / width % height, position % width, channel, channel + 1);
  }

 private:
  KOKKOS_INLINE_FUNCTION void reduce(std::size_t image, std::size_t y, std::size_t x, std::size_t first, std::size_t end) const {
    const Reduction reduction;
    const std::size_t top = axes.y.first_tap(y), bottom = axes.y.end_tap(y), left = axes.x.first_tap(x), right = axes.x.end_tap(x);
    const T* corner = images.data() + image * images.extent(1);
    corner += (axes.y.element(y, top) * axes.x.input + axes.x.element(x, left)) * channels;
    T* to = pooled + ((image * height + y) * width + x) * channels;
    if (bottom - top == 2 && right - left == 2) {  // so common that it is worth a loop of its own
      const T *beside = corner + channels, *below = corner + axes.x.input * channels;
      for (std::size_t c = first; c < end; ++c) to[c] = reduce_four(reduction, corner[c], beside[c], below[c], below[channels + c]);
      return;
    }
    for (std::size_t c = first; c < end; ++c) to[c] = corner[c];
    for (std::size_t row = 0; row < bottom - top; ++row)
      for (std::size_t column = row == 0 ? 1 : 0; column < right - left; ++column) {
        const T* from = corner + (row * axes.x.input + column) * channels;
        for (std::size_t c = first; c < end; ++c) to[c] = reduction.merge(to[c], from[c]);
      }
    for (std::size_t c = first; c < end; ++c) to[c] = reduction.finish(to[c], (bottom - top) * (right - left));
  }
};

/// Reduces the elements of every window that lie on the image, channel by channel. Every window must have one: so it is without dilation.
template <class Reduction, class Space, class T>
void pool_windows(const context<Space, T>& at, Reduction, const window_axes<false> axes, const image_extents output) {
  using memory = typename Space::memory_space;
  const pooled_windows<Reduction, T, memory> windows{at.input(), at.output.data(), axes, output.height, output.width, output.channels};
  const std::size_t lines = at.input().extent(0) * output.height;
  if constexpr (is_host_accessible<memory>)
    parallel_loop(at.space, "deepmaacc::network::pooling", lines, windows);
  else
    parallel_loop(at.space, "deepmaacc::network::pooling", lines * output.width, output.channels, windows);
}

template <class Space, class T>
void forward(const operation::pooling& does, const context<Space, T>& at) {
  const auto axes = axes_of<false>(does.window, at.input_shape());
  if (does.kind == operation::pooling::reduction::average)
    pool_windows(at, pool_average(), axes, image_extents(at.output_shape));
  else
    pool_windows(at, pool_max(), axes, image_extents(at.output_shape));
}

}  // namespace deepmaacc::by_rows
