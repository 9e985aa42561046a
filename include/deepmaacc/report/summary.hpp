#pragma once

/// \file
/// Reports for a person at a terminal.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/analysis/score.hpp>
#include <deepmaacc/report/report.hpp>
#include <iomanip>
#include <locale>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

namespace deepmaacc::report {

namespace detail {

inline std::string percent(double share) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::fixed << std::setprecision(1) << 100 * share << " %";
  return out.str();
}

/// The classes that the fewest mutants kill: what the test set tells least about.
inline void write_cells(std::ostream& out, const analysis_result& run, std::size_t rule) {
  if (run.kills.cells(rule) != run.classes || run.classes > 40) return;
  out << "\nmutants that kill each class (" << run.kills.rule_name(rule) << ")\n ";
  for (std::size_t c = 0; c < run.classes; ++c) {
    std::size_t killers = 0;
    for (std::size_t which = 0; which < run.mutants.size(); ++which) killers += run.kills.is_killed(rule, which, c);
    out << ' ' << c << ": " << killers << (c + 1 < run.classes ? "," : "");
  }
  out << '\n';
}

/// Layers in ascending order of their score.
inline void write_layers(std::ostream& out, const analysis_result& run, std::size_t rule) {
  auto layers = score_layers(run.kills, rule, run.mutants);
  std::stable_sort(layers.begin(), layers.end(),
                   [](const layer_score& a, const layer_score& b) { return a.score.value() < b.score.value(); });
  std::size_t width = 5;
  for (const auto& one : layers) width = std::max(width, run.layers[one.layer].name.size());
  out << "\nlayers, weakest first (" << run.kills.rule_name(rule) << ")\n  " << std::left << std::setw(static_cast<int>(width)) << "layer"
      << std::right << "  kind         neurons  mutants  surviving   score\n";
  for (const auto& one : layers) {
    const auto& layer = run.layers[one.layer];
    out << "  " << std::left << std::setw(static_cast<int>(width)) << layer.name << "  " << std::setw(11) << layer.kind << std::right
        << std::setw(9) << layer.neurons << std::setw(9) << one.mutants << std::setw(11) << one.survivors << std::fixed
        << std::setprecision(4) << std::setw(9) << one.score.value() << (layer.is_output ? "  output" : "") << '\n';
  }
}

/// Mutants without a killed cell.
inline void write_survivors(std::ostream& out, const analysis_result& run, std::size_t rule) {
  constexpr std::size_t most = 12;
  std::vector<std::size_t> survivors;
  for (std::size_t which = 0; which < run.mutants.size(); ++which)
    if (run.kills.killed_cells(rule, which).empty()) survivors.push_back(which);
  out << '\n' << survivors.size() << " of " << run.mutants.size() << " mutants survive (" << run.kills.rule_name(rule) << ")\n";
  const std::size_t shown = std::min(most, survivors.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const bool ends_line = i % 3 == 2 || i + 1 == shown;
    out << (i % 3 ? ""
            : i   ? "\n  "
                  : "  ")
        << std::left << std::setw(ends_line ? 0 : 28) << name_of(run, run.mutants[survivors[i]]) << std::right;
  }
  if (!survivors.empty()) out << '\n';
  if (survivors.size() > most) out << "  … and " << survivors.size() - most << " more; --json or --csv with --per-mutant lists them all\n";
}

}  // namespace detail

/// Writes a report as text: model and tests, scores, the weakest layers and the survivors under the first rule.
inline void write_summary(std::ostream& stream, const report& whole) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  for (std::size_t i = 0; i < whole.runs.size(); ++i) {
    const analysis_result& run = whole.runs[i];
    if (i == 0) {
      std::size_t neurons = 0;
      for (const auto& layer : run.layers) neurons += layer.neurons;
      out << whole.model_file << ": " << run.layers.size() << " layers, " << neurons << " neurons, " << whole.parameters << " parameters\n"
          << run.inputs << " test inputs, " << run.correct << " predicted correctly ("
          << detail::percent(static_cast<double>(run.correct) / static_cast<double>(run.inputs)) << "), " << run.classes << " classes\n";
      if (!run.classes_never_correct.empty()) {
        out << "classes never predicted correctly, which no test can speak for:";
        for (const std::size_t c : run.classes_never_correct) out << ' ' << c;
        out << '\n';
      }
    }
    out << '\n' << run.method << ", " << (run.layers_mutated == population::all ? "all layers" : "hidden layers") << ": ";
    if (run.mutants.size() != run.mutants_total) out << run.mutants.size() << " of ";
    out << run.mutants_total << " mutants";
    for (std::size_t j = 0; j < run.operators.size(); ++j) out << (j ? ", " : " (") << run.operators[j].text();
    out << "), engine " << to_string(run.engine) << ", " << run.execution_space << ", " << run.threads
        << (run.threads == 1 ? " thread\n" : " threads\n");
    out << "  kill rule           score     killed   possible  borderline\n";
    for (std::size_t rule = 0; rule < run.kills.rules(); ++rule)
      out << "  " << std::left << std::setw(16) << run.kills.rule_name(rule) << std::right << std::fixed << std::setprecision(4)
          << std::setw(9) << run.scores[rule].value() << std::setw(11) << run.scores[rule].killed << std::setw(11)
          << run.scores[rule].possible << std::setw(12) << run.scores[rule].borderline << '\n';
    detail::write_cells(out, run, 0);
    detail::write_layers(out, run, 0);
    detail::write_survivors(out, run, 0);
    out << std::setprecision(3) << "\nseconds: load " << whole.load_seconds << ", golden run " << run.seconds.golden << ", mutants ";
    if (run.seconds.evaluate)
      out << *run.seconds.evaluate;
    else
      out << "shared with another run";
    out << ", total " << whole.total_seconds << '\n';
  }
  stream << out.str();
}

}  // namespace deepmaacc::report
