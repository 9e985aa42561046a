#pragma once

/// \file
/// Connected components of a similarity graph: the clusters of single linkage at a threshold.

#include <boost/graph/incremental_components.hpp>
#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/similarity_graph.hpp>
#include <vector>

namespace deepmaacc {

/// Which edges `graph_components` follows.
struct graph_components_options {
  double threshold = 0.5;  ///< least weight of an edge that holds two vertices together; 0 takes all edges
};

namespace detail {

/// Disjoint sets of the numbers below a count.
using disjoint_sets = boost::disjoint_sets_with_storage<>;

/// The sets as labels, which count from 0 in the order of the smallest members.
inline std::vector<std::size_t> labels_of(disjoint_sets& sets, std::size_t count) {
  std::vector<std::size_t> label_of(count, count), labels(count);
  std::size_t next = 0;
  for (std::size_t i = 0; i < count; ++i) {
    auto& label = label_of[sets.find_set(i)];
    if (label == count) label = next++;
    labels[i] = label;
  }
  return labels;
}

inline std::vector<std::size_t> graph_components(const edge_list& graph, const graph_components_options& options) {
  require_threshold("deepmaacc::graph_components", options.threshold);
  disjoint_sets sets(graph.vertices);
  for (const auto& edge : graph.edges)
    if (edge.weight >= options.threshold) sets.union_set(edge.first, edge.second);
  return labels_of(sets, graph.vertices);
}

}  // namespace detail

/// The connected components of a similarity graph, without the edges below a threshold: one label per vertex. Labels count from 0 in the
/// order of the components' smallest vertices. Parallel edges count with their summed weight. A graph without a vertex has no label.
///
/// \param graph  read by the properties it holds: boost::edge_weight and boost::vertex_index
/// \throws data_error naming the edge whose weight is negative or not finite; usage_error for a threshold that is negative or not finite.
/// O(n + m log m).
template <class Graph>
std::vector<std::size_t> graph_components(const Graph& graph, const graph_components_options& options = {}) {
  check_weighted_graph<Graph>();
  return detail::graph_components(detail::read_edges(graph), options);
}

/// The same, by property maps of one's own: edge descriptor to similarity, and vertex descriptor to its number below num_vertices(graph).
template <class Graph, class WeightMap, class IndexMap>
std::vector<std::size_t> graph_components(const Graph& graph, const WeightMap& weights, const IndexMap& indices,
                                          const graph_components_options& options = {}) {
  check_similarity_graph<Graph>();
  return detail::graph_components(detail::read_edges(graph, weights, indices), options);
}

}  // namespace deepmaacc
