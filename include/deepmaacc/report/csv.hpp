#pragma once

/// \file
/// Reports as comma-separated values.

#include <cstddef>
#include <deepmaacc/report/report.hpp>
#include <iomanip>
#include <limits>
#include <locale>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

namespace deepmaacc::report {

namespace detail {

/// A field, quoted where it must be (RFC 4180).
inline std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

inline std::string joined(const std::vector<std::size_t>& numbers) {
  std::string text;
  for (const std::size_t number : numbers) text += (text.empty() ? "" : " ") + std::to_string(number);
  return text;
}

}  // namespace detail

/// Writes a row per run and kill rule, or per run, mutant and kill rule; lists of neurons and cells are separated by spaces.
inline void write_csv(std::ostream& stream, const report& whole, bool per_mutant = false) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::setprecision(std::numeric_limits<double>::max_digits10);
  const std::string file = detail::csv_field(whole.model_file);
  out << (per_mutant ? "model,method,layer,neurons,operator,weight,kill_rule,killed,borderline\n"
                     : "model,method,population,engine,mutants_total,mutants_executed,kill_rule,killed,possible,score,borderline,"
                       "seconds_golden,seconds_evaluate\n");
  for (const auto& run : whole.runs)
    for (std::size_t rule = 0; rule < run.kills.rules(); ++rule) {
      const std::string name = detail::csv_field(run.kills.rule_name(rule));
      if (!per_mutant) {
        const auto& score = run.scores.at(rule);
        out << file << ',' << run.method << ',' << to_string(run.layers_mutated) << ',' << to_string(run.engine) << ',' << run.mutants_total
            << ',' << run.mutants.size() << ',' << name << ',' << score.killed << ',' << score.possible << ',' << score.value() << ','
            << score.borderline << ',' << run.seconds.golden << ',';
        if (run.seconds.evaluate) out << *run.seconds.evaluate;
        out << '\n';
        continue;
      }
      for (std::size_t which = 0; which < run.mutants.size(); ++which) {
        const mutant& one = run.mutants[which];
        out << file << ',' << run.method << ',' << detail::csv_field(run.layers.at(one.layer).name) << ',' << detail::joined(one.neurons)
            << ',' << detail::csv_field(run.operators.at(one.operation).text()) << ',' << one.weight << ',' << name << ','
            << detail::joined(run.kills.killed_cells(rule, which)) << ',' << detail::joined(run.kills.borderline_cells(rule, which))
            << '\n';
      }
    }
  stream << out.str();
}

}  // namespace deepmaacc::report
