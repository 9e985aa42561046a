#pragma once

/// \file
/// SciPy's form of a dendrogram, apart from it since reading xtensor takes longer than all the rest.

#include <array>
#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <vector>

namespace deepmaacc {

/// A row for each merge: its two clusters, height and leaves. What `dendrogram::linkage_matrix` gives.
inline xt::xtensor<double, 2> linkage_rows(const std::vector<merge>& merges) {
  xt::xtensor<double, 2> rows(std::array<std::size_t, 2>{merges.size(), 4});
  for (std::size_t m = 0; m < merges.size(); ++m) {
    rows(m, 0) = static_cast<double>(merges[m].first);
    rows(m, 1) = static_cast<double>(merges[m].second);
    rows(m, 2) = merges[m].height;
    rows(m, 3) = static_cast<double>(merges[m].size);
  }
  return rows;
}

}  // namespace deepmaacc
