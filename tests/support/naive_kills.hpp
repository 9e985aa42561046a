#pragma once

/// \file
/// An independent verifier of kill rules with thresholds and ranks, of oracles, and of flips: one input at a time, every way in which its
/// near ties can fall written out. Shares no code with the library.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "support/naive_network.hpp"

namespace naive {

/// A rule with a parameter: `top` outputs or `drop` of accuracy; the other is not looked at.
struct threshold_rule {
  bool is_top = true;
  std::size_t top = 3;
  double drop = 0;
  std::size_t cells(std::size_t classes) const { return is_top ? classes : 1; }
};

/// Where a class stands in the outputs sorted from the largest on, the lower class first among equal ones.
inline std::size_t position_of(std::size_t label, const std::vector<double>& z) {
  std::vector<std::size_t> order(z.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return z[a] > z[b]; });
  return static_cast<std::size_t>(std::find(order.begin(), order.end(), label) - order.begin());
}

/// The positions that a class can have when the mutant predicts `predicted`: near outputs may lie before or behind it.
inline std::vector<std::size_t> possible_positions(std::size_t label, std::size_t predicted, const std::vector<double>& z) {
  if (predicted == label) return {0};
  std::vector<double> behind = z, before = z;
  for (std::size_t c = 0; c < z.size(); ++c)
    if (c != label && std::abs(z[c] - z[label]) <= 1e-5 * std::max({1.0, std::abs(z[c]), std::abs(z[label])}))
      behind[c] = z[label] - 1e9, before[c] = z[label] + 1e9;
  std::vector<std::size_t> positions;
  for (std::size_t p = position_of(label, behind); p <= position_of(label, before); ++p)
    if (p > 0) positions.push_back(p);
  return positions;
}

/// One way in which an input's near ties can fall.
struct way {
  std::size_t label, original, mutated, position;
};

/// What an input adds to one cell.
inline int contribution(const threshold_rule& rule, std::size_t cell, const way& seen) {
  if (rule.is_top) return seen.original == seen.label && seen.label == cell && seen.position >= rule.top ? 1 : 0;
  int lost = 0;
  if (seen.original == seen.label) ++lost;
  if (seen.mutated == seen.label) --lost;
  return lost;
}

struct cell_outcome {
  bool is_killed = false, is_borderline = false;
};

/// The outputs of a network for every input.
inline std::vector<std::vector<double>> all_outputs(const network& net, const std::vector<tensor>& inputs) {
  std::vector<std::vector<double>> all;
  for (const tensor& input : inputs) all.push_back(outputs(net, input));
  return all;
}

/// Whether some largest output has two or more near it. Which of them is largest is then rounding's choice; but borderline cells know of
/// two only.
inline bool has_wide_tie(const std::vector<std::vector<double>>& all) {
  return std::any_of(all.begin(), all.end(), [](std::vector<double> z) {
    std::sort(z.begin(), z.end());
    const std::size_t last = z.size() - 1;
    return last >= 2 && z[last] - z[last - 2] <= 1e-4 * std::max({1.0, std::abs(z[last]), std::abs(z[last - 2])});
  });
}

/// Every cell of one mutant, from the outputs of the original and of the mutant.
/// \param labels  empty where the original's predictions are the oracle
inline std::vector<cell_outcome> judge(const std::vector<std::vector<double>>& originals, const std::vector<std::vector<double>>& mutants,
                                       const std::vector<std::size_t>& labels, const threshold_rule& rule) {
  std::vector<int> sums(rule.cells(originals[0].size()), 0), least = sums, most = sums;
  for (std::size_t i = 0; i < originals.size(); ++i) {
    const auto& z = mutants[i];
    const auto before = possible_classes(originals[i]), after = possible_classes(z);
    // Every way in which this input can fall; the first is how it fell.
    std::vector<way> ways{{labels.empty() ? before[0] : labels[i], before[0], after[0], 0}};
    ways[0].position = position_of(ways[0].label, z);
    for (const std::size_t b : before)
      for (const std::size_t a : after)
        for (const std::size_t position : possible_positions(labels.empty() ? b : labels[i], a, z))
          ways.push_back({labels.empty() ? b : labels[i], b, a, position});
    for (std::size_t cell = 0; cell < sums.size(); ++cell) {
      const int fell = contribution(rule, cell, ways[0]);
      int low = fell, high = fell;
      for (const way& other : ways)
        low = std::min(low, contribution(rule, cell, other)), high = std::max(high, contribution(rule, cell, other));
      sums[cell] += fell, least[cell] += low, most[cell] += high;
    }
  }
  const auto is_killed = [&](int sum) { return rule.is_top ? sum > 0 : sum / static_cast<double>(originals.size()) > rule.drop; };
  std::vector<cell_outcome> cells(sums.size());
  for (std::size_t cell = 0; cell < sums.size(); ++cell)
    cells[cell] = {is_killed(sums[cell]), is_killed(least[cell]) != is_killed(most[cell])};
  return cells;
}

/// Flips of one mutant: as the arg maxes fell, and the least and most that near ties allow.
struct flip_count {
  std::size_t actual = 0, least = 0, most = 0;
};

inline flip_count count_flips(const std::vector<std::vector<double>>& originals, const std::vector<std::vector<double>>& mutants,
                              const std::vector<std::size_t>& labels) {
  flip_count found;
  for (std::size_t i = 0; i < originals.size(); ++i) {
    const auto before = possible_classes(originals[i]), after = possible_classes(mutants[i]);
    bool is_sure = true, is_possible = false;
    for (const std::size_t b : before)
      for (const std::size_t a : after) {
        const bool is_flip = (labels.empty() || b == labels[i]) && a != b;
        is_sure = is_sure && is_flip, is_possible = is_possible || is_flip;
      }
    found.actual += (labels.empty() || before[0] == labels[i]) && after[0] != before[0];
    found.least += is_sure, found.most += is_possible;
  }
  return found;
}

}  // namespace naive
