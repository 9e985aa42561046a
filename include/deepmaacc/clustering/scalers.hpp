#pragma once

/// \file
/// The feature scalers that the toolkit ships, and the call that scales points.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <deepmaacc/concepts/feature_scaler.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/points.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <limits>
#include <vector>

namespace deepmaacc {
namespace detail {

/// Maps each column's numbers to [0, 1], in double; a constant column to 0.
class unit_columns {
 public:
  template <class T>
  explicit unit_columns(matrix<const T> points) : columns_(points.extent(1)) {
    const std::size_t d = points.extent(1);
    std::vector<T> lowest(points.data(), points.data() + d), highest(lowest);
    for (std::size_t i = 1; i < points.extent(0); ++i) {
      for (std::size_t c = 0; c < d; ++c) {
        lowest[c] = std::min(lowest[c], points(i, c));
        highest[c] = std::max(highest[c], points(i, c));
      }
    }
    for (std::size_t c = 0; c < d; ++c) columns_[c] = range(static_cast<double>(lowest[c]), static_cast<double>(highest[c]));
  }

  bool is_constant(std::size_t column) const { return columns_[column].length == 0; }

  template <class T>
  double operator()(std::size_t column, T number) const {
    const range& within = columns_[column];
    return within.length == 0 ? 0 : (static_cast<double>(number) * within.factor - within.begin) / within.length;
  }

 private:
  struct range {
    double factor = 1, begin = 0, length = 0;

    range() = default;
    range(double lowest, double highest) {
      // The difference of two numbers near the limits of double overflows; that of their halves does not.
      if (std::isinf(highest - lowest)) factor = 0.5;
      begin = lowest * factor;
      length = highest * factor - begin;
      // What rounding alone may have made of equal numbers is no difference: spread over [0, 1] it would outweigh the other columns.
      const double rounding = 10 * std::numeric_limits<double>::epsilon() * std::max(std::abs(lowest), std::abs(highest)) * factor;
      if (length <= rounding) length = 0;
    }
  };

  std::vector<range> columns_;
};

}  // namespace detail

namespace scaler {

/// Leaves the points as they are.
struct none {
  static constexpr const char* name() { return "none"; }
  template <class T>
  void operator()(matrix<T>) const {}
};
static_assert(FeatureScaler<none>);

/// Every column to [0, 1]: (x − min) / (max − min) over the points; a constant column to 0, which is what scikit-learn's `MinMaxScaler`
/// does. A column is constant where max − min ≤ 10 ε · max |x|, ε being that of double; scikit-learn's bound 10 ε is not relative, and
/// takes columns of very small numbers for constant. O(n · d), computed in double.
struct min_max {
  static constexpr const char* name() { return "min-max"; }
  template <class T>
  void operator()(matrix<T> points) const {
    const detail::unit_columns unit{matrix<const T>(points)};
    for (std::size_t i = 0; i < points.extent(0); ++i)
      for (std::size_t c = 0; c < points.extent(1); ++c) points(i, c) = static_cast<T>(unit(c, points(i, c)));
  }
};
static_assert(FeatureScaler<min_max>);

/// Every column to mean 0 and standard deviation 1: (x − mean) / √(Σ (x − mean)² / n), as scikit-learn's `StandardScaler`; a constant
/// column, as `min_max` defines it, to 0. O(n · d), computed in double.
///
/// Deviations do not care for offset and unit, so they are taken from numbers mapped to [0, 1]: nothing overflows, and a small spread
/// about a large mean does not cancel. The second pass also corrects the mean by the mean deviation from it, which is what rounding left.
struct standard {
  static constexpr const char* name() { return "standard"; }
  template <class T>
  void operator()(matrix<T> points) const {
    const detail::unit_columns unit{matrix<const T>(points)};
    const std::size_t n = points.extent(0), d = points.extent(1);
    const double count = static_cast<double>(n);
    std::vector<double> mean(d, 0), rest(d, 0), squares(d, 0);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t c = 0; c < d; ++c) mean[c] += unit(c, points(i, c));
    for (double& one : mean) one /= count;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t c = 0; c < d; ++c) {
        const double deviation = unit(c, points(i, c)) - mean[c];
        rest[c] += deviation;
        squares[c] += deviation * deviation;
      }
    }
    std::vector<double> deviation(d);
    for (std::size_t c = 0; c < d; ++c) {
      mean[c] += rest[c] / count;
      deviation[c] = unit.is_constant(c) ? 1 : std::sqrt(squares[c] / count);
    }
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t c = 0; c < d; ++c) points(i, c) = static_cast<T>((unit(c, points(i, c)) - mean[c]) / deviation[c]);
  }
};
static_assert(FeatureScaler<standard>);

}  // namespace scaler

/// A scaled copy of points.
///
/// \param points  n × d, float or double: an xtensor container or view, or a Kokkos view of either layout
/// \param scaler  a feature scaler, such as `scaler::standard` or one of the program's own (docs/policies/feature_scaler.md)
/// \return n × d
/// \throws data_error where the points are none or not finite; usage_error where the scaler makes a number that is not finite.
template <detail::tensor_like Points, class Scaler = scaler::min_max>
auto scaled(const Points& points, const Scaler& scaler = {}) {
  check_feature_scaler<Scaler>();
  const point_rows given(points);
  using T = typename decltype(given)::value_type;
  const std::size_t n = given.rows().extent(0), d = given.rows().extent(1);
  xt::xtensor<T, 2> result(std::array<std::size_t, 2>{n, d});
  std::copy_n(given.rows().data(), n * d, result.data());
  scaler(matrix<T>(result.data(), n, d));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t c = 0; c < d; ++c)
      if (!std::isfinite(result(i, c)))
        throw usage_error(detail::text("deepmaacc::scaled: the scaler turned ", given.rows()(i, c), " of point ", i, ", column ", c,
                                       ", into ", result(i, c), "; a scaler must keep numbers finite, also where a column is constant"));
  return result;
}

}  // namespace deepmaacc
