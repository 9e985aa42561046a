#pragma once

/// \file
/// What a report is made of.

#include <cstddef>
#include <deepmaacc/analysis/analysis_result.hpp>
#include <deepmaacc/analysis/comparison.hpp>
#include <deepmaacc/analysis/subject_summary.hpp>
#include <deepmaacc/mutation/layer_selection.hpp>
#include <string>
#include <vector>

namespace deepmaacc::report {

/// One run beside the exhaustive one of the same layers.
struct compared_run {
  std::size_t run = 0, exhaustive_run = 0;  ///< positions in the report's `runs`
  comparison found = {};
  std::vector<score_error> published = {};  ///< `compare_published`, one per kill rule; none where it does not apply
};

/// One model, one test set, and what was found, by one method or several.
struct report {
  std::string model_file{};
  std::size_t parameters = 0;  ///< trained numbers of the model
  std::string precision{};     ///< what the model computed with; empty where it is not told
  std::vector<analysis_result> runs{};
  std::vector<compared_run> comparisons{};
  double load_seconds = 0, total_seconds = 0;

  /// What all runs are about: that of the first.
  /// \throws std::out_of_range where there is no run.
  const subject_summary& subject() const { return *runs.at(0).subject; }
};

namespace detail {

/// "1 4 7".
inline std::string joined(const std::vector<std::size_t>& numbers) {
  std::string text;
  for (const std::size_t number : numbers) {
    if (!text.empty()) text += ' ';
    text += std::to_string(number);
  }
  return text;
}

}  // namespace detail

/// The layers whose neurons are mutated, in the order of the forward pass.
inline std::vector<std::string> names_of_mutated_layers(const analysis_result& run) {
  std::vector<std::string> names;
  for (const std::size_t layer : layers_of(run.layers_mutated, run.subject->layers)) names.push_back(run.subject->layers[layer].name);
  return names;
}

/// A mutant in words: "conv2d[3] cw(0.1)", "dense[1, 4] nai".
inline std::string name_of(const analysis_result& run, const mutant& one) {
  std::string name = run.subject->layers.at(one.layer).name + "[";
  for (std::size_t i = 0; i < one.neurons.size(); ++i) name += (i ? ", " : "") + std::to_string(one.neurons[i]);
  return name + "] " + run.subject->operators.at(one.operation).text();
}

}  // namespace deepmaacc::report
