#pragma once

/// \file
/// Single linkage by a minimum spanning tree.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/merge_list.hpp>
#include <deepmaacc/clustering/nearest.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/progress.hpp>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace deepmaacc::detail {

/// An edge of a spanning tree.
struct spanning_edge {
  std::size_t from = 0, to = 0;
  double length = 0;
};

/// The dendrogram of single linkage: the edges of a minimum spanning tree in ascending order, equal ones as they were found.
inline dendrogram tree_of_edges(std::size_t points, std::vector<spanning_edge> edges) {
  std::stable_sort(edges.begin(), edges.end(), [](const spanning_edge& a, const spanning_edge& b) { return a.length < b.length; });
  std::vector<std::size_t> parent(points);
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root = [&](std::size_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  };
  merge_list merges(points);
  for (const spanning_edge& edge : edges) {
    const auto [kept, dropped] = std::minmax({root(edge.from), root(edge.to)});
    merges.add(kept, dropped, edge.length);
    parent[dropped] = kept;
  }
  return std::move(merges).in_order();
}

/// Prim's algorithm from point 0: n steps of O(n), and a row of distances for each. `is_squared`: the distances are squares, the lengths
/// not. Ties: the point of the lowest index, joined to the earliest of its equally near neighbours in the tree.
/// \param rows  `row(column, best, penalties)` gives a column's distances to the columns; `shrink()` may drop columns whose penalty is
///              infinite: it returns the old column of each new one, or nothing
template <bool is_squared, class T, class Rows>
dendrogram spanning_tree(std::size_t points, Rows& rows, progress_meter& done) {
  std::vector<T> best(points, std::numeric_limits<T>::infinity()), penalties(points, 0);
  std::vector<std::uint32_t> from(points, 0), ids(points);  // which of the tree's points is nearest; the point of each column
  std::iota(ids.begin(), ids.end(), std::uint32_t{0});
  std::vector<spanning_edge> edges;
  edges.reserve(points - 1);
  std::size_t newest = 0;
  penalties[0] = std::numeric_limits<T>::infinity();
  while (edges.size() + 1 < points) {
    const T* const row = rows.row(newest, best, penalties);
    const std::uint32_t id = ids[newest];
    const std::size_t columns = ids.size();
    for (std::size_t c = 0; c < columns; ++c) {
      const bool is_nearer = row[c] < best[c];
      best[c] = is_nearer ? row[c] : best[c];
      from[c] = is_nearer ? id : from[c];
    }
    const nearest<T> found = find_nearest(best.data(), penalties.data(), 0, columns);
    if (found.index == columns)
      throw overflow_error(
          "deepmaacc::agglomerate: a distance is not finite, or too large to be squared; scale the points or the distances");
    newest = found.index;
    penalties[newest] = std::numeric_limits<T>::infinity();
    edges.push_back({from[newest], ids[newest], reported_height<is_squared>(static_cast<double>(found.distance))});
    if (const std::vector<std::uint32_t> old = rows.shrink(newest, penalties, points - edges.size()); !old.empty()) {
      newest = static_cast<std::size_t>(std::lower_bound(old.begin(), old.end(), newest) - old.begin());
      for (std::size_t c = 0; c < old.size(); ++c) {
        best[c] = best[old[c]];
        penalties[c] = penalties[old[c]];
        from[c] = from[old[c]];
        ids[c] = ids[old[c]];
      }
      ids.resize(old.size());
      best.resize(old.size());
      penalties.resize(old.size());
    }
    done.advance(1);
  }
  return tree_of_edges(points, std::move(edges));
}

}  // namespace deepmaacc::detail
