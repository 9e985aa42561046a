#pragma once

/// \file
/// The counts of all mutants' cells, and the kills that they come to.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/kill_rule.hpp>
#include <deepmaacc/core/shared_array.hpp>
#include <deepmaacc/evaluation/kill_counts.hpp>
#include <deepmaacc/evaluation/kill_matrix.hpp>
#include <vector>

namespace deepmaacc {

/// Counts of some mutants under a set of rules, in a memory space; all 0 at first. Views of it, copies count together.
template <class MemorySpace, class Rules>
class kill_tally {
 public:
  kill_tally(const Rules& rules, const kill_totals& totals, std::size_t mutants) : rules_(&rules), totals_(totals), mutants_(mutants) {
    for (std::size_t rule = 0; rule < rules.size(); ++rule)
      begins_.push_back(begins_.back() + rules.visit(rule, [&](const auto& one) -> std::size_t { return one.cells(totals.classes); }));
    // Behind the rules' counts there are the flips.
    counts_ = decltype(counts_)("deepmaacc::evaluation::counts", 3 * apart());
  }

  kill_tally(const Rules&&, const kill_totals&, std::size_t) = delete;

  std::size_t mutants() const { return mutants_; }
  /// How far apart the counts of neighbouring mutants lie.
  std::size_t width() const { return begins_.back() + 1; }
  /// The counts of a mutant's cells under a rule.
  kill_counts of(std::size_t mutant, std::size_t rule) const {
    std::int32_t* const sums = row(mutant) + begins_[rule];
    return {sums, sums + apart(), sums + 2 * apart()};
  }
  /// Inputs that the original model gets right and the mutant does not.
  std::int32_t* flips(std::size_t mutant) const { return row(mutant) + begins_.back(); }

  /// The kills.
  /// \param shared  counts in a tally of one mutant that are added to every mutant's; null for none. In host memory.
  kill_matrix kills(const kill_tally<Kokkos::HostSpace, Rules>* shared = nullptr) const {
    const auto sums = counts_.on_host();
    const auto count = [&](std::size_t which, std::size_t mutant, std::size_t at) -> std::int64_t {
      return std::int64_t{sums.data()[which * apart() + mutant * width() + at]} +
             (shared ? shared->counts_.data()[which * width() + at] : 0);
    };
    kill_matrix kills(mutants());
    for (std::size_t one = 0; one < mutants(); ++one) kills.set_flips(one, static_cast<std::size_t>(count(0, one, begins_.back())));
    for (std::size_t rule = 0; rule < rules_->size(); ++rule)
      rules_->visit(rule, [&](const auto& each) {
        kills.add_rule(each.name(), begins_[rule + 1] - begins_[rule]);
        for (std::size_t one = 0; one < mutants(); ++one)
          for (std::size_t cell = 0; cell < kills.cells(rule); ++cell) {
            const std::size_t at = begins_[rule] + cell;
            const std::int64_t sum = count(0, one, at), least = sum - count(1, one, at), most = sum + count(2, one, at);
            kills.set(rule, one, cell, each.killed(sum, totals_), each.killed(least, totals_) != each.killed(most, totals_));
          }
      });
    return kills;
  }

  /// Whether every cell of a mutant is killed, and stays so whatever is counted from now on by rules that only add. On the host,
  /// while nobody counts for this mutant.
  bool is_saturated(std::size_t mutant) const {
    bool all = true;
    for (std::size_t rule = 0; all && rule < rules_->size(); ++rule)
      rules_->visit(rule, [&](const auto& each) {
        const kill_counts counts = of(mutant, rule);
        for (std::size_t cell = 0; all && cell < begins_[rule + 1] - begins_[rule]; ++cell)
          all = each.killed(std::int64_t{counts.sums[cell]} - counts.less[cell], totals_);
      });
    return all;
  }

 private:
  template <class, class>
  friend class kill_tally;

  /// Counts of all mutants, of one of the three kinds.
  std::size_t apart() const { return mutants_ * width(); }
  std::int32_t* row(std::size_t mutant) const { return counts_.data() + mutant * width(); }

  const Rules* rules_;
  kill_totals totals_;
  std::size_t mutants_;
  std::vector<std::size_t> begins_{0};              // of each rule's counts within a mutant's
  shared_array<std::int32_t, MemorySpace> counts_;  // sums, less, more: each by mutant, then by cell
};

}  // namespace deepmaacc
