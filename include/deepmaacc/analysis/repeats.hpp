#pragma once

/// \file
/// What the repetitions of a random method say together. Not part of `deepmaacc.hpp`: Boost.Math takes a while to compile.

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/analysis/spread.hpp>
#include <limits>
#include <span>

namespace deepmaacc {

/// Mean, spread, and where the mean of infinitely many repetitions lies.
struct repeat_summary {
  std::size_t repeats = 0;
  double mean = 0;
  double deviation = 0;      ///< sample standard deviation; 0 for a single repetition
  double low = 0, high = 0;  ///< 95 % confidence interval of the mean, by Student's t; infinite for a single repetition

  /// \throws usage_error where there is no number.
  static repeat_summary of(std::span<const double> numbers) {
    const spread found = spread_of(numbers);
    double half = std::numeric_limits<double>::infinity();
    if (numbers.size() > 1) {
      const auto count = static_cast<double>(numbers.size());
      half = boost::math::quantile(boost::math::students_t(count - 1), 0.975) * found.deviation / std::sqrt(count);
    }
    return {numbers.size(), found.mean, found.deviation, found.mean - half, found.mean + half};
  }
};

}  // namespace deepmaacc
