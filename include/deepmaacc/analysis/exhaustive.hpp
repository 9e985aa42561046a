#pragma once

/// \file
/// The exhaustive method.

#include <deepmaacc/analysis/selection.hpp>
#include <deepmaacc/mutation/layer_selection.hpp>
#include <string>

namespace deepmaacc {

/// Runs every mutant of one neuron: "vanilla" in Lyons and Ghanbari (ICST 2025), the measure that all others approximate.
struct exhaustive {
  layer_selection layers = population::all;  ///< whose neurons are mutated

  std::string name() const { return "exhaustive"; }
  /// One mutant per neuron and operator.
  template <class Subject>
  mutant_selection choose(const Subject& subject) const {
    return subject.mutants(layers);
  }
};

}  // namespace deepmaacc
