#pragma once

/// \file
/// The clusterers that the toolkit ships: agglomerative clustering by a linkage rule, or by a linkage on similarities.

#include <array>
#include <concepts>
#include <cstddef>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/concepts/clusterer.hpp>
#include <deepmaacc/concepts/distance_metric.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/linkage_rule.hpp>
#include <deepmaacc/concepts/similarity_linkage.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/policy_name.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/distance/distance_matrix.hpp>
#include <deepmaacc/distance/distance_range.hpp>
#include <deepmaacc/distance/pairwise.hpp>
#include <deepmaacc/linkage/rules.hpp>
#include <string>
#include <type_traits>
#include <utility>

namespace deepmaacc {

namespace detail {

/// The tree of a linkage on similarities.
/// \param similarity_of  of a distance, from 0 to 1
template <class Linkage, class Space, class Function>
dendrogram tree_of_similarities(const Linkage& linkage, const Space& space, const distance_matrix<double>& distances,
                                const Function& similarity_of) {
  const std::size_t n = distances.size();
  if (n == 1) return {1, {}};
  xt::xtensor<double, 2> similarities(std::array<std::size_t, 2>{n, n});
  for (std::size_t i = 0; i < n; ++i) {
    similarities(i, i) = 0;
    for (std::size_t j = 0; j < i; ++j) similarities(i, j) = similarities(j, i) = similarity_of(distances(i, j));
  }
  return linkage.cluster(space, matrix<const double>(similarities.data(), n, n));
}

}  // namespace detail

namespace clusterer {

/// `agglomerate` by a linkage rule: exact, and without a matrix of distances where that allows it. What a linkage rule stands for.
template <class Rule = linkage::average>
struct agglomerative {
  static constexpr bool uses_squared_distances = linkage_traits<Rule>::uses_squared_distances;
  Rule linkage = {};

  std::string name() const { return policy_name(linkage); }
  /// \throws as `agglomerate`.
  template <class Space, class Metric>
  dendrogram operator()(const Space& space, matrix<const double> points, const Metric& metric) const {
    return agglomerate(space, points, metric, linkage);
  }
  template <class Space, class Metric>
  ranged_dendrogram with_range(const Space& space, matrix<const double> points, const Metric& metric) const {
    return agglomerate_with_range(space, points, metric, linkage);
  }
  template <class Space>
  dendrogram of_distances(const Space& space, distance_matrix<double>&& distances) const {
    return agglomerate(space, std::move(distances), linkage);
  }
};
static_assert(Clusterer<agglomerative<>, this_thread, archetype::distance_metric, dendrogram>);

/// A linkage on similarities, which are 1 − distance, scaled to go from 0 to 1 over all pairs; where all are as far apart, 1. Takes n²
/// distances and n² similarities, whatever the linkage. What a `SimilarityLinkage` stands for.
template <class Linkage>
struct of_similarities {
  Linkage linkage = {};

  std::string name() const { return policy_name(linkage); }
  /// Heights are 1 − similarity.
  /// \throws as `pairwise_distances`.
  template <class Space, class Metric>
  dendrogram operator()(const Space& space, matrix<const double> points, const Metric& metric) const {
    const auto distances = pairwise_distances(space, points, metric);
    const distance_range range = range_of(distances);
    return detail::tree_of_similarities(linkage, space, distances, [range, length = range.longest - range.shortest](double distance) {
      return length > 0 ? 1 - (distance - range.shortest) / length : 1;
    });
  }
  /// The range is that of the heights.
  template <class Space, class Metric>
  ranged_dendrogram with_range(const Space& space, matrix<const double> points, const Metric& metric) const {
    return {(*this)(space, points, metric), {0, 1}};
  }
};

}  // namespace clusterer

namespace detail {

/// Who clusters, where a linkage rule, a linkage on similarities or a clusterer is given.
template <class Given, class Space>
struct clusterer_of_given {
  using type = Given;
};
template <LinkageRule Given, class Space>
struct clusterer_of_given<Given, Space> {
  using type = clusterer::agglomerative<Given>;
};
template <class Given, class Space>
requires(!LinkageRule<Given> && SimilarityLinkage<Given, Space, dendrogram>) struct clusterer_of_given<Given, Space> {
  using type = clusterer::of_similarities<Given>;
};
template <class Given, class Space>
using clusterer_type = typename clusterer_of_given<Given, Space>::type;

template <class Given, class Space>
clusterer_type<Given, Space> clusterer_of(const Given& given) {
  if constexpr (std::is_same_v<clusterer_type<Given, Space>, Given>)
    return given;
  else
    return {given};
}

/// A clusterer that can do without points.
template <class Maker, class Space>
concept ClustersDistances = requires(const Maker maker, const Space& space, distance_matrix<double>& distances) {
  { maker.of_distances(space, std::move(distances)) } -> std::convertible_to<dendrogram>;
};

/// Whether it makes dendrograms: what is no clusterer at all is taken for one that does.
template <class Given, class Space, class Metric>
inline constexpr bool makes_dendrograms = HierarchicalClusterer<clusterer_type<Given, Space>, Space, Metric, dendrogram> ||
                                          !FlatClusterer<clusterer_type<Given, Space>, Space, Metric>;

/// A tree of so many points. \throws usage_error naming the clusterer where it is of others.
template <class Maker>
dendrogram checked_tree(const Maker& maker, dendrogram tree, std::size_t points) {
  if (tree.leaves() != points)
    throw usage_error(text("deepmaacc::cluster: clusterer ", policy_name(maker), " gives a dendrogram of ", tree.leaves(),
                           " points, but there are ", points, "; give it a leaf for each"));
  return tree;
}

/// The dendrogram of a clusterer's.
/// \throws what it throws; usage_error where the dendrogram is of other points.
template <class Maker, class Space, class Metric>
dendrogram tree_of(const Maker& maker, const Space& space, matrix<const double> points, const Metric& metric) {
  return checked_tree(maker, maker(space, points, metric), points.extent(0));
}

/// The same with the distances that mean a similarity of 1 and of 0.
template <class Maker, class Space, class Metric>
ranged_dendrogram tree_with_range(const Maker& maker, const Space& space, matrix<const double> points, const Metric& metric) {
  if constexpr (requires { maker.with_range(space, points, metric); }) {
    ranged_dendrogram found = maker.with_range(space, points, metric);
    return {checked_tree(maker, std::move(found.tree), points.extent(0)), found.range};
  } else {
    return {tree_of(maker, space, points, metric), range_of(host_space(space), points, metric)};
  }
}

}  // namespace detail
}  // namespace deepmaacc
