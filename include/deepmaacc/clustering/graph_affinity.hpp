#pragma once

/// \file
/// Affinity clustering of a similarity graph: in each round, every cluster joins its most similar neighbour.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/graph_components.hpp>
#include <deepmaacc/clustering/similarity_graph.hpp>
#include <deepmaacc/core/progress.hpp>
#include <utility>
#include <vector>

namespace deepmaacc {

/// How similar two clusters are, for affinity clustering.
enum class affinity_linkage {
  maximum,  ///< the largest weight of an edge between them: the rounds are Borůvka's
  average,  ///< the sum of the weights between them, divided by both numbers of vertices, as `graph_average` has it
};

/// How `graph_affinity` clusters.
struct graph_affinity_options {
  affinity_linkage linkage = affinity_linkage::maximum;
  double threshold = 0;      ///< least similarity of two clusters that join; 0 joins whatever is connected
  std::size_t clusters = 1;  ///< no further joins at this number of clusters
  progress_observer observer{};
};

/// What affinity clustering gives.
struct affinity_clusters {
  /// One label per vertex after each round; rounds[0], before the first, has every vertex alone. Labels count from 0 in the order of the
  /// clusters' smallest vertices.
  std::vector<std::vector<std::size_t>> rounds;
  /// The joins, in order. Their height is the number of their round, so that a cut at height r gives rounds[r]: within a round they have no
  /// order that means anything, and similarities need not fall from round to round.
  dendrogram tree;
};

namespace detail {

/// A choice of one or both ends.
struct affinity_choice {
  double similarity = -1;
  std::size_t first = 0, second = 0;  ///< smallest vertices of the two clusters, first < second
};

inline affinity_clusters graph_affinity(edge_list graph, const graph_affinity_options& options) {
  require_threshold("deepmaacc::graph_affinity", options.threshold);
  if (options.clusters == 0) throw usage_error("deepmaacc::graph_affinity: clusters is 0; take at least 1");
  require_vertex(graph);
  const std::size_t n = graph.vertices;
  progress_meter done(options.observer, "deepmaacc::graph_affinity", n - 1, "merges");
  std::vector<merge> merges;
  std::vector<std::vector<std::size_t>> rounds;
  // By smallest vertex of a cluster; `smallest` maps the set's own name to it.
  std::vector<std::size_t> number(n), size(n, 1), smallest(n);
  for (std::size_t i = 0; i < n; ++i) number[i] = smallest[i] = i;
  disjoint_sets sets(n);
  rounds.push_back(number);

  const auto similarity_of = [&](const weighted_edge& edge) {
    if (options.linkage == affinity_linkage::maximum) return edge.weight;
    return edge.weight / (static_cast<double>(size[edge.first]) * static_cast<double>(size[edge.second]));
  };
  while (n - merges.size() > options.clusters) {
    done.check();
    std::vector<affinity_choice> best(n);
    for (const auto& edge : graph.edges) {
      const double similarity = similarity_of(edge);
      if (similarity < options.threshold) continue;
      // Edges ascend, and so do the neighbours that a cluster meets: the first of equals is the lowest.
      for (const std::size_t end : {edge.first, edge.second})
        if (similarity > best[end].similarity) best[end] = {similarity, edge.first, edge.second};
    }
    std::erase_if(best, [](const affinity_choice& one) { return one.similarity < 0; });
    if (best.empty()) break;
    // The order matters where the joins of a round are more than may be made: then the most similar ones are.
    std::sort(best.begin(), best.end(), [](const affinity_choice& a, const affinity_choice& b) {
      if (a.similarity != b.similarity) return a.similarity > b.similarity;
      return a.first != b.first ? a.first < b.first : a.second < b.second;
    });
    const std::size_t before = merges.size();
    for (const auto& one : best) {
      if (n - merges.size() == options.clusters) break;
      const std::size_t a = smallest[sets.find_set(one.first)], b = smallest[sets.find_set(one.second)];
      if (a == b) continue;
      const std::size_t stays = std::min(a, b), goes = std::max(a, b);
      merges.push_back(
          {std::min(number[a], number[b]), std::max(number[a], number[b]), static_cast<double>(rounds.size()), size[a] + size[b]});
      sets.link(sets.find_set(a), sets.find_set(b));
      smallest[sets.find_set(a)] = stays;
      size[stays] += size[goes];
      number[stays] = n + merges.size() - 1;
    }
    for (auto& edge : graph.edges) {
      const std::size_t a = smallest[sets.find_set(edge.first)], b = smallest[sets.find_set(edge.second)];
      edge = {std::min(a, b), std::max(a, b), edge.weight};
    }
    std::erase_if(graph.edges, [](const weighted_edge& edge) { return edge.first == edge.second; });
    join_parallel_edges(graph.edges,
                        [&](double a, double b) { return options.linkage == affinity_linkage::maximum ? std::max(a, b) : a + b; });
    rounds.push_back(labels_of(sets, n));
    done.advance(merges.size() - before);
  }
  return {std::move(rounds), {n, std::move(merges)}};
}

}  // namespace detail

/// Clusters a similarity graph by affinity (Bateni et al., "Affinity clustering: hierarchical clustering at scale", NeurIPS 2017). In each
/// round every cluster chooses the most similar one that an edge leads to, of equals the one with the smallest vertex, and what is
/// connected by the choices becomes one cluster. Ends at a number of clusters, making of the last round's joins the most similar ones only,
/// or when no pair of clusters is similar enough.
///
/// \param graph  read by the properties it holds: boost::edge_weight and boost::vertex_index
/// \throws data_error for a graph without a vertex, and naming the edge whose weight is negative or not finite; usage_error for a threshold
///         that is negative or not finite, and for 0 clusters; stopped when the observer asks for it.
/// O(m log m) per round, on one thread; with the threshold 0 at most log₂ n rounds, since every cluster that has a neighbour joins one.
template <class Graph>
affinity_clusters graph_affinity(const Graph& graph, const graph_affinity_options& options = {}) {
  check_weighted_graph<Graph>();
  return detail::graph_affinity(detail::read_edges(graph), options);
}

/// The same, by property maps of one's own: edge descriptor to similarity, and vertex descriptor to its number below num_vertices(graph).
template <class Graph, class WeightMap, class IndexMap>
affinity_clusters graph_affinity(const Graph& graph, const WeightMap& weights, const IndexMap& indices,
                                 const graph_affinity_options& options = {}) {
  check_similarity_graph<Graph>();
  return detail::graph_affinity(detail::read_edges(graph, weights, indices), options);
}

}  // namespace deepmaacc
