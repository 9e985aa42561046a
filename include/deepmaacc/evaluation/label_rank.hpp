#pragma once

/// \file
/// Where the right class stands among a mutant's outputs, and how surely.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/evaluation/decision.hpp>
#include <deepmaacc/evaluation/oracle.hpp>

namespace deepmaacc {

/// How many outputs are ahead of the label's: as they are, and the least and the most that near ties with the label allow.
struct label_rank {
  std::uint32_t actual = 0, least = 0, most = 0;

  KOKKOS_INLINE_FUNCTION bool is_certain() const { return least == most; }
};

/// The ranks of an input's right class, for each way in which the original's arg max can fall.
struct label_ranks {
  label_rank of_label;
  label_rank of_rivals_label;  ///< where that is another class
};

/// Ranks class `label` in one row of outputs, of which `decided` is the arg max. Of equal outputs the lower class is ahead.
/// `actual` is 0 if and only if the label is the winner, also where outputs are not numbers.
/// Complexity: linear in the classes.
template <class T>
KOKKOS_INLINE_FUNCTION label_rank rank_of(const T* outputs, std::size_t classes, std::uint32_t label, const decision& decided,
                                          double tolerance = near_tie_tolerance) {
  const T own = outputs[label];
  std::uint32_t ahead = 0, surely_ahead = 0, undecided = 0;
  for (std::size_t c = 0; c < classes; ++c) {
    if (c == label) continue;
    const T other = outputs[c];
    const bool is_larger = other > own, is_undecided = is_larger ? is_near_tie(other, own, tolerance) : is_near_tie(own, other, tolerance);
    ahead += is_larger || (other == own && c < label);
    surely_ahead += is_larger && !is_undecided;
    undecided += is_undecided;
  }
  label_rank found{ahead, surely_ahead, surely_ahead + undecided};
  if (decided.winner == label) found.actual = 0;
  if (decided.winner != label && ahead == 0) found.actual = 1;
  return found;
}

/// Ranks the right class of each way in which the original's arg max can fall.
template <class T>
KOKKOS_INLINE_FUNCTION label_ranks ranks_of(const T* outputs, std::size_t classes, const expectation& wanted, const decision& decided,
                                            double tolerance = near_tie_tolerance) {
  label_ranks ranks;
  ranks.of_label = rank_of(outputs, classes, wanted.label, decided, tolerance);
  const bool moves = wanted.label_of_rival != wanted.label;
  ranks.of_rivals_label = moves ? rank_of(outputs, classes, wanted.label_of_rival, decided, tolerance) : ranks.of_label;
  return ranks;
}

}  // namespace deepmaacc
