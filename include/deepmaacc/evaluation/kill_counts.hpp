#pragma once

/// \file
/// Counting what the inputs contribute to a rule's cells, with bounds from near ties.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/kill_rule.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/evaluation/decision.hpp>
#include <deepmaacc/evaluation/label_rank.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <span>

namespace deepmaacc {

/// The counts of one mutant's cells. Sums of integers, added atomically: the same whatever the order.
struct kill_counts {
  std::int32_t* sums;    ///< with every arg max as it fell
  std::int32_t* less;    ///< how much less it could be with near ties falling the other way
  std::int32_t* excess;  ///< how much more
};

namespace detail {

struct add_to_cell {
  std::int32_t *sums, times;
  KOKKOS_FUNCTION void operator()(std::size_t cell, std::int32_t amount) const {
    if (cell != decision::none) Kokkos::atomic_add(&sums[cell], times * amount);
  }
};

/// Finds out what one observation contributes to one cell.
struct ask_for_cell {
  std::size_t cell;
  std::int32_t* amount;
  bool* is_touched;
  KOKKOS_FUNCTION void operator()(std::size_t touched, std::int32_t contribution) const {
    if (touched != cell) return;
    *amount += contribution;
    *is_touched = true;
  }
};

/// What one input says about a mutant, in each way in which near ties can fall: those of the two arg maxes, and of the label with other
/// outputs. Made when asked for, not stored: with many classes there may be many ways.
struct outcomes {
  const expectation& expected;
  const decision& mutated;
  const label_ranks* ranks;  ///< null for a rule that does not read them
  std::uint32_t classes;

  KOKKOS_FUNCTION bool is_certain() const {
    const bool is_rank_certain = ranks == nullptr || ranks->of_label.is_certain();
    return expected.original.is_certain() && mutated.is_certain() && is_rank_certain;
  }

  KOKKOS_FUNCTION observation as_it_fell() const {
    observation seen{expected.label, expected.original.winner, mutated.winner, classes};
    if (ranks != nullptr) seen.label_rank = ranks->of_label.actual;
    return seen;
  }

  /// Sets `seen` to way number `which`, of which 0 is how it fell; that one comes again among the others.
  /// \return whether there are so many ways
  KOKKOS_FUNCTION bool way(std::size_t which, observation& seen) const {
    seen = as_it_fell();
    if (which == 0) return true;
    std::size_t left = which - 1;
    for (int i = 0; i < (expected.original.is_certain() ? 1 : 2); ++i)
      for (int j = 0; j < (mutated.is_certain() ? 1 : 2); ++j) {
        seen.label = i ? expected.label_of_rival : expected.label;
        seen.original = i ? expected.original.rival : expected.original.winner;
        seen.mutated = j ? mutated.rival : mutated.winner;
        if (ranks == nullptr) {
          if (left == 0) return true;
          --left;
          continue;
        }
        // The rank says what the arg max says: the label is first if and only if the mutant predicts it.
        const label_rank& rank = i ? ranks->of_rivals_label : ranks->of_label;
        const bool is_right = seen.mutated == seen.label;
        const std::uint32_t least = is_right ? 0 : Kokkos::max(rank.least, 1U);
        const std::size_t count = is_right ? 1 : Kokkos::max(rank.most, least) - least + 1;
        seen.label_rank = least + static_cast<std::uint32_t>(left);
        if (left < count) return true;
        left -= count;
      }
    return false;
  }
};

/// For every cell that an outcome touches: how far the contribution could lie from what it is. Each cell is handled at the first
/// outcome that touches it, so nothing needs to be stored.
template <class Rule>
struct bound_cell {
  const Rule& rule;
  const outcomes& all;
  std::size_t current;
  kill_counts counts;
  std::int32_t times;
  KOKKOS_FUNCTION void operator()(std::size_t cell, std::int32_t) const {
    if (cell == decision::none) return;
    std::int32_t actual = 0, least = 0, most = 0;
    observation seen;
    for (std::size_t i = 0; all.way(i, seen); ++i) {
      std::int32_t amount = 0;
      bool is_touched = false;
      rule.count(seen, ask_for_cell{cell, &amount, &is_touched});
      if (is_touched && i < current) return;
      if (i == 0) actual = least = most = amount;
      least = amount < least ? amount : least;
      most = amount > most ? amount : most;
    }
    if (least < actual) Kokkos::atomic_add(&counts.less[cell], times * (actual - least));
    if (most > actual) Kokkos::atomic_add(&counts.excess[cell], times * (most - actual));
  }
};

}  // namespace detail

/// Adds what one input says about a mutant to the counts of its cells.
/// \param ranks  of the label among the mutant's outputs; not looked at for a rule that does not need them
/// \param times  how often; −1 takes back what was added
template <KillRule Rule>
KOKKOS_INLINE_FUNCTION void count_input(const Rule& rule, const expectation& expected, const decision& mutated, const label_ranks* ranks,
                                        std::uint32_t classes, const kill_counts& counts, std::int32_t times = 1) {
  const detail::outcomes all{expected, mutated, needs_label_rank<Rule> ? ranks : nullptr, classes};
  rule.count(all.as_it_fell(), detail::add_to_cell{counts.sums, times});
  if (all.is_certain()) return;
  observation seen;
  for (std::size_t i = 0; all.way(i, seen); ++i) rule.count(seen, detail::bound_cell<Rule>{rule, all, i, counts, times});
}

/// Rows of outputs: of some mutants one behind the other, each with a row per input of a block.
struct output_rows {
  std::size_t count = 0, inputs = 1;
  std::size_t parts = 1;         ///< decisions of a row
  std::size_t counts_apart = 0;  ///< from one mutant's counts to the next one's
};

/// Counts the decision that has some position, by mutant, then by input, then by part. For a rule that does not need ranks it is the
/// difference to what the
/// original model says, which most rows do not have; `count_originals` counts the latter.
template <KillRule Rule>
struct row_counter {
  Rule rule;
  output_rows rows;
  const expectation* expected;  ///< of the decisions of the block's inputs
  const decision* mutated;
  const label_ranks* ranks;  ///< not looked at for a rule that does not need them
  std::uint32_t classes;
  kill_counts counts;  ///< of the first mutant

  KOKKOS_FUNCTION void operator()(const std::size_t i) const {
    const std::size_t decisions = rows.inputs * rows.parts;
    const expectation& wanted = expected[i % decisions];
    const std::size_t mutant = i / decisions * rows.counts_apart;
    const kill_counts into{counts.sums + mutant, counts.less + mutant, counts.excess + mutant};
    if constexpr (needs_label_rank<Rule>) {
      count_input(rule, wanted, mutated[i], ranks + i, classes, into);
    } else if (!(mutated[i] == wanted.original)) {
      count_input(rule, wanted, wanted.original, nullptr, classes, into, -1);
      count_input(rule, wanted, mutated[i], nullptr, classes, into);
    }
  }
};

/// Adds what mutants say of the rows of their outputs, as a kernel.
template <ExecutionSpace Space, KillRule Rule>
void count_rows(const Space& space, const row_counter<Rule>& counter) {
  parallel_loop(space, "deepmaacc::evaluation::count_kills", counter.rows.count * counter.rows.parts, counter);
}

/// Adds what the original model says of inputs, for a rule that does not need ranks; does nothing for others. On the host.
template <KillRule Rule>
void count_originals(const Rule& rule, std::span<const expectation> expected, std::uint32_t classes, const kill_counts& counts) {
  if constexpr (!needs_label_rank<Rule>)
    for (const expectation& one : expected) count_input(rule, one, one.original, nullptr, classes, counts);
}

}  // namespace deepmaacc
