#pragma once

/// \file
/// The delta engine: runs mutants as changes of single neurons, on blocks of inputs.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/mutation_operator.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/decision.hpp>
#include <deepmaacc/evaluation/delta_worker.hpp>
#include <deepmaacc/evaluation/golden.hpp>
#include <deepmaacc/evaluation/kill_counts.hpp>
#include <deepmaacc/evaluation/kill_matrix.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/evaluation/kill_tally.hpp>
#include <deepmaacc/evaluation/label_rank.hpp>
#include <deepmaacc/evaluation/options.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <deepmaacc/evaluation/rounding_noise.hpp>
#include <deepmaacc/evaluation/task_grid.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace deepmaacc {

/// What mutants do to their neurons: affine maps where the operator has one, else new weights.
template <class T>
class mutant_changes {
 public:
  /// Each neuron is read once. Complexity: weights of the mutated neurons.
  /// \param takes_maps  whether affine maps will do; where a network rounds weights before it multiplies, they say too little
  template <class Adapter, class Operators>
  mutant_changes(const Adapter& model, std::span<const layer_description> layers, std::span<const mutant> mutants,
                 const Operators& operators, std::uint64_t seed, bool takes_maps) {
    std::map<std::pair<std::size_t, std::size_t>, std::vector<T>> read;
    changes_.resize(mutants.size());
    numbers_.resize(mutants.size());
    for (std::size_t which = 0; which < mutants.size(); ++which) {
      const mutant& one = mutants[which];
      const layer_description& layer = layers[one.layer];
      for (const std::size_t neuron : one.neurons) {
        std::vector<T>& original = read[{one.layer, neuron}];
        if (original.empty()) {
          original.resize(layer.numbers_per_neuron());
          model.read_neuron({one.layer, neuron}, original);
        }
        operators.visit(one.operation, [&](const auto& operation) {
          neuron_change<T> change;
          change.neuron = neuron;
          bool is_map = false;
          if constexpr (AffineOperator<std::remove_cvref_t<decltype(operation)>, T>) {
            const affine_map<T> map = operation.affine_in_preactivation(layer.has_bias ? original.back() : T{0});
            change.factor = map.factor;
            change.shift = map.shift;
            is_map = takes_maps;
          }
          if (!is_map) {
            std::vector<T>& changed = numbers_[which].emplace_back(original);
            mutate_neuron(operation, layer, std::span<T>(changed), {seed, one.layer, neuron, one.repeat});
            change.numbers = changed;
          }
          changes_[which].push_back(change);
        });
      }
    }
  }

  std::span<const neuron_change<T>> of(std::size_t mutant) const { return changes_[mutant]; }

 private:
  std::vector<std::vector<neuron_change<T>>> changes_;
  std::vector<std::vector<std::vector<T>>> numbers_;  // moving a vector leaves its elements where they are
};

/// Leaves out the flips of mutants all of whose cells are surely killed: they may not have been run to the end.
inline void forget_flips_of_saturated(kill_matrix& kills) {
  for (std::size_t which = 0; which < kills.mutants(); ++which) {
    bool is_saturated = true;
    for (std::size_t rule = 0; rule < kills.rules(); ++rule)
      for (std::size_t cell = 0; cell < kills.cells(rule); ++cell)
        is_saturated = is_saturated && kills.is_killed(rule, which, cell) && !kills.is_borderline(rule, which, cell);
    if (is_saturated) kills.set_flips(which, std::nullopt);
  }
}

/// What a mutant says about an input otherwise than the original network.
struct changed_input {
  std::size_t lane = 0;  ///< of the block
  decision decided;
  label_ranks ranks;
};

/// Runs mutants on every input and folds the predictions into kills. Counted is how what they say differs from what the original network
/// says; the latter is counted once, in a tally of its own.
/// \param runner  of the model, for inputs of the golden run's regularity
/// \param made    where the original network's decisions and gaps are written; null where `golden` has them already
/// \param work    whose `skip` says what need not be computed, and whose other numbers are added to
template <class Space, class Adapter, class Runner, class T, class Operators, class Rules>
kill_matrix run_by_delta(const Space& space, const Adapter& model, Runner runner, const test_set<T>& tests, const golden_run& golden,
                         golden_run* made, std::span<const mutant> mutants, const Operators& operators, const Rules& rules,
                         const evaluation_options& options, progress& done, evaluation_work& work) {
  using value_type = typename Adapter::value_type;
  const skip_options& skip = work.skip;
  const bool is_ranked = detail::any_needs_label_rank(rules), can_saturate = skip.saturated && detail::all_only_add(rules);
  // What is certain is the prediction, not where the other classes stand.
  const bool can_certify = skip.certified && !is_ranked;
  if constexpr (requires { runner.skip(true, true); }) runner.skip(skip.dead, can_certify && !mutants.empty());
  delta_crew<Space, Runner, value_type> workers(space, runner, golden.tolerance);
  const mutant_changes<value_type> changes(model, model.layers(), mutants, operators, options.seed, !rounds_factors<Adapter>);
  done.check();
  if (made) made->gaps.resize(tests.size());
  using tally_type = kill_tally<Kokkos::HostSpace, Rules>;
  const kill_totals totals{tests.size(), golden.classes};
  const tally_type tally(rules, totals, mutants.size()), shared(rules, totals, 1);
  const auto classes = static_cast<std::uint32_t>(golden.classes);
  std::vector<std::uint8_t> is_done(mutants.size(), 0);

  // Inputs near the edge first: they kill most, and those that no mutant moves share blocks.
  auto order = detail::counted(0, tests.size());
  if (skip != skip_nothing && golden.gaps.size() == tests.size())
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return golden.gaps[a] != golden.gaps[b] ? golden.gaps[a] < golden.gaps[b] : a < b; });
  const task_grid grid(tests.size(), workers.lanes(), mutants.size(), workers.size());
  std::mutex guard;
  std::array<std::mutex, 64> guards;  // of mutants' counts

  workers.run("deepmaacc::evaluation::mutants", grid.tasks(), [&](std::size_t task, auto& worker) {
    worker.load(tests, std::span(order).subspan(grid.first_input(task), grid.inputs(task)));
    const std::span<const std::uint32_t> inputs = worker.inputs();
    const bool is_first_of_block = grid.is_first_of_block(task);
    evaluation_work mine;
    const matrix<const value_type> original = worker.runner().outputs();
    if (original.extent(0) != golden.classes)
      throw model_error(
          detail::text("the model's delta() gives ", original.extent(0), " outputs, but the model has ", golden.classes, " classes"));
    bool is_settled = true;  // whether the block's outputs give the decisions of the golden run
    std::vector<expectation> expected(inputs.size());
    for (std::size_t lane = 0; lane < inputs.size(); ++lane) {
      const std::uint32_t input = inputs[lane];
      const decision here = decide(worker.column(original, lane).data(), classes, golden.tolerance),
                     before = made ? here : golden.decisions[input];
      if (made && is_first_of_block) {
        made->decisions[input] = here;
        made->gaps[input] = gap_of(worker.column(original, lane), here.winner);
      }
      is_settled = is_settled && here == before;
      expected[lane] = expect_of(options.oracle, before, tests.has_labels() ? tests.labels()[input] : 0);
    }
    const auto count = [&](const tally_type& into, std::size_t which, std::size_t lane, const decision& decided, const label_ranks& ranks,
                           std::int32_t times) {
      for (std::size_t rule = 0; rule < rules.size(); ++rule)
        rules.visit(rule, [&](const auto& each) {
          count_input(each, expected[lane], decided, is_ranked ? &ranks : nullptr, classes, into.of(which, rule), times);
        });
    };
    std::vector<label_ranks> original_ranks(inputs.size());
    std::vector<bool> is_seen;
    std::vector<changed_input> pending;
    for (std::size_t lane = 0; lane < inputs.size(); ++lane) {
      if (is_ranked)
        original_ranks[lane] =
            ranks_of(worker.column(original, lane).data(), classes, expected[lane], expected[lane].original, golden.tolerance);
      if (is_first_of_block) count(shared, 0, lane, expected[lane].original, original_ranks[lane], 1);
    }
    worker.expect(expected);
    if (is_settled && can_certify) worker.protect();
    for (std::size_t which = grid.begin(task); which < grid.end(task); ++which) {
      const std::atomic_ref<std::uint8_t> saturated(is_done[which]);
      if (can_saturate && saturated.load(std::memory_order_relaxed)) {
        mine.saturated += inputs.size();
        done.advance(inputs.size());
        continue;
      }
      std::size_t seen = 0;
      pending.clear();
      const auto judge = [&](const matrix<const value_type>& outputs, std::size_t column, std::size_t lane) {
        const value_type* const numbers = worker.column(outputs, column).data();
        const decision &before = expected[lane].original, decided = decide(numbers, classes, golden.tolerance);
        label_ranks ranks;
        if (is_ranked) ranks = ranks_of(numbers, classes, expected[lane], decided, golden.tolerance);
        if (!is_ranked && decided == before) return;
        pending.push_back({lane, decided, ranks});
      };
      if (!is_settled) is_seen.assign(inputs.size(), false);
      worker.runner().change(
          mutants[which].layer, changes.of(which), [&](const matrix<const value_type>& outputs, std::span<const std::uint32_t> columns) {
            seen += columns.size();
            if (!is_settled)
              for (const std::uint32_t lane : columns) is_seen[lane] = true;
            if (is_ranked)
              for (std::size_t column = 0; column < columns.size(); ++column) judge(outputs, column, columns[column]);
            else
              worker.for_each_unsure(outputs, columns, [&](std::size_t column) { judge(outputs, column, columns[column]); });
          });
      mine.dead += inputs.size() - seen;
      if (!is_settled)
        for (std::size_t lane = 0; lane < inputs.size(); ++lane)
          if (!is_seen[lane]) judge(original, lane, lane);
      if (!pending.empty()) {
        // One block after the other: saturation is seen of whole blocks only, whose counts are not below what the rest can leave of them.
        const std::lock_guard lock(guards[which % guards.size()]);
        for (const auto& [lane, decided, ranks] : pending) {
          count(tally, which, lane, expected[lane].original, original_ranks[lane], -1);
          count(tally, which, lane, decided, ranks, 1);
          if (expected[lane].is_flip(decided)) Kokkos::atomic_add(tally.flips(which), 1);
        }
        if (can_saturate && tally.is_saturated(which)) saturated.store(1, std::memory_order_relaxed);
      }
      done.advance(inputs.size());
    }
    const std::lock_guard lock(guard);
    work.dead += mine.dead;
    work.saturated += mine.saturated;
  });
  work.operations = workers.operations();
  work.certified = workers.certified();
  work.dead -= work.certified;
  if constexpr (requires { runner.layers_in_rows(); }) work.layers_in_rows = runner.layers_in_rows();
  kill_matrix kills = tally.kills(&shared);
  if (can_saturate) forget_flips_of_saturated(kills);
  return kills;
}

}  // namespace deepmaacc
