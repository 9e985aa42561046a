#pragma once

/// \file
/// How much higher each merge is than those near it below: a sign of where clusters end.

#include <array>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <vector>

namespace deepmaacc {

/// The inconsistency coefficients of Zahn ("Graph-theoretical methods for detecting and describing gestalt clusters", IEEE Transactions on
/// Computers 1971) as MATLAB and SciPy (`inconsistent`) define them: a merge is compared with the merges below it, itself included, down to
/// `depth` levels.
///
/// \param depth  levels that count; 1 is the merge alone, 2 the merge and the two that made its clusters
/// \return a row per merge: mean and standard deviation (of a sample; 0 for one merge) of the heights, how many they are, and the
/// coefficient, (height − mean) / deviation, or 0 where the deviation is 0.
/// \throws usage_error where the depth is 0.
/// \note O(n · min(2^depth, n)) time. The deviation is summed from differences to the merge's own height: where heights are equal it is 0
/// exactly, while a sum of squares leaves a random remainder and with it a random coefficient.
inline xt::xtensor<double, 2> inconsistency_coefficients(const dendrogram& tree, std::size_t depth = 2) {
  if (depth == 0)
    throw usage_error("deepmaacc::inconsistency_coefficients: the depth is 0; take 1 or more, because the merge itself is the first level");
  const std::size_t n = tree.leaves();
  const std::vector<merge>& merges = tree.merges();
  struct visit {
    std::size_t merge, level;
  };
  std::vector<visit> waiting;  // never more than depth + 1
  xt::xtensor<double, 2> rows(std::array<std::size_t, 2>{merges.size(), 4});
  for (std::size_t m = 0; m < merges.size(); ++m) {
    double count = 0, sum = 0, differences = 0, squares = 0;
    waiting.push_back({m, 1});
    while (!waiting.empty()) {
      const auto [at, level] = waiting.back();
      waiting.pop_back();
      const double difference = merges[at].height - merges[m].height;
      count += 1;
      sum += merges[at].height;
      differences += difference;
      squares += difference * difference;
      if (level == depth) continue;
      for (const std::size_t below : {merges[at].first, merges[at].second})
        if (!tree.is_leaf(below)) waiting.push_back({below - n, level + 1});
    }
    const double variance = count > 1 ? (squares - differences * differences / count) / (count - 1) : 0;
    const double deviation = variance > 0 ? std::sqrt(variance) : 0;
    rows(m, 0) = sum / count;
    rows(m, 1) = deviation;
    rows(m, 2) = count;
    rows(m, 3) = deviation > 0 ? -differences / count / deviation : 0;
  }
  return rows;
}

}  // namespace deepmaacc
