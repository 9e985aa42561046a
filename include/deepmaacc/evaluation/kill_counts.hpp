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

namespace deepmaacc {

/// The counts of one mutant's cells. Sums of integers, added atomically: the same whatever the order.
struct kill_counts {
  std::int32_t* sums;    ///< with every arg max as it fell
  std::int32_t* less;    ///< how much less it could be with near ties falling the other way
  std::int32_t* excess;  ///< how much more
};

namespace detail {

struct add_to_cell {
  std::int32_t* sums;
  KOKKOS_FUNCTION void operator()(std::size_t cell, std::int32_t amount) const { Kokkos::atomic_add(&sums[cell], amount); }
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

/// The ways in which an input's two decisions can fall; the first is how they fell.
struct outcomes {
  observation seen[4];
  std::size_t count = 0;
};

KOKKOS_INLINE_FUNCTION outcomes outcomes_of(std::uint32_t label, const decision& original, const decision& mutated, std::uint32_t classes) {
  outcomes all;
  for (int i = 0; i < (original.is_certain() ? 1 : 2); ++i)
    for (int j = 0; j < (mutated.is_certain() ? 1 : 2); ++j)
      all.seen[all.count++] = {label, i ? original.rival : original.winner, j ? mutated.rival : mutated.winner, classes};
  return all;
}

/// For every cell that an outcome touches: how far the contribution could lie from what it is. Each cell is handled at the first
/// outcome that touches it, so nothing needs to be stored.
template <class Rule>
struct bound_cell {
  const Rule& rule;
  const outcomes& all;
  std::size_t current;
  kill_counts counts;
  KOKKOS_FUNCTION void operator()(std::size_t cell, std::int32_t) const {
    std::int32_t actual = 0, least = 0, most = 0;
    for (std::size_t i = 0; i < all.count; ++i) {
      std::int32_t amount = 0;
      bool is_touched = false;
      rule.count(all.seen[i], ask_for_cell{cell, &amount, &is_touched});
      if (is_touched && i < current) return;
      if (i == 0) actual = least = most = amount;
      least = amount < least ? amount : least;
      most = amount > most ? amount : most;
    }
    if (least < actual) Kokkos::atomic_add(&counts.less[cell], actual - least);
    if (most > actual) Kokkos::atomic_add(&counts.excess[cell], most - actual);
  }
};

}  // namespace detail

/// Adds what one input says about a mutant to the counts of its cells.
template <KillRule Rule>
KOKKOS_INLINE_FUNCTION void count_input(const Rule& rule, std::uint32_t label, const decision& original, const decision& mutated,
                                        std::uint32_t classes, const kill_counts& counts) {
  rule.count(observation{label, original.winner, mutated.winner, classes}, detail::add_to_cell{counts.sums});
  if (original.is_certain() && mutated.is_certain()) return;
  const detail::outcomes all = detail::outcomes_of(label, original, mutated, classes);
  for (std::size_t i = 0; i < all.count; ++i) rule.count(all.seen[i], detail::bound_cell<Rule>{rule, all, i, counts});
}

/// The same for a block of inputs, as a kernel.
template <ExecutionSpace Space, KillRule Rule>
void count_inputs(const Space& space, const Rule& rule, std::size_t inputs, const std::uint32_t* labels, const decision* original,
                  const decision* mutated, std::uint32_t classes, kill_counts counts) {
  parallel_loop(
      space, "deepmaacc::evaluation::count_kills", inputs,
      KOKKOS_LAMBDA(const std::size_t i) { count_input(rule, labels[i], original[i], mutated[i], classes, counts); });
}

}  // namespace deepmaacc
