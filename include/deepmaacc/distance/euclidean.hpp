#pragma once

/// \file
/// The length of the difference of two points, and its square.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/concepts/distance_metric.hpp>

namespace deepmaacc::distance {

/// Σ (x − y)². No metric: it breaks the triangle inequality.
struct squared_euclidean {
  static constexpr bool is_metric = false;
  static constexpr const char* name() { return "squared-euclidean"; }
  template <class T>
  KOKKOS_FUNCTION T operator()(coordinates<T> a, coordinates<T> b) const {
    T sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
  }
  template <class T>
  KOKKOS_FUNCTION T from_squared(T squared) const {
    return squared;
  }
};
static_assert(EuclideanForm<squared_euclidean>);

/// √ Σ (x − y)².
struct euclidean {
  static constexpr bool is_metric = true;
  static constexpr bool is_euclidean = true;
  static constexpr const char* name() { return "euclidean"; }
  template <class T>
  KOKKOS_FUNCTION T operator()(coordinates<T> a, coordinates<T> b) const {
    return Kokkos::sqrt(squared_euclidean{}(a, b));
  }
  template <class T>
  KOKKOS_FUNCTION T from_squared(T squared) const {
    return Kokkos::sqrt(squared);
  }
};
static_assert(EuclideanForm<euclidean>);

}  // namespace deepmaacc::distance
