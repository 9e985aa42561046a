#pragma once

/// \file
/// The clustering qualities that the toolkit ships, and the call that judges labels.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/concepts/clustering_quality.hpp>
#include <deepmaacc/concepts/distance_metric.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/partition.hpp>
#include <deepmaacc/core/points.hpp>
#include <deepmaacc/distance/euclidean.hpp>
#include <deepmaacc/distance/metric_rows.hpp>
#include <limits>
#include <span>
#include <vector>

namespace deepmaacc {
namespace quality {

namespace detail {

/// \throws data_error where the quality `name` is not defined: one cluster has nothing to be far from, n clusters are nowhere dense.
inline void require_clusters(const char* name, const partition& clusters) {
  const std::size_t n = clusters.size(), k = clusters.clusters();
  if (k < 2 || k >= n)
    throw data_error(deepmaacc::detail::text("quality::", name, " is defined for 2 to n - 1 clusters of n points, but here are ", k, " of ",
                                             n, "; cut elsewhere"));
}

/// \throws data_error where what the quality `name` found is not finite.
inline double finite(const char* name, double result) {
  if (!std::isfinite(result))
    throw data_error(deepmaacc::detail::text("quality::", name, " is ", result,
                                             ": the squares of so far or so near points are beyond double; scale the points first"));
  return result;
}

/// The mean of each cluster, k × d, in double. Offsets from the first member are averaged, not coordinates: the mean of equal points is
/// exactly that point, and a cluster far from 0 loses nothing.
template <class Space, class T>
std::vector<double> centroids(const Space& space, matrix<const T> points, const partition& clusters) {
  const std::size_t d = points.extent(1);
  std::vector<double> means(clusters.clusters() * d, 0);
  parallel_tasks(host_space(space), "deepmaacc::quality::centroids", clusters.clusters(), points.size(), [&](std::size_t c, std::size_t) {
    const auto members = clusters.members(c);
    double* const mean = means.data() + c * d;
    const T* const origin = &points(members.front(), 0);
    for (const std::size_t i : members)
      for (std::size_t f = 0; f < d; ++f) mean[f] += static_cast<double>(points(i, f)) - static_cast<double>(origin[f]);
    for (std::size_t f = 0; f < d; ++f) mean[f] = static_cast<double>(origin[f]) + mean[f] / static_cast<double>(members.size());
  });
  return means;
}

template <class T, class U>
double squared_distance(const T* a, const U* b, std::size_t d) {
  double sum = 0;
  for (std::size_t f = 0; f < d; ++f) {
    const double difference = static_cast<double>(a[f]) - static_cast<double>(b[f]);
    sum += difference * difference;
  }
  return sum;
}

/// The squared distance of each point to the centroid of its cluster. One task takes many points: each is quickly done.
template <class Space, class T>
std::vector<double> squares_within(const Space& space, matrix<const T> points, const partition& clusters,
                                   const std::vector<double>& centroids) {
  constexpr std::size_t block = 64;
  const std::size_t n = points.extent(0), d = points.extent(1);
  std::vector<double> squares(n);
  parallel_tasks(host_space(space), "deepmaacc::quality::within", (n + block - 1) / block, n * d, [&](std::size_t b, std::size_t) {
    for (std::size_t i = b * block; i < std::min(n, (b + 1) * block); ++i)
      squares[i] = squared_distance(&points(i, 0), centroids.data() + clusters.labels()[i] * d, d);
  });
  return squares;
}

}  // namespace detail

/// How much nearer points are to their own cluster than to the next one: the mean over points of (b − a) / max(a, b), where a is the mean
/// distance to the others of the own cluster and b the least mean distance to another cluster; 0 for a point that is alone in its
/// cluster. From −1 to 1. (Rousseeuw, "Silhouettes", Journal of Computational and Applied Mathematics 1987; scikit-learn's
/// `silhouette_score`.) All distances, n² · d, as `pairwise_distances` takes them; memory n plus k rows of a block per thread.
template <class Metric = distance::euclidean>
struct silhouette {
  Metric metric = {};

  static constexpr bool larger_is_better = true;
  static constexpr const char* name() { return "silhouette"; }

  /// The silhouette of each point.
  /// \throws data_error where there are not 2 to n − 1 clusters, or a distance is negative or not finite.
  template <class Space, class T>
  std::vector<double> samples(const Space& space, matrix<const T> points, const partition& clusters) const {
    check_distance_metric<Metric>();
    detail::require_clusters(name(), clusters);
    // Blocks small enough that a few hundred points already keep several threads busy; the same whatever their number.
    constexpr std::size_t block = 64;
    const std::size_t n = points.extent(0), k = clusters.clusters();
    const auto host = host_space(space);
    const distance::metric_rows<T, Metric> rows(host, points, metric);
    const auto& labels = clusters.labels();
    struct workspace {
      std::vector<T> distances;
      std::vector<double> sums;
    };
    std::vector<workspace> scratch(static_cast<std::size_t>(host.concurrency()));
    std::vector<double> result(n);
    parallel_tasks(host, "deepmaacc::quality::silhouette", (n + block - 1) / block, n * points.size(),
                   [&](std::size_t b, std::size_t worker) {
                     auto& [distances, sums] = scratch[worker];
                     const std::size_t first = b * block, count = std::min(block, n - first);
                     sums.assign(count * k, 0);
                     for (std::size_t other = 0; other < n; other += distance::block_rows) {
                       const std::size_t others = std::min(distance::block_rows, n - other);
                       rows.distances(first, count, rows, other, others, distances);
                       for (std::size_t i = 0; i < count; ++i)
                         for (std::size_t j = 0; j < others; ++j)
                           if (other + j != first + i) sums[i * k + labels[other + j]] += static_cast<double>(distances[i * others + j]);
                     }
                     for (std::size_t i = 0; i < count; ++i) result[first + i] = of_point(clusters, labels[first + i], sums.data() + i * k);
                   });
    return result;
  }

  /// \throws as `samples`.
  template <class Space, class T>
  double operator()(const Space& space, matrix<const T> points, const partition& clusters) const {
    double sum = 0;
    for (const double one : samples(space, points, clusters)) sum += one;
    return sum / static_cast<double>(clusters.size());
  }

 private:
  /// \param sums  of a point's distances, by cluster
  static double of_point(const partition& clusters, std::size_t own, const double* sums) {
    if (clusters.members(own).size() == 1) return 0;
    const double a = sums[own] / static_cast<double>(clusters.members(own).size() - 1);
    double b = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < clusters.clusters(); ++c)
      if (c != own) b = std::min(b, sums[c] / static_cast<double>(clusters.members(c).size()));
    return std::max(a, b) > 0 ? (b - a) / std::max(a, b) : 0;
  }
};
static_assert(ClusteringQuality<silhouette<>>);

/// How much clusters overlap with the one they overlap most with: the mean over clusters i of max over j of (s_i + s_j) / d_ij, where s is
/// the mean Euclidean distance of the members to their centroid and d that of two centroids. From 0, the less the better; what clusters
/// with the same centroid overlap is left out. (Davies and Bouldin, "A cluster separation measure", IEEE TPAMI 1979; scikit-learn's
/// `davies_bouldin_score`.) (n + k²) · d, in double.
struct davies_bouldin {
  static constexpr bool larger_is_better = false;
  static constexpr const char* name() { return "davies_bouldin"; }

  /// \throws data_error where there are not 2 to n − 1 clusters, or squared distances are beyond double.
  template <class Space, class T>
  double operator()(const Space& space, matrix<const T> points, const partition& clusters) const {
    detail::require_clusters(name(), clusters);
    const std::size_t n = points.extent(0), d = points.extent(1), k = clusters.clusters();
    const std::vector<double> centroids = detail::centroids(space, points, clusters);
    const std::vector<double> squares = detail::squares_within(space, points, clusters, centroids);
    std::vector<double> spread(k, 0), worst(k, 0);
    for (std::size_t i = 0; i < n; ++i) spread[clusters.labels()[i]] += std::sqrt(squares[i]);
    for (std::size_t c = 0; c < k; ++c) spread[c] = detail::finite(name(), spread[c] / static_cast<double>(clusters.members(c).size()));

    // Centroids that rounding alone keeps apart are the same.
    double largest = 0;
    for (std::size_t i = 0; i < n * d; ++i) largest = std::max(largest, std::abs(static_cast<double>(points.data()[i])));
    const double rounding = 16 * std::numeric_limits<double>::epsilon() * largest;
    parallel_tasks(host_space(space), "deepmaacc::quality::davies_bouldin", k, k * k * d, [&](std::size_t i, std::size_t) {
      for (std::size_t j = 0; j < k; ++j) {
        const double squared = detail::squared_distance(centroids.data() + i * d, centroids.data() + j * d, d);
        const double apart = std::sqrt(detail::finite(name(), squared));
        if (!(apart <= rounding)) worst[i] = std::max(worst[i], (spread[i] + spread[j]) / apart);
      }
    });
    double sum = 0;
    for (const double one : worst) sum += one;
    return detail::finite(name(), sum / static_cast<double>(k));
  }
};
static_assert(ClusteringQuality<davies_bouldin>);

/// How far clusters are apart for how wide they are: B / (k − 1) over W / (n − k), where B is the sum of squared distances of the clusters'
/// centroids to the mean of all points, each as often as it has members, and W that of the points to their centroids; 1 where W is 0.
/// From 0. (Caliński and Harabasz, "A dendrite method for cluster analysis", Communications in Statistics 1974; scikit-learn's
/// `calinski_harabasz_score`.) n · d, in double.
struct calinski_harabasz {
  static constexpr bool larger_is_better = true;
  static constexpr const char* name() { return "calinski_harabasz"; }

  /// \throws data_error where there are not 2 to n − 1 clusters, or squared distances are beyond double.
  template <class Space, class T>
  double operator()(const Space& space, matrix<const T> points, const partition& clusters) const {
    detail::require_clusters(name(), clusters);
    const std::size_t n = points.extent(0), d = points.extent(1), k = clusters.clusters();
    const std::vector<double> centroids = detail::centroids(space, points, clusters);
    std::vector<double> mean(d, 0);
    for (std::size_t c = 0; c < k; ++c)
      for (std::size_t f = 0; f < d; ++f)
        mean[f] += (centroids[c * d + f] - centroids[f]) * static_cast<double>(clusters.members(c).size()) / static_cast<double>(n);
    for (std::size_t f = 0; f < d; ++f) mean[f] += centroids[f];
    double between = 0, within = 0;
    for (std::size_t c = 0; c < k; ++c)
      between += static_cast<double>(clusters.members(c).size()) * detail::squared_distance(centroids.data() + c * d, mean.data(), d);
    for (const double square : detail::squares_within(space, points, clusters, centroids)) within += square;
    if (detail::finite(name(), within) == 0) return 1;
    return detail::finite(name(), between / static_cast<double>(k - 1) / (within / static_cast<double>(n - k)));
  }
};
static_assert(ClusteringQuality<calinski_harabasz>);

}  // namespace quality

/// Judges labels of points, on the host.
///
/// \param points  n × d, float or double: an xtensor container or view, or a Kokkos view of either layout
/// \param labels  the cluster of each point, numbered from 0 without gaps, as `cut` returns them
/// \param quality  a clustering quality (docs/policies/clustering_quality.md)
/// \throws data_error where the points are none or not finite, the labels do not fit, or the quality cannot judge them.
template <ExecutionSpace Space, detail::tensor_like Points, class Quality = quality::silhouette<>>
double clustering_quality(const Space& space, const Points& points, std::span<const std::size_t> labels, const Quality& quality = {}) {
  check_clustering_quality<Quality>();
  require_kokkos("deepmaacc::clustering_quality", space);
  const point_rows rows(points);
  const partition clusters(rows.rows().extent(0), labels);
  return static_cast<double>(quality(host_space(space), rows.rows(), clusters));
}

}  // namespace deepmaacc
