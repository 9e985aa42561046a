#pragma once

/// \file
/// How layers are connected.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/layer.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::model {

/// One layer in its place.
struct layer_node {
  std::string name;
  layer operation = input(shape{});
  layer_traits traits;
  std::vector<shape> input_shapes;
  shape output_shape;
  std::vector<parameter> parameters;
};

/// A directed acyclic graph of layers: vertices are layers, an edge leads from a layer to one that takes its output. A
/// sequential model is a path. Layers are added after those they take their input from, so shapes are known and checked at once, and
/// their order is topological. `model/boost_graph.hpp` makes a Boost graph of it.
class layer_graph {
 public:
  /// Adds a layer behind others, and says its number: they count from 0. Layer 0 must be the input.
  /// \throws model_error, naming the layer, where its inputs do not fit.
  std::size_t add(std::string name, layer operation, const std::vector<std::size_t>& inputs = {});

  /// Adds a layer behind the last one.
  std::size_t append(std::string name, layer operation) {
    return add(std::move(name), std::move(operation), size() ? std::vector{size() - 1} : std::vector<std::size_t>{});
  }

  /// Leaves a final softmax, sigmoid or linear activation of a layer out, where the arg max over its output is the same without.
  void drop_final_activation(std::size_t vertex) {
    layer_node& node = nodes_[vertex];
    node.operation = without_final_activation(node.operation, node.output_shape);
    node.traits = traits_of(node.operation);
  }

  std::size_t size() const { return nodes_.size(); }
  const layer_node& operator[](std::size_t vertex) const { return nodes_[vertex]; }

  /// The layers that a layer takes its inputs from, in the order of its inputs; until the next `add`.
  const std::vector<std::size_t>& inputs_of(std::size_t vertex) const { return sources_[vertex]; }
  /// The layers that take a layer's output, ascending; one that takes it twice is there twice.
  const std::vector<std::size_t>& takers_of(std::size_t vertex) const { return takers_[vertex]; }

  /// A layer and all that depend on it, in topological order: what changes when its weights do.
  std::vector<std::size_t> affected_by(std::size_t vertex) const {
    std::vector<bool> is_affected(size(), false);
    std::vector<std::size_t> affected;
    for (std::size_t each = vertex; each < size(); ++each) {
      const auto& from = sources_[each];
      is_affected[each] = each == vertex || std::any_of(from.begin(), from.end(), [&](std::size_t one) { return is_affected[one]; });
      if (is_affected[each]) affected.push_back(each);
    }
    return affected;
  }

 private:
  /// 8 GiB of float for a single input: a broken file, not a network.
  static constexpr std::size_t largest_output = std::size_t{1} << 31;

  std::vector<layer_node> nodes_;
  std::vector<std::vector<std::size_t>> sources_, takers_;  ///< by vertex
};

/// The one layer with neurons that takes what a layer's neurons give, each in a channel of its own; none where there is no such layer.
std::optional<std::size_t> layer_fed_by(const layer_graph& graph, std::size_t vertex);

/// The layers of a graph as mutation sees them, one per vertex.
std::vector<layer_description> describe(const layer_graph& graph);

#if DEEPMAACC_HAS_BODIES
DEEPMAACC_INLINE std::size_t layer_graph::add(std::string name, layer operation, const std::vector<std::size_t>& inputs) {
  if (operation.holds<input>() != (size() == 0))
    throw model_error("layer " + name + ": a network begins with one input layer, and has no other");
  layer_node node;
  node.name = std::move(name);
  node.operation = std::move(operation);
  node.traits = traits_of(node.operation);
  for (const std::size_t from : inputs) {
    if (from >= size()) throw model_error("layer " + node.name + " takes its input from a layer that comes after it");
    node.input_shapes.push_back(nodes_[from].output_shape);
  }
  try {
    node.operation.visit([&](const auto& kind) {
      node.output_shape = kind.output_shape(node.input_shapes);
      if (!node.input_shapes.empty()) node.parameters = kind.parameters(node.input_shapes.front());
    });
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
  const std::size_t vertex = size();
  for (const std::size_t from : inputs) takers_[from].push_back(vertex);
  nodes_.push_back(std::move(node));
  sources_.push_back(inputs);
  takers_.emplace_back();
  return vertex;
}

DEEPMAACC_INLINE std::optional<std::size_t> layer_fed_by(const layer_graph& graph, std::size_t vertex) {
  const std::size_t neurons = graph[vertex].output_shape.back();
  for (std::size_t at = vertex; graph.takers_of(at).size() == 1;) {
    at = graph.takers_of(at).front();
    if (graph[at].traits.has_neurons) {
      const shape& kernel = graph[at].parameters.front().extents;
      if (kernel[kernel.size() - 2] % neurons != 0) return {};  // groups of channels
      return at;
    }
    if (!graph[at].traits.keeps_channels) return {};
  }
  return {};
}

DEEPMAACC_INLINE std::vector<layer_description> describe(const layer_graph& graph) {
  std::vector<layer_description> all(graph.size());
  std::size_t last_with_neurons = graph.size();
  for (std::size_t vertex = 0; vertex < graph.size(); ++vertex) {
    const layer_node& node = graph[vertex];
    layer_description& one = all[vertex];
    one.name = node.name;
    one.kind = node.traits.class_name;
    one.output_shape = node.output_shape;
    one.has_bias = node.parameters.size() > 1;
    if (!node.traits.has_neurons) continue;
    const shape& kernel = node.parameters.front().extents;
    one.neurons = kernel.back();
    one.weights_per_neuron = element_count(kernel) / kernel.back();
    one.kernel_positions = element_count(std::span(kernel).first(kernel.size() - 2));
    one.feeds = layer_fed_by(graph, vertex);
    last_with_neurons = vertex;
  }
  if (last_with_neurons < all.size()) all[last_with_neurons].is_output = true;
  return all;
}
#endif

}  // namespace deepmaacc::model
