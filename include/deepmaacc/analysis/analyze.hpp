#pragma once

/// \file
/// The entry point: mutants of a model against a test set.

#include <Kokkos_Core.hpp>
#include <deepmaacc/analysis/analysis_result.hpp>
#include <deepmaacc/analysis/check_order.hpp>
#include <deepmaacc/analysis/exhaustive.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <type_traits>
#include <utility>

namespace deepmaacc {

/// Mutation analysis of a model: which mutants the test set notices. For several methods or settings on the same model and tests, a `study`
/// (analysis/study.hpp) shares the work.
///
/// \param space      a Kokkos execution space instance; on a host space each thread runs mutants with a copy of the model
/// \param model      a network, or any other model adapter; one that cannot be copied is used, and restored, in place
/// \param tests      inputs, labelled unless the oracle is the model's own predictions
/// \param method     which mutants to run: `exhaustive`, `neuron_clustering`, `mutant_clustering`, `random_sampling`, or one of one's own
///                   (docs/policies/analysis_method.md)
/// \param operators  one operator, or an `operators(…)` set; default: the paper's three
/// \param rules      one kill rule, or a `kill_rules(…)` set of at least one; default: predicted-class
/// \param options    engine, oracle, seed, block size, observer
/// \param evaluator  who runs the mutants: this process, or an evaluator of one's own (docs/policies/evaluator.md)
/// \throws data_error where the test set does not fit the model; usage_error for options that make no sense, and where Kokkos is not
/// initialised; stopped, when the observer asks for it.
template <class Space, class Model, class T, class Method = exhaustive, class Operators = decltype(paper_operators()),
          class Rules = decltype(kill_rules(kill::predicted_class{})), class Evaluator = evaluator::local>
analysis_result analyze(const Space& space, Model&& model, const test_set<T>& tests, const Method& method = {},
                        const Operators& operators = paper_operators(), const Rules& rules = kill_rules(kill::predicted_class{}),
                        const evaluation_options& options = {}, const Evaluator& evaluator = {}) {
  check_execution_space<Space>();
  check_model_adapter<std::remove_cvref_t<Model>>();
  detail::check_order<Method, Operators, Rules>();
  if constexpr (detail::is_in_order<Method, Operators, Rules>) {
    study<Space, detail::given_model<std::remove_reference_t<Model>>, T, operator_set<Operators>, kill_rule_set<Rules>, Evaluator> alone(
        space, model, tests, operators, rules, options, evaluator);
    return alone.analyze(method);
  } else {
    return {};
  }
}

/// The same with options, and all else by default.
template <class Space, class Model, class T>
analysis_result analyze(const Space& space, Model&& model, const test_set<T>& tests, const evaluation_options& options) {
  return analyze(space, std::forward<Model>(model), tests, exhaustive{}, paper_operators(), kill_rules(kill::predicted_class{}), options);
}

/// The same without a space: on the default host space.
/// \param policies  method, operators, rules, options and evaluator, or options alone, as above
template <class Model, class T, class... Policies>
analysis_result analyze(Model&& model, const test_set<T>& tests, const Policies&... policies) {
  return analyze(Kokkos::DefaultHostExecutionSpace{}, std::forward<Model>(model), tests, policies...);
}
template <class Model, class T>
analysis_result analyze(Model&& model, const test_set<T>& tests, const evaluation_options& options) {
  return analyze(Kokkos::DefaultHostExecutionSpace{}, std::forward<Model>(model), tests, options);
}

}  // namespace deepmaacc
