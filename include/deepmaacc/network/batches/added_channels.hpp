#pragma once

/// \file
/// What changed channels make of tensors that other channels share: of the next sums, to which each adds its part, and of the whole tensor.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/network/batches/changed_sums.hpp>

namespace deepmaacc::by_batches {

/// Changed channels of some mutants, row e · inputs + i being change e for input i, and the original ones.
template <class T>
struct channel_rows {
  const channel_change<T>* changes;
  const std::uint32_t* begins;  ///< of each mutant's changes, and the end of the last one's
  std::size_t inputs, positions, channels;
  const T* changed;   ///< (changes × inputs) × positions
  const T* original;  ///< inputs × positions × channels

  KOKKOS_INLINE_FUNCTION T before(std::size_t input, std::size_t position, std::size_t channel) const {
    return original[(input * positions + position) * channels + channel];
  }
  KOKKOS_INLINE_FUNCTION T after(std::size_t change, std::size_t input, std::size_t position) const {
    return changed[(change * inputs + input) * positions + position];
  }
  /// An element as a mutant has it.
  KOKKOS_INLINE_FUNCTION T of_mutant(std::size_t mutant, std::size_t input, std::size_t position, std::size_t channel) const {
    for (std::size_t e = begins[mutant]; e < begins[mutant + 1]; ++e)
      if (changes[e].channel == channel) return after(e, input, position);
    return before(input, position, channel);
  }
};

/// differences = changed − original, as factors of products.
template <class PrecisionPolicy, ExecutionSpace Space, class T>
void subtract_original(const Space& space, const channel_rows<T>& rows, std::size_t changes, T* differences) {
  parallel_loop(
      space, "deepmaacc::network::differences", changes * rows.inputs, rows.positions,
      KOKKOS_LAMBDA(const std::size_t row, const std::size_t position) {
        const std::size_t change = row / rows.inputs, input = row % rows.inputs;
        const T before = rows.before(input, position, rows.changes[change].channel);
        differences[row * rows.positions + position] =
            factor_of<PrecisionPolicy>(rows.after(change, input, position), true) - factor_of<PrecisionPolicy>(before, true);
      });
}

/// The next sums of every mutant: the original ones and what the differences of its channels add. A sum that is infinite or no number is
/// computed anew: the original one may have been, which cancels what is added, or a difference may have overflowed.
template <class PrecisionPolicy, class MemorySpace>
struct added_channels {
  using T = typename PrecisionPolicy::value_type;

  sum_windows windows;
  channel_rows<T> rows;
  const T *differences, *kernel, *bias;  ///< `bias` is null where there is none
  const T* original;                     ///< sums: inputs × positions × sums
  T* sums;                               ///< (mutants × inputs) × positions × sums

  /// All sums of one position, side by side.
  KOKKOS_INLINE_FUNCTION void operator()(const std::size_t place) const {
    const std::size_t count = windows.sums, mutant = place / windows.positions / rows.inputs;
    const std::size_t input = place / windows.positions % rows.inputs, position = place % windows.positions;
    const T* before = original + (input * windows.positions + position) * count;
    T* to = sums + place * count;
    for (std::size_t j = 0; j < count; ++j) to[j] = before[j];
    for (std::size_t e = rows.begins[mutant]; e < rows.begins[mutant + 1]; ++e) {
      const T* added = differences + (e * rows.inputs + input) * rows.positions;
      windows.for_each_tap(position, [&](std::size_t tap, std::size_t element) {
        const T* of_channel = kernel + (tap * rows.channels + rows.changes[e].channel) * count;
        const T difference = added[element];
        if (difference == 0) return;
        for (std::size_t j = 0; j < count; ++j) to[j] += difference * factor_of<PrecisionPolicy>(of_channel[j], true);
      });
    }
    T harm = 0;
    for (std::size_t j = 0; j < count; ++j) harm += to[j] * 0;
    if (harm == 0) return;
    for (std::size_t j = 0; j < count; ++j)
      if (!(to[j] - to[j] == 0)) to[j] = anew(mutant, input, position, j);
  }
  /// One sum.
  KOKKOS_INLINE_FUNCTION void operator()(const std::size_t place, const std::size_t j) const {
    const std::size_t mutant = place / windows.positions / rows.inputs;
    const std::size_t input = place / windows.positions % rows.inputs, position = place % windows.positions;
    T sum = original[(input * windows.positions + position) * windows.sums + j];
    for (std::size_t e = rows.begins[mutant]; e < rows.begins[mutant + 1]; ++e) {
      const T* added = differences + (e * rows.inputs + input) * rows.positions;
      windows.for_each_tap(position, [&](std::size_t tap, std::size_t element) {
        sum +=
            added[element] * factor_of<PrecisionPolicy>(kernel[(tap * rows.channels + rows.changes[e].channel) * windows.sums + j], true);
      });
    }
    sums[place * windows.sums + j] = sum - sum == 0 ? sum : anew(mutant, input, position, j);
  }

 private:
  KOKKOS_INLINE_FUNCTION T anew(std::size_t mutant, std::size_t input, std::size_t position, std::size_t j) const {
    T sum = 0;
    windows.for_each_tap(position, [&](std::size_t tap, std::size_t element) {
      for (std::size_t c = 0; c < rows.channels; ++c)
        sum += factor_of<PrecisionPolicy>(rows.of_mutant(mutant, input, element, c), true) *
               factor_of<PrecisionPolicy>(kernel[(tap * rows.channels + c) * windows.sums + j], true);
    });
    return bias ? sum + bias[j] : sum;
  }
};

/// Writes the next sums of every mutant.
template <ExecutionSpace Space, class PrecisionPolicy, class MemorySpace>
void add_channels(const Space& space, std::size_t mutants, const added_channels<PrecisionPolicy, MemorySpace>& sums) {
  const std::size_t places = mutants * sums.rows.inputs * sums.windows.positions;
  if constexpr (is_host_accessible<MemorySpace>)
    parallel_loop(space, "deepmaacc::network::add_channels", places, sums);
  else
    parallel_loop(space, "deepmaacc::network::add_channels", places, sums.windows.sums, sums);
}

/// Repeats rows: of `to`, row m · inputs + i is row i of `from`.
template <ExecutionSpace Space, class T, class MemorySpace>
void repeat_rows(const Space& space, matrix<const T, MemorySpace> from, std::size_t times, T* to) {
  const std::size_t inputs = from.extent(0), width = from.extent(1);
  const T* source = from.data();
  parallel_loop(
      space, "deepmaacc::network::repeat_rows", times * inputs, width,
      KOKKOS_LAMBDA(const std::size_t row, const std::size_t i) { to[row * width + i] = source[row % inputs * width + i]; });
}

/// Writes the whole tensor of every mutant: the original one with the changed channels in their places.
template <ExecutionSpace Space, class T, class MemorySpace>
void put_beside(const Space& space, const channel_rows<T>& rows, std::size_t mutants, std::size_t changes,
                matrix<const T, MemorySpace> original, T* to) {
  repeat_rows(space, original, mutants, to);
  parallel_loop(
      space, "deepmaacc::network::put_beside", changes * rows.inputs, rows.positions,
      KOKKOS_LAMBDA(const std::size_t row, const std::size_t position) {
        const std::size_t change = row / rows.inputs, input = row % rows.inputs;
        const std::size_t target = rows.changes[change].mutant * rows.inputs + input;
        to[(target * rows.positions + position) * rows.channels + rows.changes[change].channel] = rows.after(change, input, position);
      });
}

}  // namespace deepmaacc::by_batches
