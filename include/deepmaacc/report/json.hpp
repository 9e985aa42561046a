#pragma once

/// \file
/// Reports as JSON; docs/report.md describes the schema, which only grows.

#include <cstddef>
#include <deepmaacc/core/version.hpp>
#include <deepmaacc/report/report.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

namespace deepmaacc::report {

using json = nlohmann::ordered_json;

namespace detail {

inline json describe_layers(const analysis_result& run) {
  json layers = json::array();
  for (const auto& layer : run.layers)
    layers.push_back({{"name", layer.name}, {"kind", layer.kind}, {"neurons", layer.neurons}, {"output_shape", layer.output_shape}});
  return layers;
}

inline json describe_operators(const analysis_result& run) {
  json operators = json::array();
  for (const auto& one : run.operators) {
    json parameters = json::object();
    for (const auto& [name, value] : one.parameters) parameters[name] = value;
    operators.push_back({{"name", one.name}, {"parameters", std::move(parameters)}, {"definition", one.definition}});
  }
  return operators;
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
    list.push_back({{"layer", run.layers.at(one.layer).name},
                    {"neurons", one.neurons},
                    {"operator", run.operators.at(one.operation).name},
                    {"operator_index", one.operation},
                    {"weight", one.weight},
                    {"killed", std::move(killed)},
                    {"borderline", std::move(borderline)}});
  }
  return list;
}

inline json describe_run(const analysis_result& run, bool per_mutant) {
  json rules = json::array();
  for (std::size_t rule = 0; rule < run.kills.rules(); ++rule) {
    const auto& score = run.scores.at(rule);
    rules.push_back({{"name", run.kills.rule_name(rule)},
                     {"killed", score.killed},
                     {"possible", score.possible},
                     {"score", score.value()},
                     {"borderline", score.borderline}});
  }
  json described{{"method", run.method},
                 {"setting", json::object()},
                 {"population", to_string(run.layers_mutated)},
                 {"engine", to_string(run.engine)},
                 {"adapter_tier", to_string(run.tier)},
                 {"mutants", {{"total", run.mutants_total}, {"executed", run.mutants.size()}}},
                 {"kill_rules", std::move(rules)},
                 {"seconds",
                  {{"setup", run.seconds.setup},
                   {"cluster", run.seconds.cluster},
                   {"evaluate", run.seconds.evaluate ? json(*run.seconds.evaluate) : json(nullptr)}}}};
  if (per_mutant) described["mutant_list"] = list_mutants(run);
  return described;
}

}  // namespace detail

/// The report as JSON, schema `deepmaacc.report/1`. \param per_mutant  whether each run lists its mutants and what killed them
inline json to_json(const report& whole, bool per_mutant = false) {
  const analysis_result& first = whole.runs.at(0);
  std::size_t neurons = 0;
  for (const auto& layer : first.layers) neurons += layer.neurons;
  json runs = json::array();
  double golden = 0;
  for (const auto& run : whole.runs) {
    runs.push_back(detail::describe_run(run, per_mutant));
    golden += run.seconds.golden;
  }
  return {
      {"schema", "deepmaacc.report/1"},
      {"deepmaacc", version()},
      {"model",
       {{"file", whole.model_file}, {"layers", detail::describe_layers(first)}, {"neurons", neurons}, {"parameters", whole.parameters}}},
      {"tests",
       {{"inputs", first.inputs},
        {"correct", first.correct},
        {"classes", first.classes},
        {"classes_never_correct", first.classes_never_correct}}},
      {"operators", detail::describe_operators(first)},
      {"threads", first.threads},
      {"execution_space", first.execution_space},
      {"seed", first.seed},
      {"runs", std::move(runs)},
      {"seconds", {{"load", whole.load_seconds}, {"golden", golden}, {"total", whole.total_seconds}}}};
}

/// Writes the report as indented JSON.
inline void write_json(std::ostream& out, const report& whole, bool per_mutant = false) {
  // A file name need not be UTF-8; JSON must be.
  out << to_json(whole, per_mutant).dump(2, ' ', false, json::error_handler_t::replace) << '\n';
}

}  // namespace deepmaacc::report
