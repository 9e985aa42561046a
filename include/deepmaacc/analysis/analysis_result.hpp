#pragma once

/// \file
/// What an analysis finds.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <deepmaacc/analysis/score.hpp>
#include <deepmaacc/analysis/selection.hpp>
#include <deepmaacc/analysis/subject_summary.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/evaluation/kill_matrix.hpp>
#include <deepmaacc/evaluation/options.hpp>
#include <deepmaacc/mutation/layer_selection.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace deepmaacc {

/// Where the time of an analysis went, in seconds.
struct analysis_seconds {
  double golden = 0;               ///< the original model's predictions
  double setup = 0;                ///< listing the mutants, of a method that does it in one step
  double cluster = 0;              ///< clustering and choosing, of a method in two steps; its fit included, also where that serves others
  std::optional<double> evaluate;  ///< running the mutants; none where some were not run for this result alone

  /// Everything, as the method alone would take; none where the mutants were not run for it alone.
  std::optional<double> total() const {
    if (!evaluate) return std::nullopt;
    return golden + setup + cluster + *evaluate;
  }
};

/// What one method found for one model and test set. Prints itself as a line per kill rule.
struct analysis_result {
  /// The model, the test set and the question; results of one study share it. Never null.
  std::shared_ptr<const subject_summary> subject = std::make_shared<const subject_summary>();

  std::string method;
  setting_list setting;
  layer_selection layers_mutated = population::all;  ///< resolved: of the same layers if and only if equal
  any_engine engine = engine::whole{};               ///< that ran, or would have run, its mutants
  adapter_tier tier = adapter_tier::basic;
  std::string execution_space;
  std::size_t threads = 1;  ///< that ran mutants side by side; 1 where a device did

  std::vector<mutant> mutants;           ///< those that were run
  std::vector<mutant_cluster> clusters;  ///< what they stand for; none where the method has none
  std::vector<std::size_t> cluster_of;   ///< for each mutant its position in `clusters`; empty where there are none
  std::size_t mutants_total = 0;         ///< all of these layers
  kill_matrix kills;
  std::vector<mutation_score> scores;  ///< one per kill rule of `kills`
  analysis_seconds seconds;
  evaluation_work work;  ///< of mutants that were run for this result; those from the cache add nothing

  /// Mean over the mutants, by weight, of the share of correctly predicted inputs whose prediction changes: DeepMutation's average error
  /// rate (Ma et al., ISSRE 2018). None where some mutants were not run to the end, because all their cells were killed before.
  std::optional<double> average_error_rate() const {
    double changed = 0, weights = 0;
    for (std::size_t which = 0; which < mutants.size(); ++which) {
      const auto flips = kills.flips(which);
      if (!flips) return std::nullopt;
      changed += mutants[which].weight * static_cast<double>(*flips) / static_cast<double>(subject->correct);
      weights += mutants[which].weight;
    }
    return weights > 0 ? changed / weights : 0;
  }

  /// Score of the first kill rule.
  double score() const { return scores.at(0).value(); }
};

inline std::ostream& operator<<(std::ostream& out, const analysis_result& result) {
  const auto rounded = [](double number, int digits) { return detail::fixed(number, number == std::floor(number) ? 0 : digits); };
  const auto significant = [](double number, int digits) { return detail::number_in(number, std::chars_format::general, digits); };
  std::string text;
  const bool is_weighted = std::any_of(result.mutants.begin(), result.mutants.end(), [](const mutant& one) { return one.weight != 1; });
  for (std::size_t rule = 0; rule < result.scores.size(); ++rule) {
    const mutation_score& score = result.scores[rule];
    const std::string cells = result.kills.cells(rule) == result.subject->classes ? "classes" : "cells";
    if (rule) text += '\n';
    if (result.scores.size() > 1) text += result.kills.rule_name(rule) + ": ";
    text += detail::text("score ", significant(score.value(), 4), " · ", rounded(score.killed, 1), " of ", rounded(score.possible, 1), ' ',
                         cells, is_weighted ? " killed, estimated from " : " killed by ", result.mutants.size(), " mutants · ",
                         score.borderline, " borderline");
    if (const auto seconds = result.seconds.total()) text += detail::text(" · ", significant(*seconds, 2), " s");
  }
  return out << text;
}

}  // namespace deepmaacc
