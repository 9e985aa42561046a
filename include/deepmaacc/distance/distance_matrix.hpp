#pragma once

/// \file
/// A square matrix of distances, laid out for algorithms that scan its rows.

#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/huge_pages.hpp>
#include <limits>

namespace deepmaacc {

/// Where an n × n matrix of distances begins each row: at a cache line, an odd number of lines apart, so that what walks down a column
/// visits all sets of a cache; behind the last column there is at least one spare number.
template <class T>
constexpr std::size_t distance_row_length(std::size_t n) {
  constexpr std::size_t line = 64 / sizeof(T);
  const std::size_t lines = n / line + 1;
  return (lines + (lines % 2 == 0 ? 1 : 0)) * line;
}

/// Bytes of an n × n matrix of distances; the largest number where they cannot be counted.
template <class T>
constexpr std::size_t distance_matrix_bytes(std::size_t n) {
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  if (n > most / 4 / sizeof(T)) return most;
  const std::size_t row = distance_row_length<T>(n) * sizeof(T);
  return n > most / 2 / row ? most : n * row;
}

namespace detail {

/// Squares the distances of a point to n others, for rules on squared distances.
/// \throws data_error where a square is infinite or vanishes.
template <class T>
void square_row(T* row, std::size_t n, std::size_t point) {
  for (std::size_t j = 0; j < n; ++j) {
    const T square = row[j] * row[j];
    if (!(square <= std::numeric_limits<T>::max()) || (square == 0 && row[j] > 0))
      throw data_error(text("the distance of points ", point, " and ", j, " is ", row[j],
                            ", whose square this precision cannot hold; scale the distances"));
    row[j] = square;
  }
}

}  // namespace detail

/// n × n distances, each pair twice. Not initialised, so that those who write it first touch its pages, each from its own thread.
template <class T>
class distance_matrix {
 public:
  using value_type = T;

  /// \throws std::bad_alloc where there is not enough memory.
  explicit distance_matrix(std::size_t n)
      : size_(n), row_length_(distance_row_length<T>(n)), numbers_(make_uninitialised<T>(distance_matrix_bytes<T>(n) / sizeof(T))) {}

  /// Number of points.
  std::size_t size() const { return size_; }
  /// Numbers from one row's beginning to the next one's.
  std::size_t row_length() const { return row_length_; }
  T* row(std::size_t i) { return numbers_.get() + i * row_length_; }
  const T* row(std::size_t i) const { return numbers_.get() + i * row_length_; }
  T operator()(std::size_t i, std::size_t j) const { return row(i)[j]; }

 private:
  std::size_t size_, row_length_;
  uninitialised_array<T> numbers_;
};

}  // namespace deepmaacc
