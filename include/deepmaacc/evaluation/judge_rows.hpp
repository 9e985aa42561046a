#pragma once

/// \file
/// Judging rows of outputs, as kernels on any space.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/outcome.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/evaluation/input_marks.hpp>
#include <deepmaacc/evaluation/kill_counts.hpp>
#include <deepmaacc/evaluation/label_rank.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <deepmaacc/evaluation/outcomes.hpp>
#include <type_traits>

namespace deepmaacc {

/// What rows of mutants' outputs are held against, and where what is found about them goes.
struct judged_rows {
  output_rows rows;
  const expectation* expected;                    ///< of the decisions of the block's inputs
  const double* targets;                          ///< of the block's inputs
  double tolerance;                               ///< of near ties
  decision* decisions;                            ///< written
  label_ranks* ranks;                             ///< written; null where labels are not ranked
  std::int32_t* flips;                            ///< of the first of the rows' mutants, added to
  detail::input_marks marks;                      ///< of all mutants and inputs
  std::size_t first_mutant = 0, first_input = 0;  ///< of the rows
};

namespace detail {

// Functors with names, since nvcc takes no lambda for a device within a generic lambda.

template <class Judge, class Outputs>
struct target_taker {
  Judge judge;
  Outputs outputs;
  double* targets;
  std::size_t target_size;
  double tolerance;
  KOKKOS_FUNCTION void operator()(const std::size_t row) const {
    if constexpr (requires { judge.take_target(&outputs(row, 0), targets, tolerance); })
      judge.take_target(&outputs(row, 0), targets + row * target_size, tolerance);
  }
};

template <class Judge, class Outputs>
struct row_decider {
  Judge judge;
  Outputs outputs;
  const double* targets;
  std::size_t target_size, parts;
  double tolerance;
  decision* decisions;
  KOKKOS_FUNCTION void operator()(const std::size_t row) const {
    const double* const target = targets + row * target_size;
    for (std::size_t part = 0; part < parts; ++part)
      decisions[row * parts + part] = judge.decide(&outputs(row, 0), target, part, tolerance);
  }
};

template <class Judge, class Outputs>
struct mutant_judge {
  Judge judge;
  Outputs outputs;
  judged_rows at;
  std::size_t target_size;
  KOKKOS_FUNCTION void operator()(const std::size_t row) const {
    const auto* const numbers = &outputs(row, 0);
    const std::size_t mutant = row / at.rows.inputs, input = row % at.rows.inputs, parts = at.rows.parts;
    input_change change;
    for (std::size_t part = 0; part < parts; ++part) {
      const expectation& wanted = at.expected[input * parts + part];
      const decision made = decide(wanted.original, numbers, at.targets + input * target_size, part);
      at.decisions[row * parts + part] = made;
      if (wanted.is_flip(made)) Kokkos::atomic_add(at.flips + mutant * at.rows.counts_apart, 1);
      if (at.ranks != nullptr) at.ranks[row * parts + part] = ranks_by(judge, numbers, wanted, made, at.tolerance);
      if (at.marks.are_wanted()) change.add(wanted.original, made);
    }
    if (at.marks.are_wanted()) at.marks.note(at.first_mutant + mutant, at.first_input + input, change);
  }

 private:
  template <class T>
  KOKKOS_FUNCTION decision decide(const decision& known, const T* numbers, const double* target, std::size_t part) const {
    if constexpr (requires { judge.decide_against(known, numbers, at.tolerance); })
      return judge.decide_against(known, numbers, at.tolerance);
    else
      return judge.decide(numbers, target, part, at.tolerance);
  }
};

}  // namespace detail

/// Makes a judge's targets of the original model's outputs, a row of them for each input.
template <ExecutionSpace Space, class Judge, class Outputs>
void take_targets(const Space& space, const Judge& judge, const Outputs& outputs, double* targets, double tolerance) {
  detail::with_judge(judge, [&](const auto& one) {
    parallel_loop(
        space, "deepmaacc::evaluation::targets", outputs.extent(0),
        detail::target_taker<std::remove_cvref_t<decltype(one)>, Outputs>{one, outputs, targets, detail::target_size_of(one), tolerance});
  });
}

/// Decides every row of outputs.
/// \param targets    of the rows' inputs
/// \param decisions  written: for each row as many as the outcome has parts
template <ExecutionSpace Space, class Judge, class Outputs>
void decide_rows(const Space& space, const Judge& judge, const Outputs& outputs, const double* targets, double tolerance,
                 decision* decisions) {
  detail::with_judge(judge, [&](const auto& one) {
    parallel_loop(space, "deepmaacc::evaluation::decide", outputs.extent(0),
                  detail::row_decider<std::remove_cvref_t<decltype(one)>, Outputs>{one, outputs, targets, detail::target_size_of(one),
                                                                                   detail::parts_of(one), tolerance, decisions});
  });
}

/// Decides every row of mutants' outputs, counts flips, and ranks the right classes where that is wanted. One kernel for all.
template <ExecutionSpace Space, class Judge, class Outputs>
void judge_rows(const Space& space, const Judge& judge, const Outputs& outputs, const judged_rows& at) {
  detail::with_judge(judge, [&](const auto& one) {
    parallel_loop(space, "deepmaacc::evaluation::judge", at.rows.count,
                  detail::mutant_judge<std::remove_cvref_t<decltype(one)>, Outputs>{one, outputs, at, detail::target_size_of(one)});
  });
}

}  // namespace deepmaacc
