#pragma once

/// \file
/// The distance metric slot: how far two points are apart.

#include <Kokkos_Core.hpp>
#include <concepts>
#include <cstddef>
#include <deepmaacc/core/points.hpp>

namespace deepmaacc {

namespace detail {

/// Takes two points and gives a number, for float and double.
template <class Metric>
concept CallableWithTwoPoints = requires(const Metric metric, coordinates<float> in_float, coordinates<double> in_double) {
  { metric(in_float, in_float) } -> std::convertible_to<float>;
  { metric(in_double, in_double) } -> std::convertible_to<double>;
};

}  // namespace detail

/// Tells how far two points are apart: a callable of two points, such as a lambda.
///
/// Syntax: 1. copy constructible; 2. `metric(coordinates<T>, coordinates<T>)` for float and double, a number; a device function where it is
/// to run on a device. Optional: 3. `static constexpr bool is_metric`, whether the triangle inequality holds (default false); 4. `name()`;
/// 5. one of the faster forms below; 6. `pairwise(space, matrix<const T> points)`, the `distance_matrix<T>` of all pairs of points, where
/// that is faster than one by one: a metric that is one of several when the program runs asks once for all which it is.
/// Laws: symmetric, d(a, b) = d(b, a); d(a, a) = 0; not negative, finite. Called from several threads at once, so it keeps no state.
/// Complexity: linear in the coordinates. Shipped: `distance::euclidean`, `squared_euclidean`, `cosine`, `correlation`, `manhattan`,
/// `chebyshev`, `minkowski`, `hamming`, `canberra`, `braycurtis`.
template <class Metric>
concept DistanceMetric = std::copy_constructible<Metric> && detail::CallableWithTwoPoints<Metric>;

/// A metric that is a function of the squared Euclidean distance, maybe of points prepared one by one; its distances come from matrix
/// products.
///
/// Syntax: `from_squared(T)`, the distance for a squared Euclidean distance; optionally `prepare(coordinates<T>, T* prepared) const`, which
/// writes the point that takes part instead, and returns whether there is one.
/// Law: from_squared(‖p(a) − p(b)‖²) = metric(a, b), p being `prepare`.
template <class Metric>
concept EuclideanForm = DistanceMetric<Metric> && requires(const Metric metric) {
  { metric.from_squared(float{}) } -> std::same_as<float>;
  { metric.from_squared(double{}) } -> std::same_as<double>;
};

/// A metric that visits the coordinates one after the other; its distances are computed for many points side by side.
///
/// Syntax: `Metric::sum<T>`, a default constructible state; `accumulate(sum<T>&, T, T)`, which adds one coordinate of both points;
/// `finish(sum<T>, std::size_t coordinates)`, the distance. All device functions.
template <class Metric>
concept CoordinateForm = DistanceMetric<Metric> && requires(const Metric metric, typename Metric::template sum<float> state) {
  metric.accumulate(state, float{}, float{});
  { metric.finish(state, std::size_t{}) } -> std::same_as<float>;
};

/// Whether a metric says that it obeys the triangle inequality.
template <class Metric>
inline constexpr bool is_metric = [] {
  if constexpr (requires { Metric::is_metric; })
    return Metric::is_metric;
  else
    return false;
}();

/// Whether linkage rules that work on squared Euclidean distances make sense with a metric.
template <class Metric>
inline constexpr bool is_euclidean = [] {
  if constexpr (requires { Metric::is_euclidean; })
    return Metric::is_euclidean;
  else
    return false;
}();

/// What to call a metric in an error.
template <class Metric>
const char* metric_name(const Metric& metric) {
  if constexpr (requires {
                  { metric.name() } -> std::convertible_to<const char*>;
                })
    return metric.name();
  else
    return "(a metric of the program's own)";
}

/// Says at compile time what is wrong with a type that is meant to be a distance metric.
template <class Metric>
constexpr void check_distance_metric() {
  static_assert(
      detail::CallableWithTwoPoints<Metric>,
      "deepmaacc::agglomerate: a distance metric must be callable with two points, as in `template <class T> T operator()(coordinates<T>, "
      "coordinates<T>) const`; see docs/policies/distance_metric.md");
  static_assert(std::copy_constructible<Metric>,
                "deepmaacc::agglomerate: a distance metric must be copy constructible; see docs/policies/distance_metric.md");
}

namespace archetype {

/// The least that is a distance metric: whether the first coordinates differ.
struct distance_metric {
  distance_metric() = default;
  distance_metric(const distance_metric&) = default;
  distance_metric& operator=(const distance_metric&) = delete;
  ~distance_metric() = default;
  template <class T>
  KOKKOS_FUNCTION T operator()(coordinates<T> a, coordinates<T> b) const {
    return a[0] < b[0] || b[0] < a[0] ? T{1} : T{0};
  }
};
static_assert(DistanceMetric<distance_metric> && !EuclideanForm<distance_metric> && !CoordinateForm<distance_metric>);

}  // namespace archetype
}  // namespace deepmaacc
