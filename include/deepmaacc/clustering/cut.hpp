#pragma once

/// \file
/// From a dendrogram to clusters: by a rule that says which merges hold.

#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/concepts/cut_rule.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/partition.hpp>
#include <span>
#include <vector>

namespace deepmaacc {

/// Cuts a dendrogram, or a forest, into clusters.
///
/// \param rule  a cut rule, such as `cut_rule::count` (clustering/cut_rules.hpp) or one of the program's own (docs/policies/cut_rule.md)
/// \return the cluster of each leaf; clusters are numbered from 0 in the order of their first leaves.
/// \throws usage_error where the rule breaks a law: it does not decide every merge, or keeps a merge without those below it.
/// \note O(n) time and memory beside the rule's; no recursion, so a tree may be as deep as it likes.
template <class Rule>
std::vector<std::size_t> cut(const dendrogram& tree, const Rule& rule) {
  check_cut_rule<Rule, dendrogram>();
  const std::size_t n = tree.leaves();
  const std::vector<merge>& merges = tree.merges();
  const std::vector<bool> holds = rule(tree);
  if (holds.size() != merges.size())
    throw usage_error(detail::text("deepmaacc::cut: the cut rule decides ", holds.size(), " merges, but the dendrogram has ", merges.size(),
                                   "; return one bool per merge"));

  // From the last merge to the first, so that what a cluster belongs to is known before its parts ask.
  std::vector<std::size_t> part_of(n + merges.size());
  for (std::size_t cluster = 0; cluster < part_of.size(); ++cluster) part_of[cluster] = cluster;
  for (std::size_t m = merges.size(); m-- > 0;) {
    if (!holds[m]) continue;
    for (const std::size_t below : {merges[m].first, merges[m].second}) {
      if (!tree.is_leaf(below) && !holds[below - n])
        throw usage_error(detail::text("deepmaacc::cut: the cut rule keeps merge ", m, " but not merge ", below - n,
                                       ", which made one of its two clusters; where a merge holds, let those below it hold too"));
      part_of[below] = part_of[n + m];
    }
  }

  const std::size_t none = part_of.size();
  std::vector<std::size_t> number_of(part_of.size(), none), labels(n);
  std::size_t found = 0;
  for (std::size_t leaf = 0; leaf < n; ++leaf) {
    std::size_t& number = number_of[part_of[leaf]];
    if (number == none) number = found++;
    labels[leaf] = number;
  }
  return labels;
}

/// The clusters that labels describe, each as a list of its leaves in ascending order: for a loop over clusters. `partition` is the same
/// in one piece of memory.
///
/// \param labels  the cluster of each leaf, as `cut` returns them: every number from 0 to the largest occurs
/// \throws data_error where one does not.
/// \note O(n).
inline std::vector<std::vector<std::size_t>> members(std::span<const std::size_t> labels) {
  const partition clusters(labels.size(), labels);
  std::vector<std::vector<std::size_t>> lists(clusters.clusters());
  for (std::size_t cluster = 0; cluster < lists.size(); ++cluster) {
    const auto leaves = clusters.members(cluster);
    lists[cluster].assign(leaves.begin(), leaves.end());
  }
  return lists;
}

}  // namespace deepmaacc
