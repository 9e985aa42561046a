#pragma once

/// \file
/// Runs mutants against a test set.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/core/shared_array.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/crew.hpp>
#include <deepmaacc/evaluation/delta_engine.hpp>
#include <deepmaacc/evaluation/golden.hpp>
#include <deepmaacc/evaluation/kill_counts.hpp>
#include <deepmaacc/evaluation/kill_matrix.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/evaluation/kill_tally.hpp>
#include <deepmaacc/evaluation/options.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <deepmaacc/evaluation/task_grid.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <deepmaacc/mutation/scoped_mutation.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc {

/// Runs mutants on every input, each as the model with its weights changed meanwhile, and folds the predictions into kills.
///
/// Work is cut into tasks of one block of inputs and one group of mutants. A worker makes the original model's activations for its
/// block, then every mutant of its group; so memory is bounded by workers × block, and nothing depends on the number of threads.
template <class Space, class Model, class T, class Operators, class Rules>
kill_matrix run_by_rows(const Space& space, Model& model, const test_set<T>& tests, const golden_run& golden,
                        std::span<const mutant> mutants, const Operators& operators, const Rules& rules, const evaluation_options& options,
                        engine_kind engine, progress& done) {
  using team = crew<Space, Model>;
  using adapter = typename team::adapter_type;
  using memory = typename team::memory_space;
  const std::vector<layer_description> layers = model.layers();
  const kill_tally<memory, Rules> tally(rules, {tests.size(), golden.classes}, mutants.size());
  std::vector<expectation> on_host(tests.size());
  for (std::size_t i = 0; i < tests.size(); ++i)
    on_host[i] = expect_of(options.oracle, golden.decisions[i], tests.has_labels() ? tests.labels()[i] : 0);
  const shared_array<expectation, memory> expected("deepmaacc::evaluation::expected", std::move(on_host));
  const std::size_t rows = detail::rows_of_block(model, options, tests.size());
  team workers(space, model, rows, golden.classes, detail::any_needs_label_rank(rules));
  const task_grid grid(tests.size(), rows, mutants.size(), workers.size());

  workers.run("deepmaacc::evaluation::mutants", grid.tasks(), [&](std::size_t task, auto& worker) {
    const std::size_t first = grid.first_input(task), count = grid.inputs(task);
    const auto inputs = worker.load(tests, first, count);
    const auto outputs = worker.outputs(count);
    auto& network = worker.model();
    if constexpr (ResumableAdapter<adapter>)
      if (engine == engine_kind::resumable) network.predict(inputs, outputs, worker.activations());
    for (std::size_t which = grid.begin(task); which < grid.end(task); ++which) {
      const mutant& one = mutants[which];
      {
        const scoped_mutation<adapter> mutated(network, layers[one.layer], one, operators, options.seed);
        if constexpr (ResumableAdapter<adapter>) {
          if (engine == engine_kind::resumable)
            network.forward(one.layer, worker.activations(), outputs);
          else
            network.predict(inputs, outputs);
        } else {
          network.predict(inputs, outputs);
        }
      }
      worker.judge_rows(workers.kernels(), count, expected.data() + first, tally.flips(which), golden.tolerance);
      for (std::size_t rule = 0; rule < rules.size(); ++rule)
        rules.visit(rule, [&](const auto& each) {
          count_inputs(workers.kernels(), each, count, expected.data() + first, worker.decisions(), worker.ranks(),
                       static_cast<std::uint32_t>(golden.classes), tally.of(which, rule));
        });
      done.advance(count);
    }
  });
  return tally.kills();
}

namespace detail {

/// What the delta engine need not compute, where the options leave that to it: all or nothing, as the runner counts; all where it does not
/// count. \param layers  of the model \param has_golden  whether the golden run has been made
template <class Runner>
skip_options skips_for(const Runner& runner, std::size_t layers, std::span<const mutant> mutants, std::size_t inputs,
                       const evaluation_options& options, bool has_golden) {
  if (options.skip) return *options.skip;
  if constexpr (requires(std::span<const std::size_t> each) { runner.pays_to_skip(each, inputs, has_golden); }) {
    std::vector<std::size_t> each(layers, 0);
    for (const mutant& one : mutants) ++each[one.layer];
    return runner.pays_to_skip(each, inputs, has_golden) ? skip_options{} : skip_nothing;
  } else {
    return skip_options{};
  }
}

/// \param made  `golden` itself, where that has no decisions yet, and the engine is delta. The golden run is made first where inputs are
///              skipped, which it orders; else along, in every block, and its seconds are 0. Null where the golden run has been made.
template <class Space, class Model, class T, class Operators, class Rules>
kill_matrix evaluate(const Space& space, Model& model, const test_set<T>& tests, const golden_run& golden, golden_run* made,
                     std::span<const mutant> mutants, const Operators& operators, const Rules& rules, const evaluation_options& options,
                     evaluation_work* work) {
  using adapter = typename crew<Space, Model>::adapter_type;
  const engine_kind engine = engine_on(space, model, options);
  check_kill_rules(rules, kill_totals{tests.size(), golden.classes});
  evaluation_work work_done;
  work_done.pairs = mutants.size() * tests.size();
  const auto begin = [&] { return progress(options.observer, "deepmaacc::evaluate", work_done.pairs, "mutant runs"); };
  kill_matrix kills;
  if constexpr (DeltaAdapter<adapter>) {
    if (engine == engine_kind::delta) {
      const stopwatch clock;
      const adapter& on_space = adapter_on(space, model);
      auto runner = delta_of(on_space, golden.regularity);
      work_done.skip = skips_for(runner, on_space.layers().size(), mutants, tests.size(), options, made == nullptr);
      if (made && work_done.skip != skip_nothing) {
        progress done(options.observer, "deepmaacc::run_golden", tests.size(), "inputs");
        run_golden_by_delta<typename adapter::value_type>(space, runner, tests, done, *made);
        made->seconds = clock.seconds();
        made = nullptr;
      }
      progress done = begin();
      kills = run_by_delta(space, on_space, std::move(runner), tests, golden, made, mutants, operators, rules, options, done, work_done);
    }
  }
  if (engine != engine_kind::delta) {
    progress done = begin();
    kills = run_by_rows(space, model, tests, golden, mutants, operators, rules, options, engine, done);
  }
  if (work) *work = work_done;
  return kills;
}

}  // namespace detail

/// Runs every mutant on every input and folds the predictions into kills. Memory is bounded by threads × block, and by the new weights of
/// all mutants that the delta engine has no affine map for.
/// \param golden   the original model's predictions on `tests`, from `run_golden`
/// \param mutants  what to run; `operators` is the set that they count in, or the only one
/// \param rules    a `kill_rules(…)` set, or one rule; they share the predictions
/// \param work     where to say what it took; may be null
/// \throws usage_error for mutants that the model does not have, rules whose numbers make no sense, and a golden run of another model,
/// test set or oracle; data_error where labels are the oracle and there are none; stopped, when the watcher asks for it.
/// Complexity: mutants × inputs forward passes; from the mutated layer on with the resumable engine; with the delta engine the change of
/// the next layer and what follows.
template <ExecutionSpace Space, class Model, class T, class Operators, class Rules>
kill_matrix evaluate(const Space& space, Model& model, const test_set<T>& tests, const golden_run& golden, std::span<const mutant> mutants,
                     const Operators& operators, const Rules& rules, const evaluation_options& options = {},
                     evaluation_work* work = nullptr) {
  require_kokkos("deepmaacc::evaluate", space);
  check_model_adapter<typename crew<Space, Model>::adapter_type>();
  const operator_set<Operators>& all_operators = operators;
  const kill_rule_set<Rules>& all_rules = rules;
  check_mutants(mutants, model.layers(), all_operators.size());
  if (golden.decisions.size() != tests.size() || golden.classes != class_count(model))
    throw usage_error("deepmaacc::evaluate: the golden run is of another model or test set; run_golden on these first");
  if (golden.oracle != options.oracle)
    throw usage_error("deepmaacc::evaluate: the golden run was judged by " + to_string(golden.oracle) + ", but the oracle is " +
                      to_string(options.oracle) + "; run_golden with the same oracle first");
  detail::check_fit(model, tests, options.oracle);
  return detail::evaluate(space, detail::as_given(model), tests, golden, nullptr, mutants, all_operators, all_rules, options, work);
}

namespace detail {

/// The same, where there is no golden run yet: it is made, and written to `made` at the end. The engine must be delta.
/// \throws as `evaluate` and `run_golden`.
template <ExecutionSpace Space, class Given, class T, class Operators, class Rules>
kill_matrix evaluate_with_golden(const Space& space, Given& given, const test_set<T>& tests, golden_run& made,
                                 std::span<const mutant> mutants, const Operators& operators, const Rules& rules,
                                 const evaluation_options& options, evaluation_work* work = nullptr) {
  require_kokkos("deepmaacc::evaluate", space);
  auto& model = as_given(given);
  check_mutants(mutants, model.layers(), operators.size());
  const stopwatch clock;
  golden_run golden = empty_golden(space, model, tests, options);
  golden.regularity = regularity_for(space, adapter_on(space, model), tests);
  const double before = clock.seconds();
  kill_matrix kills = evaluate(space, model, tests, golden, &golden, mutants, operators, rules, options, work);
  if (golden.seconds > 0) golden.seconds += before;
  sum_up(tests, golden);
  made = std::move(golden);
  return kills;
}

}  // namespace detail
}  // namespace deepmaacc

#ifdef DEEPMAACC_COMPILED
#include <deepmaacc/evaluation/compiled_network.hpp>

namespace deepmaacc {
DEEPMAACC_DECLARE_COMPILED_NETWORKS(DEEPMAACC_INSTANTIATE_EVALUATION)
}  // namespace deepmaacc
#endif
