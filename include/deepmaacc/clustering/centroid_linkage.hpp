#pragma once

/// \file
/// Agglomerative clustering from centroids, without a distance matrix.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/clustering/centroid_clusters.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/merge_list.hpp>
#include <deepmaacc/clustering/nearest.hpp>
#include <deepmaacc/clustering/nearest_bounds.hpp>
#include <deepmaacc/concepts/linkage_rule.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/progress.hpp>
#include <limits>
#include <utility>
#include <vector>

namespace deepmaacc::detail {

/// The generic algorithm for geometric rules: distances come from centroids and sizes, a row of them at a time. One row alone would be a
/// pass over all centroids, at the speed of memory; so it is computed together with those that are likely to be asked for next, by a matrix
/// product. Which rows are computed together, and how long they are kept, changes no result but by rounding. O(n²·d) where few bounds fail;
/// memory the points in double and float, and `most_rows` rows. Ties as the generic algorithm.
template <class Space, class T, class Rule>
dendrogram centroid_linkage(const Space& space, matrix<const T> points, const Rule& rule, std::size_t most_rows, progress_meter& done) {
  constexpr std::size_t batch = 128;
  constexpr double kept_share = 0.75;       // of the slots alive: below, the dead ones are dropped
  constexpr std::size_t worth_while = 256;  // fewer slots are not worth it
  const std::size_t n = points.extent(0);
  centroid_clusters<Space, T, Rule> clusters(space, points, rule, std::max(most_rows, 2 * batch));
  nearest_bounds<T> bounds(n);
  std::vector<std::size_t> slots(n), which;  // slots of the list of merges
  for (std::size_t i = 0; i < n; ++i) slots[i] = i;
  for (std::size_t first = 0; first + 1 < n; first += worth_while) {
    which.clear();
    for (std::size_t i = first; i < std::min(n - 1, first + worth_while); ++i) which.push_back(i);
    const auto found = clusters.nearest_above(which);
    for (std::size_t i = 0; i < which.size(); ++i) bounds.found(which[i], found[i]);
    done.check();
  }

  // Sees to it that two clusters have rows. A cluster's row is asked for no sooner than its bound, or that of a cluster whose partner it
  // is, is the least: so those with the least are computed along, and those with the largest make room. Where one cluster grows, its
  // neighbours are next.
  const auto require_rows = [&](std::size_t one, std::size_t other) {
    if (clusters.has_row(one) && clusters.has_row(other)) return;
    const std::size_t count = clusters.slots();
    std::vector<T> due(count, std::numeric_limits<T>::infinity());
    for (std::size_t k = 0; k < count; ++k) {
      if (!clusters.is_alive(k)) continue;
      due[k] = std::min(due[k], clusters.has_row(one) ? std::min(bounds.bound(k), clusters.row(one)[k]) : bounds.bound(k));
      if (bounds.is_exact(k) && bounds.partner(k) < count) due[bounds.partner(k)] = std::min(due[bounds.partner(k)], bounds.bound(k));
    }
    std::vector<std::pair<T, std::size_t>> order;
    for (std::size_t k = 0; k < count; ++k)
      if (clusters.is_alive(k) && k != one && k != other) order.emplace_back(due[k], k);
    const auto kept_end = order.begin() + static_cast<std::ptrdiff_t>(std::min(clusters.most_rows() - 2, order.size()));
    if (kept_end != order.end()) std::nth_element(order.begin(), kept_end, order.end());
    for (auto k = kept_end; k != order.end(); ++k) clusters.drop_row(k->second);
    const auto wanted = std::partition(order.begin(), kept_end, [&](const auto& k) { return !clusters.has_row(k.second); });
    const auto end = order.begin() + std::min(static_cast<std::ptrdiff_t>(batch), wanted - order.begin());
    if (end != wanted) std::nth_element(order.begin(), end, wanted);
    which.clear();
    if (!clusters.has_row(one)) which.push_back(one);
    if (other != one && !clusters.has_row(other)) which.push_back(other);
    for (auto k = order.begin(); k != end; ++k) which.push_back(k->second);
    clusters.compute(which);
  };

  merge_list merges(n);
  while (merges.size() + 1 < n) {
    const nearest<T> least = bounds.least(clusters.penalties());
    require_number(least.index != clusters.slots(), rule);
    const std::size_t kept = least.index;
    if (!bounds.is_exact(kept)) {
      require_rows(kept, kept);
      bounds.found(kept, find_nearest(clusters.row(kept), clusters.penalties().data(), kept + 1, clusters.slots()));
      continue;
    }
    const std::size_t dropped = bounds.partner(kept);
    require_rows(kept, dropped);
    merges.add(slots[kept], slots[dropped], reported_height<true>(static_cast<double>(least.distance)));
    const T* const row = clusters.merge(kept, dropped);
    bounds.merged(kept, dropped, row, clusters.penalties());
    bounds.found(kept, find_nearest(row, clusters.penalties().data(), kept + 1, clusters.slots()));
    done.advance(1);
    if (clusters.slots() > worth_while && static_cast<double>(n - merges.size()) < kept_share * static_cast<double>(clusters.slots())) {
      const auto old = clusters.compact();
      bounds.keep(old);
      for (std::size_t k = 0; k < old.size(); ++k) slots[k] = slots[old[k]];
    }
  }
  return std::move(merges).tree<Rule>();
}

}  // namespace deepmaacc::detail
