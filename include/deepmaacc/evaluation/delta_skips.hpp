#pragma once

/// \file
/// What the delta engine leaves out, and in which order it takes inputs for that.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/evaluation/choose_engine.hpp>
#include <deepmaacc/evaluation/delta_worker.hpp>
#include <deepmaacc/evaluation/engines.hpp>
#include <deepmaacc/evaluation/kill_matrix.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <optional>
#include <span>
#include <vector>

namespace deepmaacc {

namespace detail {

/// Leaves out the flips of mutants all of whose cells are surely killed: they may not have been run to the end.
inline void forget_flips_of_saturated(kill_matrix& kills) {
  for (std::size_t which = 0; which < kills.mutants(); ++which) {
    bool is_saturated = true;
    for (std::size_t rule = 0; rule < kills.rules(); ++rule)
      for (std::size_t cell = 0; cell < kills.cells(rule); ++cell)
        is_saturated = is_saturated && kills.is_killed(rule, which, cell) && !kills.is_borderline(rule, which, cell);
    if (is_saturated) kills.set_flips(which, std::nullopt);
  }
}

/// What the delta engine need not compute, where the options leave that to it: all or nothing, as the runner counts; all where it does not
/// count.
/// \param layers  of the model
/// \param has_golden  whether the golden run has been made
template <class Runner>
skip_options skips_for(const std::optional<skip_options>& asked, const Runner& runner, std::size_t layers, std::span<const mutant> mutants,
                       std::size_t inputs, bool has_golden) {
  if (asked) return *asked;
  if constexpr (requires(std::span<const std::size_t> each) { runner.pays_to_skip(each, inputs, has_golden); }) {
    const std::vector<std::size_t> each = mutants_by_layer(layers, mutants);
    return runner.pays_to_skip(std::span<const std::size_t>(each), inputs, has_golden) ? skip_options{} : skip_nothing;
  } else {
    return skip_options{};
  }
}

/// Inputs with the smallest margin first: they kill most mutants, and inputs that no mutant affects end up in the
/// same blocks.
/// \param gaps  empty where they are not known
inline std::vector<std::uint32_t> order_by_gap(std::size_t inputs, std::span<const float> gaps) {
  auto order = counted(0, inputs);
  if (gaps.size() == inputs)
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return gaps[a] != gaps[b] ? gaps[a] < gaps[b] : a < b; });
  return order;
}

}  // namespace detail

}  // namespace deepmaacc
