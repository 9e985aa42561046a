#pragma once

/// \file
/// Mutation analysis of a network as it was read or built, on a space.

#include <concepts>
#include <deepmaacc/analysis/analyze.hpp>
#include <deepmaacc/model/program.hpp>
#include <deepmaacc/network/network.hpp>
#include <type_traits>
#include <utility>

namespace deepmaacc {

/// The same for a program, which a network of the tests' number type (`precision_of`) then runs: what `io::read_model` and
/// `program_builder` give can be analysed as it is, also without a space. Where several analyses are wanted, or another precision, make the
/// network first: here each one makes its own.
/// \throws as `analyze`; model_error, as the network's constructor.
template <class Space, class Model, class T, class Method = exhaustive, class Operators = decltype(paper_operators()),
          class Rules = decltype(kill_rules(kill::predicted_class{})), class Evaluator = evaluator::local>
requires std::same_as<std::remove_cvref_t<Model>, program> analysis_result analyze(
    const Space& space, Model&& model, const test_set<T>& tests, const Method& method = {}, const Operators& operators = paper_operators(),
    const Rules& rules = kill_rules(kill::predicted_class{}), const evaluation_options& options = {}, const Evaluator& evaluator = {}) {
  const network<storage::xtensor_host<T>> runs(std::forward<Model>(model));
  return analyze(space, runs, tests, method, operators, rules, options, evaluator);
}

}  // namespace deepmaacc
