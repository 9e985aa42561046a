#pragma once

/// \file
/// The delta engine: runs mutants as changes of single neurons, on blocks of inputs.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/concepts/outcome.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/evaluation/choose_engine.hpp>
#include <deepmaacc/evaluation/delta_skips.hpp>
#include <deepmaacc/evaluation/delta_worker.hpp>
#include <deepmaacc/evaluation/expectations.hpp>
#include <deepmaacc/evaluation/golden.hpp>
#include <deepmaacc/evaluation/input_marks.hpp>
#include <deepmaacc/evaluation/kill_counts.hpp>
#include <deepmaacc/evaluation/kill_matrix.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/evaluation/kill_tally.hpp>
#include <deepmaacc/evaluation/label_rank.hpp>
#include <deepmaacc/evaluation/mutant_changes.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <deepmaacc/evaluation/outcomes.hpp>
#include <deepmaacc/evaluation/request.hpp>
#include <deepmaacc/evaluation/rounding_noise.hpp>
#include <deepmaacc/evaluation/task_grid.hpp>
#include <mutex>
#include <numeric>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {

/// One evaluation by the delta engine. A mutant's counts are differences: for each input its contribution minus that of the original
/// network. The contribution of the original network is counted once, in a tally of its own, which is added to every mutant's at the end.
template <class Request, class Adapter, class Runner, class Rules>
class delta_evaluation {
  using judge_type = judge_of<typename Rules::outcome_type>;
  using value_type = typename Adapter::value_type;
  using tally_type = kill_tally<Kokkos::HostSpace, Rules>;
  using outputs_type = matrix<const value_type>;

 public:
  /// \param runner  of the model, for inputs of the golden run's regularity
  /// \param golden  the original model's predictions; or, where `is_along`, what they are made with, on the way
  /// \param skip    what need not be computed
  delta_evaluation(const Request& request, const Adapter& model, Runner runner, golden_run& golden, bool is_along, const skip_options& skip)
      : request_(request),
        golden_(golden),
        judge_(request.judge()),
        parts_(detail::parts_of(judge_)),
        target_size_(detail::target_size_of(judge_)),
        is_arg_max_(detail::with_judge(judge_, []<class Judge>(const Judge&) { return std::is_same_v<Judge, judge::arg_max>; })),
        takes_targets_(is_along && takes_targets(judge_, request.options.oracle)),
        expected_(judge_, request.options.oracle, request.tests),
        is_along_(is_along),
        skip_(skip),
        is_ranked_(detail::any_needs_label_rank(request.rules)),
        can_saturate_(skip.saturated && detail::all_only_add(request.rules)),
        can_certify_(skip.certified && !is_ranked_ && is_arg_max_),
        runner_(prepared(std::move(runner))),
        changes_(model, model.layers(), request.mutants, request.operators, request.options.seed, !rounds_factors<Adapter>),
        tally_(request.rules, golden.totals(), request.mutants.size()),
        shared_(request.rules, golden.totals(), 1),
        notes_(request.options.by_input, request.mutants.size(), request.tests.size()),
        is_saturated_(request.mutants.size(), 0) {}

  /// Runs every mutant on every input.
  /// \param work  is added to
  template <class Space>
  kill_matrix run(const Space& space, evaluation_work& work) {
    progress_meter done = request_.begin();
    delta_worker_pool<Space, Runner, value_type> workers(space, runner_, golden_.tolerance);
    done.check();
    if (is_along_) golden_.gaps.resize(request_.tests.size());
    const auto order = detail::order_by_gap(request_.tests.size(), skip_ != skip_nothing ? golden_.gaps : std::vector<float>());
    const task_grid grid(
        {request_.tests.size(), workers.lanes(), request_.mutants.size(), workers.size(), groups_worth_a_pass(request_.mutants.size())});
    std::mutex guard;
    workers.run("deepmaacc::evaluation::mutants", grid.tasks(), [&](std::size_t task, auto& worker) {
      worker.load(request_.tests, std::span(order).subspan(grid.first_input(task), grid.inputs(task)));
      block of(begin_block(worker, grid.is_first_of_block(task)));
      for (std::size_t which = grid.begin(task); which < grid.end(task); ++which) {
        run_mutant(worker, of, which);
        done.advance(of.inputs);
      }
      const std::lock_guard lock(guard);
      work.dead += of.dead;
      work.saturated += of.saturated;
    });
    work.operations = workers.operations();
    work.certified = workers.certified();
    work.dead -= work.certified;
    if constexpr (requires { runner_.layers_in_rows(); }) work.layers_in_rows = runner_.layers_in_rows();
    kill_matrix kills = tally_.kills(&shared_);
    if (can_saturate_) detail::forget_flips_of_saturated(kills);
    if (notes_.are_wanted()) kills.set_by_input(notes_.found(golden_.decisions));
    return kills;
  }

 private:
  /// A decision about an input that differs from the original network's, or may do so by the rank of the label.
  struct changed_decision {
    std::size_t which = 0;  ///< of the block's: by lane, then by part
    decision decided;
    label_ranks ranks;
  };

  /// The inputs of a task, and what has become of them.
  struct block {
    std::size_t inputs = 0;
    std::vector<expectation> expected;  ///< by lane, then by part; so are ranks
    std::vector<label_ranks> original_ranks;
    std::vector<double> targets;  ///< by lane
    bool is_settled = true;       ///< whether the block's outputs give the decisions of the golden run
    std::vector<bool> is_seen;
    std::vector<changed_decision> pending;
    std::size_t dead = 0, saturated = 0;
  };

  std::uint32_t classes() const { return static_cast<std::uint32_t>(golden_.classes); }

  Runner prepared(Runner runner) const {
    // A certificate guarantees the predicted class, not the ranks of the other classes.
    if constexpr (requires { runner.skip(true, true); }) runner.skip(skip_.dead, can_certify_ && !request_.mutants.empty());
    return runner;
  }

  /// Adds what an input says to the counts of a mutant.
  /// \param times  how often; −1 takes it back
  void count(const tally_type& into, std::size_t which, const expectation& expected, const decision& decided, const label_ranks& ranks,
             std::int32_t times) const {
    for (std::size_t rule = 0; rule < request_.rules.size(); ++rule)
      request_.rules.visit(rule, [&](const auto& each) {
        count_input(each, expected, decided, is_ranked_ ? &ranks : nullptr, classes(), into.of(which, rule), times);
      });
  }

  /// Computes the expected decisions of a block's inputs, which the worker holds.
  /// \param is_first  whether this is the block's first task
  template <class Worker>
  block begin_block(Worker& worker, bool is_first) {
    const std::span<const std::uint32_t> inputs = worker.inputs();
    const outputs_type original = worker.runner().outputs();
    if (original.extent(0) != golden_.outputs)
      throw model_error(detail::text("the model's delta() gives ", original.extent(0), " outputs, but the model has ", golden_.outputs));
    block of;
    of.inputs = inputs.size();
    of.expected.resize(inputs.size() * parts_);
    of.original_ranks.resize(of.expected.size());
    of.targets.resize(inputs.size() * target_size_);
    for (std::size_t lane = 0; lane < inputs.size(); ++lane) {
      const std::uint32_t input = inputs[lane];
      const value_type* const numbers = worker.column(original, lane).data();
      double* const target = of.targets.data() + lane * target_size_;
      if (!takes_targets_) std::copy_n(golden_.targets.data() + input * target_size_, target_size_, target);
      if (takes_targets_) detail::take_target(judge_, numbers, target, golden_.tolerance);
      for (std::size_t part = 0; part < parts_; ++part) expect(of, lane * parts_ + part, input, numbers, target, is_first);
      if (is_along_ && is_first) golden_.gaps[input] = detail::margin_of(judge_, numbers, target);
      if (takes_targets_ && is_first) std::copy_n(target, target_size_, golden_.targets.data() + input * target_size_);
    }
    if (is_arg_max_) worker.expect(of.expected);
    if (of.is_settled && can_certify_) worker.protect();
    return of;
  }

  /// Computes one of the expected decisions of a block.
  void expect(block& of, std::size_t which, std::size_t input, const value_type* outputs, const double* target, bool is_first) {
    const std::size_t part = which % parts_;
    decision& golden = golden_.decisions[input * parts_ + part];
    const decision here = judge_.decide(outputs, target, part, golden_.tolerance), before = is_along_ ? here : golden;
    if (is_along_ && is_first) golden = here;
    of.is_settled = of.is_settled && here == before;
    const expectation& expected = of.expected[which] = expected_.of(input, part, before, target_size_ > 0 ? target : nullptr);
    if (is_ranked_)
      of.original_ranks[which] = detail::with_judge(
          judge_, [&](const auto& judge) { return detail::ranks_by(judge, outputs, expected, expected.original, golden_.tolerance); });
    if (is_first) count(shared_, 0, expected, expected.original, of.original_ranks[which], 1);
  }

  /// Runs one mutant on a block.
  template <class Worker>
  void run_mutant(Worker& worker, block& of, std::size_t which) {
    const std::atomic_ref<std::uint8_t> saturated(is_saturated_[which]);
    if (can_saturate_ && saturated.load(std::memory_order_relaxed)) {
      of.saturated += of.inputs;
      return;
    }
    std::size_t seen = 0;
    of.pending.clear();
    if (!of.is_settled) of.is_seen.assign(of.inputs, false);
    const auto sink = [&](const outputs_type& outputs, std::span<const std::uint32_t> columns) {
      seen += columns.size();
      if (!of.is_settled)
        for (const std::uint32_t lane : columns) of.is_seen[lane] = true;
      if (is_ranked_ || !is_arg_max_)
        for (std::size_t column = 0; column < columns.size(); ++column) judge(worker, of, which, outputs, column, columns[column]);
      else
        worker.for_each_unsure(outputs, columns, [&](std::size_t column) { judge(worker, of, which, outputs, column, columns[column]); });
    };
    worker.runner().change(request_.mutants[which].layer, changes_.of(which), sink);
    of.dead += of.inputs - seen;
    if (!of.is_settled) {
      const outputs_type original = worker.runner().outputs();
      for (std::size_t lane = 0; lane < of.inputs; ++lane)
        if (!of.is_seen[lane]) judge(worker, of, which, original, lane, lane);
    }
    if (!of.pending.empty()) count_pending(of, which, saturated);
  }

  /// Stores a mutant's decisions of a column of outputs, where they differ from the original network's.
  template <class Worker>
  void judge(Worker& worker, block& of, std::size_t which, const outputs_type& outputs, std::size_t column, std::size_t lane) const {
    const value_type* const numbers = worker.column(outputs, column).data();
    const double* const target = of.targets.data() + lane * target_size_;
    const detail::input_marks marks = notes_.marks();
    input_change change;
    detail::with_judge(judge_, [&](const auto& judge) {
      for (std::size_t part = 0; part < parts_; ++part) {
        const expectation& expected = of.expected[lane * parts_ + part];
        const decision decided = judge.decide(numbers, target, part, golden_.tolerance);
        if (marks.are_wanted()) change.add(expected.original, decided);
        if (!is_ranked_ && decided == expected.original) continue;
        label_ranks ranks;
        if (is_ranked_) ranks = detail::ranks_by(judge, numbers, expected, decided, golden_.tolerance);
        of.pending.push_back({lane * parts_ + part, decided, ranks});
      }
    });
    if (marks.are_wanted()) marks.note(which, worker.inputs()[lane], change);
  }

  void count_pending(block& of, std::size_t which, const std::atomic_ref<std::uint8_t>& saturated) {
    // One block after the other: saturation is seen of whole blocks only, whose counts are not below what the rest can leave of them.
    const std::lock_guard lock(guards_[which % guards_.size()]);
    for (const auto& [place, decided, ranks] : of.pending) {
      const expectation& expected = of.expected[place];
      count(tally_, which, expected, expected.original, of.original_ranks[place], -1);
      count(tally_, which, expected, decided, ranks, 1);
      if (expected.is_flip(decided)) Kokkos::atomic_add(tally_.flips(which), 1);
    }
    if (can_saturate_ && tally_.is_saturated(which)) saturated.store(1, std::memory_order_relaxed);
  }

  const Request& request_;
  golden_run& golden_;
  judge_type judge_;
  std::size_t parts_, target_size_;
  bool is_arg_max_, takes_targets_;
  expectations<judge_type, typename std::remove_cvref_t<decltype(request_.tests)>::value_type> expected_;
  bool is_along_;
  skip_options skip_;
  bool is_ranked_, can_saturate_, can_certify_;
  Runner runner_;
  mutant_changes<value_type> changes_;
  tally_type tally_, shared_;
  detail::input_notes<Kokkos::HostSpace> notes_;
  std::vector<std::uint8_t> is_saturated_;  ///< by mutant
  std::array<std::mutex, 64> guards_;       ///< of mutants' counts
};

/// Runs mutants by the delta engine. If there is no golden run yet: where inputs are skipped it is made first, because it orders the
/// inputs; otherwise it is made block by block together with the mutants, and its seconds are 0.
template <class Space, class Model, class T, class Operators, class Rules>
evaluated_mutants run_engine(const engine::delta& how, const evaluation_request<Space, Model, T, Operators, Rules>& request) {
  using adapter = typename worker_pool<Space, Model>::adapter_type;
  const stopwatch clock;
  const adapter& model = detail::adapter_on(request.space, request.model);
  evaluated_mutants found;
  golden_run golden = request.golden
                          ? *request.golden
                          : detail::empty_golden(request.space, request.model, request.tests, request.options, request.rules.outcome());
  if (golden.regularity.is_zero.empty()) golden.regularity = regularity_for(request.space, model, request.tests);
  auto runner = delta_of(model, golden.regularity);
  const bool has_order = golden.gaps.size() == request.tests.size();
  found.work.pairs = request.pairs();
  found.work.skip = detail::skips_for(how.skip, runner, model.layers().size(), request.mutants, request.tests.size(), has_order);
  if (request.options.by_input) found.work.skip.saturated = false;  // it would leave inputs unknown
  // Inputs that are skipped must be ordered first; and where there are no mutants, nothing is made along with them.
  bool is_along = !request.golden;
  if (!has_order && (found.work.skip != skip_nothing || (is_along && request.mutants.empty()))) {
    progress_meter done(request.options.observer, "deepmaacc::run_golden", request.tests.size(), "inputs");
    golden_run made = golden;
    run_golden_by_delta<typename adapter::value_type>(request.space, runner, request.tests, request.judge(), done, made);
    if (is_along) {
      golden = std::move(made);
      golden.seconds = clock.seconds();
    } else {
      golden.gaps = std::move(made.gaps);  // the decisions stay those that were given
    }
    is_along = false;
  }
  using request_type = evaluation_request<Space, Model, T, Operators, Rules>;
  delta_evaluation<request_type, adapter, decltype(runner), Rules> evaluation(request, model, std::move(runner), golden, is_along,
                                                                              found.work.skip);
  found.kills = evaluation.run(request.space, found.work);
  if (!request.golden) {
    detail::sum_up(request.tests, request.judge(), golden);
    found.golden = std::move(golden);
  }
  return found;
}

}  // namespace deepmaacc
