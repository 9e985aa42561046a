#pragma once

/// \file
/// The cut rules that the toolkit ships.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/inconsistency.hpp>
#include <deepmaacc/concepts/cut_rule.hpp>
#include <deepmaacc/core/error.hpp>
#include <vector>

namespace deepmaacc {
namespace detail {

/// Keeps the merges that have no value above the threshold at or below them. Values may fall from a merge to the one above it, as heights
/// do where a linkage rule is not monotone; what is under a merge is part of its cluster, and decides too.
template <class Value>
std::vector<bool> largest_below_within(const dendrogram& tree, const Value& value, double threshold) {
  const std::vector<merge>& merges = tree.merges();
  std::vector<bool> holds(merges.size());
  for (std::size_t m = 0; m < merges.size(); ++m) {
    const auto is_kept = [&](std::size_t cluster) { return tree.is_leaf(cluster) || holds[cluster - tree.leaves()]; };
    holds[m] = value(m) <= threshold && is_kept(merges[m].first) && is_kept(merges[m].second);
  }
  return holds;
}

}  // namespace detail

namespace cut_rule {

/// Exactly so many clusters: the last merges are undone, whatever their heights. O(n).
struct count {
  std::size_t clusters = 1;

  /// \throws usage_error where the dendrogram cannot have so many clusters, or so few.
  std::vector<bool> operator()(const dendrogram& tree) const {
    if (clusters == 0) throw usage_error("cut_rule::count: 0 clusters are asked for; ask for 1 or more");
    if (clusters > tree.leaves())
      throw usage_error(detail::text("cut_rule::count: ", clusters, " clusters are asked for, but there are only ", tree.leaves(),
                                     " leaves; ask for at most that many"));
    if (clusters < tree.trees())
      throw usage_error(detail::text("cut_rule::count: ", clusters, " clusters are asked for, but this is a forest of ", tree.trees(),
                                     " trees, which nothing joins; ask for at least that many"));
    std::vector<bool> holds(tree.merges().size(), false);
    std::fill_n(holds.begin(), tree.leaves() - clusters, true);
    return holds;
  }
};
static_assert(CutRule<count, dendrogram>);

/// The largest clusters that were made without any merge above a height: SciPy's `fcluster(Z, t, 'distance')`. Where heights fall from a
/// merge to the next one up (centroid and median linkage do that), the highest merge within a cluster decides. O(n).
struct height {
  double height = 0;

  /// \throws usage_error where the height is not a number.
  std::vector<bool> operator()(const dendrogram& tree) const {
    if (std::isnan(height)) throw usage_error("cut_rule::height: the height is not a number; give the largest distance within a cluster");
    return detail::largest_below_within(
        tree, [&merges = tree.merges()](std::size_t m) { return merges[m].height; }, height);
  }
};
static_assert(CutRule<height, dendrogram>);

/// The largest clusters within which no merge stands out from those below it: SciPy's `fcluster(Z, t, 'inconsistent', depth)`, with the
/// coefficients of `inconsistency_coefficients`. O(n · min(2^depth, n)).
struct inconsistency {
  double threshold = 1;   ///< largest coefficient within a cluster
  std::size_t depth = 2;  ///< levels of merges that are compared

  /// \throws usage_error where the threshold is not a number or the depth is 0.
  std::vector<bool> operator()(const dendrogram& tree) const {
    if (std::isnan(threshold))
      throw usage_error("cut_rule::inconsistency: the threshold is not a number; give the largest coefficient within a cluster");
    const auto rows = inconsistency_coefficients(tree, depth);
    return detail::largest_below_within(
        tree, [&](std::size_t m) { return rows(m, 3); }, threshold);
  }
};
static_assert(CutRule<inconsistency, dendrogram>);

}  // namespace cut_rule
}  // namespace deepmaacc
