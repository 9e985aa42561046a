#pragma once

/// \file
/// The clusters of a layer's neurons or mutants, by a clusterer with dendrograms or without.

#include <cstddef>
#include <deepmaacc/analysis/layer_tree.hpp>
#include <deepmaacc/clustering/cluster.hpp>
#include <deepmaacc/clustering/clusterers.hpp>
#include <deepmaacc/clustering/cut.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/concepts/clusterer.hpp>
#include <deepmaacc/concepts/cut_rule.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <type_traits>
#include <vector>

namespace deepmaacc {

/// A layer's neurons or mutants as points: what is left to fit where a clusterer makes no dendrogram.
struct layer_points {
  std::size_t layer = 0;          ///< position in the adapter's `layers()`
  xt::xtensor<double, 2> points;  ///< as of `layer_tree`
};

namespace detail {

/// What a clustering method fits: the trees of its layers, or where its clusterer makes none their points.
template <class Subject, class Given, class Metric>
using layer_fit = std::conditional_t<makes_dendrograms<Given, typename Subject::space_type, Metric>, layer_tree, layer_points>;

/// Who clusters for a method: checked.
template <class Subject, class Metric, class Given>
auto clusterer_for(const Given& given) {
  using space_type = typename Subject::space_type;
  check_clusterer<clusterer_type<Given, space_type>, space_type, Metric, dendrogram>();
  return clusterer_of<Given, space_type>(given);
}

inline matrix<const double> rows_of(const xt::xtensor<double, 2>& points) {
  return matrix<const double>(points.data(), points.shape(0), points.shape(1));
}

/// The cluster of each point of a layer: a cut of its tree.
template <class Subject, class Given, class Metric, class Rule>
std::vector<std::size_t> labels_of(const Subject&, const layer_tree& fitted, const Given&, const Metric&, const Rule& rule) {
  return cut(fitted.tree, rule);
}

/// The same without a tree: as many clusters as the rule makes of so many points.
/// \throws usage_error naming the layer where the clusterer breaks a law.
template <class Subject, class Given, class Metric, class Rule>
std::vector<std::size_t> labels_of(const Subject& subject, const layer_points& fitted, const Given& given, const Metric& metric,
                                   const Rule& rule) {
  static_assert(CountingCutRule<Rule>,
                "deepmaacc::analyze: a cut rule must tell the number of clusters, by `std::size_t clusters_for(std::size_t points) const`, "
                "for a clusterer that makes no dendrograms; take cut_rule::count, mean_size or share");
  if constexpr (CountingCutRule<Rule>)
    return for_layer(subject.layers()[fitted.layer], [&] {
      const auto maker = clusterer_for<Subject, Metric>(given);
      return flat_clusters(maker, subject.space(), rows_of(fitted.points), metric, rule.clusters_for(fitted.points.shape(0)));
    });
  else
    return {};
}

}  // namespace detail
}  // namespace deepmaacc
