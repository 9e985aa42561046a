#pragma once

/// \file
/// How far two partitions of the same points agree, whatever the names of their clusters, and corrected for chance.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <span>
#include <vector>

namespace deepmaacc::quality {

namespace detail {

/// How many points two partitions put into each pair of clusters. Only pairs that occur are kept: there are at most n.
class contingency {
 public:
  struct cell {
    std::size_t row = 0, column = 0;
    std::size_t count = 0;
  };

  contingency(const char* caller, std::span<const std::size_t> a, std::span<const std::size_t> b) : points(a.size()) {
    if (a.size() != b.size())
      throw data_error(deepmaacc::detail::text("quality::", caller, ": there are ", a.size(), " labels on one side and ", b.size(),
                                               " on the other; label the same points in the same order"));
    const std::vector<std::size_t> row_of = numbered(a, rows), column_of = numbered(b, columns);
    std::vector<std::size_t> order(points);
    for (std::size_t i = 0; i < points; ++i) order[i] = i;
    const auto before = [&](std::size_t i, std::size_t j) {
      return row_of[i] != row_of[j] ? row_of[i] < row_of[j] : column_of[i] < column_of[j];
    };
    std::sort(order.begin(), order.end(), before);
    for (const std::size_t i : order) {
      if (cells.empty() || cells.back().row != row_of[i] || cells.back().column != column_of[i])
        cells.push_back({row_of[i], column_of[i], 0});
      ++cells.back().count;
    }
  }

  std::size_t points;
  std::vector<std::size_t> rows, columns;  ///< points of each cluster
  std::vector<cell> cells;

 private:
  /// Numbers the labels from 0 in ascending order, and counts each.
  static std::vector<std::size_t> numbered(std::span<const std::size_t> labels, std::vector<std::size_t>& sizes) {
    std::vector<std::size_t> names(labels.begin(), labels.end()), numbers(labels.size());
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    sizes.assign(names.size(), 0);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      numbers[i] = static_cast<std::size_t>(std::lower_bound(names.begin(), names.end(), labels[i]) - names.begin());
      ++sizes[numbers[i]];
    }
    return numbers;
  }
};

inline double entropy(const std::vector<std::size_t>& sizes, std::size_t points) {
  double sum = 0;
  for (const std::size_t size : sizes) {
    const double share = static_cast<double>(size) / static_cast<double>(points);
    sum -= share * std::log(share);
  }
  return sum;
}

/// What `both` common points of clusters of a and b points, of n, add to the mutual information.
inline double information(std::size_t both, std::size_t a, std::size_t b, std::size_t n) {
  const double common = static_cast<double>(both), all = static_cast<double>(n);
  return common / all * std::log(all * common / (static_cast<double>(a) * static_cast<double>(b)));
}

/// Expected mutual information of partitions with these cluster sizes, points being dealt at random (Vinh, Epps and Bailey, equation 24a).
inline double expected_mutual_information(const contingency& table) {
  // Not std::lgamma, which writes a global variable, so that two threads must not call it.
  std::vector<double> log_factorial(table.points + 1, 0);
  long double sum = 0;
  for (std::size_t i = 1; i <= table.points; ++i) {
    sum += std::log(static_cast<long double>(i));
    log_factorial[i] = static_cast<double>(sum);
  }
  const std::size_t n = table.points;
  double expected = 0;
  for (const std::size_t a : table.rows) {
    for (const std::size_t b : table.columns) {
      const double fixed = log_factorial[a] + log_factorial[b] + log_factorial[n - a] + log_factorial[n - b] - log_factorial[n];
      for (std::size_t both = a + b > n ? a + b - n : 1; both <= std::min(a, b); ++both) {
        const double ways =
            fixed - log_factorial[both] - log_factorial[a - both] - log_factorial[b - both] - log_factorial[n + both - a - b];
        expected += information(both, a, b, n) * std::exp(ways);
      }
    }
  }
  return expected;
}

}  // namespace detail

/// The share of pairs of points that two partitions treat alike, together or apart, corrected for chance: 1 where they are the same, about
/// 0 where they have nothing to do with each other, and down to −0.5. Symmetric. (Hubert and Arabie, "Comparing partitions", Journal of
/// Classification 1985; scikit-learn's `adjusted_rand_score`.)
///
/// \param a, b  the cluster of each point; any numbers
/// \throws data_error where they are not equally many.
/// \note O(n log n).
inline double adjusted_rand(std::span<const std::size_t> a, std::span<const std::size_t> b) {
  const detail::contingency table("adjusted_rand", a, b);
  const double n = static_cast<double>(table.points);
  const auto squared = [](std::size_t count) { return static_cast<double>(count) * static_cast<double>(count); };
  double both = -n, in_a = -n, in_b = -n;  // ordered pairs that are together in both, in a, in b
  for (const auto& cell : table.cells) both += squared(cell.count);
  for (const std::size_t size : table.rows) in_a += squared(size);
  for (const std::size_t size : table.columns) in_b += squared(size);
  const double only_a = in_a - both, only_b = in_b - both, neither = n * n - n - in_a - only_b;
  if (only_a == 0 && only_b == 0) return 1;
  return 2 * (both * neither - only_a * only_b) / (in_a * (only_a + neither) + in_b * (only_b + neither));
}

/// What one partition tells about another, in nats, corrected for chance and divided by what it could tell: (I − E) / ((H(a) + H(b)) / 2 −
/// E), where I is the mutual information, E its expectation for clusters of these sizes, and H the entropy. 1 where the partitions are the
/// same, about 0 where they have nothing to do with each other. Symmetric. (Vinh, Epps and Bailey, "Information theoretic measures for
/// clusterings comparison", JMLR 2010; scikit-learn's `adjusted_mutual_info_score` with its default, the arithmetic mean.)
///
/// \param a, b  the cluster of each point; any numbers
/// \throws data_error where they are not equally many.
/// \note O(n log n + n · the smaller number of clusters), memory n.
inline double adjusted_mutual_information(std::span<const std::size_t> a, std::span<const std::size_t> b) {
  const detail::contingency table("adjusted_mutual_information", a, b);
  // The same partition, under other names: where every point is alone, rounding would decide a quotient of two differences that are 0.
  if (table.cells.size() == table.rows.size() && table.cells.size() == table.columns.size()) return 1;
  if (table.rows.size() == 1 || table.columns.size() == 1) return 0;
  double mutual = 0;
  for (const auto& cell : table.cells)
    mutual += detail::information(cell.count, table.rows[cell.row], table.columns[cell.column], table.points);
  mutual = std::max(mutual, 0.0);
  const double expected = detail::expected_mutual_information(table);
  const double most = (detail::entropy(table.rows, table.points) + detail::entropy(table.columns, table.points)) / 2;
  return (mutual - expected) / (most - expected);
}

}  // namespace deepmaacc::quality
