#pragma once

/// \file
/// Centroids of clusters of points, to the last digit that the points have.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/distance/squared_block.hpp>
#include <numeric>
#include <vector>

namespace deepmaacc::detail {

/// Centroids, each as one of its cluster's points, the anchor, and the way from there in double. Neither a shift of all points nor a few
/// that are far away cost near ones their digits, as they would if a centroid were one number per coordinate. Refers to the points.
template <class T>
class anchored_centroids {
 public:
  /// \param count  rows, none of them set
  anchored_centroids(matrix<const T> points, std::size_t count)
      : points_(points), dimensions_(points.extent(1)), anchors_(count, 0), ways_(count * dimensions_, 0) {}
  /// Every point a cluster.
  explicit anchored_centroids(matrix<const T> points) : anchored_centroids(points, points.extent(0)) {
    std::iota(anchors_.begin(), anchors_.end(), std::size_t{0});
  }

  std::size_t dimensions() const { return dimensions_; }
  double coordinate(std::size_t i, std::size_t k) const { return static_cast<double>(anchor(i)[k]) + way(i)[k]; }

  double squared_distance(std::size_t i, const anchored_centroids& others, std::size_t j) const {
    const T *const from = anchor(i), *const to = others.anchor(j);
    const double *const way_from = way(i), *const way_to = others.way(j);
    return distance::detail::sum_in_lanes<double>(dimensions_, [=](std::size_t k) {
      const double apart = (static_cast<double>(from[k]) - static_cast<double>(to[k])) + (way_from[k] - way_to[k]);
      return apart * apart;
    });
  }

  /// Row `kept` becomes share · kept + (1 − share) · dropped; equal points stay where they are.
  void merge(std::size_t kept, std::size_t dropped, double share) {
    const T *const to = anchor(kept), *const from = anchor(dropped);
    double* const way_to = ways_.data() + kept * dimensions_;
    const double* const way_from = way(dropped);
    for (std::size_t k = 0; k < dimensions_; ++k)
      way_to[k] += (1 - share) * ((static_cast<double>(from[k]) - static_cast<double>(to[k])) + (way_from[k] - way_to[k]));
  }

  void copy(std::size_t to, const anchored_centroids& others, std::size_t from) {
    anchors_[to] = others.anchors_[from];
    std::copy_n(others.way(from), dimensions_, ways_.data() + to * dimensions_);
  }

 private:
  const T* anchor(std::size_t i) const { return points_.data() + anchors_[i] * dimensions_; }
  const double* way(std::size_t i) const { return ways_.data() + i * dimensions_; }

  matrix<const T> points_;
  std::size_t dimensions_;
  std::vector<std::size_t> anchors_;
  std::vector<double> ways_;
};

/// The same, beside them what a matrix product takes: rounded to the points' type, and moved by a centre.
template <class T>
class centroid_rows {
 public:
  /// \param count  rows, none of them set
  centroid_rows(matrix<const T> points, std::size_t count) : exact_(points, count), rounded_(count * points.extent(1)), squares_(count) {}
  /// Every point a cluster.
  centroid_rows(matrix<const T> points, const std::vector<double>& centre)
      : exact_(points), rounded_(points.size()), squares_(points.extent(0)) {
    for (std::size_t i = 0; i < squares_.size(); ++i) round(i, centre);
  }

  void merge(std::size_t kept, std::size_t dropped, double share, const std::vector<double>& centre) {
    exact_.merge(kept, dropped, share);
    round(kept, centre);
  }
  void copy(std::size_t to, const centroid_rows& others, std::size_t from) {
    const std::size_t d = exact_.dimensions();
    exact_.copy(to, others.exact_, from);
    std::copy_n(others.rounded_.data() + from * d, d, rounded_.data() + to * d);
    squares_[to] = others.squares_[from];
  }

  const anchored_centroids<T>& exact() const { return exact_; }
  distance::block_points<T> block(std::size_t first, std::size_t count) const {
    const std::size_t d = exact_.dimensions();
    return {matrix<const T>(rounded_.data() + first * d, count, d), squares_.data() + first};
  }

 private:
  void round(std::size_t i, const std::vector<double>& centre) {
    const std::size_t d = exact_.dimensions();
    T* const row = rounded_.data() + i * d;
    for (std::size_t k = 0; k < d; ++k) row[k] = static_cast<T>(exact_.coordinate(i, k) - centre[k]);
    squares_[i] = distance::squared_length(row, d);
  }

  anchored_centroids<T> exact_;
  std::vector<T> rounded_, squares_;
};

}  // namespace deepmaacc::detail
