#pragma once

/// \file
/// Programs for the algorithms of Boost.Graph.

#include <boost/graph/adjacency_list.hpp>
#include <cstddef>
#include <deepmaacc/model/program.hpp>

namespace deepmaacc {

/// Edges lead from an operation to those that read its tensor; `in_edges` of a vertex come in the order of its inputs.
using program_graph_type = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS>;

/// How a program's operations are connected, as a Boost graph: vertex v is node v. O(nodes + edges); a copy, on which algorithms of
/// Boost.Graph run. Programs hold their edges as plain numbers, so that who runs no such
/// algorithm need not compile Boost.Graph.
inline program_graph_type program_graph(const program& model) {
  program_graph_type graph(model.size());
  for (std::size_t node = 0; node < model.size(); ++node)
    for (const std::size_t from : model[node].inputs) boost::add_edge(from, node, graph);
  return graph;
}

}  // namespace deepmaacc
