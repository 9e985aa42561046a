#pragma once

/// \file
/// Looks for what refutes a distance metric's laws and its trait, on points of the author's.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/concepts/distance_metric.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/points.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/core/tensor_view.hpp>
#include <deepmaacc/distance/euclidean.hpp>
#include <deepmaacc/distance/metric_rows.hpp>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace deepmaacc {

/// Points that break a law. Prints itself.
struct metric_counterexample {
  std::string law;                  ///< what should hold
  std::size_t i = 0, j = 0, k = 0;  ///< the points
  double d_ij = 0, other = 0;       ///< their distance, and what it should be, or not be above
};

inline std::ostream& operator<<(std::ostream& out, const metric_counterexample& found) {
  return out << detail::text(found.law, ", but points ", found.i, ", ", found.j, ", ", found.k, " give ", found.d_ij, " and ", found.other);
}

namespace detail {

template <class Points, DistanceMetric Metric>
std::optional<metric_counterexample> refute_metric(const Metric& metric, const Points& points) {
  const point_rows rows(points);
  using T = typename decltype(rows)::value_type;
  const std::size_t n = rows.rows().extent(0), d = rows.rows().extent(1);
  const double slack = std::sqrt(static_cast<double>(std::numeric_limits<T>::epsilon()));  // rounding breaks no law
  const auto of = [&](const auto& some, std::size_t i, std::size_t j) {
    return static_cast<double>(some(coordinates<T>(rows.rows().data() + i * d, d), coordinates<T>(rows.rows().data() + j * d, d)));
  };
  double longest = 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      const double there = of(metric, i, j), back = of(metric, j, i);
      if (!(there >= 0 && std::isfinite(there)))
        return metric_counterexample{"a distance must be finite and not negative", i, j, j, there, 0};
      if (!(std::abs(there - back) <= slack * there))
        return metric_counterexample{"a distance must be the same both ways", i, j, i, there, back};
      longest = std::max(longest, there);
    }
  for (std::size_t i = 0; i < n; ++i)
    if (!(of(metric, i, i) <= slack * longest))
      return metric_counterexample{"a point must be at distance 0 from itself", i, i, i, of(metric, i, i), 0};
  if constexpr (is_metric<Metric>)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < i; ++j)
        for (std::size_t k = 0; k < n; ++k)
          if (const double around = of(metric, i, k) + of(metric, k, j); !(of(metric, i, j) <= around * (1 + slack)))
            return metric_counterexample{"a metric's way from i to j must be no longer than by k", i, j, k, of(metric, i, j), around};
  if constexpr (is_euclidean<Metric>)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (const double plain = of(distance::euclidean{}, i, j); !(std::abs(of(metric, i, j) - plain) <= slack * longest))
          return metric_counterexample{
              "a metric that calls itself Euclidean must be it, of the coordinates as they are", i, j, j, of(metric, i, j), plain};
  if constexpr (EuclideanForm<Metric> || CoordinateForm<Metric>) {
    const distance::metric_rows<T, Metric> fast(this_thread{}, rows.rows(), metric);
    std::vector<T> block;
    fast.distances(0, n, fast, 0, n, block);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (const auto other = static_cast<double>(block[i * n + j]); !(std::abs(of(metric, i, j) - other) <= slack * longest))
          return metric_counterexample{"a metric's faster form must give the distances of its call", i, j, j, of(metric, i, j), other};
  }
  return std::nullopt;
}

}  // namespace detail

/// Tries to refute that a metric is symmetric, 0 from a point to itself, finite and not negative; that it obeys the triangle inequality
/// where `is_metric` says so; that it is the Euclidean distance where `is_euclidean` says so; and that its faster form gives the same
/// distances. Run it once in a test of your metric, on a few points of the kind that you cluster: it takes all triples of them.
/// \param points  n × d, as `agglomerate` takes them
/// \returns what refutes the metric, or nothing
template <class Metric, class Points>
std::optional<metric_counterexample> check_metric(const Metric& metric, const Points& points) {
  check_distance_metric<Metric>();
  static_assert(detail::tensor_like<Points>,
                "deepmaacc::check_metric: points must be an xtensor container or a Kokkos view, or a std::vector with its shape; write "
                "check_metric(metric, numbers, {points, coordinates})");
  if constexpr (DistanceMetric<Metric> && detail::tensor_like<Points>)
    return detail::refute_metric(metric, points);
  else
    return std::nullopt;
}

/// The same on points in a vector, row-major.
/// \param extents  (points, coordinates)
/// \throws data_error where these do not count the numbers.
template <class Metric, class T>
std::optional<metric_counterexample> check_metric(const Metric& metric, const std::vector<T>& numbers, const shape& extents) {
  return check_metric(metric, detail::shaped(numbers, extents));
}

}  // namespace deepmaacc
