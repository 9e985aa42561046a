#pragma once

/// \file
/// Mean and spread of what repetitions give.

#include <cmath>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <span>

namespace deepmaacc {

/// Mean and sample standard deviation.
struct spread {
  double mean = 0;
  double deviation = 0;  ///< 0 for a single number
};

/// \throws usage_error where there is no number.
inline spread spread_of(std::span<const double> numbers) {
  if (numbers.empty()) throw usage_error("there is no repetition to sum up; repeat at least once");
  const auto count = static_cast<double>(numbers.size());
  spread found;
  for (const double one : numbers) found.mean += one / count;
  double squares = 0;
  for (const double one : numbers) squares += (one - found.mean) * (one - found.mean);
  if (numbers.size() > 1) found.deviation = std::sqrt(squares / (count - 1));
  return found;
}

}  // namespace deepmaacc
