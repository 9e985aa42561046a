#pragma once

/// \file
/// The sums of changed neurons: by their maps, or computed anew.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/precision.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <deepmaacc/model/operations/weighted_sums.hpp>
#include <deepmaacc/network/window_axes.hpp>

/// Many mutants of one layer at once: a row for each of them and each input, on any execution space.
namespace deepmaacc::by_batches {

/// What a mutant does to one channel, as kernels see it.
template <class T>
struct channel_change {
  static constexpr std::uint32_t none = static_cast<std::uint32_t>(-1);

  std::uint32_t mutant = 0, channel = 0;
  std::uint32_t numbers = none;  ///< which of the neurons that get new numbers; `none` where the sums are mapped
  T factor = 1, shift = 0;
};

/// Where weighted sums look: windows over images, or over lines of positions where they have none.
struct sum_windows {
  window_axes<true> axes;
  std::size_t positions, width;  ///< of the output, in all and along x
  std::size_t channels;          ///< of the input
  std::size_t sums;

  /// \param is_flattened  whether all positions of an input of so many channels are one window
  sum_windows(const operation::weighted_sums& does, const shape& input, const shape& output, std::size_t in_channels, bool is_flattened)
      : channels(in_channels), sums(does.sums) {
    const std::size_t lines = element_count(input) / channels;
    if (does.window.empty()) {
      axes.x.input = lines;
      axes.x.taps = is_flattened ? lines : 1;
      positions = width = is_flattened ? 1 : lines;
    } else {
      axes = axes_of<true>(does.window, input);
      positions = image_extents(output).positions();
      width = image_extents(output).width;
    }
  }

  /// Calls `visit(tap, element)` for the taps of a window that lie on the image, and the position there.
  template <class Visit>
  KOKKOS_INLINE_FUNCTION void for_each_tap(std::size_t position, const Visit& visit) const {
    const std::size_t y = position / width, x = position % width, left = axes.x.first_tap(x), right = axes.x.end_tap(x);
    for (std::size_t ky = axes.y.first_tap(y); ky < axes.y.end_tap(y); ++ky)
      for (std::size_t kx = left; kx < right; ++kx)
        visit(ky * axes.x.taps + kx, axes.y.element(y, ky) * axes.x.input + axes.x.element(x, kx));
  }
};

/// A factor of a product, as a precision has it.
template <class PrecisionPolicy, class T>
KOKKOS_INLINE_FUNCTION T factor_of(T number, bool is_rounded) {
  if constexpr (precision_traits<PrecisionPolicy>::rounds_factors)
    return is_rounded ? PrecisionPolicy::round(number) : number;
  else
    return number;
}

/// The sums of changed neurons: row e · inputs + i has those of change e for input i, by position.
template <class PrecisionPolicy, class MemorySpace>
struct changed_sums {
  using T = typename PrecisionPolicy::value_type;

  sum_windows windows;
  const channel_change<T>* changes;
  const T* numbers;           ///< of the neurons that get new ones: weights, then the bias where there is one
  std::size_t numbers_apart;  ///< from one neuron's to the next
  const T *kernel, *bias;     ///< (taps × part × sums); null where there is no bias
  const T* original;          ///< inputs × positions × sums
  matrix<const T, MemorySpace> inputs;
  T* sums;
  std::size_t part;       ///< channels that a sum is of
  std::size_t per_group;  ///< sums of the same channels
  bool is_rounded;

  KOKKOS_INLINE_FUNCTION void operator()(const std::size_t row, const std::size_t position) const {
    const channel_change<T>& change = changes[row / inputs.extent(0)];
    const std::size_t input = row % inputs.extent(0);
    T& sum = sums[row * windows.positions + position];
    if (change.numbers == channel_change<T>::none) {
      const T before = original[(input * windows.positions + position) * windows.sums + change.channel];
      // What is infinite, or no number, cannot be mapped: it may be so because of a weight that is changed.
      if (before - before == 0)
        sum = change.factor * before + change.shift;
      else
        sum = mapped(change, input, position);
    } else {
      sum = anew(change, input, position);
    }
  }

 private:
  KOKKOS_INLINE_FUNCTION const T* image(const channel_change<T>& change, std::size_t input) const {
    return inputs.data() + input * inputs.extent(1) + change.channel / per_group * part;
  }
  /// With the weights multiplied by the factor.
  KOKKOS_INLINE_FUNCTION T mapped(const channel_change<T>& change, std::size_t input, std::size_t position) const {
    const T* from = image(change, input);
    T sum = 0;
    windows.for_each_tap(position, [&](std::size_t tap, std::size_t element) {
      for (std::size_t c = 0; c < part; ++c)
        sum += from[element * windows.channels + c] * (change.factor * kernel[(tap * part + c) * windows.sums + change.channel]);
    });
    return sum + (bias ? change.factor * bias[change.channel] : T{0}) + change.shift;
  }
  KOKKOS_INLINE_FUNCTION T anew(const channel_change<T>& change, std::size_t input, std::size_t position) const {
    constexpr std::size_t at_once = 8;  // sums of their own, which run in a vector
    const T *from = image(change, input), *weights = numbers + change.numbers * numbers_apart;
    T some[at_once] = {};
    windows.for_each_tap(position, [&](std::size_t tap, std::size_t element) {
      const T *a = from + element * windows.channels, *b = weights + tap * part;
      std::size_t c = 0;
      for (; c + at_once <= part; c += at_once)
        for (std::size_t i = 0; i < at_once; ++i)
          some[i] += factor_of<PrecisionPolicy>(a[c + i], is_rounded) * factor_of<PrecisionPolicy>(b[c + i], is_rounded);
      for (std::size_t i = 0; c < part; ++c, ++i)
        some[i] += factor_of<PrecisionPolicy>(a[c], is_rounded) * factor_of<PrecisionPolicy>(b[c], is_rounded);
    });
    T sum = 0;
    for (std::size_t i = 0; i < at_once; ++i) sum += some[i];
    return bias ? sum + weights[numbers_apart - 1] : sum;
  }
};

}  // namespace deepmaacc::by_batches
