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
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/crew.hpp>
#include <deepmaacc/evaluation/golden.hpp>
#include <deepmaacc/evaluation/kill_counts.hpp>
#include <deepmaacc/evaluation/kill_matrix.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <deepmaacc/mutation/scoped_mutation.hpp>
#include <span>
#include <string>
#include <vector>

namespace deepmaacc {

/// How a mutant's outputs are computed. All engines give the same kills, borderline cells aside.
enum class engine_kind {
  automatic,  ///< the best that the adapter's tier allows
  whole,      ///< the whole network for every mutant
  resumable   ///< from the mutated layer on, everything before taken from the original model's activations
};

inline std::string to_string(engine_kind chosen) {
  return chosen == engine_kind::automatic ? "auto" : chosen == engine_kind::whole ? "whole" : "resumable";
}

/// How to run mutants.
struct evaluation_options {
  engine_kind engine = engine_kind::automatic;
  oracle_kind oracle = oracle_kind::labels;         ///< what counts as right
  std::uint64_t seed = 0;                           ///< of random operators
  std::size_t block_inputs = default_block_inputs;  ///< inputs that a worker holds at a time; bounds memory
  watcher observer{};
};

/// The engine that runs for an adapter when `wanted` is asked for.
/// \throws usage_error where the adapter's tier does not allow it.
template <class Adapter>
engine_kind engine_for(engine_kind wanted) {
  if (wanted == engine_kind::automatic) return ResumableAdapter<Adapter> ? engine_kind::resumable : engine_kind::whole;
  if (wanted == engine_kind::resumable && !ResumableAdapter<Adapter>)
    throw usage_error("engine resumable needs a model adapter of the resumable tier, this one is basic; choose auto or whole");
  return wanted;
}

/// Runs every mutant on every input and folds the predictions into kills.
///
/// Work is cut into tasks of one block of inputs and one group of mutants. A worker makes the original model's activations for its
/// block, then every mutant of its group; so memory is bounded by workers × block, and nothing depends on the number of threads.
/// \param golden     the original model's predictions on `tests`, from `run_golden`
/// \param mutants    what to run; `operators` is the set that they count in
/// \param rules      a `kill_rules(…)` set; they share the predictions
/// \throws usage_error for mutants that the model does not have, rules whose numbers make no sense, and a golden run of another model,
/// test set or oracle; data_error where labels are the oracle and there are none; stopped, when the watcher asks for it.
/// Complexity: mutants × inputs forward passes, from the mutated layer on with the resumable engine.
template <ExecutionSpace Space, class Model, class T, class Operators, class Rules>
kill_matrix evaluate(const Space& space, Model& model, const test_set<T>& tests, const golden_run& golden, std::span<const mutant> mutants,
                     const Operators& operators, const Rules& rules, const evaluation_options& options = {}) {
  require_kokkos("deepmaacc::evaluate");
  using team = crew<Space, Model>;
  using memory = typename team::memory_space;
  using adapter = typename team::adapter_type;
  check_model_adapter<adapter>();
  const engine_kind engine = engine_for<adapter>(options.engine);
  const std::vector<layer_description> layers = model.layers();
  check_mutants(mutants, layers, operators.size());
  if (golden.decisions.size() != tests.size() || golden.classes != class_count(model))
    throw usage_error("deepmaacc::evaluate: the golden run is of another model or test set; run_golden on these first");
  if (golden.oracle != options.oracle)
    throw usage_error("deepmaacc::evaluate: the golden run was judged by " + to_string(golden.oracle) + ", but the oracle is " +
                      to_string(options.oracle) + "; run_golden with the same oracle first");
  detail::check_fit(model, tests, golden.classes, options.oracle);
  const kill_totals totals{tests.size(), golden.classes};
  check_kill_rules(rules, totals);

  // Where each rule's counts begin within a mutant's row of counts.
  std::vector<std::size_t> begins{0};
  for (std::size_t rule = 0; rule < rules.size(); ++rule)
    begins.push_back(begins.back() + rules.visit(rule, [&](const auto& one) { return one.cells(golden.classes); }));
  const std::size_t flips_at = begins.back(), width = flips_at + 1;  // behind the rules' counts there are the flips
  const Kokkos::View<std::int32_t***, Kokkos::LayoutRight, memory> counts("deepmaacc::evaluation::counts", 3, mutants.size(), width);
  std::vector<expectation> on_host(tests.size());
  for (std::size_t i = 0; i < tests.size(); ++i)
    on_host[i] = expect_of(options.oracle, golden.decisions[i], tests.has_labels() ? tests.labels()[i] : 0);
  const auto expected = Kokkos::create_mirror_view_and_copy(
      memory{},
      Kokkos::View<const expectation*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>(on_host.data(), on_host.size()));
  const auto counts_of = [base = counts.data(), count = mutants.size(), width](std::size_t which, std::size_t begin) {
    std::int32_t* const row = base + which * width + begin;
    return kill_counts{row, row + count * width, row + 2 * count * width};
  };

  const std::size_t rows = std::min(std::max<std::size_t>(options.block_inputs, 1), tests.size());
  const std::size_t blocks = (tests.size() + rows - 1) / rows;
  team workers(space, model, rows, golden.classes, detail::any_needs_label_rank(rules));
  // A few tasks per worker balance the load; where blocks are too few for that, mutants are grouped, at the price of a golden run each.
  const std::size_t groups = std::clamp<std::size_t>((4 * workers.size() + blocks - 1) / blocks, 1, mutants.size() / 16 + 1);
  progress done(options.observer, "deepmaacc::evaluate", mutants.size() * tests.size(), "mutant runs");

  workers.run("deepmaacc::evaluation::mutants", mutants.empty() ? 0 : blocks * groups, [&](std::size_t task, auto& worker) {
    const std::size_t first = task / groups * rows, count = std::min(rows, tests.size() - first);
    const std::size_t group = task % groups;
    const std::size_t begin = mutants.size() * group / groups, end = mutants.size() * (group + 1) / groups;
    const auto inputs = worker.load(tests, first, count);
    const auto outputs = worker.outputs(count);
    auto& network = worker.model();
    if constexpr (ResumableAdapter<adapter>)
      if (engine == engine_kind::resumable) network.predict(inputs, outputs, worker.activations());
    for (std::size_t which = begin; which < end; ++which) {
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
      worker.judge_rows(workers.kernels(), count, expected.data() + first, counts_of(which, flips_at).sums);
      for (std::size_t rule = 0; rule < rules.size(); ++rule)
        rules.visit(rule, [&](const auto& each) {
          count_inputs(workers.kernels(), each, count, expected.data() + first, worker.decisions(), worker.ranks(),
                       static_cast<std::uint32_t>(golden.classes), counts_of(which, begins[rule]));
        });
      done.advance(count);
    }
  });

  const auto sums = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace{}, counts);
  kill_matrix kills(mutants.size());
  for (std::size_t which = 0; which < mutants.size(); ++which) kills.set_flips(which, static_cast<std::size_t>(sums(0, which, flips_at)));
  for (std::size_t rule = 0; rule < rules.size(); ++rule)
    rules.visit(rule, [&](const auto& each) {
      kills.add_rule(each.name(), begins[rule + 1] - begins[rule]);
      for (std::size_t which = 0; which < mutants.size(); ++which)
        for (std::size_t cell = 0; cell < kills.cells(rule); ++cell) {
          const std::size_t at = begins[rule] + cell;
          const std::int64_t sum = sums(0, which, at), least = sum - sums(1, which, at), most = sum + sums(2, which, at);
          kills.set(rule, which, cell, each.killed(sum, totals), each.killed(least, totals) != each.killed(most, totals));
        }
    });
  return kills;
}

}  // namespace deepmaacc
