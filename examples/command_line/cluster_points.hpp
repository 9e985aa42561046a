#pragma once

/// \file
/// Clustering by policies that are chosen when the program runs. Every metric meets every linkage rule here, so sources of their own
/// instantiate it, one per precision.

#include <Kokkos_Core.hpp>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/distance/precomputed.hpp>
#include <variant>

#include "clustering_options.hpp"

namespace command_line {

/// Calls `cluster(metric, rule)` for a metric and a linkage rule. The two policies must fit each other: `require_fitting` finds that out
/// beforehand.
template <class Tree, class Cluster>
Tree for_fitting(const metric_choice& metric, const linkage_choice& linkage, const Cluster& cluster) {
  return std::visit(
      [&]<class Metric, class Rule>(const Metric& chosen, const Rule& rule) -> Tree {
        if constexpr (fit_each_other<Rule, Metric>)
          return cluster(chosen, rule);
        else
          throw deepmaacc::usage_error("the linkage rule does not fit the metric");
      },
      metric, linkage);
}

/// Clusters n × d points on the host's threads.
template <class T>
deepmaacc::dendrogram cluster_points(deepmaacc::matrix<const T> points, const metric_choice& metric, const linkage_choice& linkage,
                                     const deepmaacc::agglomerate_options& options) {
  return for_fitting<deepmaacc::dendrogram>(metric, linkage, [&](const auto& chosen, const auto& rule) {
    return deepmaacc::agglomerate(Kokkos::DefaultHostExecutionSpace{}, points, chosen, rule, options);
  });
}

/// The same, with the range of their distances.
template <class T>
deepmaacc::ranged_dendrogram cluster_points_with_range(deepmaacc::matrix<const T> points, const metric_choice& metric,
                                                       const linkage_choice& linkage, const deepmaacc::agglomerate_options& options) {
  return for_fitting<deepmaacc::ranged_dendrogram>(metric, linkage, [&](const auto& chosen, const auto& rule) {
    return deepmaacc::agglomerate_with_range(Kokkos::DefaultHostExecutionSpace{}, points, chosen, rule, options);
  });
}

/// The same from distances. Linkage rules on Euclidean distances take them for such.
template <class T>
deepmaacc::dendrogram cluster_distances(const deepmaacc::distance::precomputed<T>& distances, const linkage_choice& linkage,
                                        const deepmaacc::agglomerate_options& options) {
  return std::visit([&](const auto& rule) { return deepmaacc::agglomerate(Kokkos::DefaultHostExecutionSpace{}, distances, rule, options); },
                    linkage);
}

extern template deepmaacc::dendrogram cluster_points(deepmaacc::matrix<const float>, const metric_choice&, const linkage_choice&,
                                                     const deepmaacc::agglomerate_options&);
extern template deepmaacc::dendrogram cluster_points(deepmaacc::matrix<const double>, const metric_choice&, const linkage_choice&,
                                                     const deepmaacc::agglomerate_options&);
extern template deepmaacc::ranged_dendrogram cluster_points_with_range(deepmaacc::matrix<const double>, const metric_choice&,
                                                                       const linkage_choice&, const deepmaacc::agglomerate_options&);
extern template deepmaacc::dendrogram cluster_distances(const deepmaacc::distance::precomputed<float>&, const linkage_choice&,
                                                        const deepmaacc::agglomerate_options&);
extern template deepmaacc::dendrogram cluster_distances(const deepmaacc::distance::precomputed<double>&, const linkage_choice&,
                                                        const deepmaacc::agglomerate_options&);

}  // namespace command_line
