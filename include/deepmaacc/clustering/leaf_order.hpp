#pragma once

/// \file
/// The leaves of a dendrogram from left to right.

#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <vector>

namespace deepmaacc {
namespace detail {

/// Where the leaves of each cluster begin in `leaf_order`; from there on they lie side by side.
inline std::vector<std::size_t> first_positions(const dendrogram& tree) {
  const std::vector<merge>& merges = tree.merges();
  std::vector<std::size_t> first(tree.leaves() + merges.size());
  std::size_t begin = 0;
  for (const std::size_t root : tree.roots()) {
    first[root] = begin;
    begin += tree.size(root);
  }
  // Merges are stored after those below them, so in descending order the position of a cluster is set before those of its parts are
  // computed from it.
  for (std::size_t m = merges.size(); m-- > 0;) {
    first[merges[m].first] = first[tree.leaves() + m];
    first[merges[m].second] = first[tree.leaves() + m] + tree.size(merges[m].first);
  }
  return first;
}

}  // namespace detail

/// The leaves from left to right as a drawing shows them, the first cluster of each merge on the left: SciPy's `leaves_list`. The trees of
/// a forest follow each other in the order of their roots' numbers. Clusters lie side by side. O(n), without recursion.
inline std::vector<std::size_t> leaf_order(const dendrogram& tree) {
  const std::vector<std::size_t> first = detail::first_positions(tree);
  std::vector<std::size_t> order(tree.leaves());
  for (std::size_t leaf = 0; leaf < order.size(); ++leaf) order[first[leaf]] = leaf;
  return order;
}

}  // namespace deepmaacc
