#pragma once

/// \file
/// The file that `deepmaacc cluster` reads: points, or distances.

#include <charconv>
#include <cmath>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

namespace command_line {

inline void warn(const std::string& what) { std::cerr << "deepmaacc: warning: " << what << '\n'; }

/// Whether a matrix could be one of distances: square, symmetric, with zeros on its diagonal and no negative numbers.
inline bool looks_like_distances(const deepmaacc::io::array<double>& read) {
  const std::size_t n = read.extents[0];
  if (n < 3 || read.extents[1] != n) return false;
  for (std::size_t i = 0; i < n; ++i) {
    if (read.values[i * n + i] != 0) return false;
    for (std::size_t j = 0; j < i; ++j)
      if (!(read.values[i * n + j] >= 0) || read.values[i * n + j] != read.values[j * n + i]) return false;
  }
  return true;
}

/// Reads points, or distances, in one precision. Warns of integers that it cannot hold. \throws data_error naming the file.
template <class T>
deepmaacc::io::array<T> read_points(const std::string& place, bool is_distances) {
  const auto read = deepmaacc::io::read_array<double>(place);
  if (is_distances ? read.extents.empty() || read.extents.size() > 2 : read.extents.size() != 2)
    throw deepmaacc::data_error(
        place +
        (is_distances ? ": distances must be a square matrix or a condensed vector" : ": points must be a matrix, one row per point") +
        ", but the array has shape " + deepmaacc::to_string(read.extents));
  if (!is_distances && looks_like_distances(read))
    warn(place + ": these look like distances, but are taken for points; if they are distances, add --metric precomputed");
  deepmaacc::io::array<T> points{read.extents, std::vector<T>(read.values.size())};
  const auto in_full = [](double number) { return deepmaacc::detail::number_in(number, std::chars_format::general, 17); };
  const auto where = [&](std::size_t i) {
    return deepmaacc::detail::text(place, ": row ", i / read.extents.back(), " has ", in_full(read.values[i]), " in column ",
                                   i % read.extents.back(), ", which float32 ");
  };
  bool is_warned = false;
  for (std::size_t i = 0; i < read.values.size(); ++i) {
    const double number = read.values[i];
    if (std::isfinite(number) && std::abs(number) > static_cast<double>(std::numeric_limits<T>::max()))
      throw deepmaacc::data_error(where(i) + "cannot hold; take --precision float64");
    points.values[i] = static_cast<T>(number);
    if (const double held = points.values[i]; !is_warned && held != number && number == std::floor(number)) {
      warn(where(i) + deepmaacc::detail::text("takes for ", in_full(held), "; whole numbers beyond 16777216 need --precision float64"));
      is_warned = true;
    }
  }
  return points;
}

/// How many points these are, or have these distances.
inline std::size_t count_points(const deepmaacc::shape& extents) {
  if (extents.size() == 2) return extents[0];
  std::size_t count = 1;
  while (count * (count - 1) / 2 < extents[0]) ++count;
  return count;
}

}  // namespace command_line
