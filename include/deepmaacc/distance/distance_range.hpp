#pragma once

/// \file
/// How near and how far apart points are: the shortest and the longest of their distances.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/concepts/distance_metric.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/points.hpp>
#include <deepmaacc/core/tensor_view.hpp>
#include <deepmaacc/distance/distance_matrix.hpp>
#include <deepmaacc/distance/euclidean.hpp>
#include <deepmaacc/distance/metric_rows.hpp>
#include <deepmaacc/distance/pairwise.hpp>
#include <limits>
#include <vector>

namespace deepmaacc {

/// The shortest and the longest distance of two points of a set; both 0 where there are no two.
struct distance_range {
  double shortest = 0, longest = 0;
  bool operator==(const distance_range&) const = default;
};

namespace detail {

/// Finds the range of distances that come in several lists.
template <class T>
class range_finder {
 public:
  void add(const T* distances, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      shortest_ = std::min(shortest_, distances[i]);
      longest_ = std::max(longest_, distances[i]);
    }
  }
  void add(const range_finder& other) {
    shortest_ = std::min(shortest_, other.shortest_);
    longest_ = std::max(longest_, other.longest_);
  }
  distance_range found() const {
    if (longest_ < shortest_) return {};  // there was none
    return {static_cast<double>(shortest_), static_cast<double>(longest_)};
  }

 private:
  T shortest_ = std::numeric_limits<T>::max(), longest_ = 0;
};

/// The range of the distances of points that have been checked, on the host: block by block, none is kept.
template <class Space, class T, class Metric>
distance_range range_without_matrix(const Space& space, matrix<const T> points, const Metric& metric) {
  std::vector<range_finder<T>> parts(static_cast<std::size_t>(space.concurrency()));
  const distance::metric_rows<T, Metric> rows(space, points, metric);
  for_distance_blocks(space, rows, [&](const distance_block<T>& at, std::size_t worker) {
    range_finder<T> part = parts[worker];
    for (std::size_t i = 0; i < at.count; ++i) part.add(at.row(i), at.is_on_diagonal() ? i : at.others);
    parts[worker] = part;
  });
  range_finder<T> all;
  for (const range_finder<T>& part : parts) all.add(part);
  return all.found();
}

}  // namespace detail

/// The range of distances that are there already. O(n²).
template <class T>
distance_range range_of(const distance_matrix<T>& distances) {
  detail::range_finder<T> all;
  for (std::size_t i = 1; i < distances.size(); ++i) all.add(distances.row(i), i);
  return all.found();
}

/// The range of the distances of n points with d coordinates, without their matrix: what `pairwise_distances` takes, but no memory of n².
/// \param points  n × d, float or double, as for `pairwise_distances`
/// \throws data_error as `pairwise_distances`.
template <HostExecutionSpace Space, detail::tensor_like Points, class Metric = distance::euclidean>
distance_range range_of(const Space& space, const Points& points, const Metric& metric = {}) {
  check_distance_metric<Metric>();
  require_kokkos("deepmaacc::range_of", space);
  const point_rows rows(points);
  return detail::range_without_matrix(space, rows.rows(), metric);
}

}  // namespace deepmaacc
