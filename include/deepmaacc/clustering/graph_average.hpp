#pragma once

/// \file
/// Average linkage on a similarity graph, exact: the most similar pair of clusters merges, until none is similar enough.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/similarity_graph.hpp>
#include <deepmaacc/core/progress.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

namespace deepmaacc {

/// How `graph_average` clusters.
struct graph_average_options {
  double threshold = 0.5;  ///< least similarity of two clusters that merge; 0 merges whatever is connected
  progress_observer observer{};
};

namespace detail {

/// Compares a / p with b / q, exactly: −1, 0 or 1. p and q are positive. A quotient or product in double would make ties of near ties,
/// and near ties of ties, so that the tie rule meant nothing.
inline int compare_quotients(double a, double p, double b, double q) {
  const double left = a * q, right = b * p;
  if (left != right) return left < right ? -1 : 1;
  const double left_rest = std::fma(a, q, -left), right_rest = std::fma(b, p, -right);
  return left_rest < right_rest ? -1 : left_rest > right_rest ? 1 : 0;
}

/// A similarity changes for all neighbours of a cluster that grows, so that keeping all of them would cost its degree every time. Therefore
/// each edge is a candidate of one end only, its owner, the one with more neighbours when it was entered, and waits there under weight /
/// size of the other end: the owner's own growth changes nothing in its heap. Growth of the other end leaves the key too high, never too
/// low, because the weight is the same: so it is enough to correct a key when it comes to the top of the heap.
class average_agglomeration {
 public:
  explicit average_agglomeration(const edge_list& graph) : leaves_(graph.vertices), clusters_(graph.vertices) {
    std::vector<std::size_t> degree(leaves_, 0);
    for (const auto& edge : graph.edges) ++degree[edge.first], ++degree[edge.second];
    for (std::size_t vertex = 0; vertex < leaves_; ++vertex) {
      clusters_[vertex].number = clusters_[vertex].leaf = vertex;
      clusters_[vertex].links.reserve(degree[vertex]);
    }
    // All links first: who owns an edge depends on the degrees.
    for (const auto& edge : graph.edges) {
      clusters_[edge.first].links[edge.second] = {edge.weight, 0};
      clusters_[edge.second].links[edge.first] = {edge.weight, 0};
    }
    for (const auto& edge : graph.edges) enter(edge.first, edge.second, edge.weight);
    for (std::size_t vertex = 0; vertex < leaves_; ++vertex) announce(vertex);
  }

  std::vector<merge> run(double threshold, progress_meter& done) {
    std::vector<merge> merges;
    while (!best_.empty()) {
      const announcement top = best_.front();
      pop(best_);
      if (clusters_[top.owner].version != top.version) continue;
      auto& heap = clusters_[top.owner].candidates;
      const candidate found = heap.front();
      if (!is_current(top.owner, found)) {
        announce(top.owner);
      } else if (found.size != clusters_[found.other].size) {
        pop(heap);
        const std::size_t owner = enter(top.owner, found.other, found.weight);
        announce(top.owner);
        if (owner != top.owner) announce(owner);
      } else {
        const double similarity = top.weight / top.pairs;
        if (!(similarity >= threshold)) break;
        merges.push_back(join(top.owner, found.other, 1 - similarity, leaves_ + merges.size()));
        done.advance(1);
      }
    }
    return merges;
  }

 private:
  struct link {
    double weight = 0;        ///< of all edges between the two clusters
    std::uint64_t stamp = 0;  ///< of the candidate that stands for it; 0 where the other end owns it
  };
  struct candidate {
    double weight = 0, size = 0;      ///< of the other end, when it was entered: size > 0
    std::size_t leaf = 0, other = 0;  ///< the other end's smallest leaf, and its place
    std::uint64_t stamp = 0;
    friend bool operator<(const candidate& a, const candidate& b) {
      const int order = compare_quotients(a.weight, a.size, b.weight, b.size);
      return order != 0 ? order < 0 : a.leaf > b.leaf;
    }
  };
  struct cluster {
    std::unordered_map<std::size_t, link> links;  ///< by place of the neighbour
    std::vector<candidate> candidates;            ///< a heap; may hold some that are not current any more
    std::size_t number = 0, leaf = 0;             ///< in the dendrogram; the smallest leaf
    double size = 1;
    std::uint64_t version = 0;  ///< of its announcement
  };
  /// The best candidate of a cluster.
  struct announcement {
    double weight = 0, pairs = 0;
    std::size_t low = 0, high = 0;  ///< smallest leaves of the two, low < high
    std::size_t owner = 0;
    std::uint64_t version = 0;
    friend bool operator<(const announcement& a, const announcement& b) {
      const int order = compare_quotients(a.weight, a.pairs, b.weight, b.pairs);
      if (order != 0) return order < 0;
      return a.low != b.low ? a.low > b.low : a.high > b.high;
    }
  };

  template <class T>
  static void push(std::vector<T>& heap, const T& one) {
    heap.push_back(one);
    std::push_heap(heap.begin(), heap.end());
  }
  template <class T>
  static void pop(std::vector<T>& heap) {
    std::pop_heap(heap.begin(), heap.end());
    heap.pop_back();
  }

  bool is_current(std::size_t owner, const candidate& one) const {
    const auto& links = clusters_[owner].links;
    const auto found = links.find(one.other);
    return found != links.end() && found->second.stamp == one.stamp;
  }

  /// Makes an edge of the two a candidate, in place of what stood for it before. Returns its owner.
  std::size_t enter(std::size_t a, std::size_t b, double weight) {
    if (clusters_[a].links.size() < clusters_[b].links.size()) std::swap(a, b);
    ++clock_;
    clusters_[a].links[b] = {weight, clock_};
    clusters_[b].links[a] = {weight, 0};
    push(clusters_[a].candidates, {weight, clusters_[b].size, clusters_[b].leaf, b, clock_});
    return a;
  }

  /// Puts the best candidate of a cluster up for merging; what it announced before is void.
  void announce(std::size_t owner) {
    cluster& one = clusters_[owner];
    ++one.version;
    while (!one.candidates.empty() && !is_current(owner, one.candidates.front())) pop(one.candidates);
    if (one.candidates.empty()) return;
    const candidate& best = one.candidates.front();
    push(best_, {best.weight, one.size * best.size, std::min(one.leaf, best.leaf), std::max(one.leaf, best.leaf), owner, one.version});
  }

  /// Merges two clusters, in the place of the one with more neighbours: only the edges of the other move, so that an edge moves a
  /// logarithmic number of times.
  merge join(std::size_t into, std::size_t from, double height, std::size_t number) {
    if (clusters_[into].links.size() < clusters_[from].links.size()) std::swap(into, from);
    cluster& stays = clusters_[into];
    cluster& goes = clusters_[from];
    const merge made{std::min(stays.number, goes.number), std::max(stays.number, goes.number), height,
                     static_cast<std::size_t>(stays.size + goes.size)};
    stays.size += goes.size;
    stays.leaf = std::min(stays.leaf, goes.leaf);
    stays.number = number;
    stays.links.erase(from);
    goes.links.erase(into);
    ++goes.version;
    goes.candidates = {};
    const auto moved = std::exchange(goes.links, {});
    for (const auto& [neighbour, old] : moved) {
      clusters_[neighbour].links.erase(from);
      const auto shared = stays.links.find(neighbour);
      const double weight = shared == stays.links.end() ? old.weight : shared->second.weight + old.weight;
      const std::size_t owner = enter(into, neighbour, weight);
      if (owner == neighbour && clusters_[owner].candidates.front().stamp == clock_) announce(owner);
    }
    announce(into);
    return made;
  }

  std::size_t leaves_;
  std::vector<cluster> clusters_;  ///< by place: a vertex at first, then the cluster that took it over
  std::vector<announcement> best_;
  std::uint64_t clock_ = 0;
};

inline dendrogram graph_average(const edge_list& graph, const graph_average_options& options) {
  require_threshold("deepmaacc::graph_average", options.threshold);
  require_vertex(graph);
  progress_meter done(options.observer, "deepmaacc::graph_average", graph.vertices - 1, "merges");
  done.check();
  return {graph.vertices, average_agglomeration(graph).run(options.threshold, done)};
}

}  // namespace detail

/// Clusters a similarity graph by average linkage. The similarity of two clusters is the sum of the weights of the edges between them,
/// divided by their numbers of vertices; pairs without an edge count 0. The most similar two merge, as long as an edge leads from one to
/// the other and they are at least as similar as the threshold. Of equally similar pairs, the one with the smallest vertex goes first, then
/// the one whose other cluster has the smaller smallest vertex; similarities are compared exactly, not as rounded quotients.
///
/// Returns a forest: one tree per cluster. The height of a merge is 1 − its similarity, negative where similarities above 1 are. Merges get
/// less and less similar, because average linkage is reducible, up to rounding of the sums of weights.
///
/// \param graph  read by the properties it holds: boost::edge_weight and boost::vertex_index
/// \throws data_error for a graph without a vertex, and naming the edge whose weight is negative or not finite; usage_error for a threshold
///         that is negative or not finite; stopped when the observer asks for it.
/// On one thread, O(m) memory for m edges. O(m log² n) where few keys go stale, as in sparse graphs; each merge may make keys
/// stale for the neighbours that have more neighbours than the merged cluster, at most √(2m) or so, as in the exact algorithm of Dhulipala
/// et al. ("Hierarchical agglomerative graph clustering in nearly-linear time", ICML 2021).
template <class Graph>
dendrogram graph_average(const Graph& graph, const graph_average_options& options = {}) {
  check_weighted_graph<Graph>();
  return detail::graph_average(detail::read_edges(graph), options);
}

/// The same, by property maps of one's own.
/// \param weights  edge descriptor to similarity
/// \param indices  vertex descriptor to its number below num_vertices(graph)
template <class Graph, class WeightMap, class IndexMap>
dendrogram graph_average(const Graph& graph, const WeightMap& weights, const IndexMap& indices, const graph_average_options& options = {}) {
  check_similarity_graph<Graph>();
  return detail::graph_average(detail::read_edges(graph, weights, indices), options);
}

}  // namespace deepmaacc
