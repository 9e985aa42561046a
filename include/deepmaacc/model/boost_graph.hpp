#pragma once

/// \file
/// Networks for the algorithms of Boost.Graph.

#include <boost/graph/adjacency_list.hpp>
#include <cstddef>
#include <deepmaacc/model/layer_graph.hpp>
#include <string>

namespace deepmaacc {

/// What a vertex of a graph of layers stands for.
struct layer_vertex {
  std::string name, kind;  ///< as `layer_description` has them
};

/// Edges lead from a layer to those that take its output.
using boost_layer_graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, layer_vertex>;

/// The layers of a network (`network::graph()`) as a Boost graph: vertex v is layer v, its in-edges come in the order of its inputs. A
/// copy, on which algorithms of Boost.Graph run: searches, paths, writing GraphViz. O(layers and edges).
inline boost_layer_graph boost_graph(const model::layer_graph& layers) {
  boost_layer_graph graph(layers.size());
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    graph[layer] = {layers[layer].name, layers[layer].traits.class_name};
    for (const std::size_t from : layers.inputs_of(layer)) boost::add_edge(from, layer, graph);
  }
  return graph;
}

}  // namespace deepmaacc
