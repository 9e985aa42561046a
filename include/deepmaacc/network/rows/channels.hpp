#pragma once

/// \file
/// Operations over rows that treat every element by its place along some axes.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/axes.hpp>
#include <deepmaacc/model/operations/elementwise.hpp>
#include <deepmaacc/network/channel_lines.hpp>
#include <deepmaacc/network/rows/context.hpp>
#include <span>

namespace deepmaacc::by_rows {

/// to = function(from, channel), element by element; `function` is an object of a named type that kernels may hold.
template <class Space, class T, class MemorySpace, class Function>
void apply_per_channel(const Space& space, const char* label, matrix<const T, MemorySpace> from, matrix<T, MemorySpace> to,
                       const axis_block& block, Function function) {
  const T* source = from.data();
  T* target = to.data();
  const std::size_t channels = block.count, inner = block.inner, lines = from.size() / inner;
  if (inner == 1) {  // the usual case, channels last: neighbours in memory are neighbours in the loop
    parallel_loop(
        space, label, lines / channels, channels, KOKKOS_LAMBDA(const std::size_t i, const std::size_t channel) {
          target[i * channels + channel] = function(source[i * channels + channel], channel);
        });
  } else {
    parallel_loop(
        space, label, lines, inner, KOKKOS_LAMBDA(const std::size_t line, const std::size_t j) {
          target[line * inner + j] = function(source[line * inner + j], line % channels);
        });
  }
}

inline std::size_t scratch_size(const operation::scale_and_shift& does, std::span<const shape> inputs, std::size_t) {
  return 2 * detail::split_at(inputs.front(), does.axes).count;
}
inline std::size_t scratch_size(const operation::standardization& does, std::span<const shape> inputs, std::size_t) {
  return detail::split_at(inputs.front(), does.axes).count;
}

/// What an operation does to an element of each channel.
/// \param scratch  `scratch_size` numbers, which the function reads
template <ExecutionSpace Space, class T>
channel_line<T> channel_function(const Space& space, const operation::scale_and_shift& does, std::span<const T* const> parameters,
                                 std::size_t channels, T* scratch) {
  const auto numbers = channel_statistics<T>::of(does, parameters);
  T *factors = scratch, *shifts = scratch + channels;
  const double at_least = does.epsilon;
  parallel_loop(
      space, "deepmaacc::network::channel_lines", channels,
      KOKKOS_LAMBDA(const std::size_t i) { numbers.line(i, at_least, factors[i], shifts[i]); });
  return {factors, shifts};
}
template <ExecutionSpace Space, class T>
channel_standardization<T> channel_function(const Space& space, const operation::standardization& does,
                                            std::span<const T* const> parameters, std::size_t channels, T* scratch) {
  const T *means = parameters[0], *variances = parameters[1];
  T* deviations = scratch;
  parallel_loop(
      space, "deepmaacc::network::deviations", channels,
      KOKKOS_LAMBDA(const std::size_t i) { deviations[i] = deviation_of(variances[i]); });
  return {means, deviations, does.is_inverse};
}

template <class Space, class T>
void forward(const operation::scale_and_shift& does, const context<Space, T>& at) {
  const axis_block split = detail::split_at(at.input_shape(), does.axes);
  apply_per_channel(at.space, "deepmaacc::network::scale_and_shift", at.input(), at.output, split,
                    channel_function(at.space, does, at.parameters, split.count, at.scratch));
}

template <class Space, class T>
void forward(const operation::standardization& does, const context<Space, T>& at) {
  const axis_block split = detail::split_at(at.input_shape(), does.axes);
  apply_per_channel(at.space, "deepmaacc::network::standardization", at.input(), at.output, split,
                    channel_function(at.space, does, at.parameters, split.count, at.scratch));
}

}  // namespace deepmaacc::by_rows
