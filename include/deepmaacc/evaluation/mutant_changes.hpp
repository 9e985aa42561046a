#pragma once

/// \file
/// What mutants do to their neurons, for engines that need not change a network's weights.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/mutation_operator.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <map>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {

/// What mutants do to their neurons: affine maps where the operator has one, else new weights.
template <class T>
class mutant_changes {
 public:
  /// Each neuron is read once.
  /// Complexity: weights of the mutated neurons.
  /// \param takes_maps  whether affine maps may be used: not where the network rounds weights before it multiplies, since a map of the sum
  ///                    is then not exact
  template <class Adapter, class Operators>
  mutant_changes(const Adapter& model, std::span<const layer_description> layers, std::span<const mutant> mutants,
                 const Operators& operators, std::uint64_t seed, bool takes_maps) {
    std::map<std::pair<std::size_t, std::size_t>, std::vector<T>> read;
    changes_.resize(mutants.size());
    numbers_.resize(mutants.size());
    for (std::size_t which = 0; which < mutants.size(); ++which) {
      const mutant& one = mutants[which];
      const layer_description& layer = layers[one.layer];
      for (const std::size_t neuron : one.neurons) {
        std::vector<T>& original = read[{one.layer, neuron}];
        if (original.empty()) {
          original.resize(layer.numbers_per_neuron());
          model.read_neuron({one.layer, neuron}, original);
        }
        operators.visit(one.operation, [&](const auto& operation) {
          neuron_change<T> change;
          change.neuron = neuron;
          bool is_map = false;
          // A map of the sums says nothing of a weight that is infinite or no number.
          const auto is_finite = [](T number) { return std::isfinite(number); };
          if constexpr (AffineOperator<std::remove_cvref_t<decltype(operation)>, T>) {
            const affine_map<T> map = operation.affine_in_preactivation(layer.has_bias ? original.back() : T{0});
            change.factor = map.factor;
            change.shift = map.shift;
            is_map = takes_maps && std::all_of(original.begin(), original.end(), is_finite);
          }
          if (!is_map) {
            std::vector<T>& changed = numbers_[which].emplace_back(original);
            mutate_neuron(operation, layer, std::span<T>(changed), {seed, one.layer, neuron, one.repeat});
            change.numbers = changed;
          }
          changes_[which].push_back(change);
        });
      }
    }
  }

  std::span<const neuron_change<T>> of(std::size_t mutant) const { return changes_[mutant]; }

 private:
  std::vector<std::vector<neuron_change<T>>> changes_;
  std::vector<std::vector<std::vector<T>>> numbers_;  // moving a vector leaves its elements where they are
};

}  // namespace deepmaacc
