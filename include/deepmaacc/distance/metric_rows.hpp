#pragma once

/// \file
/// Points made ready for a metric's kernel, and the kernel: distances of a block of points to a block of others, on one host thread.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <deepmaacc/concepts/distance_metric.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/points.hpp>
#include <deepmaacc/distance/squared_block.hpp>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::distance {

/// A middle of points, in double: what both sides of a matrix product are moved by, so that less is lost in ‖x‖² + ‖y‖² − 2xy. The median
/// of each coordinate, over at most 1023 points spread evenly: no more than a standard deviation from their mean, and a few points far away
/// do not move it. Any other would give the same distances, but for rounding.
template <class T>
std::vector<double> centre_of(matrix<const T> points) {
  constexpr std::size_t most = 1023;
  const std::size_t n = points.extent(0), count = std::min(n, most);
  std::vector<T> column(count);
  std::vector<double> centre;
  for (std::size_t k = 0; k < points.extent(1); ++k) {
    for (std::size_t i = 0; i < count; ++i) column[i] = points(i * n / count, k);
    const auto middle = column.begin() + static_cast<std::ptrdiff_t>((count - 1) / 2);
    std::nth_element(column.begin(), middle, column.end());
    centre.push_back(static_cast<double>(*middle));
  }
  return centre;
}

/// Points as a metric's kernel takes them. Refers to the points, unless the metric prepares them.
template <class T, DistanceMetric Metric>
class metric_rows {
 public:
  /// \throws data_error where the metric cannot prepare a point.
  template <ExecutionSpace Space>
  metric_rows(const Space& space, matrix<const T> points, const Metric& metric) : metric_(metric), exact_(points) {
    if constexpr (EuclideanForm<Metric>) {
      prepare(points);
      centre(space, centre_of(exact_));
    }
  }
  /// The other side of distances to `others`: both are moved by the same centre.
  template <ExecutionSpace Space>
  metric_rows(const Space& space, matrix<const T> points, const metric_rows& others) : metric_(others.metric_), exact_(points) {
    if constexpr (EuclideanForm<Metric>) {
      prepare(points);
      centre(space, others.centre_);
    }
  }
  metric_rows(const metric_rows&) = delete;
  metric_rows(metric_rows&&) noexcept = default;
  metric_rows& operator=(const metric_rows&) = delete;
  metric_rows& operator=(metric_rows&&) = delete;
  ~metric_rows() = default;

  std::size_t size() const { return exact_.extent(0); }
  std::size_t dimensions() const { return exact_.extent(1); }

  /// Copies of some of the rows, in this order.
  metric_rows select(std::span<const std::size_t> which) const {
    const std::size_t d = dimensions();
    metric_rows chosen(metric_, which.size() * d);
    for (std::size_t r = 0; r < which.size(); ++r) {
      chosen.names_.push_back(name_of(which[r]));
      const auto copy = [&](const T* from, std::vector<T>& to) { std::copy_n(from + which[r] * d, d, to.data() + r * d); };
      copy(exact_.data(), chosen.owned_);
      if (centred_.empty()) continue;
      chosen.centred_.resize(which.size() * d);
      copy(centred_.data(), chosen.centred_);
      chosen.squares_.push_back(squares_[which[r]]);
    }
    chosen.exact_ = matrix<const T>(chosen.owned_.data(), which.size(), d);
    return chosen;
  }

  /// Distances of the rows [first, first + count) to the rows [other_first, other_first + other_count) of `others`, row-major in `block`,
  /// which is made large enough.
  /// \throws data_error where a distance is negative or not finite, naming the points.
  void distances(std::size_t first, std::size_t count, const metric_rows& others, std::size_t other_first, std::size_t other_count,
                 std::vector<T>& block) const {
    block.resize(count * other_count);
    const auto check = [&](std::size_t i, const T* row) {
      int faults = 0;
      for (std::size_t j = 0; j < other_count; ++j)
        faults += static_cast<int>(!(row[j] >= 0)) | static_cast<int>(!(row[j] <= std::numeric_limits<T>::max()));  // in vectors: no branch
      if (faults > 0) refuse(first + i, others, other_first, row);
    };
    if constexpr (EuclideanForm<Metric>) {
      const auto exact = [&, d = dimensions()](std::size_t i, std::size_t j) {
        return squared_difference(exact_.data() + (first + i) * d, others.exact_.data() + (other_first + j) * d, d);
      };
      squared_block(rows_from(first, count), others.rows_from(other_first, other_count), block.data(), exact, [&](std::size_t i, T* row) {
        for (std::size_t j = 0; j < other_count; ++j) row[j] = metric_.from_squared(row[j]);
        check(i, row);
      });
    } else {
      if constexpr (CoordinateForm<Metric>) {
        by_coordinate(first, count, others, other_first, other_count, block.data());
      } else {
        for (std::size_t i = 0; i < count; ++i)
          for (std::size_t j = 0; j < other_count; ++j)
            block[i * other_count + j] = static_cast<T>(metric_(point(first + i), others.point(other_first + j)));
      }
      for (std::size_t i = 0; i < count; ++i) check(i, block.data() + i * other_count);
    }
  }

 private:
  metric_rows(const Metric& metric, std::size_t numbers) : metric_(metric), owned_(numbers) {}

  /// \throws data_error that names the first of a row's distances that is none.
  [[noreturn]] void refuse(std::size_t i, const metric_rows& others, std::size_t other_first, const T* row) const {
    std::size_t j = 0;
    while (row[j] >= 0 && row[j] <= std::numeric_limits<T>::max()) ++j;
    throw data_error(deepmaacc::detail::text("the distance of points ", name_of(i), " and ", others.name_of(other_first + j), " is ",
                                             row[j], "; a metric must give finite numbers from 0: scale the points, or mend the metric"));
  }

  /// The row that an error calls a row: selected ones keep their numbers.
  std::size_t name_of(std::size_t row) const { return names_.empty() ? row : names_[row]; }

  coordinates<T> point(std::size_t i) const { return {exact_.data() + i * dimensions(), dimensions()}; }

  void prepare(matrix<const T> points) {
    if constexpr (requires(T * prepared) { metric_.prepare(coordinates<T>(prepared, 0), prepared); }) {
      const std::size_t n = points.extent(0), d = points.extent(1);
      owned_.resize(n * d);
      for (std::size_t i = 0; i < n; ++i)
        if (!metric_.prepare(coordinates<T>(points.data() + i * d, d), owned_.data() + i * d))
          throw data_error(deepmaacc::detail::text("distance metric ", metric_name(metric_), " is not defined for point ", i,
                                                   ", as for one that has no direction; remove it or choose another metric"));
      exact_ = matrix<const T>(owned_.data(), n, d);
    }
  }

  template <ExecutionSpace Space>
  void centre(const Space& space, std::vector<double> centre) {
    centre_ = std::move(centre);
    const std::size_t n = size(), d = dimensions();
    centred_.resize(n * d);
    squares_.resize(n);
    const std::size_t blocks = (n + block_rows - 1) / block_rows;
    parallel_tasks(space, "deepmaacc::distance::centre", blocks, n * d, [&](std::size_t b, std::size_t) {
      for (std::size_t i = b * block_rows; i < std::min(n, (b + 1) * block_rows); ++i) {
        T* const row = centred_.data() + i * d;
        for (std::size_t k = 0; k < d; ++k) row[k] = static_cast<T>(static_cast<double>(exact_(i, k)) - centre_[k]);
        squares_[i] = squared_length<T>(row, d);
      }
    });
  }

  block_points<T> rows_from(std::size_t first, std::size_t count) const {
    const std::size_t d = dimensions();
    return {matrix<const T>(centred_.data() + first * d, count, d), squares_.data() + first};
  }

  /// One coordinate after the other, for `width` points side by side.
  void by_coordinate(std::size_t first, std::size_t count, const metric_rows& others, std::size_t other_first, std::size_t other_count,
                     T* block) const {
    constexpr std::size_t width = 32;
    const std::size_t d = dimensions();
    std::vector<T> lanes(d * width);
    for (std::size_t j = 0; j < other_count; j += width) {
      const std::size_t used = std::min(width, other_count - j);
      for (std::size_t l = 0; l < used; ++l)
        for (std::size_t k = 0; k < d; ++k) lanes[k * width + l] = others.exact_(other_first + j + l, k);
      for (std::size_t i = 0; i < count; ++i) {
        const T* const row = exact_.data() + (first + i) * d;
        std::array<typename Metric::template sum<T>, width> sums{};
        for (std::size_t k = 0; k < d; ++k) {
          const T x = row[k];
          const T* const y = lanes.data() + k * width;
          for (std::size_t l = 0; l < width; ++l) metric_.accumulate(sums[l], x, y[l]);
        }
        for (std::size_t l = 0; l < used; ++l) block[i * other_count + j + l] = metric_.finish(sums[l], d);
      }
    }
  }

  Metric metric_;
  matrix<const T> exact_;
  std::vector<double> centre_;
  std::vector<T> owned_, centred_, squares_;
  std::vector<std::size_t> names_;  // of selected rows
};

}  // namespace deepmaacc::distance
