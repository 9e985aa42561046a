#pragma once

/// \file
/// Many runs for a person at a terminal: a line for each, then repetitions and comparisons.

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <deepmaacc/core/number_text.hpp>
#include <deepmaacc/report/repeated_runs.hpp>
#include <deepmaacc/report/report.hpp>
#include <deepmaacc/report/settings.hpp>
#include <deepmaacc/report/text_table.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::report::detail {

using deepmaacc::detail::fixed;

inline constexpr std::size_t terminal_width = 100, most_rows = 40;

/// "2.3e-04".
inline std::string scientific(double number) { return deepmaacc::detail::number_in(number, std::chars_format::scientific, 1); }
inline std::string percent(double share) { return fixed(100 * share, 1) + " %"; }

/// Phrases separated by commas, on indented lines of a terminal's width.
inline void write_phrases(std::ostream& out, const std::vector<std::string>& phrases) {
  std::string line = " ";
  for (std::size_t i = 0; i < phrases.size(); ++i) {
    const std::string phrase = phrases[i] + (i + 1 < phrases.size() ? "," : "");
    if (line.size() > 1 && line.size() + 1 + phrase.size() > terminal_width) {
      out << line << '\n';
      line = " ";
    }
    line += ' ' + phrase;
  }
  if (!phrases.empty()) out << line << '\n';
}

/// "neurons_per_cluster 3", for those settings that are wanted.
template <class Wanted>
std::vector<std::string> setting_phrases(const setting_list& setting, const Wanted& is_wanted) {
  std::vector<std::string> phrases;
  for (const auto& [name, value] : setting)
    if (is_wanted(name)) phrases.push_back(name + ' ' + setting_text(value));
  return phrases;
}

/// Names of the settings that are not the same in all of several lists, as the first has them.
inline std::vector<std::string> varying_settings(const std::vector<setting_list>& settings) {
  std::vector<std::string> names;
  for (const auto& [name, value] : settings.front()) {
    const auto differs = [&, &name = name, &value = value](const setting_list& other) { return setting_of(other, name) != value; };
    if (std::any_of(settings.begin(), settings.end(), differs)) names.push_back(name);
  }
  return names;
}

inline void add_settings(text_table& table, const std::vector<std::string>& names) {
  for (const auto& name : names) table.column(name);
}
inline void add_settings(std::vector<std::string>& cells, const setting_list& setting, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    const auto value = setting_of(setting, name);
    cells.push_back(value ? setting_text(*value) : "");
  }
}

/// Runs of one method on the same layers, one after the other.
struct run_group {
  std::vector<std::size_t> runs;
  std::vector<std::string> varying;
};

inline std::vector<run_group> group_runs(const std::vector<analysis_result>& runs) {
  std::vector<run_group> groups;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i == 0 || runs[i].method != runs[i - 1].method || runs[i].layers_mutated != runs[i - 1].layers_mutated) groups.emplace_back();
    groups.back().runs.push_back(i);
  }
  for (run_group& group : groups) {
    std::vector<setting_list> settings;
    for (const std::size_t i : group.runs) settings.push_back(runs[i].setting);
    group.varying = varying_settings(settings);
  }
  return groups;
}

/// A line per run, with the scores of the first kill rules: as many as a terminal has room for.
inline text_table table_of(const std::vector<analysis_result>& runs, const run_group& group, std::size_t rules) {
  const bool has_seconds =
      std::all_of(group.runs.begin(), group.runs.end(), [&](std::size_t i) { return runs[i].seconds.evaluate.has_value(); });
  text_table table;
  table.column("run");
  add_settings(table, group.varying);
  table.column("mutants").column("of all");
  for (std::size_t rule = 0; rule < rules; ++rule) table.column(runs[group.runs.front()].kills.rule_name(rule));
  table.column("error rate");
  if (has_seconds) table.column("seconds");
  for (const std::size_t i : group.runs) {
    const analysis_result& run = runs[i];
    std::vector<std::string> cells{std::to_string(i)};
    add_settings(cells, run.setting, group.varying);
    cells.push_back(std::to_string(run.mutants.size()));
    cells.push_back(percent(static_cast<double>(run.mutants.size()) / static_cast<double>(run.mutants_total)));
    for (std::size_t rule = 0; rule < rules; ++rule) cells.push_back(fixed(run.scores.at(rule).value(), 4));
    const auto error_rate = run.average_error_rate();
    cells.push_back(error_rate ? fixed(*error_rate, 4) : "–");
    if (has_seconds) cells.push_back(fixed(run.seconds.evaluate.value(), 3));
    table.row(std::move(cells));
  }
  return table;
}

inline void write_runs(std::ostream& out, const std::vector<analysis_result>& runs) {
  for (const run_group& group : group_runs(runs)) {
    const analysis_result& first = runs[group.runs.front()];
    out << '\n' << first.method << ", " << layers_text(first.layers_mutated) << ": " << first.mutants_total << " mutants\n";
    write_phrases(out, setting_phrases(first.setting, [&](const std::string& name) {
                    return std::find(group.varying.begin(), group.varying.end(), name) == group.varying.end();
                  }));
    std::size_t rules = first.kills.rules();
    while (rules > 1 && table_of(runs, group, rules).width() > terminal_width) --rules;
    table_of(runs, group, rules).write(out, most_rows);
    if (rules < first.kills.rules())
      out << "  … and scores of other rules: " << first.kills.rules() - rules << " more in the JSON report\n";
  }
}

/// Repetitions, under the first kill rule. Nothing where each run is the only one of its setting.
inline void write_repeats(std::ostream& out, const std::vector<analysis_result>& runs) {
  const auto repeats = sum_up_repeats(runs);
  if (std::none_of(repeats.begin(), repeats.end(), [](const repeated_runs& one) { return one.runs.size() > 1; })) return;
  std::vector<setting_list> settings;
  settings.reserve(repeats.size());
  for (const auto& one : repeats) settings.push_back(one.setting);
  const auto varying = varying_settings(settings);
  text_table table;
  add_settings(table, varying);
  table.column("repeats").column("mean").column("deviation").column("95 % from").column("to");
  for (const auto& one : repeats) {
    const repeat_summary& sum = one.of_rules.at(0);
    std::vector<std::string> cells;
    add_settings(cells, one.setting, varying);
    for (const std::string& cell :
         {std::to_string(sum.repeats), fixed(sum.mean, 4), fixed(sum.deviation, 4), fixed(sum.low, 4), fixed(sum.high, 4)})
      cells.push_back(cell);
    table.row(std::move(cells));
  }
  out << "\nscores of the repeats (" << runs[repeats.front().runs.front()].kills.rule_name(0)
      << "), and where their mean lies with 95 % confidence\n";
  table.write(out, most_rows);
}

/// Comparisons of runs that differ in their repeat only: positions in the report's `comparisons`.
inline std::vector<std::vector<std::size_t>> group_comparisons(const report& whole) {
  std::vector<std::vector<std::size_t>> groups;
  const auto setting = [&](std::size_t i) { return without_repeat(whole.runs.at(whole.comparisons[i].run).setting); };
  for (std::size_t i = 0; i < whole.comparisons.size(); ++i) {
    const bool is_repeat = !groups.empty() && whole.comparisons[groups.back()[0]].found.method == whole.comparisons[i].found.method &&
                           setting(groups.back()[0]) == setting(i);
    if (!is_repeat) groups.emplace_back();
    groups.back().push_back(i);
  }
  return groups;
}

/// Comparisons, under the first kill rule: a line per setting, means over its repeats.
inline void write_comparisons(std::ostream& out, const report& whole) {
  if (whole.comparisons.empty()) return;
  const auto all = [&](const auto& has) { return std::all_of(whole.comparisons.begin(), whole.comparisons.end(), has); };
  const bool has_times = all([](const compared_run& one) { return one.found.total_speed_up.has_value(); });
  const bool has_published = all([](const compared_run& one) { return !one.published.empty(); });
  const auto groups = group_comparisons(whole);
  std::vector<setting_list> settings;
  settings.reserve(groups.size());
  for (const auto& group : groups) settings.push_back(without_repeat(whole.runs.at(whole.comparisons[group[0]].run).setting));
  const auto varying = varying_settings(settings);
  text_table table;
  add_settings(table, varying);
  table.column("saved");
  if (has_times) table.column("time saved");
  table.column("score").column("error").column("|error|").column("plain").column("strata").column("plain within");
  if (has_published) table.column("published");
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const auto mean = [&](const auto& number) {
      double sum = 0;
      for (const std::size_t i : groups[g]) sum += number(whole.comparisons[i]);
      return sum / static_cast<double>(groups[g].size());
    };
    const auto error = [](const compared_run& one) -> const score_error& { return one.found.rules.at(0).error; };
    const rule_comparison& samples = whole.comparisons[groups[g][0]].found.rules.at(0);
    std::vector<std::string> cells;
    add_settings(cells, settings[g], varying);
    cells.push_back(percent(mean([](const compared_run& one) { return one.found.executed_speed_up; })));
    if (has_times) cells.push_back(percent(mean([](const compared_run& one) { return one.found.total_speed_up.value(); })));
    cells.push_back(fixed(mean([&](const compared_run& one) { return error(one).score; }), 4));
    cells.push_back(percent(mean([&](const compared_run& one) { return error(one).relative(); })));
    cells.push_back(fixed(mean([&](const compared_run& one) { return error(one).absolute(); }), 4));
    cells.push_back(fixed(samples.sampling.mean_absolute_error, 4));
    cells.push_back(fixed(samples.stratified.mean_absolute_error, 4));
    cells.push_back(fixed(samples.sampling.low, 4) + " - " + fixed(samples.sampling.high, 4));
    if (has_published) cells.push_back(percent(mean([](const compared_run& one) { return one.published.at(0).relative(); })));
    table.row(std::move(cells));
  }
  const compared_run& first = whole.comparisons.front();
  const rule_comparison& rule = first.found.rules.at(0);
  out << "\ncompared with exhaustive (run " << first.exhaustive_run << ", score " << fixed(rule.error.exact, 4) << ", " << rule.rule
      << ")\n"
      << "and with " << rule.sampling.samples << " random samples of as many mutants each way"
      << (groups.size() < whole.comparisons.size() ? "; means over the repeats\n" : "\n");
  table.write(out, most_rows);
  out << "  saved: share of the mutants; error: (exhaustive - score) / exhaustive\n"
         "  |error|: |exhaustive - score|; its mean over samples under plain (of all mutants) and\n"
         "  strata (by layer and operator); plain within: where 95 % of the plain samples' scores lie\n";
  if (first.found.rules.size() > 1) out << "  for the other kill rules see the JSON report\n";
  if (has_published) out << "  published: the error against exhaustive on all layers, as published figures have it\n";
}

}  // namespace deepmaacc::report::detail
