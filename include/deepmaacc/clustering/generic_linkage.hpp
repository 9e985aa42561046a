#pragma once

/// \file
/// Agglomerative clustering with any linkage rule.

#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/merge_list.hpp>
#include <deepmaacc/clustering/merge_row.hpp>
#include <deepmaacc/clustering/nearest.hpp>
#include <deepmaacc/clustering/nearest_bounds.hpp>
#include <deepmaacc/concepts/linkage_rule.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/distance/distance_matrix.hpp>
#include <limits>
#include <utility>
#include <vector>

namespace deepmaacc::detail {

/// Müllner's generic algorithm ("Modern hierarchical, agglomerative clustering algorithms", 2011): for each cluster its nearest among those
/// in higher slots is stored, or at least a lower bound of that distance; a bound is made exact only when it is the least of all. O(n²)
/// where few bounds fail, O(n³) at worst; no assumption on the rule.
///
/// Ties: among the nearest pairs that of the lowest slot merges, with its lowest partner; a cluster lives in the lower slot of the two it
/// was made of. Overwrites `distances`.
template <class T, class Rule>
dendrogram generic_linkage(distance_matrix<T>& distances, const Rule& rule, progress_meter& done) {
  const std::size_t n = distances.size();
  std::vector<T> sizes(n, 1), penalties(n, 0);
  nearest_bounds<T> bounds(n);
  const auto search = [&](std::size_t i) { bounds.found(i, find_nearest(distances.row(i), penalties.data(), i + 1, n)); };
  for (std::size_t i = 0; i + 1 < n; ++i) search(i);

  merge_list merges(n);
  while (merges.size() + 1 < n) {
    std::size_t kept = bounds.least(penalties).index;
    for (; kept != n && !bounds.is_exact(kept); kept = bounds.least(penalties).index) search(kept);
    require_number(kept != n, rule);
    const std::size_t dropped = bounds.partner(kept);
    T* const row = distances.row(kept);
    const T* const other = distances.row(dropped);
    merges.add(kept, dropped, reported_height<linkage_traits<Rule>::uses_squared_distances>(static_cast<double>(row[dropped])));
    merge_row(row, other, sizes.data(), n, rule.merge(sizes[kept], sizes[dropped], row[dropped]));
    sizes[kept] += sizes[dropped];
    penalties[dropped] = std::numeric_limits<T>::infinity();
    for (std::size_t k = 0; k < n; ++k)
      if (penalties[k] == 0 && k != kept) distances.row(k)[kept] = row[k];
    bounds.merged(kept, dropped, row, penalties);
    search(kept);
    done.advance(1);
  }
  return std::move(merges).tree<Rule>();
}

}  // namespace deepmaacc::detail
