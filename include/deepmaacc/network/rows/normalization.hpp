#pragma once

/// \file
/// Softmax, and normalisation by each input's own statistics, over rows.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/axes.hpp>
#include <deepmaacc/model/operations/normalization.hpp>
#include <deepmaacc/network/rows/context.hpp>

namespace deepmaacc::by_rows {

/// The largest number of a line is subtracted first.
template <class Space, class T>
void forward(const operation::softmax&, const context<Space, T>& at) {
  const std::size_t channels = at.input_shape().back();
  const T* source = at.input().data();
  T* target = at.output.data();
  parallel_loop(
      at.space, "deepmaacc::network::softmax", at.input().size() / channels, KOKKOS_LAMBDA(const std::size_t i) {
        const T* from = source + i * channels;
        T* to = target + i * channels;
        T largest = from[0], sum = 0;
        for (std::size_t j = 1; j < channels; ++j) largest = from[j] > largest ? from[j] : largest;
        for (std::size_t j = 0; j < channels; ++j) sum += to[j] = Kokkos::exp(from[j] - largest);
        for (std::size_t j = 0; j < channels; ++j) to[j] /= sum;
      });
}

template <class Space, class T>
void forward(const operation::normalization& does, const context<Space, T>& at) {
  const axis_block split = detail::split_at(at.input_shape(), does.axes);
  const std::size_t count = split.count, inner = split.inner;
  const T* gamma = does.has_gamma ? at.parameters[0] : nullptr;
  const T* beta = does.has_beta ? at.parameters[does.has_gamma ? 1 : 0] : nullptr;
  const T* source = at.input().data();
  T* target = at.output.data();
  const double at_least = does.epsilon;
  parallel_loop(
      at.space, "deepmaacc::network::layer_normalization", at.input().extent(0) * split.outer, inner,
      KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) {
        // In double, and the mean before the squares: a variance from the sums of x and x² would cancel.
        const T* from = source + i * count * inner + j;
        double mean = 0, variance = 0;
        for (std::size_t k = 0; k < count; ++k) mean += static_cast<double>(from[k * inner]);
        mean /= static_cast<double>(count);
        for (std::size_t k = 0; k < count; ++k) {
          const double off = static_cast<double>(from[k * inner]) - mean;
          variance += off * off;
        }
        const double factor = 1 / Kokkos::sqrt(variance / static_cast<double>(count) + at_least);
        T* to = target + i * count * inner + j;
        for (std::size_t k = 0; k < count; ++k) {
          const double scaled = (static_cast<double>(from[k * inner]) - mean) * factor * (gamma ? static_cast<double>(gamma[k]) : 1.0);
          to[k * inner] = static_cast<T>(scaled + (beta ? static_cast<double>(beta[k]) : 0.0));
        }
      });
}

}  // namespace deepmaacc::by_rows
