#pragma once

/// \file
/// Runs mutants against a test set.

#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/batched_engine.hpp>
#include <deepmaacc/evaluation/choose_engine.hpp>
#include <deepmaacc/evaluation/delta_engine.hpp>
#include <deepmaacc/evaluation/golden.hpp>
#include <deepmaacc/evaluation/kill_matrix.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/evaluation/options.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <deepmaacc/evaluation/request.hpp>
#include <deepmaacc/evaluation/rows_engine.hpp>
#include <deepmaacc/evaluation/worker_pool.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace deepmaacc {

namespace detail {

/// Runs what is requested by the engine that the options name, or the cheapest. Where there is no golden run yet it is made: by engine
/// delta together with the mutants, by the other engines before them.
template <class Space, class Model, class T, class Operators, class Rules>
evaluated_mutants evaluate(const evaluation_request<Space, Model, T, Operators, Rules>& request) {
  using adapter = typename worker_pool<Space, Model>::adapter_type;
  const auto judge = request.judge();
  const std::size_t parts = parts_of(judge);
  check_kill_rules(request.rules, kill_totals{request.tests.size() * parts, judge.classes()});
  const any_engine engine = engine_on(request.space, request.model, request.options, request.mutants, request.tests.size(), parts);
  return std::visit(
      [&](const auto& one) -> evaluated_mutants {
        using engine_type = std::remove_cvref_t<decltype(one)>;
        if constexpr (std::is_same_v<engine_type, engine::automatic> || !runs_engine<adapter, engine_type>) {
          throw usage_error(std::string("engine ") + one.name + " does not run this model adapter");  // engine_on names one that does
        } else {
          if (request.golden || std::is_same_v<engine_type, engine::delta>) return run_engine(one, request);
          evaluation_options options = request.options;
          options.engine = one;
          golden_run golden = run_golden(request.space, request.model, request.tests, options, request.rules.outcome());
          evaluated_mutants found = run_engine(one, request.with(request.mutants, &golden));
          found.golden = std::move(golden);
          return found;
        }
      },
      engine);
}

}  // namespace detail

/// Runs every mutant on every input and folds the predictions into kills. Memory is bounded by threads × block, and by the new weights of
/// all mutants that have no affine map.
/// \param golden   the original model's predictions on `tests`, from `run_golden`
/// \param mutants  what to run; `operators` is the set that they count in, or the only one
/// \param rules    a `kill_rules(…)` set, or one rule; they share the predictions
/// \param work     where to say what it took; may be null
/// \throws usage_error for mutants that the model does not have, rules whose numbers make no sense, and a golden run of another model,
/// test set or oracle; data_error where labels are the oracle and there are none; stopped, when the observer asks for it.
/// Complexity: mutants × inputs forward passes; from the mutated layer on with the engines resumable and batched; with the delta engine the
/// change of the next layer and what follows.
template <ExecutionSpace Space, class Model, class T, class Operators, class Rules>
kill_matrix evaluate(const Space& space, Model& model, const test_set<T>& tests, const golden_run& golden, std::span<const mutant> mutants,
                     const Operators& operators, const Rules& rules, const evaluation_options& options = {},
                     evaluation_work* work = nullptr) {
  require_kokkos("deepmaacc::evaluate", space);
  check_model_adapter<typename worker_pool<Space, Model>::adapter_type>();
  const operator_set<Operators>& all_operators = operators;
  const kill_rule_set<Rules>& all_rules = rules;
  check_mutants(mutants, model.layers(), all_operators.size());
  const output_description outputs = describe_outputs(model);
  const auto judge = all_rules.outcome().judge(outputs);
  const std::string outcome = detail::outcome_name(all_rules.outcome(), outputs);
  if (golden.outcome != outcome)
    throw usage_error("deepmaacc::evaluate: the golden run was judged by outcome " + golden.outcome + ", but the rules are about " +
                      outcome + "; run_golden with the same outcome first");
  if (golden.decisions.size() != tests.size() * detail::parts_of(judge) || golden.outputs != outputs.count ||
      golden.targets.size() != tests.size() * detail::target_size_of(judge))
    throw usage_error("deepmaacc::evaluate: the golden run is of another model or test set; run_golden on these first");
  if (golden.oracle != options.oracle)
    throw usage_error("deepmaacc::evaluate: the golden run was judged by " + to_string(golden.oracle) + ", but the oracle is " +
                      to_string(options.oracle) + "; run_golden with the same oracle first");
  detail::check_fit(model, tests, options.oracle, outcome, judge);
  using request_type = evaluation_request<Space, detail::given_model<Model>, T, operator_set<Operators>, kill_rule_set<Rules>>;
  evaluated_mutants found =
      detail::evaluate(request_type{space, detail::as_given(model), tests, mutants, all_operators, all_rules, options, &golden});
  if (work) *work = std::move(found.work);
  return std::move(found.kills);
}

}  // namespace deepmaacc

#ifdef DEEPMAACC_COMPILED
#include <deepmaacc/evaluation/compiled_network.hpp>

namespace deepmaacc {
DEEPMAACC_DECLARE_COMPILED_NETWORKS(DEEPMAACC_INSTANTIATE_EVALUATION)
}  // namespace deepmaacc
#endif
