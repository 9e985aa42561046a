#pragma once

/// \file
/// Functions of single elements over rows.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <array>
#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/one_of.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/simd.hpp>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/model/operations/elementwise.hpp>
#include <deepmaacc/network/rows/context.hpp>
#include <type_traits>

namespace deepmaacc::by_rows {

/// values(i, j) = function(values(i, j) + bias[j]), in place; `bias` may be null.
template <ExecutionSpace Space, class T, class MemorySpace, class Function>
void add_bias_and_apply(const Space& space, const T* bias, matrix<T, MemorySpace> values, Function function) {
  // A few channels make no vector, but several rows of them do. One after the other only on the host.
  if constexpr (std::is_same_v<Space, this_thread>) {
    constexpr std::size_t few = 2 * simd_width<T>, rows = simd_width<T>;
    const std::size_t channels = values.extent(1);
    if (channels < few) {
      std::array<T, few * rows> bias_of_rows{};
      for (std::size_t i = 0; bias && i < rows * channels; ++i) bias_of_rows[i] = bias[i % channels];
      for (std::size_t first = 0; first < values.extent(0); first += rows) {
        T* some = values.data() + first * channels;
        vector_loop(std::min(rows, values.extent(0) - first) * channels,
                    [&](std::size_t i) { some[i] = function(bias ? some[i] + bias_of_rows[i] : some[i]); });
      }
      return;
    }
  }
  parallel_loop(
      space, "deepmaacc::network::bias_activation", values.extent(0), values.extent(1),
      KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) {
        T& value = values(i, j);
        value = function(bias ? value + bias[j] : value);
      });
}

/// Adds a bias (or none: null) to every row of `values` (rows × channels), then applies a function, in place.
template <ExecutionSpace Space, class T, class MemorySpace>
void activate(const Space& space, const unary_function& function, const T* bias, matrix<T, MemorySpace> values) {
  function.visit([&](const auto& one) {
    if (bias || !std::is_same_v<std::decay_t<decltype(one)>, activation::linear>) add_bias_and_apply(space, bias, values, one);
  });
}

/// A copy first, where it is none, so that there is one kernel per function.
template <class Space, class T>
void forward(const operation::unary& does, const context<Space, T>& at) {
  const std::size_t channels = at.input_shape().empty() ? 1 : at.input_shape().back();
  const T* from = at.input().data();
  T* to = at.output.data();
  const std::size_t width = at.output.extent(1);
  if (from != to)
    parallel_loop(
        at.space, "deepmaacc::network::copy", at.output.extent(0), width,
        KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) { to[i * width + j] = from[i * width + j]; });
  activate(at.space, does.function, static_cast<const T*>(nullptr),
           matrix<T, typename Space::memory_space>(to, at.output.size() / channels, channels));
}

}  // namespace deepmaacc::by_rows
