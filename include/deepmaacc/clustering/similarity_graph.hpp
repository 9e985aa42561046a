#pragma once

/// \file
/// Similarity graphs: what graph clustering takes, how one is made of similarities, and how any is read.

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/graph_traits.hpp>
#include <boost/graph/properties.hpp>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/core/tensor_view.hpp>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {

/// Vertices to be clustered; the weight of an edge says how similar its ends are. No edge is a similarity of 0.
using similarity_graph =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property, boost::property<boost::edge_weight_t, double>>;

namespace detail {

/// Without boost::graph_traits: it stops the compiler where a type is no graph.
template <class Graph>
concept has_edges = requires(const Graph& graph) {
  { num_vertices(graph) } -> std::convertible_to<std::size_t>;
  edges(graph).first != edges(graph).second;
  source(*edges(graph).first, graph);
  target(*edges(graph).first, graph);
};

template <class Graph>
constexpr bool is_undirected() {
  // A type that is no graph has its own message.
  if constexpr (has_edges<Graph>)
    return std::is_convertible_v<typename boost::graph_traits<Graph>::directed_category, boost::undirected_tag>;
  return true;
}

}  // namespace detail

/// A graph that can be clustered: an undirected model of Boost.Graph's VertexListGraph and EdgeListGraph.
///
/// Syntax: 1. `num_vertices(graph)`; 2. `edges(graph)`, `source(edge, graph)`, `target(edge, graph)`, all found by argument-dependent
/// lookup; 3. an undirected `directed_category`. Weights and indices come from the interior properties `boost::edge_weight` and
/// `boost::vertex_index`, or from property maps given to the call.
/// Laws: indices run from 0 to n − 1, each once. Weights are finite and not negative: the larger, the more similar. Weight 0 is the same as
/// no edge, self loops count for nothing, and parallel edges are one edge of their summed weight.
template <class Graph>
concept SimilarityGraph = detail::has_edges<Graph> && detail::is_undirected<Graph>();

namespace detail {

template <class Graph>
constexpr bool has_own_maps() {
  if constexpr (has_edges<Graph>)
    return requires(const Graph& graph, typename boost::graph_traits<Graph>::edge_descriptor edge,
                    typename boost::graph_traits<Graph>::vertex_descriptor vertex) {
      { get(get(boost::edge_weight, graph), edge) } -> std::convertible_to<double>;
      { get(get(boost::vertex_index, graph), vertex) } -> std::convertible_to<std::size_t>;
    };
  return true;
}

}  // namespace detail

/// Says at compile time what is wrong with a type that is meant to be a similarity graph.
template <class Graph>
constexpr void check_similarity_graph() {
  static_assert(detail::has_edges<Graph>,
                "deepmaacc::graph_average: a similarity graph must have num_vertices, edges, source and target, as Boost.Graph's "
                "VertexListGraph and EdgeListGraph do; see docs/graph_clustering.md");
  static_assert(detail::is_undirected<Graph>(),
                "deepmaacc::graph_average: a similarity graph must be undirected; take boost::undirectedS, and see "
                "docs/graph_clustering.md");
}

/// The same, for a graph that is clustered by the properties it holds.
template <class Graph>
constexpr void check_weighted_graph() {
  check_similarity_graph<Graph>();
  static_assert(detail::has_own_maps<Graph>(),
                "deepmaacc::graph_average: a similarity graph must hold edge_weight and vertex_index, both numbers; hold them, or pass "
                "a weight map and an index map of your own after the graph; see docs/graph_clustering.md");
}

namespace detail {

/// An edge of two different vertices, first < second.
struct weighted_edge {
  std::size_t first = 0, second = 0;
  double weight = 0;
};

/// What the algorithms work on: each pair of vertices at most once, ascending, all weights positive.
struct edge_list {
  std::size_t vertices = 0;
  std::vector<weighted_edge> edges;
};

/// Sums of fewer than 2⁶⁴ such weights, times the number of pairs of two clusters, are finite.
inline constexpr double largest_weight = 0x1p+900;

/// \throws data_error naming the edge.
inline void require_weight(std::size_t i, std::size_t j, double weight) {
  if (weight >= 0 && weight <= largest_weight) return;
  throw data_error(detail::text("the edge of vertices ", i, " and ", j, " has weight ", weight,
                                "; similarities must be finite numbers from 0 to 2^900, so remove the edge or mend its weight"));
}

/// Sorts the edges, and makes each group of parallel ones a single edge by `join(weight, weight)`.
template <class Join>
void join_parallel_edges(std::vector<weighted_edge>& edges, const Join& join) {
  // Stable, so that sums of weights are always made in the same order.
  std::stable_sort(edges.begin(), edges.end(), [](const weighted_edge& a, const weighted_edge& b) {
    return a.first != b.first ? a.first < b.first : a.second < b.second;
  });
  std::size_t kept = 0;
  for (const weighted_edge& edge : edges) {
    if (kept > 0 && edges[kept - 1].first == edge.first && edges[kept - 1].second == edge.second)
      edges[kept - 1].weight = join(edges[kept - 1].weight, edge.weight);
    else
      edges[kept++] = edge;
  }
  edges.resize(kept);
}

template <class Graph, class WeightMap, class IndexMap>
edge_list read_edges(const Graph& graph, const WeightMap& weights, const IndexMap& indices) {
  edge_list list{static_cast<std::size_t>(num_vertices(graph)), {}};
  for (auto [edge, end] = edges(graph); edge != end; ++edge) {
    const auto i = static_cast<std::size_t>(get(indices, source(*edge, graph)));
    const auto j = static_cast<std::size_t>(get(indices, target(*edge, graph)));
    if (i >= list.vertices || j >= list.vertices)
      throw data_error(detail::text("an edge leads to vertex ", std::max(i, j), ", but the graph has ", list.vertices,
                                    " vertices; the index map must number them from 0 without gaps"));
    if (i == j) continue;
    const auto weight = static_cast<double>(get(weights, *edge));
    require_weight(i, j, weight);
    if (weight > 0) list.edges.push_back({std::min(i, j), std::max(i, j), weight});
  }
  join_parallel_edges(list.edges, [](double a, double b) { return a + b; });
  return list;
}

/// Reads the graph by the properties it holds.
template <class Graph>
edge_list read_edges(const Graph& graph) {
  return read_edges(graph, get(boost::edge_weight, graph), get(boost::vertex_index, graph));
}

/// \throws usage_error naming `caller`.
inline void require_threshold(const char* caller, double threshold) {
  if (!(threshold >= 0) || !std::isfinite(threshold))
    throw usage_error(detail::text(caller, ": threshold is ", threshold, "; it is a similarity, so take a finite number from 0"));
}

/// \throws data_error
inline void require_vertex(const edge_list& graph) {
  if (graph.vertices == 0) throw data_error("the graph has no vertex: clustering needs at least one");
}

/// An n × n tensor of similarities as a callable.
/// \throws data_error where it is not square.
template <class Tensor>
auto similarities_of(const Tensor& tensor) {
  auto all = view_of(tensor);
  if (all.extents.size() != 2 || all.extents[0] != all.extents[1])
    throw data_error("similarities must be a square matrix, but have shape " + to_string(all.extents));
  return [all = std::move(all)](std::size_t i, std::size_t j) {
    return static_cast<double>(all.data[i * all.strides[0] + j * all.strides[1]]);
  };
}

}  // namespace detail

/// The pairs of n vertices that are similar enough, each an edge.
///
/// \param similarity  callable `(std::size_t i, std::size_t j)`, a number; called once for each i < j
/// \param threshold   edges are the pairs of at least this similarity; 0 takes all pairs
/// \throws data_error naming the pair where a similarity is NaN or infinite, or where it is negative and the threshold 0;
///         usage_error for a threshold that is negative or not finite.
/// O(n²) calls.
template <class Similarity>
requires std::convertible_to < std::invoke_result_t<const Similarity&, std::size_t, std::size_t>,
double > similarity_graph threshold_graph(std::size_t n, const Similarity& similarity, double threshold) {
  detail::require_threshold("deepmaacc::threshold_graph", threshold);
  similarity_graph graph(n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i + 1; j < n; ++j) {
      const auto weight = static_cast<double>(similarity(i, j));
      // Correlations may be negative: below a threshold, that is no fault.
      if (std::isfinite(weight) && weight < threshold && threshold > 0) continue;
      detail::require_weight(i, j, weight);
      boost::add_edge(i, j, weight, graph);
    }
  return graph;
}

/// The same, for an n × n tensor: an xtensor container, or a Kokkos view that the host can read. Only what is above the diagonal is read.
template <detail::tensor_like Tensor>
similarity_graph threshold_graph(const Tensor& similarities, double threshold) {
  const auto similarity = detail::similarities_of(similarities);
  return threshold_graph(detail::view_of(similarities).extents[0], similarity, threshold);
}

/// Each of n vertices has edges to the k vertices most similar to it; an edge is there when either end chose it.
///
/// \param similarity  callable `(std::size_t i, std::size_t j)`, a number; called once for each i < j
/// \param k           neighbours that a vertex chooses: of equally similar ones, the lower index; all others where there are fewer
/// \throws data_error naming the pair where a similarity is NaN or infinite, or one that was chosen is negative; usage_error for k = 0.
/// O(n² log k), n · k numbers of memory.
template <class Similarity>
requires std::convertible_to < std::invoke_result_t<const Similarity&, std::size_t, std::size_t>,
double > similarity_graph neighbour_graph(std::size_t n, const Similarity& similarity, std::size_t k) {
  if (k == 0) throw usage_error("deepmaacc::neighbour_graph: k is 0, so no vertex has a neighbour; take at least 1");
  using neighbour = std::pair<double, std::size_t>;
  const auto is_better = [](const neighbour& a, const neighbour& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  };
  std::vector<std::vector<neighbour>> chosen(n);  // heaps, the worst first
  const auto offer = [&](std::size_t vertex, const neighbour& candidate) {
    auto& heap = chosen[vertex];
    if (heap.size() == k) {
      if (!is_better(candidate, heap.front())) return;
      std::pop_heap(heap.begin(), heap.end(), is_better);
      heap.pop_back();
    }
    heap.push_back(candidate);
    std::push_heap(heap.begin(), heap.end(), is_better);
  };
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i + 1; j < n; ++j) {
      const auto weight = static_cast<double>(similarity(i, j));
      if (!std::isfinite(weight)) detail::require_weight(i, j, weight);
      offer(i, {weight, j});
      offer(j, {weight, i});
    }
  std::vector<detail::weighted_edge> edges;
  for (std::size_t i = 0; i < n; ++i)
    for (const auto& [weight, j] : chosen[i]) edges.push_back({std::min(i, j), std::max(i, j), weight});
  detail::join_parallel_edges(edges, [](double a, double) { return a; });  // chosen by both ends
  similarity_graph graph(n);
  for (const auto& edge : edges) {
    detail::require_weight(edge.first, edge.second, edge.weight);
    boost::add_edge(edge.first, edge.second, edge.weight, graph);
  }
  return graph;
}

/// The same, for an n × n tensor: an xtensor container, or a Kokkos view that the host can read. Only what is above the diagonal is read.
template <detail::tensor_like Tensor>
similarity_graph neighbour_graph(const Tensor& similarities, std::size_t k) {
  const auto similarity = detail::similarities_of(similarities);
  return neighbour_graph(detail::view_of(similarities).extents[0], similarity, k);
}

}  // namespace deepmaacc
