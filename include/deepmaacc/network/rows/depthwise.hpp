#pragma once

/// \file
/// Weighted sums over every channel by itself.

#include <cstddef>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/network/window_axes.hpp>

namespace deepmaacc::by_rows {

/// The sums of a depthwise convolution. On the host a position's channels are summed side by side, tap by tap, which runs in vectors.
template <class T, class MemorySpace>
struct depthwise_sums {
  matrix<const T, MemorySpace> images;
  const T* kernel;  ///< (taps × in × multiplier)
  T* output;        ///< (images × positions) × (in × multiplier)
  window_axes<true> axes;
  std::size_t height, width, channels, multiplier;  ///< of the output, but the channels, which are the input's

  /// Every channel of one position.
  KOKKOS_INLINE_FUNCTION void operator()(const std::size_t position) const { sum(position, 0, channels); }
  /// The channels that one channel of the input gives.
  KOKKOS_INLINE_FUNCTION void operator()(const std::size_t position, const std::size_t channel) const {
    sum(position, channel, channel + 1);
  }

 private:
  KOKKOS_INLINE_FUNCTION void sum(const std::size_t position, const std::size_t first, const std::size_t end) const {
    const std::size_t x = position % width, y = position / width % height;
    const T* image = images.data() + position / width / height * images.extent(1);
    T* to = output + position * channels * multiplier;
    for (std::size_t i = first * multiplier; i < end * multiplier; ++i) to[i] = 0;
    for (std::size_t ky = axes.y.first_tap(y); ky < axes.y.end_tap(y); ++ky)
      for (std::size_t kx = axes.x.first_tap(x); kx < axes.x.end_tap(x); ++kx) {
        const T* from = image + (axes.y.element(y, ky) * axes.x.input + axes.x.element(x, kx)) * channels;
        const T* weights = kernel + (ky * axes.x.taps + kx) * channels * multiplier;
        if (multiplier == 1) {
          for (std::size_t c = first; c < end; ++c) to[c] += from[c] * weights[c];
        } else {
          for (std::size_t c = first; c < end; ++c)
            for (std::size_t i = c * multiplier; i < (c + 1) * multiplier; ++i) to[i] += from[c] * weights[i];
        }
      }
  }
};

/// Writes a depthwise convolution of some images: output channel c · multiplier + m is channel c with the m-th of its kernels.
template <class Space, class T, class MemorySpace>
void convolve_depthwise(const Space& space, const depthwise_sums<T, MemorySpace>& sums) {
  const std::size_t positions = sums.images.extent(0) * sums.height * sums.width;
  if constexpr (is_host_accessible<MemorySpace>)
    parallel_loop(space, "deepmaacc::network::depthwise", positions, sums);
  else
    parallel_loop(space, "deepmaacc::network::depthwise", positions, sums.channels, sums);
}

}  // namespace deepmaacc::by_rows
