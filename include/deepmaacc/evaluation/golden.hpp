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
#include <deepmaacc/evaluation/crew.hpp>
#include <deepmaacc/evaluation/decision.hpp>
#include <deepmaacc/evaluation/delta_worker.hpp>
#include <deepmaacc/evaluation/observe_inputs.hpp>
#include <deepmaacc/evaluation/options.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <limits>
#include <vector>

namespace deepmaacc {

/// What the original model says of a test set: all that kill rules compare mutants with.
struct golden_run {
  oracle_kind oracle = oracle_kind::labels;        ///< what `correct` is about
  std::vector<decision> decisions;                 ///< one per input
  std::size_t classes = 0;                         ///< outputs of the model
  std::size_t correct = 0;                         ///< inputs whose predicted class is the right one
  std::vector<std::size_t> classes_never_correct;  ///< classes that no correctly predicted input has
  std::vector<float> gaps;                         ///< between the two largest outputs, one per input; empty where the engine does not tell
  input_regularity regularity;                     ///< of the inputs, where the engine has looked
  double seconds = 0;
};

namespace detail {

/// A shape without the extents of 1.
inline shape squeezed(shape extents) {
  std::erase(extents, std::size_t{1});
  return extents;
}

/// \throws data_error where the inputs do not fit the model, or labels are the oracle and there are none, or one is no class of it.
template <class Adapter, class T>
void check_fit(const Adapter& model, const test_set<T>& tests, std::size_t classes, oracle_kind oracle) {
  if constexpr (requires {
                  { model.input_shape() } -> std::convertible_to<shape>;
                }) {
    if (squeezed(model.input_shape()) != squeezed(tests.input_shape()))
      throw data_error("the inputs have shape " + to_string(tests.input_shape()) + ", but the model takes " +
                       to_string(model.input_shape()) + "; prepare the inputs so that they fit");
  }
  if (oracle == oracle_kind::predictions) return;
  if (!tests.has_labels())
    throw data_error("the test set has no labels; give one label per input, or take the original model's predictions as the oracle");
  for (std::size_t i = 0; i < tests.size(); ++i)
    if (tests.labels()[i] >= classes)
      throw data_error(text("input ", i, " has label ", tests.labels()[i], ", but the model knows classes 0 to ", classes - 1,
                            " only; give labels that count from 0"));
}

/// A golden run without decisions. \throws data_error where the inputs do not fit.
template <class Model, class T>
golden_run empty_golden(Model& model, const test_set<T>& tests, oracle_kind oracle) {
  golden_run golden;
  golden.oracle = oracle;
  golden.classes = class_count(model);
  check_fit(model, tests, golden.classes, oracle);
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
void run_golden_by_rows(const Space& space, Model& model, const test_set<T>& tests, std::size_t block_inputs, progress& done,
                        golden_run& golden) {
  const std::size_t rows = std::min(std::max<std::size_t>(block_inputs, 1), tests.size());
  const std::size_t blocks = (tests.size() + rows - 1) / rows;
  crew<Space, Model> workers(space, model, rows, golden.classes);
  workers.run("deepmaacc::evaluation::golden", blocks, [&](std::size_t block, auto& worker) {
    const std::size_t first = block * rows, count = std::min(rows, tests.size() - first);
    worker.model().predict(worker.load(tests, first, count), worker.outputs(count));
    worker.decide_rows(workers.kernels(), count);
    const Kokkos::View<decision*, typename crew<Space, Model>::memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>> from(
        worker.decisions(), count);
    const Kokkos::View<decision*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>> to(&golden.decisions[first], count);
    if constexpr (is_host_accessible<typename crew<Space, Model>::memory_space>)
      std::copy_n(from.data(), count, to.data());  // no Kokkos call: this may be inside a parallel region
    else
      Kokkos::deep_copy(to, from);
    done.advance(count);
  });
}

/// The original network's decisions and gaps, by the delta tier.
template <class Space, class Adapter, class T>
void run_golden_by_delta(const Space& space, const Adapter& model, const test_set<T>& tests, progress& done, golden_run& golden) {
  golden.regularity = regularity_for(space, model, tests);
  const auto runner = delta_of(model, golden.regularity);
  delta_crew<Space, std::remove_cv_t<decltype(runner)>, typename Adapter::value_type> workers(space, runner);
  golden.gaps.resize(tests.size());
  const std::size_t lanes = workers.lanes(), blocks = (tests.size() + lanes - 1) / lanes;
  workers.run("deepmaacc::evaluation::golden", blocks, [&](std::size_t block, auto& worker) {
    worker.load(tests, detail::counted(block * lanes, std::min(lanes, tests.size() - block * lanes)));
    const auto outputs = worker.runner().outputs();
    for (std::size_t lane = 0; lane < worker.inputs().size(); ++lane) {
      const auto column = worker.column(outputs, lane);
      const std::uint32_t input = worker.inputs()[lane];
      const decision made = decide(column.data(), column.size());
      golden.decisions[input] = made;
      auto gap = std::numeric_limits<float>::infinity();
      for (std::size_t c = 0; c < column.size(); ++c)
        if (c != made.winner) gap = std::min(gap, static_cast<float>(column[made.winner] - column[c]));
      golden.gaps[input] = std::isnan(gap) ? 0 : gap;
    }
    done.advance(worker.inputs().size());
  });
}

namespace detail {

template <class Space, class Model, class T>
golden_run run_golden(const Space& space, Model& model, const test_set<T>& tests, const evaluation_options& options) {
  using adapter = typename crew<Space, Model>::adapter_type;
  const stopwatch clock;
  golden_run golden = empty_golden(model, tests, options.oracle);
  progress done(options.observer, "deepmaacc::run_golden", tests.size(), "inputs");
  const engine_kind engine = engine_for<adapter>(options.engine);
  if constexpr (DeltaAdapter<adapter>) {
    if (engine == engine_kind::delta) run_golden_by_delta(space, placed(space, model), tests, done, golden);
  }
  if (engine != engine_kind::delta) run_golden_by_rows(space, model, tests, options.block_inputs, done, golden);
  sum_up(tests, golden);
  golden.seconds = clock.seconds();
  return golden;
}

}  // namespace detail

/// Runs the original model over a test set.
/// \param space    where to run; \param model  a model adapter, or one that is placed by `on(space)`
/// \param options  engine: with `delta`, or where `automatic` means it, blocks of inputs run as they do for mutants; oracle: what counts as
///                 right, with predictions labels are not looked at, and every input is predicted correctly
/// \throws data_error where the inputs do not fit the model, or labels are the oracle and one is missing or no class of it; usage_error
/// where the model cannot have the engine; stopped.
template <ExecutionSpace Space, class Model, class T>
golden_run run_golden(const Space& space, Model& model, const test_set<T>& tests, const evaluation_options& options = {}) {
  require_kokkos("deepmaacc::run_golden");
  return detail::run_golden(space, detail::as_given(model), tests, options);
}

}  // namespace deepmaacc
