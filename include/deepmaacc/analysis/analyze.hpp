#pragma once

/// \file
/// The entry point: mutants of a model against a test set.

#include <cstddef>
#include <deepmaacc/analysis/analysis_result.hpp>
#include <deepmaacc/analysis/exhaustive.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/crew.hpp>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/evaluation/golden.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <utility>

namespace deepmaacc {

/// Mutation analysis of a model: which mutants the test set notices.
///
/// \param space      a Kokkos execution space instance; on a host space each thread runs mutants with a copy of the model
/// \param model      a network, or any other model adapter; one that cannot be copied is used, and restored, in place
/// \param tests      labelled inputs
/// \param method     which mutants to run
/// \param operators  an `operators(…)` set; default: the paper's three
/// \param rules      a `kill_rules(…)` set of at least one; default: predicted-class
/// \param options    engine, seed, block size, watcher
/// \throws data_error where the test set does not fit the model; usage_error for options that make no sense, and where Kokkos is not
/// initialised; stopped, when the watcher asks for it.
template <class Space, class Model, class T, class Method = exhaustive, class Operators = decltype(paper_operators()),
          class Rules = decltype(kill_rules(kill::predicted_class{}))>
analysis_result analyze(const Space& space, Model&& model, const test_set<T>& tests, const Method& method = {},
                        const Operators& operators = paper_operators(), const Rules& rules = kill_rules(kill::predicted_class{}),
                        const evaluation_options& options = {}) {
  check_execution_space<Space>();
  using model_type = std::remove_reference_t<Model>;
  check_model_adapter<std::remove_cv_t<model_type>>();
  require_kokkos("deepmaacc::analyze");
  if (operators.empty()) throw usage_error("deepmaacc::analyze: the operator set is empty; give at least one operator");
  if (rules.empty()) throw usage_error("deepmaacc::analyze: the set of kill rules is empty; give at least one rule");

  for (std::size_t i = 0; i < rules.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const auto name = [&](std::size_t which) { return rules.visit(which, [](const auto& one) -> std::string { return one.name(); }); };
      if (name(i) == name(j)) throw usage_error("deepmaacc::analyze: the kill rule " + name(i) + " is there twice; give each once");
    }

  using team = crew<Space, model_type>;
  using adapter = typename team::adapter_type;
  analysis_result result;
  result.method = method.name();
  result.layers_mutated = method.layers;
  result.engine = engine_for<adapter>(options.engine);
  result.tier = tier_of<adapter>;
  result.seed = options.seed;
  result.execution_space = space.name();
  result.threads = team::is_parallel ? static_cast<std::size_t>(space.concurrency()) : 1;
  result.layers = model.layers();
  output_layer(result.layers);
  for (std::size_t i = 0; i < operators.size(); ++i)
    operators.visit(i, [&](const auto& one) { result.operators.push_back({one.name(), one.parameters(), one.definition()}); });

  const stopwatch setup;
  result.mutants = method.mutants(result.layers, operators.size());
  result.mutants_total = single_neuron_mutants(result.layers, operators.size(), method.layers).size();
  result.seconds.setup = setup.seconds();

  const golden_run golden = run_golden(space, model, tests, options.block_inputs, options.observer);
  result.inputs = tests.size();
  result.correct = golden.correct;
  result.classes = golden.classes;
  result.classes_never_correct = golden.classes_never_correct;
  result.seconds.golden = golden.seconds;
  if (golden.correct == 0)
    throw data_error("the model predicts none of the inputs correctly, so no mutant can be judged; check labels and preparation");

  const stopwatch evaluation;
  result.kills = evaluate(space, model, tests, golden, result.mutants, operators, rules, options);
  result.seconds.evaluate = evaluation.seconds();
  for (std::size_t rule = 0; rule < rules.size(); ++rule) result.scores.push_back(score_of(result.kills, rule, result.mutants));
  return result;
}

}  // namespace deepmaacc
