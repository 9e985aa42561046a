#pragma once

/// \file
/// Agglomerative clustering along a graph: only clusters that an edge connects may merge.

#include <algorithm>
#include <boost/graph/graph_traits.hpp>
#include <boost/graph/properties.hpp>
#include <cstddef>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/clustering/anchored_centroids.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/merge_list.hpp>
#include <deepmaacc/clustering/merge_row.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/distance/distance_matrix.hpp>
#include <limits>
#include <set>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {

/// Which points are neighbours: an undirected graph of Boost.Graph (an EdgeListGraph with a vertex index), one vertex per point. Refers to
/// the graph.
template <class Graph>
class connectivity {
  static_assert(std::is_convertible_v<typename boost::graph_traits<Graph>::directed_category, boost::undirected_tag>,
                "deepmaacc::connectivity: the graph must be undirected; take boost::undirectedS");

 public:
  explicit connectivity(const Graph& graph) : graph_(graph) {}
  explicit connectivity(const Graph&&) = delete;

  /// The neighbours of each point.
  /// \throws data_error where the graph is of another number of points.
  std::vector<std::set<std::size_t>> neighbours(std::size_t points) const {
    if (static_cast<std::size_t>(num_vertices(graph_)) != points)
      throw data_error(detail::text("the connectivity graph has ", num_vertices(graph_), " vertices, but there are ", points,
                                    " points; give one vertex per point"));
    std::vector<std::set<std::size_t>> found(points);
    const auto index = get(boost::vertex_index, graph_);
    const auto point_of = [&](const auto& vertex) {
      const auto point = static_cast<std::size_t>(get(index, vertex));
      if (point >= points)
        throw data_error(detail::text("the connectivity graph has a vertex of index ", point, ", but there are ", points,
                                      " points; number the vertices from 0"));
      return point;
    };
    for (auto [edge, end] = edges(graph_); edge != end; ++edge) {
      const std::size_t a = point_of(source(*edge, graph_)), b = point_of(target(*edge, graph_));
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
    T* const row = distances_.row(kept);
    merge_row(row, distances_.row(dropped), sizes_.data(), sizes_.size(), rule_.merge(sizes_[kept], sizes_[dropped], row[dropped]));
    for (std::size_t k = 0; k < sizes_.size(); ++k)
      if (is_alive_[k] && k != kept) distances_.row(k)[kept] = row[k];
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
class graph_centroids {
 public:
  graph_centroids(matrix<const T> points, const Rule& rule) : rule_(rule), centroids_(points), sizes_(points.extent(0), 1) {}
  T distance(std::size_t i, std::size_t j) const {
    return static_cast<T>(rule_.between(sizes_[i], sizes_[j], centroids_.squared_distance(i, centroids_, j)));
  }
  void merge(std::size_t kept, std::size_t dropped) {
    const auto share = static_cast<double>(rule_.share(sizes_[kept], sizes_[dropped]));
    centroids_.merge(kept, dropped, share);
    sizes_[kept] += sizes_[dropped];
  }

 private:
  Rule rule_;
  anchored_centroids<T> centroids_;
  std::vector<double> sizes_;
};

/// Merges the nearest connected pair until none is left. A merge computes the distances to all neighbours of the new cluster: O(log e) for
/// each of them. Memory O(e) for e edges.
template <bool is_squared, class T, class Clusters>
dendrogram merge_along(Clusters clusters, std::vector<std::set<std::size_t>> neighbours, progress_meter& done) {
  const std::size_t n = neighbours.size();
  struct entry {
    T distance;
    std::size_t low, high, low_changes, high_changes;  // the slots, and how often each had changed
    auto key() const { return std::tie(distance, low, high); }
  };
  const auto is_later = [](const entry& a, const entry& b) { return b.key() < a.key(); };
  std::vector<entry> pairs;  // a heap, the nearest pair in front
  std::vector<std::size_t> changes(n, 0);
  const auto is_stale = [&](const entry& one) { return one.low_changes != changes[one.low] || one.high_changes != changes[one.high]; };
  const auto push = [&](std::size_t i, std::size_t j) {
    const auto [low, high] = std::minmax(i, j);
    const T distance = clusters.distance(low, high);
    if (!(distance <= std::numeric_limits<T>::max()))
      throw data_error(text("the distance of the clusters of points ", low, " and ", high, " is ", distance,
                            "; scale the points, or mend the linkage rule"));
    pairs.push_back({distance, low, high, changes[low], changes[high]});
    std::push_heap(pairs.begin(), pairs.end(), is_later);
  };
  for (std::size_t i = 0; i < n; ++i)
    for (const std::size_t j : neighbours[i])
      if (i < j) push(i, j);
  std::size_t room = 2 * pairs.size() + n;
  merge_list merges(n);
  for (; !pairs.empty(); done.check()) {
    const entry nearest_pair = pairs.front();
    std::pop_heap(pairs.begin(), pairs.end(), is_later);
    pairs.pop_back();
    if (is_stale(nearest_pair)) continue;
    const std::size_t kept = nearest_pair.low, dropped = nearest_pair.high;
    merges.add(kept, dropped, reported_height<is_squared>(static_cast<double>(nearest_pair.distance)));
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
    if (pairs.size() > room) {  // most of it is stale: there are never more live pairs than edges
      std::erase_if(pairs, is_stale);
      std::make_heap(pairs.begin(), pairs.end(), is_later);
      room = std::max(room, 2 * pairs.size());
    }
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
/// Geometric rules run from centroids, without a matrix: memory O(n·d) and the edges. Others need the matrix, O(n²). Each merge takes a
/// distance to every neighbour of the new cluster: fast where the graph is sparse and clusters stay compact, O(n²) in all where one cluster
/// grows to touch all the others. Ties: the pair of the lowest slots; a cluster lives in the lower slot of the two it was made of.
/// \throws as `agglomerate`, and data_error where the graph has another number of vertices than there are points.
template <class Space, detail::tensor_like Points, class Graph, class Metric = distance::euclidean, class Rule = linkage::average>
dendrogram agglomerate(const Space& space, const Points& points, const connectivity<Graph>& graph, const Metric& metric = {},
                       const Rule& rule = {}, const agglomerate_options& options = {}) {
  detail::check_agglomerate<Space, Metric, Rule>(space);
  constexpr bool is_squared = linkage_traits<Rule>::uses_squared_distances;
  const point_rows rows(points);
  using T = typename decltype(rows)::value_type;
  const std::size_t n = rows.rows().extent(0);
  if (options.algorithm != agglomeration::automatic)
    throw usage_error("deepmaacc::agglomerate: along a graph there is one algorithm only; leave agglomeration::automatic");
  auto neighbours = graph.neighbours(n);
  if (n == 1) return {1, {}};
  progress_meter done(options.observer, "deepmaacc::agglomerate", n - 1, "merges");
  if constexpr (GeometricRule<Rule>) {
    return detail::merge_along<is_squared, T>(detail::graph_centroids<T, Rule>(rows.rows(), rule), std::move(neighbours), done);
  } else {
    if (distance_matrix_bytes<T>(n) > options.memory_limit)
      throw memory_limit_error(detail::text("the distances of ", n, " points take, with linkage ", linkage_name(rule), ","),
                               distance_matrix_bytes<T>(n), options.memory_limit, ", or take a geometric rule such as linkage::ward",
                               "deepmaacc::agglomerate: along a graph, ");
    return detail::merge_along<is_squared, T>(
        detail::matrix_clusters<T, Rule>(detail::distances_for<Rule>(space, rows.rows(), metric, options.observer), rule),
        std::move(neighbours), done);
  }
}

}  // namespace deepmaacc
