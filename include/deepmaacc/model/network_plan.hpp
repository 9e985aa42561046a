#pragma once

/// \file
/// What a network works out once from its layers.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/layer_graph.hpp>
#include <numeric>
#include <utility>
#include <vector>

namespace deepmaacc::model {

/// What does not change while a network is mutated; shared by its copies. Its graph is the model's without the final activation,
/// where that is softmax, sigmoid or linear.
struct network_plan {
  layer_graph graph;
  std::vector<std::size_t> order;                  ///< layers that compute something, each after those it reads
  std::vector<std::vector<std::size_t>> affected;  ///< for each layer: what to run when its weights change
  std::vector<std::size_t> computed_by;            ///< for each layer: the layer whose output it gives on; itself but for identities
  std::vector<std::vector<std::size_t>> sources;   ///< for each layer: whose outputs it reads, identities looked through
  std::vector<std::size_t> widths;                 ///< elements of each layer's output; 0 for those that compute nothing
  std::vector<layer_description> layers;
  std::size_t output = 0;  ///< the layer that computes the network's outputs
  std::size_t classes = 0;

  /// \throws model_error where the graph has no layer with neurons, or a layer that the output does not depend on.
  explicit network_plan(layer_graph layers_of_network);
};

#if DEEPMAACC_HAS_BODIES
DEEPMAACC_INLINE network_plan::network_plan(layer_graph layers_of_network) : graph(std::move(layers_of_network)) {
  if (graph.size() == 0) throw model_error("a network needs an input layer and at least one more");
  const std::size_t last = graph.size() - 1;
  const auto is_identity = [&](std::size_t i) { return graph[i].traits.is_identity; };
  const auto computing = [&](std::vector<std::size_t> all) {
    std::erase_if(all, is_identity);
    return all;
  };
  std::size_t final_activation = last;
  while (final_activation > 0 && is_identity(final_activation)) final_activation = graph.inputs_of(final_activation).front();
  graph.drop_final_activation(final_activation);

  computed_by.resize(graph.size());
  sources.resize(graph.size());
  widths.resize(graph.size());
  for (std::size_t i = 0; i < graph.size(); ++i) {
    for (const std::size_t from : graph.inputs_of(i)) sources[i].push_back(computed_by[from]);
    computed_by[i] = is_identity(i) && !sources[i].empty() ? sources[i].front() : i;
    widths[i] = is_identity(i) ? 0 : element_count(graph[i].output_shape);
  }
  order.resize(graph.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  order = computing(std::move(order));
  for (std::size_t i = 0; i < graph.size(); ++i) {
    auto all = graph.affected_by(i);
    if (std::find(all.begin(), all.end(), last) == all.end())
      throw model_error("layer " + graph[i].name + " leads nowhere: the output, " + graph[last].name + ", does not depend on it");
    affected.push_back(computing(std::move(all)));
  }
  output = computed_by[last];
  classes = element_count(graph[last].output_shape);
  layers = describe(graph);
  output_layer(layers);
}
#endif

}  // namespace deepmaacc::model
