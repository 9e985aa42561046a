#pragma once

/// \file
/// Reports as comma-separated values.

#include <cstddef>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/report/report.hpp>
#include <deepmaacc/report/settings.hpp>
#include <iomanip>
#include <limits>
#include <locale>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

namespace deepmaacc::report {

/// Writes a row per run and kill rule, or per run, mutant and kill rule; lists of neurons and cells are separated by spaces.
void write_csv(std::ostream& stream, const report& whole, bool per_mutant = false);

#if DEEPMAACC_HAS_BODIES
namespace detail {

/// A field, quoted where it must be (RFC 4180).
inline std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

/// The settings of a run but the repeat: "threshold=0.6;mode=paper".
inline std::string csv_setting(const analysis_result& run) {
  std::string text;
  for (const auto& [name, value] : without_repeat(run.setting)) text += (text.empty() ? "" : ";") + name + '=' + setting_text(value);
  return csv_field(text);
}

/// The layers that are mutated: "conv2d,dense".
inline std::string csv_layers(const analysis_result& run) {
  std::string text;
  for (const std::string& name : names_of_mutated_layers(run)) text += (text.empty() ? "" : ",") + name;
  return csv_field(text);
}

inline std::string csv_repeat(const analysis_result& run) {
  const auto repeat = setting_of(run.setting, repeat_name);
  return repeat ? setting_text(*repeat) : "";
}

}  // namespace detail

DEEPMAACC_INLINE void write_csv(std::ostream& stream, const report& whole, bool per_mutant) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::setprecision(std::numeric_limits<double>::max_digits10);
  const std::string file = detail::csv_field(whole.model_file);
  out << (per_mutant ? "model,method,layer,neurons,operator,weight,kill_rule,killed,borderline,setting,repeat,cluster\n"
                     : "model,method,population,engine,mutants_total,mutants_executed,kill_rule,killed,possible,score,borderline,"
                       "seconds_golden,seconds_evaluate,setting,repeat,average_error_rate,layers\n");
  for (const auto& run : whole.runs) {
    const std::string setting = detail::csv_setting(run), repeat = detail::csv_repeat(run);
    for (std::size_t rule = 0; rule < run.kills.rules(); ++rule) {
      const std::string name = detail::csv_field(run.kills.rule_name(rule));
      if (!per_mutant) {
        const auto& score = run.scores.at(rule);
        out << file << ',' << detail::csv_field(run.method) << ',' << to_string(run.layers_mutated) << ',' << to_string(run.engine) << ','
            << run.mutants_total << ',' << run.mutants.size() << ',' << name << ',' << score.killed << ',' << score.possible << ','
            << score.value() << ',' << score.borderline << ',' << run.seconds.golden << ',';
        if (run.seconds.evaluate) out << *run.seconds.evaluate;
        out << ',' << setting << ',' << repeat << ',';
        if (const auto rate = run.average_error_rate()) out << *rate;
        out << ',' << detail::csv_layers(run) << '\n';
        continue;
      }
      for (std::size_t which = 0; which < run.mutants.size(); ++which) {
        const mutant& one = run.mutants[which];
        out << file << ',' << detail::csv_field(run.method) << ',' << detail::csv_field(run.subject->layers.at(one.layer).name) << ','
            << detail::joined(one.neurons) << ',' << detail::csv_field(run.subject->operators.at(one.operation).text()) << ',' << one.weight
            << ',' << name << ',' << detail::joined(run.kills.killed_cells(rule, which)) << ','
            << detail::joined(run.kills.borderline_cells(rule, which)) << ',' << setting << ',' << repeat << ',';
        if (!run.cluster_of.empty()) out << run.cluster_of.at(which);
        out << '\n';
      }
    }
  }
  stream << out.str();
}

#endif

}  // namespace deepmaacc::report
