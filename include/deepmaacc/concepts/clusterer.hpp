#pragma once

/// \file
/// The clusterer slot: who makes clusters of points.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <deepmaacc/core/matrix.hpp>
#include <vector>

namespace deepmaacc {

/// Makes a dendrogram, which is then cut: one serves every number of clusters.
template <class Maker, class Space, class Metric, class Tree>
concept HierarchicalClusterer = requires(const Maker clusterer, const Space& space, matrix<const double> points, const Metric& metric) {
  { clusterer(space, points, metric) } -> std::convertible_to<Tree>;
};

/// Makes as many clusters as are asked for, anew for each number.
template <class Maker, class Space, class Metric>
concept FlatClusterer = requires(const Maker clusterer, const Space& space, matrix<const double> points, const Metric& metric) {
  { clusterer(space, points, metric, std::size_t{1}) } -> std::convertible_to<std::vector<std::size_t>>;
};

/// Points in, clusters out: a callable of a space, n × d points and the metric that tells how far two are apart.
///
/// Syntax: 1. copy constructible; 2. `clusterer(space, matrix<const double> points, metric)`: a dendrogram of the points, whose type is
/// `Tree`; or `clusterer(space, points, metric, std::size_t count)`: the cluster of each point, as a `std::vector<std::size_t>`. One that
/// has both is asked for the dendrogram. Optional: 3. `name()`, for reports; of one that makes dendrograms 4. `with_range(space, points,
/// metric)`: a `ranged_dendrogram`, the same tree with the distances that mean a similarity of 1 and of 0, where they come along; else
/// those are the shortest and the longest of all, which are then taken once more; 5. `of_distances(space, distance_matrix<double>&&)`: the
/// dendrogram of distances that are there and may be used up; without, there are no clusters of what are no points.
/// Laws: the result depends on the points, the metric and the clusterer only, not on the number of threads; of `count` clusters, from 1 to
/// n, none is empty, and they are numbered below `count`, in any order (`cluster` checks it). The clusterer is not changed. Shipped:
/// `clusterer::agglomerative`, `clusterer::of_similarities`; a linkage rule, or a `SimilarityLinkage`, stands for the one that it makes.
template <class Maker, class Space, class Metric, class Tree>
concept Clusterer = std::copy_constructible<Maker> &&
    (HierarchicalClusterer<Maker, Space, Metric, Tree> || FlatClusterer<Maker, Space, Metric>);

/// Says at compile time what is wrong with a type that is meant to be a clusterer.
template <class Maker, class Space, class Metric, class Tree>
constexpr void check_clusterer() {
  static_assert(HierarchicalClusterer<Maker, Space, Metric, Tree> || FlatClusterer<Maker, Space, Metric>,
                "deepmaacc::cluster: a clusterer must be a linkage rule, or callable with a space, points and a metric, as in `template "
                "<class Space, "
                "class Metric> dendrogram operator()(const Space&, matrix<const double>, const Metric&) const`, or with the number of "
                "clusters behind "
                "them, and then return a std::vector<std::size_t>; see docs/policies/clusterer.md");
  static_assert(std::copy_constructible<Maker>,
                "deepmaacc::cluster: a clusterer must be copy constructible; see docs/policies/clusterer.md");
  if constexpr (requires(const Maker one, const Space& space, matrix<const double> points, const Metric& metric) {
                  one.with_range(space, points, metric);
                })
    static_assert(
        requires(const Maker one, const Space& space, matrix<const double> points, const Metric& metric) {
          { one.with_range(space, points, metric).tree } -> std::convertible_to<Tree>;
          { one.with_range(space, points, metric).range.longest } -> std::convertible_to<double>;
        },
        "deepmaacc::cluster: a clusterer with with_range() must return a ranged_dendrogram from it; see docs/policies/clusterer.md");
}

namespace archetype {

/// The least that is a clusterer with dendrograms: nothing merges.
template <class Tree>
struct hierarchical_clusterer {
  hierarchical_clusterer() = default;
  hierarchical_clusterer(const hierarchical_clusterer&) = default;
  hierarchical_clusterer& operator=(const hierarchical_clusterer&) = delete;
  ~hierarchical_clusterer() = default;
  template <class Space, class Metric>
  Tree operator()(const Space&, matrix<const double> points, const Metric&) const {
    return Tree(points.extent(0), {});
  }
};

/// The least that is a clusterer without: what is left over is in the last cluster.
struct flat_clusterer {
  flat_clusterer() = default;
  flat_clusterer(const flat_clusterer&) = default;
  flat_clusterer& operator=(const flat_clusterer&) = delete;
  ~flat_clusterer() = default;
  template <class Space, class Metric>
  std::vector<std::size_t> operator()(const Space&, matrix<const double> points, const Metric&, std::size_t count) const {
    std::vector<std::size_t> labels(points.extent(0));
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = std::min(i, count - 1);
    return labels;
  }
};

}  // namespace archetype
}  // namespace deepmaacc
