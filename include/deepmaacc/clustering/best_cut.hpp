#pragma once

/// \file
/// How many clusters: the count that a clustering quality likes best.

#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/cut.hpp>
#include <deepmaacc/clustering/cut_rules.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/quality.hpp>
#include <deepmaacc/concepts/clustering_quality.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/partition.hpp>
#include <deepmaacc/core/points.hpp>
#include <utility>
#include <vector>

namespace deepmaacc {

/// The cut of a dendrogram that a quality likes best.
struct judged_cut {
  std::vector<std::size_t> labels;  ///< the cluster of each point
  std::size_t clusters = 0;         ///< how many there are
  double score = 0;                 ///< what the quality says of them
};

/// Cuts a dendrogram into every number of clusters in [first, last], and keeps the best cut; on ties that with fewest clusters. The
/// quality runs on the host.
///
/// \param points  what the dendrogram was made of: n × d, one row per leaf
/// \param quality  a clustering quality (docs/policies/clustering_quality.md); those that are shipped want 2 ≤ first and last ≤ n − 1
/// \throws usage_error where first > last, the dendrogram cannot be cut so, or the quality gives no number; data_error where the points are
/// none, not finite or not as many as leaves, or the quality cannot judge a cut.
/// \note last − first + 1 times the quality.
template <ExecutionSpace Space, detail::tensor_like Points, class Quality>
judged_cut best_cut(const Space& space, const dendrogram& tree, const Points& points, const Quality& quality, std::size_t first,
                    std::size_t last) {
  check_clustering_quality<Quality>();
  require_kokkos("deepmaacc::best_cut", space);
  if (first > last)
    throw usage_error(detail::text("deepmaacc::best_cut: there is no number of clusters from ", first, " to ", last,
                                   "; give the least first, and then the largest"));
  const point_rows rows(points);
  if (rows.rows().extent(0) != tree.leaves())
    throw data_error(detail::text("there are ", rows.rows().extent(0), " points, but the dendrogram has ", tree.leaves(),
                                  " leaves; give the points that it was made of"));
  const auto host = host_space(space);
  judged_cut best;
  for (std::size_t clusters = first; clusters <= last; ++clusters) {
    std::vector<std::size_t> labels = cut(tree, cut_rule::count{.clusters = clusters});
    const auto score = static_cast<double>(quality(host, rows.rows(), partition(tree.leaves(), labels)));
    if (std::isnan(score))
      throw usage_error(detail::text("deepmaacc::best_cut: the quality of ", clusters,
                                     " clusters is no number; let the quality throw a data_error for what it cannot judge"));
    const bool is_better = Quality::larger_is_better ? score > best.score : score < best.score;
    if (clusters == first || is_better) best = {std::move(labels), clusters, score};
  }
  return best;
}

}  // namespace deepmaacc
