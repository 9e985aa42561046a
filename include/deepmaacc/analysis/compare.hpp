#pragma once

/// \file
/// The entry point of a comparison: a method beside exhaustive and random sampling of equal cost.

#include <Kokkos_Core.hpp>
#include <deepmaacc/analysis/check_order.hpp>
#include <deepmaacc/analysis/comparison.hpp>
#include <deepmaacc/analysis/exhaustive.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <type_traits>
#include <utility>

namespace deepmaacc {

/// Analyses by a method, by itself, and by `exhaustive` on the same layers, and compares the two with random samples of equal cost.
/// Parameters and errors as of `analyze`, and of `compare` for two results.
template <class Space, class Model, class T, class Method, class Operators = decltype(paper_operators()),
          class Rules = decltype(kill_rules(kill::predicted_class{}))>
comparison compare(const Space& space, Model&& model, const test_set<T>& tests, const Method& method,
                   const Operators& operators = paper_operators(), const Rules& rules = kill_rules(kill::predicted_class{}),
                   const evaluation_options& options = {}, const comparison_options& how = {}) {
  detail::check_order<Method, Operators, Rules>();
  if constexpr (detail::is_in_order<Method, Operators, Rules>) {
    study<Space, detail::given_model<std::remove_reference_t<Model>>, T, operator_set<Operators>, kill_rule_set<Rules>> both(
        space, model, tests, operators, rules, options);
    const analysis_result ours = both.analyze(method, known_mutants::run_again);
    const analysis_result all = both.analyze(exhaustive{.layers = ours.layers_mutated}, known_mutants::run_again);
    return compare(ours, all, how);
  } else {
    return {};
  }
}

/// The same without a space: on the default host space.
/// \param policies  operators, rules and both kinds of options, as above
template <class Model, class T, class Method, class... Policies>
comparison compare(Model&& model, const test_set<T>& tests, const Method& method, const Policies&... policies) {
  return compare(Kokkos::DefaultHostExecutionSpace{}, std::forward<Model>(model), tests, method, policies...);
}

}  // namespace deepmaacc
