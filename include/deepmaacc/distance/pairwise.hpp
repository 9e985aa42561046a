#pragma once

/// \file
/// Distances of all pairs: of one set of points, or between two.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/distance_metric.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/points.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/distance/distance_matrix.hpp>
#include <deepmaacc/distance/euclidean.hpp>
#include <deepmaacc/distance/metric_rows.hpp>
#include <utility>
#include <vector>

namespace deepmaacc {

namespace detail {

/// to[j][i] = from[i][j], both small enough for a cache, in squares that fit into vector registers.
template <class T>
void write_transposed(const T* from, std::size_t rows, std::size_t columns, T* to, std::size_t to_row_length) {
  constexpr std::size_t side = 16;
  std::size_t i = 0;
  for (; i + side <= rows; i += side) {
    std::size_t j = 0;
    for (; j + side <= columns; j += side) {
      T square[side][side];
      for (std::size_t a = 0; a < side; ++a)
        for (std::size_t b = 0; b < side; ++b) square[a][b] = from[(i + a) * columns + j + b];
      for (std::size_t b = 0; b < side; ++b)
        for (std::size_t a = 0; a < side; ++a) to[(j + b) * to_row_length + i + a] = square[a][b];
    }
    for (; j < columns; ++j)
      for (std::size_t a = 0; a < side; ++a) to[j * to_row_length + i + a] = from[(i + a) * columns + j];
  }
  for (; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) to[j * to_row_length + i] = from[i * columns + j];
}

/// Distances of a block of points to a block of others.
template <class T>
struct distance_block {
  std::size_t first, count;   ///< the points
  std::size_t other, others;  ///< those that they are compared with
  const T* distances;         ///< row-major

  const T* row(std::size_t i) const { return distances + i * others; }
  /// Whether the points are compared with themselves: a product need not be symmetric to the last bit, so the part below the diagonal is
  /// taken for both.
  bool is_on_diagonal() const { return first == other; }
};

/// Calls `use(distance_block, worker)` for the blocks that make up the lower triangle, on several threads at once.
template <class Space, class T, class Metric, class Use>
void for_distance_blocks(const Space& space, const distance::metric_rows<T, Metric>& points, const Use& use) {
  constexpr std::size_t side = distance::block_rows;
  const std::size_t n = points.size(), sides = (n + side - 1) / side;
  std::vector<std::pair<std::size_t, std::size_t>> blocks;
  for (std::size_t i = 0; i < sides; ++i)
    for (std::size_t j = 0; j <= i; ++j) blocks.emplace_back(i * side, j * side);
  std::vector<std::vector<T>> scratch(static_cast<std::size_t>(space.concurrency()));
  parallel_tasks(space, "deepmaacc::distance::pairwise", blocks.size(), n * n * points.dimensions(),
                 [&](std::size_t b, std::size_t worker) {
                   const auto [first, other] = blocks[b];
                   const std::size_t count = std::min(side, n - first), others = std::min(side, n - other);
                   points.distances(first, count, points, other, others, scratch[worker]);
                   use(distance_block<T>{first, count, other, others, scratch[worker].data()}, worker);
                 });
}

/// The lower triangle block by block, each block written with its transpose.
template <class Space, class T, class Metric>
void write_distances(const Space& space, const distance::metric_rows<T, Metric>& points, distance_matrix<T>& distances,
                     progress_meter& done) {
  for_distance_blocks(space, points, [&](const distance_block<T>& at, std::size_t) {
    for (std::size_t i = 0; i < at.count; ++i) {
      const std::size_t row = at.first + i, columns = at.is_on_diagonal() ? i : at.others;
      std::copy_n(at.row(i), columns, distances.row(row) + at.other);
      if (at.is_on_diagonal()) {
        distances.row(row)[row] = 0;
        for (std::size_t j = 0; j < i; ++j) distances.row(at.first + j)[row] = at.row(i)[j];
      }
    }
    if (!at.is_on_diagonal())
      write_transposed(at.distances, at.count, at.others, distances.row(at.other) + at.first, distances.row_length());
    done.advance(at.is_on_diagonal() ? at.count * (at.count + 1) / 2 : at.count * at.others);
  });
}

/// Makes distances symmetric, by those of each point to the ones before it.
/// \throws data_error where one is not finite, or below 0.
template <class T>
void require_distances(distance_matrix<T>& distances) {
  for (std::size_t i = 0; i < distances.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const T distance = distances(i, j);
      if (!(distance >= 0 && distance <= std::numeric_limits<T>::max()))
        throw data_error(text("the distance of points ", i, " and ", j, " is ", distance,
                              "; a metric must give finite numbers from 0: scale the points, or mend the metric"));
      distances.row(j)[i] = distance;
    }
}

/// The same on a device: a thread per pair, and one copy to the host.
template <class Space, class T, class Metric>
void copy_distances(const Space& space, matrix<const T> points, const Metric& metric, distance_matrix<T>& distances) {
  using memory = typename Space::memory_space;
  const std::size_t n = points.extent(0), d = points.extent(1), row_length = distances.row_length();
  const Kokkos::View<T**, Kokkos::LayoutRight, memory> there("deepmaacc::distance::points", n, d),
      result("deepmaacc::distance::pairwise", n, row_length);
  Kokkos::deep_copy(space, there, points);
  parallel_loop(
      space, "deepmaacc::distance::pairwise", n, n, KOKKOS_LAMBDA(const std::int64_t i, const std::int64_t j) {
        if (i <= j) return;
        const auto distance = static_cast<T>(metric(coordinates<T>(&there(i, 0), d), coordinates<T>(&there(j, 0), d)));
        result(i, j) = distance;
        result(j, i) = distance;
      });
  Kokkos::deep_copy(space, matrix<T>(distances.row(0), n, row_length), result);
  space.fence("deepmaacc::distance::pairwise");
  require_distances(distances);
}

/// The distances of points that have been checked.
template <class Space, class T, class Metric>
distance_matrix<T> distances_of(const Space& space, matrix<const T> points, const Metric& metric, progress_meter& done) {
  const std::size_t n = points.extent(0);
  if constexpr (requires {
                  { metric.pairwise(space, points) } -> std::same_as<distance_matrix<T>>;
                }) {
    distance_matrix<T> given = metric.pairwise(space, points);
    if (given.size() != n)
      throw usage_error(text("deepmaacc::pairwise_distances: metric ", metric_name(metric), " gives the distances of ", given.size(),
                             " points for ", n, "; give those of all pairs"));
    require_distances(given);
    done.advance(n * (n + 1) / 2);
    return given;
  } else {
    distance_matrix<T> distances(n);
    if constexpr (is_host_accessible<typename Space::memory_space>) {
      write_distances(space, distance::metric_rows<T, Metric>(space, points, metric), distances, done);
    } else {
      copy_distances(space, points, metric, distances);
      done.advance(n * (n + 1) / 2);
    }
    return distances;
  }
}

}  // namespace detail

/// Distances of all pairs of n points with d coordinates. A metric in Euclidean form takes n²·d FLOP of matrix products, any other n²·d/2
/// steps; memory n². Near points are recomputed from their difference, so that float does not lose what cancels (scikit-learn's issue
/// 9354).
/// \param points  n × d, float or double: an xtensor container or a Kokkos view of either layout
/// \throws data_error where points or distances are not finite, or a distance is negative.
template <ExecutionSpace Space, detail::tensor_like Points, class Metric = distance::euclidean>
auto pairwise_distances(const Space& space, const Points& points, const Metric& metric = {}) {
  check_distance_metric<Metric>();
  require_kokkos("deepmaacc::pairwise_distances", space);
  const point_rows rows(points);
  const std::size_t n = rows.rows().extent(0);
  const progress_observer silent;
  progress_meter done(silent, "deepmaacc::pairwise_distances", n * (n + 1) / 2, "distances");
  return detail::distances_of(space, rows.rows(), metric, done);
}

/// Distances of every point of a set to every point of another: m × n, for m × d and n × d points.
/// \throws data_error as `pairwise_distances`, or where the dimensions differ.
template <HostExecutionSpace Space, detail::tensor_like Points, detail::tensor_like Others, class Metric = distance::euclidean>
auto cross_distances(const Space& space, const Points& points, const Others& others, const Metric& metric = {}) {
  check_distance_metric<Metric>();
  require_kokkos("deepmaacc::cross_distances", space);
  const point_rows a(points), b(others);
  using T = typename decltype(b)::value_type;
  if (a.rows().extent(1) != b.rows().extent(1))
    throw data_error(detail::text("points of ", a.rows().extent(1), " and of ", b.rows().extent(1),
                                  " coordinates have no distance; give both the same columns"));
  const distance::metric_rows<T, Metric> columns(space, b.rows(), metric), rows(space, a.rows(), columns);
  const std::size_t m = rows.size(), n = columns.size(), side = distance::block_rows, across = (n + side - 1) / side;
  xt::xtensor<T, 2> distances(std::array<std::size_t, 2>{m, n});
  std::vector<std::vector<T>> scratch(static_cast<std::size_t>(space.concurrency()));
  parallel_tasks(space, "deepmaacc::distance::cross", (m + side - 1) / side * across, m * n * rows.dimensions(),
                 [&](std::size_t b_index, std::size_t worker) {
                   const std::size_t first = b_index / across * side, other = b_index % across * side;
                   const std::size_t count = std::min(side, m - first), width = std::min(side, n - other);
                   rows.distances(first, count, columns, other, width, scratch[worker]);
                   for (std::size_t i = 0; i < count; ++i)
                     std::copy_n(scratch[worker].data() + i * width, width, distances.data() + (first + i) * n + other);
                 });
  return distances;
}

}  // namespace deepmaacc
