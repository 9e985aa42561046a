#pragma once

/// \file
/// Squared Euclidean distances of a block of points to another, by a matrix product, on the calling thread.

#include <algorithm>
#include <array>
#include <cstddef>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/storage/matrix_product.hpp>
#include <type_traits>

namespace deepmaacc::distance {

/// Points on each side of a block of distances: with it a block of float or double, and the rows that it comes from, stay in a core's
/// cache.
inline constexpr std::size_t block_rows = 256;

namespace detail {

/// Σ term(k) for k < d, in 16 partial sums that run in vectors.
template <class T, class Term>
T sum_in_lanes(std::size_t d, const Term& term) {
  constexpr std::size_t lanes = 16;
  std::array<T, lanes> sums{};
  std::size_t k = 0;
  for (; k + lanes <= d; k += lanes)
    for (std::size_t l = 0; l < lanes; ++l) sums[l] += term(k + l);
  for (std::size_t half = lanes / 2; half > 0; half /= 2)
    for (std::size_t l = 0; l < half; ++l) sums[l] += sums[l + half];
  T sum = sums[0];
  for (; k < d; ++k) sum += term(k);
  return sum;
}

}  // namespace detail

/// Σ (x − y)².
template <class T>
T squared_difference(const T* x, const T* y, std::size_t d) {
  return detail::sum_in_lanes<T>(d, [=](std::size_t k) { return (x[k] - y[k]) * (x[k] - y[k]); });
}

/// Σ x².
template <class T>
T squared_length(const T* x, std::size_t d) {
  return detail::sum_in_lanes<T>(d, [=](std::size_t k) { return x[k] * x[k]; });
}

/// Points for `squared_block`, moved so that the middle of all lies near the origin: what is far from it cancels in the product.
template <class T>
struct block_points {
  matrix<const T> centred;
  const T* squares = nullptr;  ///< squared length of each row
};

/// block(i, j) = ‖a_i − b_j‖², row-major: ‖a‖² + ‖b‖² − 2ab, and where that cancels Σ (a − b)². `exact(i, j)` is the same from the points
/// as they were before they were moved and rounded: near ones get theirs from there. `finish(i, row)` is called for each row when it is
/// done, while it is in the nearest cache.
template <class T, class Exact, class Finish>
void squared_block(const block_points<T>& a, const block_points<T>& b, T* block, const Exact& exact, const Finish& finish) {
  // Below this share of ‖a‖² + ‖b‖² too many digits are lost: what remains is right to 2·10⁻⁵ in float and 10⁻¹³ in double.
  constexpr T cancelled = std::is_same_v<T, float> ? T(0.03) : T(0.01);
  constexpr T lost = T(1e-3);        // here the rounding of the centred rows shows too; they are in the cache, the exact ones may not be
  constexpr std::size_t chunk = 32;  // looked through one by one where something in it cancels
  const std::size_t rows = a.centred.extent(0), columns = b.centred.extent(0), d = a.centred.extent(1);
  matrix_product_transposed<T>(a.centred, b.centred, matrix<T>(block, rows, columns));
  for (std::size_t i = 0; i < rows; ++i) {
    T* const row = block + i * columns;
    const T square = a.squares[i];
    const T* const squares = b.squares;
    const auto difference = [&](std::size_t j) {
      const T squared = squared_difference(a.centred.data() + i * d, b.centred.data() + j * d, d);
      if (squared >= lost * (square + squares[j])) return squared;
      return static_cast<T>(exact(i, j));
    };
    const auto from_product = [&](std::size_t j) {
      const T sum = square + squares[j];
      row[j] = sum - 2 * row[j];
      return static_cast<int>(!(row[j] >= cancelled * sum));
    };
    std::size_t j = 0;
    for (; j + chunk <= columns; j += chunk) {
      int near = 0;
      for (std::size_t l = 0; l < chunk; ++l) near += from_product(j + l);
      if (near > 0)
        for (std::size_t l = j; l < j + chunk; ++l)
          if (!(row[l] >= cancelled * (square + squares[l]))) row[l] = difference(l);
    }
    for (; j < columns; ++j)
      if (from_product(j)) row[j] = difference(j);
    finish(i, row);
  }
}

}  // namespace deepmaacc::distance
