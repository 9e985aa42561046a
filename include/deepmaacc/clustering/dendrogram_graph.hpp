#pragma once

/// \file
/// Dendrograms for the algorithms of Boost.Graph.

#include <boost/graph/adjacency_list.hpp>
#include <cstddef>
#include <deepmaacc/clustering/branches.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>

namespace deepmaacc {

/// What a vertex of a tree graph stands for.
struct tree_vertex {
  bool is_leaf = false;
  double height = 0;     ///< of the merge; 0 for a leaf
  std::size_t size = 0;  ///< leaves of the cluster
};

/// The branch from a cluster to one of the two that it was made of.
struct tree_edge {
  double length = 0;  ///< `branch_length`: the path between two leaves is as long as their cophenetic distance
};

/// Edges lead from a cluster to its parts, the first one first; `in_edges` of a cluster is the way up.
using tree_graph_type = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, tree_vertex, tree_edge>;

/// A dendrogram or forest as a Boost graph: vertex v is cluster v, leaves first. O(n); a copy, on which algorithms of Boost.Graph run.
inline tree_graph_type tree_graph(const dendrogram& tree) {
  tree_graph_type graph(tree.leaves() + tree.merges().size());
  for (std::size_t cluster = 0; cluster < boost::num_vertices(graph); ++cluster)
    graph[cluster] = {tree.is_leaf(cluster), tree.height(cluster), tree.size(cluster)};
  for (std::size_t m = 0; m < tree.merges().size(); ++m) {
    const std::size_t whole = tree.leaves() + m;
    for (const std::size_t part : {tree.merges()[m].first, tree.merges()[m].second})
      boost::add_edge(whole, part, tree_edge{branch_length(tree, part, whole)}, graph);
  }
  return graph;
}

}  // namespace deepmaacc
