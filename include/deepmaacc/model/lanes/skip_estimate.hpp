#pragma once

/// \file
/// Whether skips are likely to save more operations than they take.

#include <cstddef>
#include <deepmaacc/model/lanes/change_bounds.hpp>
#include <deepmaacc/model/lanes/lane_program.hpp>
#include <set>
#include <span>
#include <variant>

namespace deepmaacc::model {

/// Counts multiplications, so that the answer is the same on every machine. Taken are: a golden run, which tells the order of the inputs;
/// bounds, once; and what each input may use up of them. Saved is a share of what mutants take from the step on at which certificates judge
/// them. The constants are from networks of many shapes (docs/performance.md).
/// \param mutants     of each layer
/// \param has_golden  whether the golden run has been made
template <class T>
bool pays_to_skip(const lane_program<T>& program, std::span<const std::size_t> mutants, std::size_t inputs, bool has_golden) {
  constexpr double saved_share = 0.5;  // of the multiplications that a certificate can save
  constexpr double bound_cost = 50;    // of a step of making bounds: in double, on one thread
  const auto classes = static_cast<double>(program.tensors[program.output].rows), count = static_cast<double>(inputs);
  double taken = 0, saved = 0;
  if (!has_golden)
    for (const lane_step<T>& step : program.steps)
      if (const auto* sums = std::get_if<weighted_sums<T>>(&step.operation)) taken += count * sums->operations() / 2;
  std::set<std::size_t> decisive;
  for (std::size_t layer = 0; layer < mutants.size(); ++layer) {
    if (mutants[layer] == 0) continue;
    const std::size_t step = program.next_sums(program.sums_of[layer]);
    if (step == lane_program<T>::no_step) continue;
    const auto steps = change_bounds<T>::steps_to_make(program, step);
    if (!steps) continue;
    saved += static_cast<double>(mutants[layer]) * count * multiplications_from(program, step);
    if (decisive.insert(step).second)
      taken += bound_cost * *steps +
               2 * classes * count * static_cast<double>(std::get<weighted_sums<T>>(program.steps[step].operation).numbers());
  }
  return saved_share * saved > taken;
}

}  // namespace deepmaacc::model
