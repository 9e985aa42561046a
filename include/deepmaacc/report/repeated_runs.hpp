#pragma once

/// \file
/// Repetitions of a random method, summed up.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/analysis/analysis_result.hpp>
#include <deepmaacc/analysis/repeats.hpp>
#include <deepmaacc/report/settings.hpp>
#include <string>
#include <vector>

namespace deepmaacc::report {

/// Runs that differ in their repeat only.
struct repeated_runs {
  std::string method;
  setting_list setting;  ///< without the repeat
  layer_selection layers_mutated = population::all;
  std::vector<std::size_t> runs;         ///< positions, ascending
  std::vector<repeat_summary> of_rules;  ///< of the scores, one per kill rule
};

/// The repetitions among runs of the same kill rules, in the order of their first ones. Runs without a repeat among their settings are
/// left out: there is nothing random about them.
inline std::vector<repeated_runs> sum_up_repeats(const std::vector<analysis_result>& runs) {
  std::vector<repeated_runs> found;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const analysis_result& run = runs[i];
    if (!setting_of(run.setting, repeat_name)) continue;
    const setting_list setting = without_repeat(run.setting);
    auto place = std::find_if(found.begin(), found.end(), [&](const repeated_runs& one) {
      return one.method == run.method && one.setting == setting && one.layers_mutated == run.layers_mutated;
    });
    if (place == found.end()) place = found.insert(found.end(), {run.method, setting, run.layers_mutated, {}, {}});
    place->runs.push_back(i);
  }
  for (repeated_runs& one : found)
    for (std::size_t rule = 0; rule < runs[one.runs.front()].scores.size(); ++rule) {
      std::vector<double> scores;
      for (const std::size_t i : one.runs) scores.push_back(runs[i].scores.at(rule).value());
      one.of_rules.push_back(repeat_summary::of(scores));
    }
  return found;
}

}  // namespace deepmaacc::report
