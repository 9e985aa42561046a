#pragma once

/// \file
/// The entry point of a comparison: a method beside exhaustive and random sampling of equal cost.

#include <deepmaacc/analysis/comparison.hpp>
#include <deepmaacc/analysis/exhaustive.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <type_traits>

namespace deepmaacc {

/// Analyses by a method, by itself, and by `exhaustive` on the same layers, and compares the two with random samples of equal cost.
/// Parameters and errors as of `analyze`, and of `compare` for two results.
template <class Space, class Model, class T, class Method, class Operators = decltype(paper_operators()),
          class Rules = decltype(kill_rules(kill::predicted_class{}))>
comparison compare(const Space& space, Model&& model, const test_set<T>& tests, const Method& method,
                   const Operators& operators = paper_operators(), const Rules& rules = kill_rules(kill::predicted_class{}),
                   const evaluation_options& options = {}, const comparison_options& how = {}) {
  study<Space, detail::given_model<std::remove_reference_t<Model>>, T, Operators, Rules> both(space, model, tests, operators, rules,
                                                                                              options);
  const analysis_result ours = both.analyze(method, known_mutants::run_again);
  const analysis_result all = both.analyze(exhaustive{.layers = ours.layers_mutated}, known_mutants::run_again);
  return compare(ours, all, how);
}

}  // namespace deepmaacc
