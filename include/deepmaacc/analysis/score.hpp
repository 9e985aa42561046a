#pragma once

/// \file
/// Mutation scores: shares of killed cells, over all mutants or layer by layer.

#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/evaluation/kill_matrix.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <span>
#include <string>
#include <vector>

namespace deepmaacc {

/// Killed cells out of all cells, each counted as often as its mutant's weight says.
struct mutation_score {
  double killed = 0, possible = 0;  ///< whole numbers where weights are
  std::size_t borderline = 0;       ///< cells that near ties could change; not weighted

  /// killed / possible; 0 where nothing is possible.
  double value() const { return possible > 0 ? killed / possible : 0; }

  /// Adds one mutant's cells.
  void add(const kill_matrix& kills, std::size_t rule, std::size_t which, double weight) {
    killed += static_cast<double>(kills.killed_cells(rule, which).size()) * weight;
    possible += static_cast<double>(kills.cells(rule)) * weight;
    borderline += kills.borderline_cells(rule, which).size();
  }
};

/// The score of one rule over all mutants.
inline mutation_score score_of(const kill_matrix& kills, std::size_t rule, std::span<const mutant> mutants) {
  mutation_score score;
  for (std::size_t which = 0; which < mutants.size(); ++which) score.add(kills, rule, which, mutants[which].weight);
  return score;
}

/// One layer's share of an analysis.
struct layer_score {
  std::size_t layer = 0;      ///< position in the adapter's `layers()`
  std::size_t mutants = 0;    ///< that were run
  std::size_t survivors = 0;  ///< of those: without any killed cell
  mutation_score score;
};

/// Scores of one rule, layer by layer, in the order of the layers; only layers with mutants.
inline std::vector<layer_score> score_layers(const kill_matrix& kills, std::size_t rule, std::span<const mutant> mutants) {
  std::vector<layer_score> by_layer;
  for (std::size_t which = 0; which < mutants.size(); ++which) {
    const std::size_t layer = mutants[which].layer;
    if (by_layer.size() <= layer) by_layer.resize(layer + 1);
    layer_score& one = by_layer[layer];
    one.layer = layer;
    ++one.mutants;
    if (kills.killed_cells(rule, which).empty()) ++one.survivors;
    one.score.add(kills, rule, which, mutants[which].weight);
  }
  std::erase_if(by_layer, [](const layer_score& one) { return one.mutants == 0; });
  return by_layer;
}

}  // namespace deepmaacc
