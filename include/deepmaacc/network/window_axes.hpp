#pragma once

/// \file
/// Windows as kernels look at them.

#include <Kokkos_Macros.hpp>
#include <cstddef>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/window.hpp>

namespace deepmaacc {

/// Windows along one axis, for kernels, which need not divide where nothing is dilated: tap t of window p lies on element p · stride + t ·
/// dilation − before, where the image has it.
template <bool IsDilated>
struct tap_axis {
  std::size_t input = 1, taps = 1, stride = 1, dilation = 1, before = 0;

  /// The taps of a window that lie on the image are [first_tap, end_tap): none where dilated ones straddle it.
  KOKKOS_INLINE_FUNCTION std::size_t first_tap(std::size_t position) const {
    const std::size_t start = position * stride;
    return start >= before ? 0 : taps_within(before - start);
  }
  KOKKOS_INLINE_FUNCTION std::size_t end_tap(std::size_t position) const {
    const std::size_t start = position * stride, end = input + before;
    return start >= end ? 0 : taps_within(end - start);
  }
  /// Where a tap on the image lies.
  KOKKOS_INLINE_FUNCTION std::size_t element(std::size_t position, std::size_t tap) const {
    return position * stride + tap * (IsDilated ? dilation : 1) - before;
  }

 private:
  /// Taps of a window on its first elements.
  KOKKOS_INLINE_FUNCTION std::size_t taps_within(std::size_t elements) const {
    const std::size_t fitting = IsDilated ? (elements - 1) / dilation + 1 : elements;
    return fitting < taps ? fitting : taps;
  }
};

/// Both axes of the windows over an image; a sequence is an image of height 1.
template <bool IsDilated>
struct window_axes {
  tap_axis<IsDilated> y, x;
};

/// Where windows lie over an image that they fit; they may be dilated where `IsDilated`.
template <bool IsDilated>
window_axes<IsDilated> axes_of(const sliding_window& window, const shape& image) {
  const auto along = [&](std::size_t axis) {
    const window_axis& one = window[axis];
    return tap_axis<IsDilated>{image[axis], one.taps, one.stride, one.dilation, one.before};
  };
  if (window.size() == 1) return {{}, along(0)};
  return {along(0), along(1)};
}

}  // namespace deepmaacc
