#pragma once

/// \file
/// Which class a model's outputs choose, and how surely.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/outcome.hpp>
#include <limits>

namespace deepmaacc {

/// Relative gap of the two largest outputs up to which rounding could have chosen the other: engines, precisions and back ends may
/// differ there.
inline constexpr double near_tie_tolerance = 1e-5;

/// Whether rounding could have put z₁ >= z₂ the other way round: z₁ − z₂ <= tolerance · max(1, |z₁|, |z₂|), or that cannot be said because
/// one is not a number.
template <class T>
KOKKOS_INLINE_FUNCTION bool is_near_tie(T larger, T smaller, double tolerance) {
  const T left = larger < 0 ? -larger : larger, right = smaller < 0 ? -smaller : smaller;
  const T magnitude = left > right ? left : right, scale = magnitude > 1 ? magnitude : T{1};
  return !(larger - smaller > static_cast<T>(tolerance) * scale);
}

/// Decides one row of `classes` >= 1 outputs. It is uncertain where the two largest are a near tie, or where any output is not a number.
template <class T>
KOKKOS_INLINE_FUNCTION decision decide(const T* outputs, std::size_t classes, double tolerance = near_tie_tolerance) {
  std::size_t winner = 0, second = classes;
  bool has_nan = outputs[0] != outputs[0];
  for (std::size_t c = 1; c < classes; ++c) {
    has_nan = has_nan || outputs[c] != outputs[c];
    if (outputs[c] > outputs[winner]) {
      second = winner;
      winner = c;
    } else if (second == classes || outputs[c] > outputs[second]) {
      second = c;
    }
  }
  decision made{static_cast<std::uint32_t>(winner), static_cast<std::uint32_t>(winner)};
  if (second == classes) return made;
  if (has_nan || is_near_tie(outputs[winner], outputs[second], tolerance)) made.rival = static_cast<std::uint32_t>(second);
  return made;
}

/// The same where the decision is likely to be one that is known, which takes less time to see than to find another.
template <class T>
KOKKOS_INLINE_FUNCTION decision decide_against(const decision& known, const T* outputs, std::size_t classes,
                                               double tolerance = near_tie_tolerance) {
  const T own = outputs[known.winner];
  T rival = outputs[known.winner == 0 ? classes - 1 : 0], sum = 0;
  for (std::size_t c = 0; c < classes; ++c) {
    sum += outputs[c];
    rival = c != known.winner && outputs[c] > rival ? outputs[c] : rival;
  }
  const bool is_sure = sum == sum && own > rival && !is_near_tie(own, rival, tolerance);  // a sum with a NaN is one
  return is_sure ? decision{known.winner, known.winner} : decide(outputs, classes, tolerance);
}

/// How far the largest of an input's outputs is above the second; 0 where that is not a number.
template <class Outputs>
float gap_of(const Outputs& outputs, std::size_t winner) {
  auto gap = std::numeric_limits<float>::infinity();
  for (std::size_t c = 0; c < outputs.size(); ++c)
    if (c != winner) gap = std::min(gap, static_cast<float>(outputs[winner] - outputs[c]));
  return std::isnan(gap) ? 0 : gap;
}

}  // namespace deepmaacc
