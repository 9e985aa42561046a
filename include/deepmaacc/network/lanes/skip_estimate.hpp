#pragma once

/// \file
/// Whether skips are likely to save more operations than they take.

#include <cstddef>
#include <deepmaacc/network/lanes/change_bounds.hpp>
#include <deepmaacc/network/lanes/lane_program.hpp>
#include <set>
#include <span>

namespace deepmaacc::by_lanes {

/// Counts multiplications, so that the answer is the same on every machine. Costs are: a golden run, which gives the order of the inputs;
/// the bounds, once; and for each input the rates at which changes consume its margins. Savings are: a fraction of the cost of mutants from
/// the step on at which certificates are checked; and a fraction of the whole cost where there are so many inputs that all cells of a
/// mutant are killed before the last one. The constants are from networks of many shapes (docs/performance.md).
/// \param mutants  of each layer
/// \param has_golden  whether the golden run has been made
template <class T>
bool pays_to_skip(const lane_program<T>& program, std::span<const std::size_t> mutants, std::size_t inputs, bool has_golden) {
  constexpr double certified_share = 0.5;                      // of the multiplications that a certificate can save
  constexpr double saturated_share = 0.1, many_inputs = 4000;  // of all multiplications, where inputs are many
  constexpr double bound_cost = 50;                            // of a step of making bounds: in double, on one thread
  const auto classes = static_cast<double>(program.tensors[program.output].rows), count = static_cast<double>(inputs);
  double taken = 0, certified = 0, all = 0, forward = 0;
  for (const lane_step<T>& step : program.steps)
    if (const auto* sums = step.operation.template get_if<weighted_sums<T>>()) forward += count * sums->operations() / 2;
  if (!has_golden) taken += forward;
  std::set<std::size_t> decisive;
  for (std::size_t vertex = 0; vertex < mutants.size(); ++vertex) {
    if (mutants[vertex] == 0) continue;
    const double runs = static_cast<double>(mutants[vertex]) * count;
    bool is_next = true;  // its input changes in one channel only
    for (std::size_t after = program.sums_of[vertex] + 1; after < program.steps.size(); ++after)
      if (const auto* sums = program.steps[after].operation.template get_if<weighted_sums<T>>()) {
        all += runs * (is_next ? sums->operations_per_channel() : sums->operations()) / 2;
        is_next = false;
      }
    const std::size_t step = program.next_sums(program.sums_of[vertex]);
    if (step == lane_program<T>::no_step) continue;
    const auto steps = change_bounds<T>::steps_to_make(program, step);
    if (!steps) continue;
    certified += runs * multiplications_from(program, step);
    if (decisive.insert(step).second)
      taken += bound_cost * *steps +
               2 * classes * count * static_cast<double>(program.steps[step].operation.template as<weighted_sums<T>>().numbers());
  }
  return certified_share * certified + saturated_share * count / (count + many_inputs) * all > taken;
}

}  // namespace deepmaacc::by_lanes
