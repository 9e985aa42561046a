#pragma once

/// \file
/// Agglomerative clustering from centroids, without a distance matrix.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/merge_list.hpp>
#include <deepmaacc/clustering/moving_centroids.hpp>
#include <deepmaacc/clustering/nearest.hpp>
#include <deepmaacc/clustering/nearest_bounds.hpp>
#include <deepmaacc/concepts/linkage_rule.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/progress.hpp>
#include <utility>
#include <vector>

namespace deepmaacc::detail {

/// The generic algorithm for geometric rules: distances come from centroids and sizes. One merge alone would be a pass over all centroids,
/// at the speed of memory; so the rows of the merges that are likely to come next, and of the bounds that are likely to be asked for next,
/// are computed together by matrix products. A row that came too early is not used; which rows come together never changes a result but by
/// rounding. O(n²·d) where few bounds fail; memory O(n·(d + 128)). Ties as the generic algorithm.
template <class Space, class T, class Rule>
dendrogram centroid_linkage(const Space& space, matrix<const T> points, const Rule& rule, progress& done) {
  constexpr std::size_t batch = 64;
  constexpr double kept_share = 0.75;       // of the slots alive: below, the dead ones are dropped
  constexpr std::size_t worth_while = 256;  // fewer slots are not worth it
  const std::size_t n = points.extent(0);
  moving_centroids<Space, T, Rule> clusters(space, points, rule);
  nearest_bounds<T> bounds(n);
  std::vector<std::size_t> slots(n), which;  // slots of the list of merges
  for (std::size_t i = 0; i < n; ++i) slots[i] = i;
  const auto search = [&] {
    const auto found = clusters.nearest_above(which);
    for (std::size_t i = 0; i < which.size(); ++i) bounds.found(which[i], found[i]);
  };
  for (std::size_t first = 0; first + 1 < n; first += worth_while) {
    which.clear();
    for (std::size_t i = first; i < std::min(n - 1, first + worth_while); ++i) which.push_back(i);
    search();
  }

  // Slots that satisfy a condition, those with the least bounds first.
  const auto likely = [&](std::size_t count, const auto& condition) {
    std::vector<std::pair<T, std::size_t>> candidates;
    for (std::size_t k = 0; k < clusters.slots(); ++k)
      if (clusters.is_alive(k) && condition(k)) candidates.emplace_back(bounds.bound(k), k);
    const std::size_t wanted = std::min(count, candidates.size());
    std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(wanted), candidates.end());
    candidates.resize(wanted);
    return candidates;
  };

  merge_list merges(n);
  while (merges.size() + 1 < n) {
    const nearest<T> least = bounds.least(clusters.penalties());
    require_number(least.index < clusters.slots(), rule);
    const std::size_t kept = least.index;
    if (!bounds.is_exact(kept)) {
      which.clear();
      for (const auto& one : likely(batch, [&](std::size_t k) { return !bounds.is_exact(k); })) which.push_back(one.second);
      std::sort(which.begin(), which.end());
      search();
      continue;
    }
    const std::size_t dropped = bounds.partner(kept);
    if (!clusters.is_prepared(kept, dropped)) {
      if (clusters.slots() > worth_while && static_cast<double>(n - merges.size()) < kept_share * static_cast<double>(clusters.slots())) {
        const auto old = clusters.compact();
        bounds.keep(old);
        for (std::size_t k = 0; k < old.size(); ++k) slots[k] = slots[old[k]];
        continue;
      }
      std::vector<std::pair<std::size_t, std::size_t>> pairs;
      std::vector<bool> is_taken(clusters.slots(), false);
      const auto has_partner = [&](std::size_t k) { return bounds.is_exact(k) && bounds.partner(k) < clusters.slots(); };
      for (const auto& [bound, k] : likely(2 * batch, has_partner)) {
        const std::size_t partner = bounds.partner(k);
        if (is_taken[k] || is_taken[partner] || pairs.size() == batch) continue;
        is_taken[k] = is_taken[partner] = true;
        pairs.emplace_back(k, partner);
      }
      clusters.prepare(pairs);
    }
    merges.add(slots[kept], slots[dropped], reported_height<true>(static_cast<double>(least.distance)));
    const T* const row = clusters.merge(kept, dropped);
    bounds.merged(kept, dropped, row, clusters.penalties());
    bounds.found(kept, find_nearest(row, clusters.penalties().data(), kept + 1, clusters.slots()));
    done.advance(1);
  }
  return std::move(merges).tree<Rule>();
}

}  // namespace deepmaacc::detail
