#pragma once

/// \file
/// What rows of outputs say about mutants, counted for the engines that run rows.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/shared_array.hpp>
#include <deepmaacc/evaluation/golden.hpp>
#include <deepmaacc/evaluation/kill_counts.hpp>
#include <deepmaacc/evaluation/kill_matrix.hpp>
#include <deepmaacc/evaluation/kill_tally.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <utility>
#include <vector>

namespace deepmaacc {

namespace detail {

/// Counts what outputs of mutants say, in a memory space.
template <class MemorySpace, class Rules>
class row_counts {
 public:
  /// \param request  with a golden run; it is referred to
  template <class Request>
  explicit row_counts(const Request& request)
      : rules_(request.rules),
        golden_(*request.golden),
        tally_(rules_, {request.tests.size(), golden_.classes}, request.mutants.size()),
        originals_(rules_, {request.tests.size(), golden_.classes}, 1) {
    std::vector<expectation> on_host(request.tests.size());
    for (std::size_t i = 0; i < on_host.size(); ++i) on_host[i] = request.expected(i, golden_.decisions[i]);
    for (std::size_t rule = 0; rule < rules_.size(); ++rule)
      rules_.visit(rule, [&](const auto& each) { count_originals(each, on_host, classes(), originals_.of(0, rule)); });
    expected_ = decltype(expected_)("deepmaacc::evaluation::expected", std::move(on_host));
  }

  /// Judges the outputs that a worker holds, of some mutants one behind the other.
  /// \param which  the first of these mutants
  /// \param first  of the block's inputs, of which each mutant has a row
  template <class Space, class Worker>
  void count(const Space& space, const Worker& worker, std::size_t which, std::size_t mutants, std::size_t first,
             std::size_t inputs) const {
    const output_rows rows{mutants * inputs, inputs, tally_.width()};
    const expectation* const expected = expected_.data() + first;
    worker.judge_rows(space, rows, expected, tally_.flips(which), golden_.tolerance);
    for (std::size_t rule = 0; rule < rules_.size(); ++rule)
      rules_.visit(rule, [&]<class Rule>(const Rule& each) {
        count_rows(space, row_counter<Rule>{each, rows, expected, worker.decisions(), worker.ranks(), classes(), tally_.of(which, rule)});
      });
  }

  kill_matrix kills() const { return tally_.kills(&originals_); }

 private:
  std::uint32_t classes() const { return static_cast<std::uint32_t>(golden_.classes); }

  const Rules& rules_;
  const golden_run& golden_;
  kill_tally<MemorySpace, Rules> tally_;
  kill_tally<Kokkos::HostSpace, Rules> originals_;
  shared_array<expectation, MemorySpace> expected_;
};

}  // namespace detail

}  // namespace deepmaacc
