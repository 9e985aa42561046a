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
#include <deepmaacc/io/array.hpp>
#include <type_traits>
#include <variant>

#include "clustering_options.hpp"

namespace command_line {

/// Clusters n × d points on the host's threads; for `precomputed`, points whose distances these are. The two policies must fit each other:
/// `require_fitting` finds that out beforehand.
template <class T>
deepmaacc::dendrogram cluster_points(const deepmaacc::io::array<T>& points, const metric_choice& metric, const linkage_choice& linkage,
                                     const deepmaacc::agglomerate_options& options) {
  const Kokkos::DefaultHostExecutionSpace space;
  const bool is_matrix = points.extents.size() == 2;
  const deepmaacc::matrix<const T> rows(points.values.data(), points.extents.at(0), is_matrix ? points.extents[1] : 1);
  return std::visit(
      [&]<class Metric, class Rule>(const Metric& chosen, const Rule& rule) -> deepmaacc::dendrogram {
        if constexpr (std::is_same_v<Metric, precomputed>) {
          const auto from = [&](const auto& distances) {
            return deepmaacc::agglomerate(space, deepmaacc::distance::precomputed<T>(distances), rule, options);
          };
          using condensed = Kokkos::View<const T*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
          return is_matrix ? from(rows) : from(condensed(points.values.data(), points.values.size()));
        } else if constexpr (fit_each_other<Rule, Metric>) {
          return deepmaacc::agglomerate(space, rows, chosen, rule, options);
        } else {
          throw deepmaacc::usage_error("the linkage rule does not fit the metric");
        }
      },
      metric, linkage);
}

extern template deepmaacc::dendrogram cluster_points(const deepmaacc::io::array<float>&, const metric_choice&, const linkage_choice&,
                                                     const deepmaacc::agglomerate_options&);
extern template deepmaacc::dendrogram cluster_points(const deepmaacc::io::array<double>&, const metric_choice&, const linkage_choice&,
                                                     const deepmaacc::agglomerate_options&);

}  // namespace command_line
