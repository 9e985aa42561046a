#pragma once

/// \file
/// Squared Euclidean distances of a block of points to another, by a matrix product, on the calling thread.

#include <array>
#include <cstddef>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/storage/matrix_product.hpp>

namespace deepmaacc::distance {

/// Points on each side of a block of distances: with it a block of float or double, and the rows that it comes from, stay in a core's
/// cache.
inline constexpr std::size_t block_rows = 256;

/// Σ (x − y)², in 16 partial sums that run in vectors.
template <class T>
T squared_difference(const T* x, const T* y, std::size_t d) {
  constexpr std::size_t width = 16;
  std::array<T, width> sums{};
  std::size_t k = 0;
  for (; k + width <= d; k += width)
    for (std::size_t l = 0; l < width; ++l) sums[l] += (x[k + l] - y[k + l]) * (x[k + l] - y[k + l]);
  T sum = 0;
  for (; k < d; ++k) sum += (x[k] - y[k]) * (x[k] - y[k]);
  for (const T part : sums) sum += part;
  return sum;
}

/// Σ x².
template <class T>
T squared_length(const T* x, std::size_t d) {
  constexpr std::size_t width = 16;
  std::array<T, width> sums{};
  std::size_t k = 0;
  for (; k + width <= d; k += width)
    for (std::size_t l = 0; l < width; ++l) sums[l] += x[k + l] * x[k + l];
  T sum = 0;
  for (; k < d; ++k) sum += x[k] * x[k];
  for (const T part : sums) sum += part;
  return sum;
}

/// Points for `squared_block`. Rows of `centred` are moved so that the mean of all lies near the origin: what is far from it cancels in the
/// product.
template <class T, class Exact = T>
struct block_points {
  matrix<const T> centred;
  const T* squares = nullptr;    ///< squared length of each row
  const Exact* exact = nullptr;  ///< the rows as they are known best: what near points are recomputed from
};

/// block(i, j) = ‖a_i − b_j‖², row-major: ‖a‖² + ‖b‖² − 2ab, and Σ (a − b)² where that cancels. `finish(i, row)` is called for each row
/// when it is done, while it is in the nearest cache.
template <class T, class Exact, class Finish>
void squared_block(const block_points<T, Exact>& a, const block_points<T, Exact>& b, T* block, const Finish& finish) {
  constexpr T cancelled = T(0.01);  // below this share of ‖a‖² + ‖b‖² two digits are lost
  const std::size_t rows = a.centred.extent(0), columns = b.centred.extent(0), d = a.centred.extent(1);
  matrix_product_transposed<T>(a.centred, b.centred, {block, rows, columns});
  for (std::size_t i = 0; i < rows; ++i) {
    T* const row = block + i * columns;
    const T square = a.squares[i];
    const T* const squares = b.squares;
    int near = 0;
    for (std::size_t j = 0; j < columns; ++j) {
      const T sum = square + squares[j], squared = sum - 2 * row[j];
      near += !(squared >= cancelled * sum);
      row[j] = squared;
    }
    if (near > 0)
      for (std::size_t j = 0; j < columns; ++j)
        if (!(row[j] >= cancelled * (square + squares[j])))
          row[j] = static_cast<T>(squared_difference(a.exact + i * d, b.exact + j * d, d));
    finish(i, row);
  }
}

}  // namespace deepmaacc::distance
