#pragma once

/// \file
/// The distances that a dendrogram shows, and how well they agree with those it was made from.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/leaf_order.hpp>
#include <deepmaacc/core/error.hpp>
#include <span>
#include <vector>

namespace deepmaacc {
namespace detail {

/// Calls `visit(position, height)` for every pair of leaves, in no useful order: the pair's place in a condensed vector, and the height of
/// the merge that joins the two.
template <class Visit>
void for_each_joined_pair(const dendrogram& tree, const Visit& visit) {
  const std::size_t n = tree.leaves();
  const std::vector<std::size_t> order = leaf_order(tree), first = first_positions(tree);
  for (const merge& one : tree.merges())
    for (std::size_t a = first[one.first]; a < first[one.first] + tree.size(one.first); ++a)
      for (std::size_t b = first[one.second]; b < first[one.second] + tree.size(one.second); ++b) {
        const auto [i, j] = std::minmax(order[a], order[b]);
        visit(i * n - i * (i + 1) / 2 + (j - i - 1), one.height);
      }
}

}  // namespace detail

/// The cophenetic distance of each two leaves, the height of the merge that joins them (Sokal and Rohlf, "The comparison of dendrograms by
/// objective methods", Taxon 1962): SciPy's `cophenet(Z)`.
///
/// \return condensed as by SciPy's `pdist`: the pairs (0, 1), (0, 2), …, (0, n − 1), (1, 2), …; n (n − 1) / 2 numbers, none for one leaf
/// \throws usage_error for a forest, whose trees no merge joins.
/// \note O(n²).
inline std::vector<double> cophenetic_distances(const dendrogram& tree) {
  tree.require_tree("deepmaacc::cophenetic_distances");
  std::vector<double> condensed(tree.leaves() * (tree.leaves() - 1) / 2);
  detail::for_each_joined_pair(tree, [&](std::size_t at, double height) { condensed[at] = height; });
  return condensed;
}

/// The correlation (Pearson) of cophenetic distances with the distances that the dendrogram was made from: near 1 where it shows them well.
///
/// \param distances  condensed, in the order of `cophenetic_distances`
/// \return NaN where it is not defined: all distances of one kind are the same, there are none, or one is not finite
/// \throws usage_error for a forest, data_error where the number of distances does not fit.
/// \note O(n²) time, O(n) memory.
inline double cophenetic_correlation(const dendrogram& tree, std::span<const double> distances) {
  tree.require_tree("deepmaacc::cophenetic_correlation");
  const std::size_t n = tree.leaves(), pairs = n * (n - 1) / 2;
  if (distances.size() != pairs)
    throw data_error(detail::text("a dendrogram of ", n, " leaves has ", pairs, " pairs, but there are ", distances.size(),
                                  " distances; give them condensed, one for each pair i < j"));
  if (pairs == 0) return std::nan("");
  // Relative to one of them, so that equal numbers have no deviation at all, rather than one by rounding.
  const double origin = distances.front(), level = tree.merges().front().height;
  const double count = static_cast<double>(pairs);
  double mean = 0, mean_height = 0;
  detail::for_each_joined_pair(tree, [&](std::size_t at, double height) {
    mean += distances[at] - origin;
    mean_height += height - level;
  });
  mean /= count;
  mean_height /= count;
  double product = 0, square = 0, square_height = 0;
  detail::for_each_joined_pair(tree, [&](std::size_t at, double height) {
    const double x = distances[at] - origin - mean, y = height - level - mean_height;
    product += x * y;
    square += x * x;
    square_height += y * y;
  });
  return product / (std::sqrt(square) * std::sqrt(square_height));
}

}  // namespace deepmaacc
