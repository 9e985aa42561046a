#pragma once

/// \file
/// The search that hierarchical clustering does most: the least number of a row.

#include <array>
#include <cstddef>
#include <limits>

namespace deepmaacc::detail {

/// A least number, and where it is.
template <class T>
struct nearest {
  T distance = std::numeric_limits<T>::infinity();
  std::size_t index = 0;
};

/// The least of row[i] + penalty[i] for i in [first, last), the lowest index among equals; penalties are 0, or infinite for what does not
/// count. Infinity at index `last` where nothing counts. One pass in vectors, at the speed of memory: a plain loop that also keeps the
/// index runs 8 times slower.
template <class T>
nearest<T> find_nearest(const T* row, const T* penalty, std::size_t first, std::size_t last) {
  constexpr std::size_t lanes = 32, block = 256;
  nearest<T> best{std::numeric_limits<T>::infinity(), last};
  std::size_t i = first, found_in = last;
  for (; i + block <= last; i += block) {
    std::array<T, lanes> least;
    least.fill(std::numeric_limits<T>::infinity());
    for (std::size_t c = i; c < i + block; c += lanes)
      for (std::size_t l = 0; l < lanes; ++l) {
        const T value = row[c + l] + penalty[c + l];
        least[l] = value < least[l] ? value : least[l];
      }
    for (std::size_t half = lanes / 2; half > 0; half /= 2)
      for (std::size_t l = 0; l < half; ++l) least[l] = least[l + half] < least[l] ? least[l + half] : least[l];
    if (least[0] < best.distance) best.distance = least[0], found_in = i;
  }
  for (; i < last; ++i) {
    const T value = row[i] + penalty[i];
    if (value < best.distance) best = {value, i}, found_in = last;
  }
  if (found_in < last)
    for (best.index = found_in; !(row[best.index] + penalty[best.index] == best.distance);) ++best.index;
  return best;
}

}  // namespace deepmaacc::detail
