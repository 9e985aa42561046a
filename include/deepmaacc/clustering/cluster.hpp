#pragma once

/// \file
/// Points in, so many clusters out, by any clusterer.

#include <cstddef>
#include <deepmaacc/clustering/clusterers.hpp>
#include <deepmaacc/clustering/cut.hpp>
#include <deepmaacc/clustering/cut_rules.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/concepts/clusterer.hpp>
#include <deepmaacc/concepts/distance_metric.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/points.hpp>
#include <deepmaacc/core/policy_name.hpp>
#include <deepmaacc/core/tensor_view.hpp>
#include <deepmaacc/distance/euclidean.hpp>
#include <string>
#include <vector>

namespace deepmaacc {

namespace detail {

/// Asks a clusterer without dendrograms, checks what it says, and numbers the clusters in the order of their first points.
template <class Maker, class Space, class Metric>
std::vector<std::size_t> flat_clusters(const Maker& maker, const Space& space, matrix<const double> points, const Metric& metric,
                                       std::size_t count) {
  const std::size_t n = points.extent(0);
  if (count == 0 || count > n)
    throw usage_error(text("deepmaacc::cluster: ", count, " clusters of ", n, " points are asked for; ask for 1 to ", n));
  std::vector<std::size_t> labels = maker(space, points, metric, count);
  const auto fail = [&](const std::string& what) { throw usage_error("deepmaacc::cluster: clusterer " + policy_name(maker) + " " + what); };
  if (labels.size() != n) fail(text("tells the cluster of ", labels.size(), " points, but there are ", n, "; tell it of each"));
  std::vector<std::size_t> number_of(count, count);
  std::size_t found = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (labels[i] >= count) fail(text("gives point ", i, " label ", labels[i], " of ", count, " clusters; number them from 0"));
    std::size_t& number = number_of[labels[i]];
    if (number == count) number = found++;
    labels[i] = number;
  }
  if (found < count) fail(text("leaves ", count - found, " of ", count, " clusters empty; give each a point"));
  return labels;
}

}  // namespace detail

/// Clusters n points of double into so many clusters.
///
/// \param points  n × d: an xtensor container or a Kokkos view of either layout
/// \param count   from 1 to n
/// \param given   a linkage rule, a linkage on similarities, or any clusterer (docs/policies/clusterer.md); default: average linkage
/// \return the cluster of each point; clusters are numbered from 0 in the order of their first points.
/// \throws usage_error for a count that cannot be, and where the clusterer breaks a law; data_error where points are not finite; and what
/// the clusterer throws.
/// Complexity: the clusterer's.
template <class Space, detail::tensor_like Points, class Given = clusterer::agglomerative<>, class Metric = distance::euclidean>
std::vector<std::size_t> cluster(const Space& space, const Points& points, std::size_t count, const Given& given = {},
                                 const Metric& metric = {}) {
  check_execution_space<Space>();
  check_distance_metric<Metric>();
  using maker_type = detail::clusterer_type<Given, Space>;
  check_clusterer<maker_type, Space, Metric, dendrogram>();
  require_kokkos("deepmaacc::cluster", space);
  const point_rows<double> rows(points);
  if constexpr (!Clusterer<maker_type, Space, Metric, dendrogram>) {
    return {};
  } else {
    const auto maker = detail::clusterer_of<Given, Space>(given);
    if constexpr (detail::makes_dendrograms<Given, Space, Metric>)
      return cut(detail::tree_of(maker, space, rows.rows(), metric), cut_rule::count{count});
    else
      return detail::flat_clusters(maker, space, rows.rows(), metric, count);
  }
}

}  // namespace deepmaacc
