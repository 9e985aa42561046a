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
#include <deepmaacc/network/elementwise.hpp>
#include <deepmaacc/network/rows/context.hpp>
#include <span>

namespace deepmaacc::by_rows {

/// values(i, j) = function(values(i, j) + bias[j]), in place; `bias` may be null.
template <ExecutionSpace Space, class T, class MemorySpace, class Function>
void add_bias_and_apply(const Space& space, const T* bias, matrix<T, MemorySpace> values, Function function) {
  parallel_loop(
      space, "deepmaacc::network::bias_activation", values.extent(0), values.extent(1),
      KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) {
        T& value = values(i, j);
        value = function(bias ? value + bias[j] : value);
      });
}

/// The same on the host: some rows at a time, which stay in the nearest cache between the bias and the function. A few channels make no
/// vector, but several rows of them do.
template <ExecutionSpace Space, class T, class MemorySpace>
void activate_on_host(const Space& space, const unary_function& function, const T* bias, matrix<T, MemorySpace> values) {
  constexpr std::size_t few = 2 * simd_width<T>, rows_at_once = simd_width<T>, numbers_of_block = 2048;
  const std::size_t rows = values.extent(0), channels = values.extent(1), together = channels < few ? rows_at_once : 1;
  std::array<T, few * rows_at_once> repeated{};
  if (bias && together > 1)
    for (std::size_t i = 0; i < together * channels; ++i) repeated[i] = bias[i % channels];
  const bool is_linear = function.holds<activation::linear>();
  const std::size_t most = together * std::max<std::size_t>(numbers_of_block / (together * channels), 1);
  parallel_loop(space, "deepmaacc::network::bias_activation", (rows + most - 1) / most, [&](std::size_t block) {
    T* const first = values.data() + block * most * channels;
    const std::size_t count = std::min(most, rows - block * most) * channels, line = together * channels;
    const T* const added = together > 1 ? repeated.data() : bias;
    for (std::size_t at = 0; bias && at < count; at += line) {
      T* const some = first + at;
      vector_loop(std::min(line, count - at), [&](std::size_t i) { some[i] += added[i]; });
    }
    if (!is_linear) detail::apply_in_place(function, std::span(first, count));
  });
}

/// Adds a bias (or none: null) to every row of `values` (rows × channels), then applies a function, in place.
template <ExecutionSpace Space, class T, class MemorySpace>
void activate(const Space& space, const unary_function& function, const T* bias, matrix<T, MemorySpace> values) {
  if (!bias && function.holds<activation::linear>()) return;
  if constexpr (is_host_accessible<MemorySpace>) {
    activate_on_host(space, function, bias, values);
  } else {
    function.visit([&](const auto& one) { add_bias_and_apply(space, bias, values, one); });
  }
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
