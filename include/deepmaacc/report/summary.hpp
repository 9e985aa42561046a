#pragma once

/// \file
/// Reports for a person at a terminal.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/analysis/score.hpp>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/report/report.hpp>
#include <deepmaacc/report/settings.hpp>
#include <deepmaacc/report/tables.hpp>
#include <deepmaacc/report/text_table.hpp>
#include <locale>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

namespace deepmaacc::report {

/// Writes a report as text: model and tests; of a single run scores, the weakest layers and the survivors under the first rule; of several
/// a line for each, then repetitions and comparisons under the first rule.
void write_summary(std::ostream& stream, const report& whole);

#if DEEPMAACC_HAS_BODIES
namespace detail {

/// The classes that the fewest mutants kill: what the test set tells least about.
inline void write_cells(std::ostream& out, const analysis_result& run, std::size_t rule) {
  if (run.kills.cells(rule) != run.subject->classes || run.subject->classes > 40) return;
  out << "\nmutants that kill each class (" << run.kills.rule_name(rule) << ")\n ";
  for (std::size_t c = 0; c < run.subject->classes; ++c) {
    std::size_t killers = 0;
    for (std::size_t which = 0; which < run.mutants.size(); ++which) killers += run.kills.is_killed(rule, which, c);
    out << ' ' << c << ": " << killers << (c + 1 < run.subject->classes ? "," : "");
  }
  out << '\n';
}

/// Layers in ascending order of their score.
inline void write_layers(std::ostream& out, const analysis_result& run, std::size_t rule) {
  auto layers = score_layers(run.kills, rule, run.mutants);
  std::stable_sort(layers.begin(), layers.end(),
                   [](const layer_score& a, const layer_score& b) { return a.score.value() < b.score.value(); });
  out << "\nlayers, weakest first (" << run.kills.rule_name(rule) << ")\n";
  text_table table;
  table.column("layer", true).column("kind", true).column("neurons").column("mutants").column("surviving").column("score").column("", true);
  for (const auto& one : layers) {
    const auto& layer = run.subject->layers[one.layer];
    table.row({layer.name, layer.kind, std::to_string(layer.neurons), std::to_string(one.mutants), std::to_string(one.survivors),
               fixed(one.score.value(), 4), layer.is_output ? "output" : ""});
  }
  table.write(out);
}

/// As `name_of`, with the first neurons only where there are many.
inline std::string short_name_of(const analysis_result& run, const mutant& one) {
  constexpr std::size_t most = 4;
  if (one.neurons.size() <= most) return name_of(run, one);
  mutant shown = one;
  shown.neurons.resize(most);
  std::string name = name_of(run, shown);
  return name.insert(name.find(']'), ", ... of " + std::to_string(one.neurons.size()));
}

/// Mutants without a killed cell.
inline void write_survivors(std::ostream& out, const analysis_result& run, std::size_t rule) {
  constexpr std::size_t most = 12, width = 28;
  std::vector<std::size_t> survivors;
  for (std::size_t which = 0; which < run.mutants.size(); ++which)
    if (run.kills.killed_cells(rule, which).empty()) survivors.push_back(which);
  out << '\n' << survivors.size() << " of " << run.mutants.size() << " mutants survive (" << run.kills.rule_name(rule) << ")\n";
  std::string line;
  for (std::size_t i = 0; i < std::min(most, survivors.size()); ++i) {
    // Columns of one width; a name that is wider takes several.
    std::string name = short_name_of(run, run.mutants[survivors[i]]);
    if (!line.empty() && width_of(line) + width_of(name) > 3 * width) {
      out << "  " << line.erase(line.find_last_not_of(' ') + 1) << '\n';
      line.clear();
    }
    line += name + std::string(width - width_of(name) % width, ' ');
  }
  if (!line.empty()) out << "  " << line.erase(line.find_last_not_of(' ') + 1) << '\n';
  if (survivors.size() > most) out << "  … and " << survivors.size() - most << " more; JSON and CSV reports of each mutant list them all\n";
}

/// Model and test set.
inline void write_subject(std::ostream& out, const report& whole) {
  const subject_summary& subject = whole.subject();
  std::size_t neurons = 0;
  for (const auto& layer : subject.layers) neurons += layer.neurons;
  out << whole.model_file << ": " << subject.layers.size() << " layers, " << neurons << " neurons, " << whole.parameters << " parameters\n"
      << subject.inputs << " test inputs, ";
  const bool has_parts = subject.decisions != subject.inputs;
  if (has_parts) out << subject.decisions / subject.inputs << " labels each, ";
  if (subject.oracle == oracle_kind::labels)
    out << subject.correct << (has_parts ? " labels" : "") << " predicted correctly ("
        << percent(static_cast<double>(subject.correct) / static_cast<double>(subject.decisions)) << ")";
  else
    out << "what the model predicts is taken for right";
  if (subject.classes > 0 && !has_parts) out << ", " << subject.classes << " classes";
  if (subject.outcome != "arg-max") out << ", outcome " << subject.outcome;
  out << '\n';
  if (subject.near_tie_tolerance > near_tie_tolerance)
    out << "rounding moves gaps of outputs by " << scientific(*subject.rounding_noise) << " of their size, so outputs closer than "
        << scientific(subject.near_tie_tolerance) << " count as a near tie, and more cells as borderline\n";
  if (subject.classes_never_correct.empty()) return;
  constexpr std::size_t most = 20;
  const std::size_t count = subject.classes_never_correct.size();
  out << "classes never predicted correctly, which no test can speak for:";
  for (std::size_t i = 0; i < std::min(most, count); ++i) out << ' ' << subject.classes_never_correct[i];
  if (count > most) out << " … and " << count - most << " more; the JSON report lists them all";
  out << '\n';
}

/// "cw(0.1), nai, neb".
inline std::string operators_text(const subject_summary& subject) {
  std::string text;
  for (const auto& one : subject.operators) text += (text.empty() ? "" : ", ") + one.text();
  return text;
}

/// "engine resumable, float32, OpenMP, 2 threads".
inline std::string running_text(const report& whole, const analysis_result& run) {
  return "engine " + to_string(run.engine) + ", " + (whole.precision.empty() ? "" : whole.precision + ", ") + run.execution_space + ", " +
         std::to_string(run.threads) + (run.threads == 1 ? " thread" : " threads");
}

/// The average error rate, and what was skipped.
inline void write_work(std::ostream& out, const analysis_result& run) {
  if (const auto rate = run.average_error_rate())
    out << "average error rate " << fixed(*rate, 4) << '\n';
  else
    out << "average error rate not known: mutants were stopped once all their cells were killed; it is known where saturated ones are not "
           "skipped\n";
  const std::size_t skipped = run.work.dead + run.work.certified + run.work.saturated;
  if (skipped > 0) {
    const auto share = [&](std::size_t pairs) { return percent(static_cast<double>(pairs) / static_cast<double>(run.work.pairs)); };
    out << share(skipped) << " of all mutants × inputs skipped: dead " << share(run.work.dead) << ", certified "
        << share(run.work.certified) << ", saturated " << share(run.work.saturated) << '\n';
  }
  if (run.work.layers_in_rows.empty()) return;
  out << "without a short cut in engine delta:";
  for (const std::string& layer : run.work.layers_in_rows) out << ' ' << layer;
  out << '\n';
}

/// All about a single run.
inline void write_run(std::ostream& out, const report& whole) {
  const analysis_result& run = whole.runs.front();
  out << '\n' << run.method << ", " << layers_text(run.layers_mutated) << ": ";
  if (run.mutants.size() != run.mutants_total) out << run.mutants.size() << " of ";
  out << run.mutants_total << " mutants (" << operators_text(*run.subject) << "), " << running_text(whole, run) << '\n';
  write_phrases(out, setting_phrases(run.setting, [](const std::string&) { return true; }));
  const auto counted = [](double count) { return is_whole(count) ? number_text(count) : fixed(count, 1); };
  text_table table;
  table.column("kill rule", true).column("score").column("killed").column("possible").column("borderline");
  for (std::size_t rule = 0; rule < run.kills.rules(); ++rule) {
    const auto& score = run.scores[rule];
    table.row({run.kills.rule_name(rule), fixed(score.value(), 4), counted(score.killed), counted(score.possible),
               std::to_string(score.borderline)});
  }
  table.write(out);
  write_work(out, run);
  write_cells(out, run, 0);
  write_layers(out, run, 0);
  write_survivors(out, run, 0);
}

}  // namespace detail

DEEPMAACC_INLINE void write_summary(std::ostream& stream, const report& whole) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  const analysis_result& first = whole.runs.at(0);
  detail::write_subject(out, whole);
  if (whole.runs.size() == 1) {
    detail::write_run(out, whole);
  } else {
    out << "operators " << detail::operators_text(*first.subject) << "; " << detail::running_text(whole, first) << '\n';
    detail::write_runs(out, whole.runs);
    detail::write_repeats(out, whole.runs);
    detail::write_comparisons(out, whole);
  }
  double cluster = 0, evaluate = 0;
  bool is_shared = false;
  for (const auto& run : whole.runs) {
    cluster = std::max(cluster, run.seconds.cluster);  // they may share a fit
    evaluate += run.seconds.evaluate.value_or(0);
    is_shared |= !run.seconds.evaluate;
  }
  out << "\nseconds: load " << detail::fixed(whole.load_seconds, 3) << ", golden run " << detail::fixed(first.seconds.golden, 3);
  if (cluster > 0) out << ", clustering " << detail::fixed(cluster, 3);
  if (!is_shared) out << ", mutants " << detail::fixed(evaluate, 3);
  out << ", total " << detail::fixed(whole.total_seconds, 3) << '\n';
  if (is_shared) out << "runs share mutants, each of which ran once; runs that are timed alone tell what each takes by itself\n";
  stream << out.str();
}

#endif

}  // namespace deepmaacc::report
