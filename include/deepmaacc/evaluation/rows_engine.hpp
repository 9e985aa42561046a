#pragma once

/// \file
/// The engines whole and resumable: one mutant after the other, as the model with its weights changed meanwhile.

#include <cstddef>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/evaluation/golden.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/evaluation/options.hpp>
#include <deepmaacc/evaluation/request.hpp>
#include <deepmaacc/evaluation/row_counts.hpp>
#include <deepmaacc/evaluation/task_grid.hpp>
#include <deepmaacc/evaluation/worker_pool.hpp>
#include <deepmaacc/mutation/scoped_mutation.hpp>
#include <type_traits>
#include <vector>

namespace deepmaacc {

/// Runs mutants on every input, each as the model with its weights changed meanwhile.
///
/// Work is cut into tasks of one block of inputs and one group of mutants. A worker makes the original model's activations for its
/// block, then every mutant of its group; so memory is bounded by workers × block, and nothing depends on the number of threads.
/// \tparam Resumes  whether everything before the mutated layer is taken from the original model's activations
template <bool Resumes, class Request>
evaluated_mutants run_by_rows(const Request& request) {
  using pool_type = worker_pool<std::remove_cvref_t<decltype(request.space)>, std::remove_reference_t<decltype(request.model)>>;
  using adapter = typename pool_type::adapter_type;
  using memory = typename pool_type::memory_space;
  using rules_type = std::remove_cvref_t<decltype(request.rules)>;
  const golden_run& golden = *request.golden;
  const std::vector<layer_description> layers = request.model.layers();
  progress_meter done = request.begin();
  const auto judge = request.judge();
  const detail::row_counts<memory, rules_type, judge_of<typename rules_type::outcome_type>> counts(request, judge);
  const std::size_t rows = detail::rows_of_block(request.model, request.options, request.tests.size());
  pool_type workers(request.space, request.model,
                    {rows, rows, golden.outputs, detail::parts_of(judge), detail::any_needs_label_rank(request.rules)});
  const task_grid grid({request.tests.size(), rows, request.mutants.size(), workers.size(), groups_worth_a_pass(request.mutants.size())});

  workers.run("deepmaacc::evaluation::mutants", grid.tasks(), [&](std::size_t task, auto& worker) {
    const std::size_t first = grid.first_input(task), count = grid.inputs(task);
    const auto inputs = worker.load(request.tests, first, count);
    const auto outputs = worker.outputs(count);
    auto& network = worker.model();
    if constexpr (Resumes) network.predict(inputs, outputs, worker.activations());
    for (std::size_t which = grid.begin(task); which < grid.end(task); ++which) {
      const mutant& one = request.mutants[which];
      {
        const scoped_mutation<adapter> mutated(network, layers[one.layer], one, request.operators, request.options.seed);
        if constexpr (Resumes)
          network.forward(one.layer, worker.activations(), outputs);
        else
          network.predict(inputs, outputs);
      }
      counts.count(workers.kernels(), worker, which, 1, first, count);
      done.advance(count);
    }
  });
  evaluated_mutants found;
  found.kills = counts.kills();
  found.work.pairs = request.pairs();
  return found;
}

template <class Space, class Model, class T, class Operators, class Rules>
evaluated_mutants run_engine(const engine::whole&, const evaluation_request<Space, Model, T, Operators, Rules>& request) {
  return run_by_rows<false>(request);
}

template <class Space, class Model, class T, class Operators, class Rules>
requires ResumableAdapter<typename worker_pool<Space, Model>::adapter_type> evaluated_mutants
run_engine(const engine::resumable&, const evaluation_request<Space, Model, T, Operators, Rules>& request) {
  return run_by_rows<true>(request);
}

}  // namespace deepmaacc
