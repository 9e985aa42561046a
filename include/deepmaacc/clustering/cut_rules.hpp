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
#include <string>
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

  std::string name() const { return detail::text("count(", clusters, ")"); }
  std::size_t clusters_for(std::size_t) const { return clusters; }
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
static_assert(CutRule<count, dendrogram> && CountingCutRule<count>);

/// As many clusters as give them so many leaves on average, or a few less: ⌈n / leaves⌉ of n, whatever their heights. O(n).
struct mean_size {
  double leaves = 1;

  std::string name() const { return detail::text("mean-size(", leaves, ")"); }
  /// \throws usage_error where the size is below 1 or not finite.
  std::size_t clusters_for(std::size_t points) const {
    if (!(leaves >= 1) || std::isinf(leaves))
      throw usage_error(detail::text("cut_rule::mean_size: clusters of ", leaves, " leaves are asked for; ask for 1 or more"));
    return static_cast<std::size_t>(std::ceil(static_cast<double>(points) / leaves));
  }
  /// \throws usage_error as `clusters_for`, and as `count`.
  std::vector<bool> operator()(const dendrogram& tree) const { return count{clusters_for(tree.leaves())}(tree); }
};
static_assert(CutRule<mean_size, dendrogram> && CountingCutRule<mean_size>);

/// So many clusters for each leaf: share · n of n leaves, rounded, and at least 1, whatever their heights. O(n).
struct share {
  double clusters_per_leaf = 1;

  std::string name() const { return detail::text("share(", clusters_per_leaf, ")"); }
  /// \throws usage_error where the share is not above 0 and at most 1.
  std::size_t clusters_for(std::size_t points) const {
    if (!(clusters_per_leaf > 0 && clusters_per_leaf <= 1))
      throw usage_error(
          detail::text("cut_rule::share: ", clusters_per_leaf, " clusters per leaf are asked for; ask for more than 0, and at most 1"));
    return std::max<std::size_t>(1, static_cast<std::size_t>(std::llround(clusters_per_leaf * static_cast<double>(points))));
  }
  /// \throws usage_error as `clusters_for`, and as `count`.
  std::vector<bool> operator()(const dendrogram& tree) const { return count{clusters_for(tree.leaves())}(tree); }
};
static_assert(CutRule<share, dendrogram> && CountingCutRule<share>);

/// The largest clusters that were made without any merge above a height: SciPy's `fcluster(Z, t, 'distance')`. Where heights fall from a
/// merge to the next one up (centroid and median linkage do that), the highest merge within a cluster decides. O(n).
struct height {
  double height = 0;

  std::string name() const { return detail::text("height(", height, ")"); }
  /// \throws usage_error where the height is not a number.
  std::vector<bool> operator()(const dendrogram& tree) const {
    if (std::isnan(height)) throw usage_error("cut_rule::height: the height is not a number; give the largest distance within a cluster");
    return detail::largest_below_within(
        tree, [&merges = tree.merges()](std::size_t m) { return merges[m].height; }, height);
  }
};
static_assert(CutRule<height, dendrogram>);

/// The clusters of the highest merges that are at least so similar, whatever is below them; similarity falls from 1 at one height to 0 at
/// another, in a straight line. How merging stops in clustering by similarity: where linkage is approximate a merge may be less similar
/// than the one above it, and holds with that. O(n).
struct similarity {
  double threshold = 0;              ///< least similarity of a highest merge
  double shortest = 0, longest = 1;  ///< heights whose similarity is 1 and 0; where they are equal all is similar

  std::string name() const { return detail::text("similarity(", threshold, ")"); }
  /// The similarity at a height: above 1, or below 0, outside of the two.
  double at(double height) const { return longest > shortest ? 1 - (height - shortest) / (longest - shortest) : 1; }
  /// \throws usage_error where the threshold is not a number.
  std::vector<bool> operator()(const dendrogram& tree) const {
    if (std::isnan(threshold))
      throw usage_error("cut_rule::similarity: the threshold is not a number; give the least similarity within a cluster");
    // A mean of equal distances may round to more than they are.
    constexpr double rounding = 1e-12;
    const std::vector<merge>& merges = tree.merges();
    std::vector<bool> holds(merges.size(), false);
    for (std::size_t m = merges.size(); m-- > 0;) {
      if (at(merges[m].height) >= threshold - rounding) holds[m] = true;
      if (!holds[m]) continue;
      for (const std::size_t below : {merges[m].first, merges[m].second})
        if (!tree.is_leaf(below)) holds[below - tree.leaves()] = true;
    }
    return holds;
  }
};
static_assert(CutRule<similarity, dendrogram>);

/// The largest clusters within which no merge stands out from those below it: SciPy's `fcluster(Z, t, 'inconsistent', depth)`, with the
/// coefficients of `inconsistency_coefficients`. O(n · min(2^depth, n)).
struct inconsistency {
  double threshold = 1;   ///< largest coefficient within a cluster
  std::size_t depth = 2;  ///< levels of merges that are compared

  std::string name() const { return detail::text("inconsistency(", threshold, ", ", depth, ")"); }
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
