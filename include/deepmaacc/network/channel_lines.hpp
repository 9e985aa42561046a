#pragma once

/// \file
/// What operations that treat every element by its channel, its place along some axes, do to it.

#include <Kokkos_Macros.hpp>
#include <Kokkos_MathematicalFunctions.hpp>
#include <cstddef>
#include <deepmaacc/model/operations/elementwise.hpp>
#include <span>

namespace deepmaacc {

/// factor · x + shift.
struct element_line {
  template <class T>
  KOKKOS_INLINE_FUNCTION T operator()(T x, T factor, T shift) const {
    return x * factor + shift;
  }
};

/// The same, both of the channel.
template <class T>
struct channel_line {
  const T *factors, *shifts;
  KOKKOS_INLINE_FUNCTION T operator()(T x, std::size_t channel) const { return element_line()(x, factors[channel], shifts[channel]); }
};

/// The trained parameters and statistics of every channel; null for those that the layer does not have.
template <class T>
struct channel_statistics {
  const T *gamma, *beta, *mean, *variance;

  /// \param parameters  of the operation
  static channel_statistics of(const operation::scale_and_shift& does, std::span<const T* const> parameters) {
    std::size_t next = 0;
    channel_statistics all{};
    if (does.has_gamma) all.gamma = parameters[next++];
    if (does.has_beta) all.beta = parameters[next++];
    if (does.has_statistics) {
      all.mean = parameters[next++];
      all.variance = parameters[next++];
    }
    return all;
  }

  /// In double: there is one line per channel, and its rounding would be in every element.
  KOKKOS_INLINE_FUNCTION void line(std::size_t channel, double epsilon, T& factor, T& shift) const {
    const double scale = gamma ? static_cast<double>(gamma[channel]) : 1.0;
    const double exact = variance ? scale / Kokkos::sqrt(static_cast<double>(variance[channel]) + epsilon) : scale;
    const double shifted = mean ? static_cast<double>(mean[channel]) * exact : 0.0;
    factor = static_cast<T>(exact);
    shift = static_cast<T>((beta ? static_cast<double>(beta[channel]) : 0.0) - shifted);
  }
};

/// (x − mean) / deviation of the channel, or the way back.
template <class T>
struct channel_standardization {
  const T *means, *deviations;
  bool is_inverse;
  // The difference comes first, as in Keras: a large mean would cancel in a product and a sum.
  KOKKOS_INLINE_FUNCTION T operator()(T x, std::size_t channel) const {
    return is_inverse ? means[channel] + x * deviations[channel] : (x - means[channel]) / deviations[channel];
  }
};

/// The square root of a variance, but at least 1e-7.
template <class T>
KOKKOS_INLINE_FUNCTION T deviation_of(T variance) {
  const double deviation = Kokkos::sqrt(static_cast<double>(variance));
  return static_cast<T>(deviation < 1e-7 ? 1e-7 : deviation);
}

}  // namespace deepmaacc
