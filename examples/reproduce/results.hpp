#pragma once

/// \file
/// What the experiments gave, and its table as comma-separated values.

#include <cstddef>
#include <iterator>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "experiments.hpp"
#include "published.hpp"

namespace reproduce {

/// Everything that was run.
struct results {
  std::vector<experiment> experiments;
  std::vector<decision> decisions;
  std::size_t inputs = 0, threads = 0;
  std::size_t draws = 0;  ///< repetitions of random choices in the comparison at equal cost
  double seconds = 0;

  void add(std::vector<experiment> more) {
    experiments.insert(experiments.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  void add(std::vector<decision> more) {
    decisions.insert(decisions.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }

  /// Models, each once, in the order in which they were run.
  std::vector<std::string> models() const {
    std::vector<std::string> names;
    for (const auto& one : experiments)
      if (names.empty() || names.back() != one.model) names.push_back(one.model);
    return names;
  }

  /// \throws std::out_of_range where it was not run.
  const experiment& at(const std::string& model, const std::string& precision, const std::string& method, double setting = 0) const {
    for (const auto& one : experiments)
      if (one.model == model && one.precision == precision && one.method == method && one.setting == setting) return one;
    throw std::out_of_range(model + ", " + method + " was not run");
  }
};

/// The published runs of an experiment, where there are some.
inline const published_runs* published_for(const published_tables& published, const experiment& one) {
  const published_table* table = one.method == "exhaustive, all layers"             ? &published.exhaustive
                                 : one.method == "neuron clustering, joint"         ? &published.neurons
                                 : one.method.find("artifact") != std::string::npos ? &published.mutants
                                                                                    : nullptr;
  if (!table) return nullptr;
  const auto found = table->find({one.model, one.setting});
  return found == table->end() ? nullptr : &found->second;
}

/// A row per experiment, and per method, share and model of the comparison at equal cost.
inline void write_csv(std::ostream& out, const results& found, const published_tables& published) {
  out << "model,precision,method,setting,executed,total,score,borderline,published_mean,published_least,published_most,"
         "relative_difference,mean_absolute_error\n";
  const auto quoted = [](const std::string& text) { return '"' + text + '"'; };
  for (const auto& one : found.experiments) {
    out << one.model << ',' << one.precision << ',' << quoted(one.method) << ',' << one.setting << ',' << one.executed << ',' << one.total
        << ',' << one.mean() << ',' << one.borderline << ',';
    if (const published_runs* const runs = published_for(published, one))
      out << runs->mean_score() << ',' << runs->least() << ',' << runs->most() << ','
          << (one.mean() - runs->mean_score()) / runs->mean_score();
    else
      out << ",,,";
    out << ",\n";
  }
  for (const auto& one : found.decisions)
    out << one.model << ",float32," << quoted(one.method + ", " + one.rule) << ',' << one.share << ',' << one.executed << ",,,,,,,,"
        << one.error << '\n';
}

}  // namespace reproduce
