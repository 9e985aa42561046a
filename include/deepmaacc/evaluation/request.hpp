#pragma once

/// \file
/// What an engine is asked for, and what it gives back.

#include <cstddef>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/check_fit.hpp>
#include <deepmaacc/evaluation/golden.hpp>
#include <deepmaacc/evaluation/kill_matrix.hpp>
#include <deepmaacc/evaluation/options.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <optional>
#include <span>
#include <utility>

namespace deepmaacc {

/// What has come of mutants.
struct evaluated_mutants {
  kill_matrix kills;
  evaluation_work work;
  std::optional<golden_run> golden;  ///< where it was made on the way

  /// Adds the mutants of another evaluation of the same request behind these; the golden run stays that of the first.
  /// \throws usage_error where these have been judged by other rules
  void append(evaluated_mutants&& more) {
    kills.append(more.kills);
    work += more.work;
    if (!golden) golden = std::move(more.golden);
  }
};

/// Mutants to run on every input of a test set. Refers to everything.
template <class Space, class Model, class T, class Operators, class Rules>
struct evaluation_request {
  using result_type = evaluated_mutants;

  const Space& space;
  Model& model;
  const test_set<T>& tests;
  std::span<const mutant> mutants;
  const Operators& operators;
  const Rules& rules;
  const evaluation_options& options;
  const golden_run* golden = nullptr;  ///< null where it has not been made; it comes with the result then

  std::size_t pairs() const { return mutants.size() * tests.size(); }
  /// The same for other mutants.
  /// \param made  the golden run, where it has been made meanwhile; null keeps this request's
  evaluation_request with(std::span<const mutant> others, const golden_run* made) const {
    return {space, model, tests, others, operators, rules, options, made ? made : golden};
  }
  /// How the model's outputs are judged.
  /// \throws model_error where the outcome cannot judge them
  auto judge() const { return rules.outcome().judge(describe_outputs(model)); }
  progress_meter begin() const { return progress_meter(options.observer, "deepmaacc::evaluate", pairs(), "mutant runs"); }
};

}  // namespace deepmaacc
