#pragma once

/// \file
/// Agglomerative clustering along a graph: only clusters that an edge connects may merge.

#include <algorithm>
#include <boost/graph/graph_traits.hpp>
#include <boost/graph/properties.hpp>
#include <cstddef>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/clustering/centroid_rows.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/merge_list.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/distance/distance_matrix.hpp>
#include <deepmaacc/distance/squared_block.hpp>
#include <functional>
#include <queue>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace deepmaacc {

/// Which points are neighbours: an undirected graph of Boost.Graph (an EdgeListGraph with a vertex index), one vertex per point. Refers to
/// the graph.
template <class Graph>
class connectivity {
 public:
  explicit connectivity(const Graph& graph) : graph_(graph) {}

  /// The neighbours of each point. \throws data_error where the graph is of another number of points.
  std::vector<std::set<std::size_t>> neighbours(std::size_t points) const {
    if (static_cast<std::size_t>(num_vertices(graph_)) != points)
      throw data_error(detail::text("the connectivity graph has ", num_vertices(graph_), " vertices, but there are ", points,
                                    " points; give one vertex per point"));
    std::vector<std::set<std::size_t>> found(points);
    const auto index = get(boost::vertex_index, graph_);
    for (auto [edge, end] = edges(graph_); edge != end; ++edge) {
      const auto a = static_cast<std::size_t>(index[source(*edge, graph_)]), b = static_cast<std::size_t>(index[target(*edge, graph_)]);
      if (a == b) continue;
      found[a].insert(b);
      found[b].insert(a);
    }
    return found;
  }

 private:
  const Graph& graph_;
};

namespace detail {

/// Clusters whose distances are kept in a matrix.
template <class T, class Rule>
class matrix_clusters {
 public:
  matrix_clusters(distance_matrix<T> distances, const Rule& rule)
      : distances_(std::move(distances)), rule_(rule), sizes_(distances_.size(), 1), is_alive_(distances_.size(), true) {}
  T distance(std::size_t i, std::size_t j) const { return distances_(i, j); }
  void merge(std::size_t kept, std::size_t dropped) {
    is_alive_[dropped] = false;
    const auto merged = rule_.merge(sizes_[kept], sizes_[dropped], distances_(kept, dropped));
    for (std::size_t k = 0; k < sizes_.size(); ++k)
      if (is_alive_[k] && k != kept)
        distances_.row(k)[kept] = distances_.row(kept)[k] = static_cast<T>(merged(distances_(kept, k), distances_(dropped, k), sizes_[k]));
    sizes_[kept] += sizes_[dropped];
  }

 private:
  distance_matrix<T> distances_;
  Rule rule_;
  std::vector<T> sizes_;
  std::vector<bool> is_alive_;
};

/// Clusters whose distances come from their centroids: no more are computed than the graph has edges.
template <class T, class Rule>
class centroid_clusters {
 public:
  centroid_clusters(matrix<const T> points, const Rule& rule)
      : rule_(rule), dimensions_(points.extent(1)), centroids_(points.data(), points.data() + points.size()), sizes_(points.extent(0), 1) {}
  T distance(std::size_t i, std::size_t j) const {
    return static_cast<T>(rule_.between(sizes_[i], sizes_[j], distance::squared_difference(centroid(i), centroid(j), dimensions_)));
  }
  void merge(std::size_t kept, std::size_t dropped) {
    const auto share = static_cast<double>(rule_.share(sizes_[kept], sizes_[dropped]));
    write_union(centroid(kept), centroid(dropped), share, dimensions_, centroids_.data() + kept * dimensions_);
    sizes_[kept] += sizes_[dropped];
  }

 private:
  const double* centroid(std::size_t i) const { return centroids_.data() + i * dimensions_; }

  Rule rule_;
  std::size_t dimensions_;
  std::vector<double> centroids_, sizes_;
};

/// Merges the nearest connected pair until none is left. O(e log e) for e edges, and what the merges themselves cost.
template <bool is_squared, class T, class Clusters>
dendrogram merge_along(Clusters clusters, std::vector<std::set<std::size_t>> neighbours, progress& done) {
  const std::size_t n = neighbours.size();
  // Distance, the two slots, and how often each had changed: an entry whose slots have changed since counts for nothing.
  using entry = std::tuple<T, std::size_t, std::size_t, std::size_t, std::size_t>;
  std::priority_queue<entry, std::vector<entry>, std::greater<>> nearest_pairs;
  std::vector<std::size_t> changes(n, 0);
  const auto push = [&](std::size_t i, std::size_t j) {
    const auto [low, high] = std::minmax(i, j);
    nearest_pairs.emplace(clusters.distance(low, high), low, high, changes[low], changes[high]);
  };
  for (std::size_t i = 0; i < n; ++i)
    for (const std::size_t j : neighbours[i])
      if (i < j) push(i, j);
  merge_list merges(n);
  for (; !nearest_pairs.empty(); done.check()) {
    const auto [distance, kept, dropped, kept_changes, dropped_changes] = nearest_pairs.top();
    nearest_pairs.pop();
    if (kept_changes != changes[kept] || dropped_changes != changes[dropped]) continue;
    merges.add(kept, dropped, reported_height<is_squared>(static_cast<double>(distance)));
    clusters.merge(kept, dropped);
    ++changes[kept];
    ++changes[dropped];
    for (const std::size_t k : neighbours[dropped]) {
      neighbours[k].erase(dropped);
      if (k != kept) neighbours[k].insert(kept);
    }
    neighbours[kept].erase(dropped);
    neighbours[dropped].erase(kept);
    if (neighbours[kept].size() < neighbours[dropped].size()) std::swap(neighbours[kept], neighbours[dropped]);
    neighbours[kept].merge(neighbours[dropped]);
    neighbours[dropped].clear();
    for (const std::size_t k : neighbours[kept]) push(kept, k);
    done.advance(1);
  }
  return std::move(merges).in_order();
}

}  // namespace detail

/// Hierarchical clustering along a graph: of the clusters that an edge connects, the nearest two merge, until none are left. A merged
/// cluster is connected to what its parts were. The graph restricts which clusters merge, not what their distance is: that of two clusters
/// counts all their points, connected or not, as without a graph. (scikit-learn does the same for Ward; for other linkages it averages over
/// edges only.)
///
/// A graph that is not connected leaves a forest. Heights need not ascend: a merge may open the way to a nearer one.
/// Geometric rules run from centroids, without a matrix: O(n·d) memory, a distance per edge. Others need the matrix, O(n²).
/// Ties: the pair of the lowest slots; a cluster lives in the lower slot of the two it was made of.
/// \throws as `agglomerate`, and data_error where the graph has another number of vertices than there are points.
template <class Space, detail::tensor_like Points, class Graph, class Metric = distance::euclidean, class Rule = linkage::average>
dendrogram agglomerate(const Space& space, const Points& points, const connectivity<Graph>& graph, const Metric& metric = {},
                       const Rule& rule = {}, const agglomerate_options& options = {}) {
  detail::check_agglomerate<Space, Metric, Rule>();
  constexpr bool is_squared = linkage_traits<Rule>::uses_squared_distances;
  const point_rows rows(points);
  using T = typename decltype(rows)::value_type;
  const std::size_t n = rows.rows().extent(0);
  auto neighbours = graph.neighbours(n);
  if (n == 1) return {1, {}};
  progress done(options.observer, "deepmaacc::agglomerate", n - 1, "merges");
  if constexpr (GeometricRule<Rule>) {
    return detail::merge_along<is_squared, T>(detail::centroid_clusters<T, Rule>(rows.rows(), rule), std::move(neighbours), done);
  } else {
    agglomerate_options on_matrix = options;
    on_matrix.algorithm = agglomeration::generic;
    detail::choose_algorithm<T>(n, true, rule, on_matrix);
    return detail::merge_along<is_squared, T>(
        detail::matrix_clusters<T, Rule>(detail::distances_for<Rule>(space, rows.rows(), metric, options.observer), rule),
        std::move(neighbours), done);
  }
}

}  // namespace deepmaacc
