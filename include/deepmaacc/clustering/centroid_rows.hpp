#pragma once

/// \file
/// Centroids as a table.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/distance/squared_block.hpp>
#include <vector>

namespace deepmaacc::detail {

/// Writes share · a + (1 − share) · b, so that equal points stay where they are. The result may be a or b.
inline void write_union(const double* a, const double* b, double share, std::size_t dimensions, double* result) {
  for (std::size_t k = 0; k < dimensions; ++k) result[k] = a[k] + (1 - share) * (b[k] - a[k]);
}

/// Points in double, and as a matrix product takes them. A float centroid far from the mean of all would lose what tells it from its
/// neighbours.
template <class T>
class centroid_rows {
 public:
  centroid_rows(std::size_t count, std::size_t dimensions) : dimensions_(dimensions) { resize(count); }
  void resize(std::size_t count) {
    exact_.resize(count * dimensions_);
    rounded_.resize(count * dimensions_);
    squares_.resize(count);
  }
  double* operator[](std::size_t i) { return exact_.data() + i * dimensions_; }
  const double* operator[](std::size_t i) const { return exact_.data() + i * dimensions_; }
  /// A row has been written.
  void round(std::size_t i) {
    T* const row = rounded_.data() + i * dimensions_;
    std::transform((*this)[i], (*this)[i] + dimensions_, row, [](double x) { return static_cast<T>(x); });
    squares_[i] = distance::squared_length(row, dimensions_);
  }
  void copy(std::size_t to, const centroid_rows& others, std::size_t from) {
    std::copy_n(others[from], dimensions_, (*this)[to]);
    std::copy_n(others.rounded_.data() + from * dimensions_, dimensions_, rounded_.data() + to * dimensions_);
    squares_[to] = others.squares_[from];
  }
  const std::vector<T>& squares() const { return squares_; }
  distance::block_points<T, double> block(std::size_t first, std::size_t count) const {
    return {matrix<const T>(rounded_.data() + first * dimensions_, count, dimensions_), squares_.data() + first, (*this)[first]};
  }

 private:
  std::size_t dimensions_;
  std::vector<double> exact_;
  std::vector<T> rounded_, squares_;
};

}  // namespace deepmaacc::detail
