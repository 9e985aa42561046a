#pragma once

/// \file
/// One minus a cosine: of the points, or of the points less their mean.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/concepts/distance_metric.hpp>

namespace deepmaacc::distance {

namespace detail {

/// 1 − cos of the angle between a − offset_a and b − offset_b, as half the squared distance of the unit vectors: near 0 the subtraction
/// from 1 would leave rounding only. Not a number where one of the two has no direction.
template <class T>
KOKKOS_FUNCTION T angular(coordinates<T> a, double offset_a, coordinates<T> b, double offset_b) {
  double aa = 0, bb = 0, sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = static_cast<double>(a[i]) - offset_a, y = static_cast<double>(b[i]) - offset_b;
    aa += x * x;
    bb += y * y;
  }
  const double length_a = Kokkos::sqrt(aa), length_b = Kokkos::sqrt(bb);
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = (static_cast<double>(a[i]) - offset_a) / length_a - (static_cast<double>(b[i]) - offset_b) / length_b;
    sum += difference * difference;
  }
  return static_cast<T>(sum / 2);
}

/// Writes (a − offset) of length 1.
/// \returns whether it has a direction: whether more than rounding is left of it
template <class T>
bool unit_vector(coordinates<T> a, double offset, T* unit) {
  double whole = 0, left = 0;
  for (const T x : a) {
    const double difference = static_cast<double>(x) - offset;
    whole += static_cast<double>(x) * static_cast<double>(x);
    left += difference * difference;
  }
  const double length = Kokkos::sqrt(left);
  for (std::size_t i = 0; i < a.size(); ++i) unit[i] = static_cast<T>((static_cast<double>(a[i]) - offset) / length);
  return left > whole * static_cast<double>(a.size()) * 1e-30;
}

template <class T>
KOKKOS_FUNCTION double mean(coordinates<T> a) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]);
  return sum / static_cast<double>(a.size());
}

}  // namespace detail

/// 1 − x·y / (‖x‖·‖y‖). Points of length 0 are refused: they have no direction.
struct cosine {
  static constexpr bool is_metric = false;
  static constexpr const char* name() { return "cosine"; }
  template <class T>
  KOKKOS_FUNCTION T operator()(coordinates<T> a, coordinates<T> b) const {
    return detail::angular(a, 0.0, b, 0.0);
  }
  template <class T>
  bool prepare(coordinates<T> point, T* prepared) const {
    return detail::unit_vector(point, 0.0, prepared);
  }
  template <class T>
  KOKKOS_FUNCTION T from_squared(T squared) const {
    return squared / 2;
  }
};
static_assert(EuclideanForm<cosine>);

/// One minus Pearson's correlation of the coordinates of two points. Points whose coordinates are all equal are refused.
struct correlation {
  static constexpr bool is_metric = false;
  static constexpr const char* name() { return "correlation"; }
  template <class T>
  KOKKOS_FUNCTION T operator()(coordinates<T> a, coordinates<T> b) const {
    return detail::angular(a, detail::mean(a), b, detail::mean(b));
  }
  template <class T>
  bool prepare(coordinates<T> point, T* prepared) const {
    return detail::unit_vector(point, detail::mean(point), prepared);
  }
  template <class T>
  KOKKOS_FUNCTION T from_squared(T squared) const {
    return squared / 2;
  }
};
static_assert(EuclideanForm<correlation>);

}  // namespace deepmaacc::distance
