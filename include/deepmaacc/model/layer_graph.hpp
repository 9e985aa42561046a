#pragma once

/// \file
/// How layers are connected.

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/layer.hpp>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace deepmaacc::model {

/// One layer in its place.
struct layer_node {
  std::string name;
  layer operation = input(shape{});
  std::vector<shape> input_shapes;
  shape output_shape;
  std::vector<parameter> parameters;
};

/// A directed acyclic graph of layers: vertices are layers, an edge leads from a layer to one that takes its output. A
/// sequential model is a path. Layers are added after those they take their input from, so shapes are known and checked at once.
class layer_graph {
 public:
  using graph_type = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, layer_node>;

  /// Adds a layer behind others, and says its number: they count from 0. Layer 0 must be the input.
  /// \throws model_error, naming the layer, where its inputs do not fit.
  std::size_t add(std::string name, layer operation, const std::vector<std::size_t>& inputs = {}) {
    if (std::holds_alternative<input>(operation) != (size() == 0))
      throw model_error("layer " + name + ": a network begins with one input layer, and has no other");
    layer_node node;
    node.name = std::move(name);
    node.operation = std::move(operation);
    for (const std::size_t from : inputs) {
      if (from >= size()) throw model_error("layer " + node.name + " takes its input from a layer that comes after it");
      node.input_shapes.push_back(graph_[from].output_shape);
    }
    try {
      std::visit(
          [&](const auto& kind) {
            node.output_shape = kind.output_shape(node.input_shapes);
            if (!node.input_shapes.empty()) node.parameters = kind.parameters(node.input_shapes.front());
          },
          node.operation);
      if (element_count(node.output_shape) == 0)
        throw model_error("its output has shape " + to_string(node.output_shape) + ", which holds nothing");
      if (element_count(node.output_shape) > largest_output)
        throw model_error(detail::text("its output has shape ", to_string(node.output_shape), ", more than ", largest_output,
                                       " numbers for one input; no such layer can be run"));
      for (const auto& one : node.parameters)
        if (element_count(one.extents) == 0)
          throw model_error("its " + one.name + " has shape " + to_string(one.extents) + ", which holds nothing");
    } catch (const error& fault) {
      throw model_error("layer " + node.name + ": " + fault.what());
    }
    const auto vertex = boost::add_vertex(std::move(node), graph_);
    for (const std::size_t from : inputs) boost::add_edge(from, vertex, graph_);
    return vertex;
  }

  /// Adds a layer behind the last one.
  std::size_t append(std::string name, layer operation) {
    return add(std::move(name), std::move(operation), size() ? std::vector{size() - 1} : std::vector<std::size_t>{});
  }

  std::size_t size() const { return boost::num_vertices(graph_); }
  const layer_node& operator[](std::size_t vertex) const { return graph_[vertex]; }
  layer_node& operator[](std::size_t vertex) { return graph_[vertex]; }
  const graph_type& graph() const { return graph_; }

  /// The layers that a layer takes its inputs from, in the order of its inputs.
  std::vector<std::size_t> inputs_of(std::size_t vertex) const {
    std::vector<std::size_t> from;
    for (auto [edge, end] = boost::in_edges(vertex, graph_); edge != end; ++edge) from.push_back(boost::source(*edge, graph_));
    return from;
  }

  /// All layers, each after those it takes its inputs from: in the order in which they were added.
  std::vector<std::size_t> topological_order() const {
    std::vector<std::size_t> order(size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
  }

  /// A layer and all that depend on it, in topological order: what changes when its weights do.
  std::vector<std::size_t> affected_by(std::size_t vertex) const {
    std::vector<boost::default_color_type> colors(size(), boost::white_color);
    boost::depth_first_visit(graph_, vertex, boost::default_dfs_visitor(), colors.data());
    std::vector<std::size_t> affected;
    for (const std::size_t each : topological_order())
      if (colors[each] != boost::white_color) affected.push_back(each);
    return affected;
  }

 private:
  /// 8 GiB of float for a single input: a broken file, not a network.
  static constexpr std::size_t largest_output = std::size_t{1} << 31;

  graph_type graph_;
};

/// The one layer with neurons that takes what a layer's neurons give, each in a channel of its own; none where there is no such layer.
inline std::optional<std::size_t> layer_fed_by(const layer_graph& graph, std::size_t vertex) {
  const std::size_t neurons = graph[vertex].output_shape.back();
  for (std::size_t at = vertex; boost::out_degree(at, graph.graph()) == 1;) {
    at = boost::target(*boost::out_edges(at, graph.graph()).first, graph.graph());
    const auto [has_neurons, keeps_channels] =
        std::visit([](const auto& kind) { return std::pair(bool{kind.has_neurons}, bool{kind.keeps_channels}); }, graph[at].operation);
    if (has_neurons) {
      const shape& kernel = graph[at].parameters.front().extents;
      if (kernel[kernel.size() - 2] % neurons != 0) return {};  // groups of channels
      return at;
    }
    if (!keeps_channels) return {};
  }
  return {};
}

/// The layers of a graph as mutation sees them, one per vertex.
inline std::vector<layer_description> describe(const layer_graph& graph) {
  std::vector<layer_description> all(graph.size());
  std::size_t last_with_neurons = graph.size();
  for (const std::size_t vertex : graph.topological_order()) {
    const layer_node& node = graph[vertex];
    layer_description& one = all[vertex];
    one.name = node.name;
    one.output_shape = node.output_shape;
    std::visit(
        [&](const auto& kind) {
          one.kind = kind.class_name;
          if (!kind.has_neurons) return;
          const shape& kernel = node.parameters.front().extents;
          one.neurons = kernel.back();
          one.weights_per_neuron = element_count(kernel) / kernel.back();
          one.kernel_positions = element_count(std::span(kernel).first(kernel.size() - 2));
          last_with_neurons = vertex;
          one.feeds = layer_fed_by(graph, vertex);
        },
        node.operation);
    one.has_bias = node.parameters.size() > 1;
  }
  if (last_with_neurons < all.size()) all[last_with_neurons].is_output = true;
  return all;
}

}  // namespace deepmaacc::model
