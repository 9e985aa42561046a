#pragma once

/// \file
/// What rows of outputs say about mutants, counted for the engines that run rows.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/outcome.hpp>
#include <deepmaacc/core/shared_array.hpp>
#include <deepmaacc/evaluation/expectations.hpp>
#include <deepmaacc/evaluation/golden.hpp>
#include <deepmaacc/evaluation/input_marks.hpp>
#include <deepmaacc/evaluation/judge_rows.hpp>
#include <deepmaacc/evaluation/kill_counts.hpp>
#include <deepmaacc/evaluation/kill_matrix.hpp>
#include <deepmaacc/evaluation/kill_tally.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <utility>
#include <vector>

namespace deepmaacc {

namespace detail {

/// Counts what outputs of mutants say, in a memory space.
template <class MemorySpace, class Rules, class Judge>
class row_counts {
 public:
  /// \param request  with a golden run; it is referred to
  template <class Request>
  row_counts(const Request& request, const Judge& judge)
      : rules_(request.rules),
        judge_(judge),
        golden_(*request.golden),
        tally_(rules_, golden_.totals(), request.mutants.size()),
        originals_(rules_, golden_.totals(), 1),
        notes_(request.options.by_input, request.mutants.size(), request.tests.size()) {
    const std::size_t parts = parts_of(judge), size = target_size_of(judge);
    const expectations expected(judge, request.options.oracle, request.tests);
    std::vector<expectation> on_host(golden_.decisions.size());
    for (std::size_t i = 0; i < on_host.size(); ++i)
      on_host[i] = expected.of(i / parts, i % parts, golden_.decisions[i], size > 0 ? &golden_.targets[i / parts * size] : nullptr);
    for (std::size_t rule = 0; rule < rules_.size(); ++rule)
      rules_.visit(rule, [&](const auto& each) { count_originals(each, on_host, classes(), originals_.of(0, rule)); });
    expected_ = decltype(expected_)("deepmaacc::evaluation::expected", std::move(on_host));
    if constexpr (!is_host_accessible<MemorySpace>) targets_ = decltype(targets_)("deepmaacc::evaluation::targets", golden_.targets);
  }

  /// Judges the outputs that a worker holds, of some mutants one behind the other.
  /// \param which  the first of these mutants
  /// \param first  of the block's inputs, of which each mutant has a row
  template <class Space, class Worker>
  void count(const Space& space, const Worker& worker, std::size_t which, std::size_t mutants, std::size_t first,
             std::size_t inputs) const {
    const output_rows rows{mutants * inputs, inputs, parts_of(judge_), tally_.width()};
    const expectation* const expected = expected_.data() + first * rows.parts;
    judge_rows(space, judge_, worker.outputs(rows.count),
               {rows, expected, targets() + first * target_size_of(judge_), golden_.tolerance, worker.decisions(), worker.ranks(),
                tally_.flips(which), notes_.marks(), which, first});
    for (std::size_t rule = 0; rule < rules_.size(); ++rule)
      rules_.visit(rule, [&]<class Rule>(const Rule& each) {
        count_rows(space, row_counter<Rule>{each, rows, expected, worker.decisions(), worker.ranks(), classes(), tally_.of(which, rule)});
      });
  }

  kill_matrix kills() const {
    kill_matrix kills = tally_.kills(&originals_);
    if (notes_.are_wanted()) kills.set_by_input(notes_.found(golden_.decisions));
    return kills;
  }

 private:
  std::uint32_t classes() const { return static_cast<std::uint32_t>(golden_.classes); }
  const double* targets() const {
    if constexpr (is_host_accessible<MemorySpace>)
      return golden_.targets.data();
    else
      return targets_.data();
  }

  const Rules& rules_;
  Judge judge_;
  const golden_run& golden_;
  kill_tally<MemorySpace, Rules> tally_;
  kill_tally<Kokkos::HostSpace, Rules> originals_;
  input_notes<MemorySpace> notes_;
  shared_array<expectation, MemorySpace> expected_;
  shared_array<double, MemorySpace> targets_;  ///< where the golden run's cannot be read
};

}  // namespace detail

}  // namespace deepmaacc
