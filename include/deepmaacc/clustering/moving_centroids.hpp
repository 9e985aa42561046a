#pragma once

/// \file
/// Clusters as centroids and sizes, and their distances, computed when they are needed.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/clustering/nearest.hpp>
#include <deepmaacc/concepts/linkage_rule.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/distance/metric_rows.hpp>
#include <deepmaacc/distance/squared_block.hpp>
#include <limits>
#include <utility>
#include <vector>

namespace deepmaacc::detail {

/// The centroids of the living clusters, each in a slot, while they merge by a geometric rule.
template <class Space, class T, class Rule>
class moving_centroids {
 public:
  /// Every point a cluster. Moved by their mean, which changes no distance and loses less in the products.
  moving_centroids(const Space& space, matrix<const T> points, const Rule& rule)
      : space_(space),
        rule_(rule),
        slots_(points.extent(0)),
        dimensions_(points.extent(1)),
        centroids_(slots_ * dimensions_),
        squares_(slots_),
        sizes_(slots_, 1),
        penalties_(slots_, 0),
        changed_(slots_, 0),
        prepared_at_(slots_, none),
        scratch_(static_cast<std::size_t>(space.concurrency())) {
    const std::vector<double> centre = distance::centre_of(points);
    for (std::size_t i = 0; i < slots_; ++i) {
      T* const row = centroid(i);
      for (std::size_t k = 0; k < dimensions_; ++k) row[k] = static_cast<T>(static_cast<double>(points(i, k)) - centre[k]);
      squares_[i] = distance::squared_length(row, dimensions_);
    }
    // No distance is above that of two of the farthest, times the largest size.
    if (4 * static_cast<T>(slots_) * *std::max_element(squares_.begin(), squares_.end()) <= std::numeric_limits<T>::max()) return;
    const auto outermost = std::max_element(centroids_.begin(), centroids_.end(), [](T a, T b) { return std::abs(a) < std::abs(b); });
    throw data_error(text("point ", static_cast<std::size_t>(outermost - centroids_.begin()) / dimensions_,
                          " is so far from the others that its squared distance is inf; scale the points, or remove it"));
  }

  /// Slots, dead ones included.
  std::size_t slots() const { return slots_; }
  bool is_alive(std::size_t k) const { return penalties_[k] == 0; }
  /// 0 for the living, infinite for the dead.
  const std::vector<T>& penalties() const { return penalties_; }

  /// For some slots, ascending, the nearest cluster in a higher slot.
  std::vector<nearest<T>> nearest_above(const std::vector<std::size_t>& which) {
    const std::size_t d = dimensions_, first_block = which.front() / side, blocks = block_count() - first_block;
    std::vector<T> rows(which.size() * d), squares(which.size());
    for (std::size_t i = 0; i < which.size(); ++i) {
      std::copy_n(centroid(which[i]), d, rows.data() + i * d);
      squares[i] = squares_[which[i]];
    }
    std::vector<nearest<T>> parts(blocks * which.size());
    parallel_tasks(space_, "deepmaacc::clustering::nearest_above", blocks, [&](std::size_t b, std::size_t worker) {
      const std::size_t first = (first_block + b) * side, count = std::min(side, slots_ - first);
      distances({{rows.data(), which.size(), d}, squares.data(), rows.data()}, first, count, worker, [&](std::size_t i, T* row) {
        const T size = sizes_[which[i]];
        for (std::size_t k = 0; k < count; ++k) row[k] = static_cast<T>(rule_.between(size, sizes_[first + k], row[k]));
        const std::size_t above = which[i] < first ? 0 : std::min(count, which[i] + 1 - first);
        nearest<T>& part = parts[b * which.size() + i];
        part = find_nearest(row, penalties_.data() + first, above, count);
        part.index += first;
      });
    });
    std::vector<nearest<T>> found(which.size(), nearest<T>{std::numeric_limits<T>::infinity(), slots_});
    for (std::size_t b = 0; b < blocks; ++b)
      for (std::size_t i = 0; i < which.size(); ++i)
        if (parts[b * which.size() + i].distance < found[i].distance) found[i] = parts[b * which.size() + i];
    return found;
  }

  /// Whether the row of the merge of two clusters has been computed, and neither has changed since.
  bool is_prepared(std::size_t kept, std::size_t dropped) const {
    const std::size_t p = prepared_at_[kept];
    return p != none && pairs_[p].second == dropped && changed_[kept] == 0 && changed_[dropped] == 0;
  }

  /// Computes the rows of some merges, of disjoint pairs. Forgets those computed before.
  void prepare(std::vector<std::pair<std::size_t, std::size_t>> pairs) {
    std::fill(prepared_at_.begin(), prepared_at_.end(), none);
    std::fill(changed_.begin(), changed_.end(), char{0});
    changes_.clear();
    pairs_ = std::move(pairs);
    const std::size_t d = dimensions_, m = pairs_.size();
    merged_.resize(m * d);
    merged_squares_.resize(m);
    rows_.resize(m * slots_);
    for (std::size_t p = 0; p < m; ++p) {
      const auto [i, j] = pairs_[p];
      prepared_at_[i] = p;
      const T share = static_cast<T>(rule_.share(sizes_[i], sizes_[j]));
      T* const row = merged_.data() + p * d;
      const T *const a = centroid(i), *const b = centroid(j);
      // This form gives equal centroids back as they are, so that equal points stay at distance 0.
      for (std::size_t k = 0; k < d; ++k) row[k] = a[k] + (1 - share) * (b[k] - a[k]);
      merged_squares_[p] = distance::squared_length(row, d);
    }
    parallel_tasks(space_, "deepmaacc::clustering::prepare_merges", block_count(), [&](std::size_t b, std::size_t worker) {
      const std::size_t first = b * side, count = std::min(side, slots_ - first);
      distances({{merged_.data(), m, d}, merged_squares_.data(), merged_.data()}, first, count, worker, [&](std::size_t p, const T* row) {
        const T size = sizes_[pairs_[p].first] + sizes_[pairs_[p].second];
        T* const to = rows_.data() + p * slots_ + first;
        for (std::size_t k = 0; k < count; ++k) to[k] = static_cast<T>(rule_.between(size, sizes_[first + k], row[k]));
      });
    });
  }

  /// Merges two clusters whose row is prepared; the result lives in slot `kept`. \returns its distances to all slots
  const T* merge(std::size_t kept, std::size_t dropped) {
    const std::size_t p = prepared_at_[kept];
    T* const row = rows_.data() + p * slots_;
    const T* const merged = merged_.data() + p * dimensions_;
    const T size = sizes_[kept] + sizes_[dropped];
    for (const std::size_t k : changes_)  // clusters made since the row was computed
      row[k] = static_cast<T>(rule_.between(size, sizes_[k], distance::squared_difference(merged, centroid(k), dimensions_)));
    std::copy_n(merged, dimensions_, centroid(kept));
    squares_[kept] = merged_squares_[p];
    sizes_[kept] = size;
    penalties_[dropped] = std::numeric_limits<T>::infinity();
    changed_[kept] = changed_[dropped] = 1;
    changes_.push_back(kept);
    return row;
  }

  /// Drops the dead slots. \returns the old slot of each new one, ascending
  std::vector<std::size_t> compact() {
    std::vector<std::size_t> living;
    for (std::size_t k = 0; k < slots_; ++k)
      if (is_alive(k)) living.push_back(k);
    for (std::size_t k = 0; k < living.size(); ++k) {
      std::copy_n(centroid(living[k]), dimensions_, centroid(k));
      squares_[k] = squares_[living[k]];
      sizes_[k] = sizes_[living[k]];
    }
    slots_ = living.size();
    penalties_.assign(slots_, 0);
    changed_.assign(slots_, 0);
    prepared_at_.assign(slots_, none);
    return living;
  }

 private:
  static constexpr std::size_t side = distance::block_rows;
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  T* centroid(std::size_t k) { return centroids_.data() + k * dimensions_; }
  std::size_t block_count() const { return (slots_ + side - 1) / side; }

  /// Squared distances of some rows to a block of centroids, row by row.
  template <class Finish>
  void distances(const distance::block_points<T>& rows, std::size_t first, std::size_t count, std::size_t worker, const Finish& finish) {
    std::vector<T>& block = scratch_[worker];
    block.resize(rows.centred.extent(0) * count);
    distance::squared_block(rows, {{centroid(first), count, dimensions_}, squares_.data() + first, centroid(first)}, block.data(), finish);
  }

  Space space_;
  Rule rule_;
  std::size_t slots_, dimensions_;
  std::vector<T> centroids_, squares_, sizes_, penalties_;
  std::vector<char> changed_;             // whether a slot has changed since the rows were prepared
  std::vector<std::size_t> changes_;      // those slots that live
  std::vector<std::size_t> prepared_at_;  // which prepared merge a slot is the lower part of
  std::vector<std::pair<std::size_t, std::size_t>> pairs_;
  std::vector<T> merged_, merged_squares_, rows_;  // of the prepared merges: centroids, their squares, distances to all slots
  std::vector<std::vector<T>> scratch_;            // one per thread
};

}  // namespace deepmaacc::detail
