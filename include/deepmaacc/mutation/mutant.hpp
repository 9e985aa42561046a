#pragma once

/// \file
/// Mutants, and the sets of them that an analysis starts from.

#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/mutation_operator.hpp>
#include <deepmaacc/mutation/layer_selection.hpp>
#include <span>
#include <utility>
#include <vector>

namespace deepmaacc {

/// One mutant: an operator applied to one neuron, or to several of a layer at once.
struct mutant {
  std::size_t layer = 0;               ///< position in the adapter's `layers()`
  std::vector<std::size_t> neurons{};  ///< of that layer, each once
  std::size_t operation = 0;           ///< position in the operator set
  double weight = 1;                   ///< how many mutants it stands for
  std::size_t repeat = 0;              ///< tells repetitions of a random operator apart
};

/// Changes a neuron's numbers, in the order of `read_neuron`, by an operator.
template <class Operator, class T>
void mutate_neuron(const Operator& operation, const layer_description& layer, std::span<T> numbers, const mutation_site& site) {
  operation.mutate(neuron_weights<T>{numbers.first(layer.weights_per_neuron), numbers.subspan(layer.weights_per_neuron)}, site);
}

/// How many mutants of one neuron there are.
/// \throws usage_error as `layers_of`.
inline std::size_t count_mutants(std::span<const layer_description> layers, std::size_t operator_count, const layer_selection& chosen) {
  std::size_t neurons = 0;
  for (const std::size_t layer : layers_of(chosen, layers)) neurons += layers[layer].neurons;
  return neurons * operator_count;
}

/// Every mutant of one neuron: layers in their order, then neurons, then operators.
/// \throws usage_error as `layers_of`.
inline std::vector<mutant> single_neuron_mutants(std::span<const layer_description> layers, std::size_t operator_count,
                                                 const layer_selection& chosen) {
  std::vector<mutant> mutants;
  for (const std::size_t layer : layers_of(chosen, layers))
    for (std::size_t neuron = 0; neuron < layers[layer].neurons; ++neuron)
      for (std::size_t operation = 0; operation < operator_count; ++operation) {
        mutant one;
        one.layer = layer;
        one.neurons = {neuron};
        one.operation = operation;
        mutants.push_back(std::move(one));
      }
  return mutants;
}

/// \throws usage_error where a mutant names a layer, neuron or operator that there is not, no neuron, or a neuron twice.
inline void check_mutants(std::span<const mutant> mutants, std::span<const layer_description> layers, std::size_t operator_count) {
  for (std::size_t i = 0; i < mutants.size(); ++i) {
    const auto fail = [&](const auto&... why) { throw usage_error(detail::text("mutant ", i, ": ", why...)); };
    const mutant& one = mutants[i];
    if (one.layer >= layers.size()) fail("there is no layer ", one.layer, "; the model has ", layers.size());
    const layer_description& layer = layers[one.layer];
    if (one.operation >= operator_count) fail("there is no operator ", one.operation, "; the set has ", operator_count);
    if (one.neurons.empty()) fail("it names no neuron of layer ", layer.name);
    std::vector<bool> seen(layer.neurons, false);
    for (const std::size_t neuron : one.neurons) {
      if (neuron >= layer.neurons) fail("layer ", layer.name, " has no neuron ", neuron, "; it has ", layer.neurons);
      if (seen[neuron]) fail("it names neuron ", neuron, " of layer ", layer.name, " twice");
      seen[neuron] = true;
    }
  }
}

}  // namespace deepmaacc
