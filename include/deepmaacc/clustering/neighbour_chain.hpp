#pragma once

/// \file
/// The nearest-neighbour chain, for reducible linkage rules.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/lazy_distance_matrix.hpp>
#include <deepmaacc/clustering/merge_list.hpp>
#include <deepmaacc/concepts/linkage_rule.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/distance/distance_matrix.hpp>
#include <vector>

namespace deepmaacc::detail {

/// Benzécri's and Juan's nearest-neighbour chain (1982; Müllner, "Modern hierarchical, agglomerative clustering algorithms", 2011): from
/// any cluster to its nearest, from there to that one's nearest, until two are each other's nearest: a reducible rule may merge those at
/// once, since it gives later distances that do not depend on the order. About three row scans per point, O(n²) in all.
///
/// Ties: the one before in the chain is preferred, then the lowest slot; a cluster lives in the lower slot of the two it was made of. A
/// chain begins at the lowest slot. Rounding can break reducibility and send a chain back into itself: where the nearest is in the chain
/// already, the last two merge. Overwrites `distances`.
template <class Space, class T, class Rule>
dendrogram neighbour_chain(const Space& space, distance_matrix<T>& distances, const Rule& rule, progress_meter& done) {
  constexpr double kept_share = 0.6;        // of the columns alive: below, the dead ones are dropped
  constexpr std::size_t worth_while = 256;  // fewer columns are not worth it
  const std::size_t n = distances.size();
  lazy_distance_matrix<T> rows(distances);
  merge_list merges(n);
  std::vector<std::size_t> slots(n);  // of the list of merges, for each of the rows
  for (std::size_t k = 0; k < n; ++k) slots[k] = k;
  std::vector<std::size_t> chain;
  std::vector<bool> is_in_chain(n, false);
  while (merges.size() + 1 < n) {
    if (chain.empty()) {
      chain.push_back(0);  // a merged cluster lives in the lower slot, so the lowest one is never dead
      is_in_chain[0] = true;
    }
    for (;;) {
      const std::size_t last = chain.back();
      rows.refresh(last);
      const nearest<T> found = rows.nearest_to(last);
      require_number(found.index != rows.columns(), rule);
      if (chain.size() > 1) {
        const std::size_t before = chain[chain.size() - 2];
        const T back = rows.distance(last, before);
        if (back <= found.distance || is_in_chain[found.index]) {
          rows.refresh(before);
          chain.resize(chain.size() - 2);
          is_in_chain[last] = is_in_chain[before] = false;
          const auto [kept, dropped] = std::minmax(last, before);
          merges.add(slots[kept], slots[dropped], reported_height<linkage_traits<Rule>::uses_squared_distances>(static_cast<double>(back)));
          rows.merge(kept, dropped, rule);
          break;
        }
      }
      chain.push_back(found.index);
      is_in_chain[found.index] = true;
    }
    done.advance(1);
    const std::size_t living = n - merges.size();
    if (rows.columns() > worth_while && static_cast<double>(living) < kept_share * static_cast<double>(rows.columns())) {
      const auto old = rows.compact(space);
      for (std::size_t k = 0; k < old.size(); ++k) slots[k] = slots[old[k]];
      for (std::size_t& one : chain) one = static_cast<std::size_t>(std::lower_bound(old.begin(), old.end(), one) - old.begin());
      std::fill(is_in_chain.begin(), is_in_chain.end(), false);
      for (const std::size_t one : chain) is_in_chain[one] = true;
    }
  }
  return std::move(merges).tree<Rule>();
}

}  // namespace deepmaacc::detail
