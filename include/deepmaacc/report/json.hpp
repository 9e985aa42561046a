#pragma once

/// \file
/// Reports as JSON; docs/report.md describes the schema, which only grows.

#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/version.hpp>
#include <deepmaacc/report/repeated_runs.hpp>
#include <deepmaacc/report/report.hpp>
#include <deepmaacc/report/settings.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace deepmaacc::report {

using json = nlohmann::ordered_json;

/// The report as JSON, schema `deepmaacc.report/1`.
/// \param per_mutant  whether each run lists its clusters, its mutants and what killed them
json to_json(const report& whole, bool per_mutant = false);

/// Writes the report as indented JSON.
void write_json(std::ostream& out, const report& whole, bool per_mutant = false);

#if DEEPMAACC_HAS_BODIES
namespace detail {

inline json describe_layers(const subject_summary& subject) {
  json layers = json::array();
  for (const auto& layer : subject.layers)
    layers.push_back({{"name", layer.name}, {"kind", layer.kind}, {"neurons", layer.neurons}, {"output_shape", layer.output_shape}});
  return layers;
}

inline json describe_operators(const subject_summary& subject) {
  json operators = json::array();
  for (const auto& one : subject.operators) {
    json parameters = json::object();
    for (const auto& [name, value] : one.parameters) parameters[name] = value;
    operators.push_back({{"name", one.name}, {"parameters", std::move(parameters)}, {"definition", one.definition}});
  }
  return operators;
}

/// Whole numbers as integers: weights, and what is counted with them.
inline json number(double one) { return is_whole(one) ? json(static_cast<std::int64_t>(one)) : json(one); }

template <class T>
json number_or_null(const std::optional<T>& one) {
  return one ? json(*one) : json(nullptr);
}

inline json describe_setting(const setting_list& setting) {
  json described = json::object();
  for (const auto& [name, value] : setting) {
    const auto* one = std::get_if<double>(&value);
    described[name] = one ? number(*one) : json(std::get<std::string>(value));
  }
  return described;
}

inline json list_clusters(const analysis_result& run) {
  json list = json::array();
  for (const mutant_cluster& one : run.clusters) {
    json described{{"layer", run.subject->layers.at(one.layer).name}};
    if (one.mutants.empty()) {
      described["neurons"] = one.neurons;
    } else {
      json mutants = json::array();
      for (const mutant& member : one.mutants) mutants.push_back({{"neuron", member.neurons.at(0)}, {"operator_index", member.operation}});
      described["mutants"] = std::move(mutants);
    }
    described["representative"] = number_or_null(one.representative);
    list.push_back(std::move(described));
  }
  return list;
}

inline json list_mutants(const analysis_result& run) {
  json list = json::array();
  for (std::size_t which = 0; which < run.mutants.size(); ++which) {
    const mutant& one = run.mutants[which];
    json killed = json::object(), borderline = json::object();
    for (std::size_t rule = 0; rule < run.kills.rules(); ++rule) {
      killed[run.kills.rule_name(rule)] = run.kills.killed_cells(rule, which);
      borderline[run.kills.rule_name(rule)] = run.kills.borderline_cells(rule, which);
    }
    list.push_back({{"layer", run.subject->layers.at(one.layer).name},
                    {"neurons", one.neurons},
                    {"operator", run.subject->operators.at(one.operation).name},
                    {"operator_index", one.operation},
                    {"weight", number(one.weight)},
                    {"killed", std::move(killed)},
                    {"borderline", std::move(borderline)},
                    {"cluster", run.cluster_of.empty() ? json(nullptr) : json(run.cluster_of.at(which))}});
  }
  return list;
}

inline json describe_work(const analysis_result& run) {
  json skips = json::array();
  if (std::holds_alternative<engine::delta>(run.engine))
    for (const auto& [name, member] : skip_names)
      if (run.work.skip.*member) skips.push_back(name);
  return {{"pairs", run.work.pairs},
          {"skips", std::move(skips)},
          {"skipped_dead", run.work.dead},
          {"skipped_certified", run.work.certified},
          {"skipped_saturated", run.work.saturated},
          {"operations", run.work.operations > 0 ? json(run.work.operations) : json(nullptr)},
          {"layers_in_rows", run.work.layers_in_rows}};
}

inline json describe_run(const analysis_result& run, bool per_mutant) {
  json rules = json::array();
  for (std::size_t rule = 0; rule < run.kills.rules(); ++rule) {
    const auto& score = run.scores.at(rule);
    rules.push_back({{"name", run.kills.rule_name(rule)},
                     {"killed", number(score.killed)},
                     {"possible", number(score.possible)},
                     {"score", score.value()},
                     {"borderline", score.borderline}});
  }
  json described{
      {"method", run.method},
      {"setting", describe_setting(run.setting)},
      {"population", to_string(run.layers_mutated)},
      {"layers", names_of_mutated_layers(run)},
      {"engine", to_string(run.engine)},
      {"adapter_tier", to_string(run.tier)},
      {"mutants", {{"total", run.mutants_total}, {"executed", run.mutants.size()}}},
      {"average_error_rate", number_or_null(run.average_error_rate())},
      {"kill_rules", std::move(rules)},
      {"work", describe_work(run)},
      {"seconds", {{"setup", run.seconds.setup}, {"cluster", run.seconds.cluster}, {"evaluate", number_or_null(run.seconds.evaluate)}}}};
  if (per_mutant) {
    described["clusters"] = list_clusters(run);
    described["mutant_list"] = list_mutants(run);
  }
  return described;
}

inline json describe_repeats(const std::vector<analysis_result>& runs) {
  json list = json::array();
  for (const repeated_runs& one : sum_up_repeats(runs)) {
    json rules = json::array();
    for (std::size_t rule = 0; rule < one.of_rules.size(); ++rule) {
      const repeat_summary& sum = one.of_rules[rule];
      rules.push_back({{"name", runs[one.runs.front()].kills.rule_name(rule)},
                       {"repeats", sum.repeats},
                       {"mean", sum.mean},
                       {"deviation", sum.deviation},
                       {"low", sum.low},  // infinite ones are written as null
                       {"high", sum.high}});
    }
    list.push_back({{"method", one.method},
                    {"setting", describe_setting(one.setting)},
                    {"population", to_string(one.layers_mutated)},
                    {"runs", one.runs},
                    {"kill_rules", std::move(rules)}});
  }
  return list;
}

inline json describe_sampling(const sampling_baseline& sampling) {
  return {{"samples", sampling.samples},
          {"stratified", sampling.is_stratified},
          {"mean", sampling.mean},
          {"deviation", sampling.deviation},
          {"mean_absolute_error", sampling.mean_absolute_error},
          {"low", sampling.low},
          {"high", sampling.high},
          {"standard_error", sampling.standard_error ? json(*sampling.standard_error) : json(nullptr)}};
}

inline json describe_comparison(const compared_run& one, const analysis_result& run) {
  const comparison& found = one.found;
  json rules = json::array();
  for (std::size_t rule = 0; rule < found.rules.size(); ++rule) {
    const auto& [name, error, sampling, stratified] = found.rules[rule];
    json published;  // null
    if (!one.published.empty()) {
      const score_error& theirs = one.published.at(rule);
      published = {{"exact", theirs.exact}, {"score", theirs.score}, {"error_relative", theirs.relative()}};
    }
    rules.push_back({{"name", name},
                     {"exact", error.exact},
                     {"score", error.score},
                     {"error_relative", error.relative()},
                     {"error_absolute", error.absolute()},
                     {"random_sampling", describe_sampling(sampling)},
                     {"stratified_sampling", describe_sampling(stratified)},
                     {"published", std::move(published)}});
  }
  return {{"run", one.run},
          {"exhaustive_run", one.exhaustive_run},
          {"method", found.method},
          {"setting", describe_setting(run.setting)},
          {"population", to_string(found.layers_mutated)},
          {"executed", found.executed},
          {"total", found.total},
          {"speed_up",
           {{"executed", found.executed_speed_up},
            {"evaluation", number_or_null(found.evaluation_speed_up)},
            {"total", number_or_null(found.total_speed_up)}}},
          {"kill_rules", std::move(rules)}};
}

}  // namespace detail

DEEPMAACC_INLINE json to_json(const report& whole, bool per_mutant) {
  const analysis_result& first = whole.runs.at(0);
  const subject_summary& subject = whole.subject();
  std::size_t neurons = 0;
  for (const auto& layer : subject.layers) neurons += layer.neurons;
  json runs = json::array(), comparisons = json::array();
  for (const auto& run : whole.runs) runs.push_back(detail::describe_run(run, per_mutant));
  for (const auto& one : whole.comparisons) comparisons.push_back(detail::describe_comparison(one, whole.runs.at(one.run)));
  return {
      {"schema", "deepmaacc.report/1"},
      {"deepmaacc", version()},
      {"model",
       {{"file", whole.model_file}, {"layers", detail::describe_layers(subject)}, {"neurons", neurons}, {"parameters", whole.parameters}}},
      {"tests",
       {{"inputs", subject.inputs},
        {"decisions", subject.decisions},
        {"correct", subject.correct},
        {"classes", subject.classes},
        {"classes_never_correct", subject.classes_never_correct}}},
      {"outcome", subject.outcome},
      {"oracle", to_string(subject.oracle)},
      {"near_ties", {{"tolerance", subject.near_tie_tolerance}, {"rounding_noise", detail::number_or_null(subject.rounding_noise)}}},
      {"precision", whole.precision.empty() ? json(nullptr) : json(whole.precision)},
      {"operators", detail::describe_operators(subject)},
      {"threads", first.threads},
      {"execution_space", first.execution_space},
      {"seed", subject.seed},
      {"runs", std::move(runs)},
      {"repeats", detail::describe_repeats(whole.runs)},
      {"comparison", std::move(comparisons)},
      // The runs share one golden run.
      {"seconds", {{"load", whole.load_seconds}, {"golden", first.seconds.golden}, {"total", whole.total_seconds}}}};
}

DEEPMAACC_INLINE void write_json(std::ostream& out, const report& whole, bool per_mutant) {
  // A file name need not be UTF-8; JSON must be.
  out << to_json(whole, per_mutant).dump(2, ' ', false, json::error_handler_t::replace) << '\n';
}

#endif

}  // namespace deepmaacc::report
