#pragma once

/// \file
/// The clustering quality slot: how good a partition of points is.

#include <concepts>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/partition.hpp>

namespace deepmaacc {

namespace detail {

/// Gives points and a partition of them a number, for float and double.
template <class Quality>
concept JudgesPartitions = requires(const Quality quality, const this_thread space, matrix<const float> in_float,
                                    matrix<const double> in_double, const partition& clusters) {
  { quality(space, in_float, clusters) } -> std::convertible_to<double>;
  { quality(space, in_double, clusters) } -> std::convertible_to<double>;
};

/// Says whether a larger number is a better one.
template <class Quality>
concept SaysWhatIsBetter = requires {
  { Quality::larger_is_better } -> std::convertible_to<bool>;
};

}  // namespace detail

/// Judges a partition by the points alone, without knowing a right one: near within clusters, far between them, as the model sees it.
///
/// Syntax: 1. copy constructible; 2. `quality(space, matrix<const T>, const partition&)` for float and double, a number; `space` is a host
/// execution space, or `this_thread`, to run loops on if it likes; 3. `static constexpr bool larger_is_better`. Optional: 4. `name()`.
/// Laws: the result depends on the points and the partition only, not on the number of threads, and not on how clusters are numbered
/// (but for rounding); partitions that it cannot judge are refused by data_error, not by a number.
/// Complexity: up to quadratic in the points. Shipped: `quality::silhouette`, `davies_bouldin`, `calinski_harabasz`.
template <class Quality>
concept ClusteringQuality = std::copy_constructible<Quality> && detail::JudgesPartitions<Quality> && detail::SaysWhatIsBetter<Quality>;

/// Says at compile time what is wrong with a type that is meant to be a clustering quality.
template <class Quality>
constexpr void check_clustering_quality() {
  static_assert(
      detail::JudgesPartitions<Quality>,
      "deepmaacc::clustering_quality: a clustering quality must be callable with a space, points and a partition, as in `template <class "
      "Space, class T> double operator()(const Space&, matrix<const T>, const partition&) const`; see "
      "docs/policies/clustering_quality.md");
  static_assert(detail::SaysWhatIsBetter<Quality>,
                "deepmaacc::clustering_quality: a clustering quality must have `static constexpr bool larger_is_better`; see "
                "docs/policies/clustering_quality.md");
  static_assert(std::copy_constructible<Quality>,
                "deepmaacc::clustering_quality: a clustering quality must be copy constructible; see docs/policies/clustering_quality.md");
}

namespace archetype {

/// The least that is a clustering quality: the number of clusters, the fewer the better.
struct clustering_quality {
  static constexpr bool larger_is_better = false;
  clustering_quality() = default;
  clustering_quality(const clustering_quality&) = default;
  clustering_quality& operator=(const clustering_quality&) = delete;
  ~clustering_quality() = default;
  template <class Space, class T>
  double operator()(const Space&, matrix<const T>, const partition& clusters) const {
    return static_cast<double>(clusters.clusters());
  }
};
static_assert(ClusteringQuality<clustering_quality>);

}  // namespace archetype
}  // namespace deepmaacc
