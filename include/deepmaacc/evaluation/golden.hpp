#pragma once

/// \file
/// The original model's predictions.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/check_fit.hpp>
#include <deepmaacc/evaluation/choose_engine.hpp>
#include <deepmaacc/evaluation/decision.hpp>
#include <deepmaacc/evaluation/delta_worker.hpp>
#include <deepmaacc/evaluation/observe_inputs.hpp>
#include <deepmaacc/evaluation/options.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <deepmaacc/evaluation/rounding_noise.hpp>
#include <deepmaacc/evaluation/worker_pool.hpp>
#include <limits>
#include <optional>
#include <variant>
#include <vector>

namespace deepmaacc {

/// The original model's predictions on a test set: all that kill rules compare mutants with.
struct golden_run {
  oracle_kind oracle = oracle_kind::labels;        ///< what `correct` is about
  std::vector<decision> decisions;                 ///< one per input
  std::size_t classes = 0;                         ///< outputs of the model
  std::size_t correct = 0;                         ///< inputs whose predicted class is the right one
  std::vector<std::size_t> classes_never_correct;  ///< classes that no correctly predicted input has
  std::vector<float> gaps;                         ///< between the two largest outputs, one per input; empty where the engine does not tell
  input_regularity regularity;                     ///< of the inputs, where the engine has looked
  double tolerance = near_tie_tolerance;           ///< of near ties: two outputs closer than this, by their scale, rounding can turn round
  std::optional<double> noise;                     ///< of rounding, where it was measured: what the tolerance follows from
  double seconds = 0;
};

namespace detail {

/// A golden run without decisions yet, but with the tolerance of near ties.
/// \throws as `check_fit`.
template <class Space, class Model, class T>
golden_run empty_golden(const Space& space, Model& model, const test_set<T>& tests, const evaluation_options& options) {
  golden_run golden;
  golden.oracle = options.oracle;
  check_fit(model, tests, options.oracle);
  golden.classes = class_count(model);
  using adapter = typename worker_pool<Space, Model>::adapter_type;
  if constexpr (has_rounding_noise<adapter>) {
    constexpr std::size_t few = 16;
    golden.noise = rounding_noise(static_cast<const adapter&>(adapter_on(space, model)), tests, rows_within_limit(model, options, few));
    golden.tolerance = near_tie_tolerance_for(*golden.noise);
  }
  golden.decisions.resize(tests.size());
  return golden;
}

/// What follows from the decisions.
template <class T>
void sum_up(const test_set<T>& tests, golden_run& golden) {
  std::vector<bool> is_ever_correct(golden.classes, false);
  for (std::size_t i = 0; i < tests.size(); ++i) {
    const std::uint32_t predicted = golden.decisions[i].winner;
    if (golden.oracle == oracle_kind::labels && predicted != tests.labels()[i]) continue;
    ++golden.correct;
    is_ever_correct[predicted] = true;
  }
  for (std::size_t c = 0; c < golden.classes; ++c)
    if (!is_ever_correct[c]) golden.classes_never_correct.push_back(c);
}

}  // namespace detail

/// The original model's decisions, block by block.
template <class Space, class Model, class T>
void run_golden_by_rows(const Space& space, Model& model, const test_set<T>& tests, std::size_t rows, progress_meter& done,
                        golden_run& golden) {
  const std::size_t blocks = (tests.size() + rows - 1) / rows;
  worker_pool<Space, Model> workers(space, model, {rows, rows, golden.classes});
  workers.run("deepmaacc::evaluation::golden", blocks, [&](std::size_t block, auto& worker) {
    const std::size_t first = block * rows, count = std::min(rows, tests.size() - first);
    worker.model().predict(worker.load(tests, first, count), worker.outputs(count));
    worker.decide_rows(workers.kernels(), count, golden.tolerance);
    const Kokkos::View<decision*, typename worker_pool<Space, Model>::memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>> from(
        worker.decisions(), count);
    const Kokkos::View<decision*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>> to(&golden.decisions[first], count);
    if constexpr (is_host_accessible<typename worker_pool<Space, Model>::memory_space>)
      std::copy_n(from.data(), count, to.data());  // no Kokkos call: this may be inside a parallel region
    else
      Kokkos::deep_copy(to, from);
    done.advance(count);
  });
}

/// The original network's decisions and gaps, by the delta tier.
/// \tparam Value  of the network's numbers
/// \param runner  for inputs of the golden run's regularity
template <class Value, class Space, class Runner, class T>
void run_golden_by_delta(const Space& space, const Runner& runner, const test_set<T>& tests, progress_meter& done, golden_run& golden) {
  delta_worker_pool<Space, Runner, Value> workers(space, runner, golden.tolerance);
  golden.gaps.resize(tests.size());
  const std::size_t lanes = workers.lanes(), blocks = (tests.size() + lanes - 1) / lanes;
  workers.run("deepmaacc::evaluation::golden", blocks, [&](std::size_t block, auto& worker) {
    worker.load(tests, detail::counted(block * lanes, std::min(lanes, tests.size() - block * lanes)));
    const auto outputs = worker.runner().outputs();
    for (std::size_t lane = 0; lane < worker.inputs().size(); ++lane) {
      const auto column = worker.column(outputs, lane);
      const std::uint32_t input = worker.inputs()[lane];
      const decision made = decide(column.data(), column.size(), golden.tolerance);
      golden.decisions[input] = made;
      golden.gaps[input] = gap_of(column, made.winner);
    }
    done.advance(worker.inputs().size());
  });
}

namespace detail {

template <class Space, class Model, class T>
golden_run run_golden(const Space& space, Model& model, const test_set<T>& tests, const evaluation_options& options) {
  using adapter = typename worker_pool<Space, Model>::adapter_type;
  const stopwatch clock;
  golden_run golden = empty_golden(space, model, tests, options);
  progress_meter done(options.observer, "deepmaacc::run_golden", tests.size(), "inputs");
  const any_engine engine = engine_on(space, model, options, {}, tests.size());
  if constexpr (DeltaAdapter<adapter>) {
    if (std::holds_alternative<engine::delta>(engine)) {
      const adapter& on_space = adapter_on(space, model);
      golden.regularity = regularity_for(space, on_space, tests);
      run_golden_by_delta<typename adapter::value_type>(space, delta_of(on_space, golden.regularity), tests, done, golden);
    }
  }
  if (!std::holds_alternative<engine::delta>(engine))
    run_golden_by_rows(space, model, tests, rows_of_block(model, options, tests.size()), done, golden);
  sum_up(tests, golden);
  golden.seconds = clock.seconds();
  return golden;
}

}  // namespace detail

/// Runs the original model over a test set.
/// \param space    where to run
/// \param model  a model adapter, or one that is placed by `on(space)`
/// \param options  engine: with `delta`, or where `automatic` means it, blocks of inputs run as they do for mutants; oracle: what counts as
///                 right, with predictions labels are not looked at, and every input is predicted correctly
/// \throws model_error where the model's outputs are no classes; data_error where the inputs do not fit the model, or labels are the oracle
/// and one is missing or no class of it; usage_error where the model cannot have the engine; stopped.
template <ExecutionSpace Space, class Model, class T>
golden_run run_golden(const Space& space, Model& model, const test_set<T>& tests, const evaluation_options& options = {}) {
  require_kokkos("deepmaacc::run_golden", space);
  return detail::run_golden(space, detail::as_given(model), tests, options);
}

}  // namespace deepmaacc
