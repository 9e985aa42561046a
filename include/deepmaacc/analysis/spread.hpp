#pragma once

/// \file
/// Repetitions of a random method: their seeds, and the mean and spread of what they give.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/philox.hpp>
#include <limits>
#include <span>

namespace deepmaacc {

/// The seed of one repetition of a random method: as good as independent of the other repetitions' and of the seed itself.
inline std::uint64_t derived_seed(std::uint64_t seed, std::size_t repeat) {
  // A site that nothing else asks for.
  return random_source(seed).bits({.layer = std::numeric_limits<std::uint32_t>::max(), .element = repeat});
}

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
