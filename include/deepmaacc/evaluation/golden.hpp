#pragma once

/// \file
/// The original model's predictions.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/kill_rule.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/outcome.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/core/shared_array.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/check_fit.hpp>
#include <deepmaacc/evaluation/choose_engine.hpp>
#include <deepmaacc/evaluation/decision.hpp>
#include <deepmaacc/evaluation/delta_worker.hpp>
#include <deepmaacc/evaluation/expectations.hpp>
#include <deepmaacc/evaluation/judge_rows.hpp>
#include <deepmaacc/evaluation/observe_inputs.hpp>
#include <deepmaacc/evaluation/options.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <deepmaacc/evaluation/outcomes.hpp>
#include <deepmaacc/evaluation/rounding_noise.hpp>
#include <deepmaacc/evaluation/worker_pool.hpp>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace deepmaacc {

/// The original model's predictions on a test set: all that kill rules compare mutants with.
struct golden_run {
  oracle_kind oracle = oracle_kind::labels;        ///< what `correct` is about
  std::string outcome;                             ///< by which it was judged, as reports name it
  std::vector<decision> decisions;                 ///< of each input; one after the other where it has several
  std::vector<std::uint32_t> right;                ///< what is right of each decision; `decision::none` where a label is off
  std::vector<double> targets;                     ///< of each input, as many as the outcome keeps
  std::size_t outputs = 0;                         ///< of the model, numbers
  std::size_t classes = 0;                         ///< of the outcome; 0 where inputs are only right or wrong
  std::size_t correct = 0;                         ///< decisions that are right
  std::vector<std::size_t> classes_never_correct;  ///< classes that no right decision has
  std::vector<float> gaps;                         ///< the margins of inputs, which order them; empty where the engine does not tell
  input_regularity regularity;                     ///< of the inputs, where the engine has looked
  double tolerance = near_tie_tolerance;           ///< of near ties: two outputs closer than this, by their scale, rounding can turn round
  std::optional<double> noise;                     ///< of rounding, where it was measured: what the tolerance follows from
  double seconds = 0;

  /// What cells' counts are judged against.
  kill_totals totals() const { return {decisions.size(), classes}; }
};

namespace detail {

/// A golden run without decisions yet, but with the tolerance of near ties, and the targets that the test set has.
/// \throws as `check_fit`; model_error where the outcome cannot judge the model's outputs.
template <class Space, class Model, class T, class Policy>
golden_run empty_golden(const Space& space, Model& model, const test_set<T>& tests, const evaluation_options& options,
                        const Policy& outcome) {
  const output_description outputs = describe_outputs(model);
  const auto judge = outcome.judge(outputs);
  golden_run golden;
  golden.oracle = options.oracle;
  golden.outcome = outcome_name(outcome, outputs);
  check_fit(model, tests, options.oracle, golden.outcome, judge);
  golden.outputs = outputs.count;
  golden.classes = judge.classes();
  using adapter = typename worker_pool<Space, Model>::adapter_type;
  if constexpr (has_rounding_noise<adapter>) {
    constexpr std::size_t few = 16;
    golden.noise =
        rounding_noise(static_cast<const adapter&>(adapter_on(space, model)), tests, judge, rows_within_limit(model, options, few));
    golden.tolerance = near_tie_tolerance_for(*golden.noise);
  }
  if (tests.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()) / parts_of(judge))
    throw usage_error(text("the test set asks for ", tests.size(), " x ", parts_of(judge),
                           " decisions, more than 32 bits can count; take fewer inputs at a time"));
  golden.decisions.resize(tests.size() * parts_of(judge));
  if (reads_targets(judge, options.oracle))
    golden.targets = read_targets(judge, tests);
  else
    golden.targets.resize(tests.size() * target_size_of(judge));
  return golden;
}

/// Copies from memory that the host cannot read.
template <class MemorySpace, class T>
void copy_to_host(const T* from, std::size_t count, T* to) {
  using unmanaged = Kokkos::MemoryTraits<Kokkos::Unmanaged>;
  Kokkos::deep_copy(Kokkos::View<T*, Kokkos::HostSpace, unmanaged>(to, count), Kokkos::View<const T*, MemorySpace, unmanaged>(from, count));
}

/// What follows from the decisions.
template <class T, class Judge>
void sum_up(const test_set<T>& tests, const Judge& judge, golden_run& golden) {
  const std::size_t parts = parts_of(judge), size = target_size_of(judge);
  const expectations<Judge, T> expected(judge, golden.oracle, tests);
  std::vector<bool> is_ever_correct(golden.classes, false);
  golden.right.reserve(golden.decisions.size());
  for (std::size_t i = 0; i < golden.decisions.size(); ++i) {
    const decision& made = golden.decisions[i];
    const double* const target = size > 0 ? &golden.targets[i / parts * size] : nullptr;
    golden.right.push_back(expected.of(i / parts, i % parts, made, target).label);
    if (made.winner != golden.right.back()) continue;
    ++golden.correct;
    if (made.winner < golden.classes) is_ever_correct[made.winner] = true;
  }
  for (std::size_t c = 0; c < golden.classes; ++c)
    if (!is_ever_correct[c]) golden.classes_never_correct.push_back(c);
}

}  // namespace detail

/// The original model's decisions, block by block.
template <class Space, class Model, class T, class Judge>
void run_golden_by_rows(const Space& space, Model& model, const test_set<T>& tests, const Judge& judge, std::size_t rows,
                        progress_meter& done, golden_run& golden) {
  using memory = typename worker_pool<Space, Model>::memory_space;
  const std::size_t blocks = (tests.size() + rows - 1) / rows, parts = detail::parts_of(judge), size = detail::target_size_of(judge);
  const bool takes = takes_targets(judge, golden.oracle);
  worker_pool<Space, Model> workers(space, model, {rows, rows, golden.outputs, parts});
  const auto decide = [&](auto& worker, std::size_t count, double* targets) {
    const auto outputs = worker.outputs(count);
    if (takes) take_targets(workers.kernels(), judge, outputs, targets, golden.tolerance);
    decide_rows(workers.kernels(), judge, outputs, targets, golden.tolerance, worker.decisions());
  };
  workers.run("deepmaacc::evaluation::golden", blocks, [&](std::size_t block, auto& worker) {
    const std::size_t first = block * rows, count = std::min(rows, tests.size() - first);
    worker.model().predict(worker.load(tests, first, count), worker.outputs(count));
    double* const targets = golden.targets.data() + first * size;
    decision* const decisions = golden.decisions.data() + first * parts;
    if constexpr (is_host_accessible<memory>) {
      decide(worker, count, targets);
      std::copy_n(worker.decisions(), count * parts, decisions);  // no Kokkos call: this may be inside a parallel region
    } else {
      const shared_array<double, memory> there("deepmaacc::evaluation::targets", std::vector<double>(targets, targets + count * size));
      decide(worker, count, there.data());
      detail::copy_to_host<memory>(worker.decisions(), count * parts, decisions);
      if (takes) detail::copy_to_host<memory>(there.data(), count * size, targets);
    }
    done.advance(count);
  });
}

/// The original network's decisions and margins, by the delta tier.
/// \tparam Value  of the network's numbers
/// \param runner  for inputs of the golden run's regularity
template <class Value, class Space, class Runner, class T, class Judge>
void run_golden_by_delta(const Space& space, const Runner& runner, const test_set<T>& tests, const Judge& judge, progress_meter& done,
                         golden_run& golden) {
  delta_worker_pool<Space, Runner, Value> workers(space, runner, golden.tolerance);
  golden.gaps.resize(tests.size());
  const std::size_t lanes = workers.lanes(), blocks = (tests.size() + lanes - 1) / lanes;
  const std::size_t parts = detail::parts_of(judge), size = detail::target_size_of(judge);
  const bool takes = takes_targets(judge, golden.oracle);
  workers.run("deepmaacc::evaluation::golden", blocks, [&](std::size_t block, auto& worker) {
    worker.load(tests, detail::counted(block * lanes, std::min(lanes, tests.size() - block * lanes)));
    const auto outputs = worker.runner().outputs();
    for (std::size_t lane = 0; lane < worker.inputs().size(); ++lane) {
      const Value* const column = worker.column(outputs, lane).data();
      const std::uint32_t input = worker.inputs()[lane];
      double* const target = golden.targets.data() + input * size;
      if (takes) detail::take_target(judge, column, target, golden.tolerance);
      for (std::size_t part = 0; part < parts; ++part)
        golden.decisions[input * parts + part] = judge.decide(column, target, part, golden.tolerance);
      golden.gaps[input] = detail::margin_of(judge, column, target);
    }
    done.advance(worker.inputs().size());
  });
}

namespace detail {

template <class Space, class Model, class T, class Policy>
golden_run run_golden(const Space& space, Model& model, const test_set<T>& tests, const evaluation_options& options,
                      const Policy& outcome) {
  using adapter = typename worker_pool<Space, Model>::adapter_type;
  const stopwatch clock;
  const auto judge = outcome.judge(describe_outputs(model));
  golden_run golden = empty_golden(space, model, tests, options, outcome);
  progress_meter done(options.observer, "deepmaacc::run_golden", tests.size(), "inputs");
  const any_engine engine = engine_on(space, model, options, {}, tests.size());
  if constexpr (DeltaAdapter<adapter>) {
    if (std::holds_alternative<engine::delta>(engine)) {
      const adapter& on_space = adapter_on(space, model);
      golden.regularity = regularity_for(space, on_space, tests);
      run_golden_by_delta<typename adapter::value_type>(space, delta_of(on_space, golden.regularity), tests, judge, done, golden);
    }
  }
  if (!std::holds_alternative<engine::delta>(engine))
    run_golden_by_rows(space, model, tests, judge, rows_of_block(model, options, tests.size()), done, golden);
  sum_up(tests, judge, golden);
  golden.seconds = clock.seconds();
  return golden;
}

}  // namespace detail

/// Runs the original model over a test set.
/// \param space    where to run
/// \param model  a model adapter, or one that is placed by `on(space)`
/// \param options  engine: with `delta`, or where `automatic` means it, blocks of inputs run as they do for mutants; oracle: what counts as
///                 right, with predictions labels are not looked at, and every input is predicted correctly
/// \param outcome  how outputs are judged: what they suggest, unless told otherwise
/// \throws model_error where the outcome cannot judge the model's outputs; data_error where the inputs do not fit the model, or labels are
/// the oracle and one is missing or not what the outcome takes; usage_error where the model cannot have the engine; stopped.
template <ExecutionSpace Space, class Model, class T, Outcome Policy = any_outcome>
golden_run run_golden(const Space& space, Model& model, const test_set<T>& tests, const evaluation_options& options = {},
                      const Policy& outcome = {}) {
  require_kokkos("deepmaacc::run_golden", space);
  return detail::run_golden(space, detail::as_given(model), tests, options, outcome);
}

}  // namespace deepmaacc
