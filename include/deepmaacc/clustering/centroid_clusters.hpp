#pragma once

/// \file
/// Clusters as centroids and sizes, and rows of their distances, computed when they are needed.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/clustering/anchored_centroids.hpp>
#include <deepmaacc/clustering/merge_row.hpp>
#include <deepmaacc/clustering/nearest.hpp>
#include <deepmaacc/concepts/linkage_rule.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/distance/metric_rows.hpp>
#include <deepmaacc/distance/squared_block.hpp>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace deepmaacc::detail {

/// The centroids of the living clusters, each in a slot, while they merge by a geometric rule; and the distances of some of them to all.
/// The row of a merged cluster follows from those of its parts, by the rule's recurrence.
template <class Space, class T, class Rule>
class centroid_clusters {
 public:
  /// Every point a cluster.
  /// \param most_rows  so many rows are kept at most
  centroid_clusters(const Space& space, matrix<const T> points, const Rule& rule, std::size_t most_rows)
      : space_(space),
        rule_(rule),
        points_(points),
        centre_(distance::centre_of(points)),
        slots_(points.extent(0)),
        centroids_(points, centre_),
        sizes_(slots_, 1),
        penalties_(slots_, 0),
        row_of_(slots_, none),
        most_rows_(most_rows),
        scratch_(static_cast<std::size_t>(space.concurrency())) {}

  /// Slots, dead ones included.
  std::size_t slots() const { return slots_; }
  bool is_alive(std::size_t k) const { return penalties_[k] == 0; }
  /// 0 for the living, infinite for the dead.
  const std::vector<T>& penalties() const { return penalties_; }

  /// For some slots, ascending, the nearest cluster in a higher slot.
  std::vector<nearest<T>> nearest_above(const std::vector<std::size_t>& which) {
    const std::size_t first_block = which.front() / side, blocks = block_count() - first_block;
    centroid_rows<T> rows(points_, which.size());
    for (std::size_t i = 0; i < which.size(); ++i) rows.copy(i, centroids_, which[i]);
    std::vector<nearest<T>> parts(blocks * which.size());
    parallel_tasks(space_, "deepmaacc::clustering::nearest_above", blocks, operations(which), [&](std::size_t b, std::size_t worker) {
      const std::size_t first = (first_block + b) * side, count = std::min(side, slots_ - first);
      distances(rows, which, first, count, worker, [&](std::size_t i, T* row) {
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

  /// A cluster's distances to all slots, where they are kept.
  bool has_row(std::size_t k) const { return row_of_[k] != none; }
  const T* row(std::size_t k) const { return rows_[row_of_[k]].distances.get(); }

  /// So many rows can be kept.
  std::size_t most_rows() const { return most_rows_; }
  void drop_row(std::size_t k) {
    if (has_row(k)) release(row_of_[k]);
  }

  /// Computes the rows of some clusters that have none; the caller has left room for them.
  void compute(const std::vector<std::size_t>& which) {
    for (; free_.size() < which.size(); rows_.push_back({std::unique_ptr<T[]>(new T[slots_]), none})) free_.push_back(rows_.size());
    centroid_rows<T> centroids(points_, which.size());
    std::vector<T*> to;
    for (std::size_t i = 0; i < which.size(); ++i) {
      centroids.copy(i, centroids_, which[i]);
      kept_row& taken = rows_[free_.back()];
      row_of_[which[i]] = free_.back();
      free_.pop_back();
      taken.slot = which[i];
      to.push_back(taken.distances.get());
    }
    parallel_tasks(
        space_, "deepmaacc::clustering::centroid_rows", block_count(), operations(which), [&](std::size_t b, std::size_t worker) {
          const std::size_t first = b * side, count = std::min(side, slots_ - first);
          distances(centroids, which, first, count, worker, [&](std::size_t i, const T* row) { std::copy_n(row, count, to[i] + first); });
        });
  }

  /// Merges two clusters that have rows. The result lives in slot `kept`.
  /// \returns its row
  const T* merge(std::size_t kept, std::size_t dropped) {
    T* const row = rows_[row_of_[kept]].distances.get();
    const T* const other = rows_[row_of_[dropped]].distances.get();
    merge_row(row, other, sizes_.data(), slots_, rule_.merge(sizes_[kept], sizes_[dropped], row[dropped]));
    require_finite(row, slots_);
    const auto share = static_cast<double>(rule_.share(static_cast<double>(sizes_[kept]), static_cast<double>(sizes_[dropped])));
    centroids_.merge(kept, dropped, share, centre_);
    sizes_[kept] += sizes_[dropped];
    penalties_[dropped] = std::numeric_limits<T>::infinity();
    release(row_of_[dropped]);
    for (const kept_row& one : rows_)
      if (one.slot != none) one.distances[kept] = row[one.slot];
    return row;
  }

  /// Drops the dead slots.
  /// \returns the old slot of each new one, ascending
  std::vector<std::size_t> compact() {
    std::vector<std::size_t> living;
    for (std::size_t k = 0; k < slots_; ++k)
      if (is_alive(k)) living.push_back(k);
    parallel_tasks(space_, "deepmaacc::clustering::compact", rows_.size(), rows_.size() * living.size(), [&](std::size_t r, std::size_t) {
      if (rows_[r].slot == none) return;
      T* const row = rows_[r].distances.get();
      for (std::size_t k = 0; k < living.size(); ++k) row[k] = row[living[k]];
    });
    for (std::size_t k = 0; k < living.size(); ++k) {
      centroids_.copy(k, centroids_, living[k]);
      sizes_[k] = sizes_[living[k]];
      row_of_[k] = row_of_[living[k]];
      if (row_of_[k] != none) rows_[row_of_[k]].slot = k;
    }
    slots_ = living.size();
    penalties_.assign(slots_, 0);
    row_of_.resize(slots_);
    return living;
  }

 private:
  static constexpr std::size_t side = distance::block_rows;
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  /// Distances of one cluster to all slots.
  struct kept_row {
    std::unique_ptr<T[]> distances;
    std::size_t slot = none;  // none: the row is free
  };

  /// Of the distances of some clusters to all slots.
  std::size_t operations(const std::vector<std::size_t>& which) const { return which.size() * slots_ * points_.extent(1); }
  std::size_t block_count() const { return (slots_ + side - 1) / side; }

  void release(std::size_t row_index) {
    row_of_[rows_[row_index].slot] = none;
    rows_[row_index].slot = none;
    free_.push_back(row_index);
  }

  /// The rule's distances of some clusters, whose centroids are `rows`, to a block of slots, row by row.
  template <class Finish>
  void distances(const centroid_rows<T>& rows, const std::vector<std::size_t>& which, std::size_t first, std::size_t count,
                 std::size_t worker, const Finish& finish) {
    std::vector<T>& block = scratch_[worker];
    block.resize(which.size() * count);
    const auto exact = [&](std::size_t i, std::size_t k) { return rows.exact().squared_distance(i, centroids_.exact(), first + k); };
    distance::squared_block(rows.block(0, which.size()), centroids_.block(first, count), block.data(), exact, [&](std::size_t i, T* row) {
      const T size = sizes_[which[i]];
      for (std::size_t k = 0; k < count; ++k) row[k] = static_cast<T>(rule_.between(size, sizes_[first + k], row[k]));
      require_finite(row, count);
      finish(i, row);
    });
  }

  /// \throws data_error that names the point farthest out, where a distance has overflowed: the merges after it would be wrong.
  void require_finite(const T* row, std::size_t count) const {
    int faults = 0;
    for (std::size_t k = 0; k < count; ++k) faults += static_cast<int>(!(row[k] <= std::numeric_limits<T>::max()));  // in vectors
    if (faults == 0) return;
    std::pair<double, std::size_t> outermost{-1, 0};
    for (std::size_t i = 0; i < points_.extent(0); ++i)
      for (std::size_t k = 0; k < points_.extent(1); ++k) {
        const double reach = std::abs(static_cast<double>(points_(i, k)) - centre_[k]);
        if (reach > outermost.first) outermost = {reach, i};
      }
    throw data_error(text("point ", outermost.second,
                          " is so far from the others that squared distances of clusters are inf; scale the points, or remove it"));
  }

  Space space_;
  Rule rule_;
  matrix<const T> points_;
  std::vector<double> centre_;
  std::size_t slots_;
  centroid_rows<T> centroids_;
  std::vector<T> sizes_, penalties_;
  std::vector<std::size_t> row_of_;  // by slot: the index in rows_ of its row, or none
  std::size_t most_rows_;
  std::vector<kept_row> rows_;
  std::vector<std::size_t> free_;        // indices of rows that belong to no slot
  std::vector<std::vector<T>> scratch_;  // one per thread
};

}  // namespace deepmaacc::detail
