#pragma once

/// \file
/// Kernels that treat every element by its channel, its place along an axis.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/axes.hpp>
#include <vector>

namespace deepmaacc::model {

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

/// Writes numbers of the host, such as settings, to where kernels can read them; one number stands for all. A kernel carries them as its
/// arguments, so nothing has to wait for a copy.
template <class Space, class T>
void write_numbers(const Space& space, const std::vector<double>& numbers, T* to, std::size_t count) {
  constexpr std::size_t at_once = 128;
  for (std::size_t first = 0; first < count; first += at_once) {
    const std::size_t size = std::min(at_once, count - first);
    Kokkos::Array<double, at_once> some{};
    for (std::size_t i = 0; i < size; ++i) some[i] = numbers.size() == 1 ? numbers.front() : numbers[first + i];
    parallel_loop(
        space, "deepmaacc::model::write_numbers", size, KOKKOS_LAMBDA(const std::size_t i) { to[first + i] = static_cast<T>(some[i]); });
  }
}

}  // namespace deepmaacc::model
