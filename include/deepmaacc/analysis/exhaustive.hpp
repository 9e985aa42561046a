#pragma once

/// \file
/// The exhaustive method.

#include <deepmaacc/mutation/mutant.hpp>
#include <span>
#include <string>
#include <vector>

namespace deepmaacc {

/// Runs every mutant of one neuron: "vanilla" in Lyons and Ghanbari (ICST 2025), the measure that all others approximate.
struct exhaustive {
  population layers = population::all;  ///< whose neurons are mutated

  std::string name() const { return "exhaustive"; }
  /// The mutants to run: one per neuron and operator.
  std::vector<mutant> mutants(std::span<const layer_description> all_layers, std::size_t operator_count) const {
    return single_neuron_mutants(all_layers, operator_count, layers);
  }
};

}  // namespace deepmaacc
