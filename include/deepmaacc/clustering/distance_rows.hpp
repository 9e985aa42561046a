#pragma once

/// \file
/// Rows of distances for a spanning tree: from a matrix, or computed when they are needed.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/distance_metric.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/distance/distance_matrix.hpp>
#include <deepmaacc/distance/metric_rows.hpp>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace deepmaacc::detail {

/// Rows of a matrix.
template <class T>
class stored_rows {
 public:
  explicit stored_rows(const distance_matrix<T>& distances) : distances_(distances) {}
  const T* row(std::size_t column, const std::vector<T>&, const std::vector<T>&) { return distances_.row(column); }
  std::vector<std::uint32_t> shrink(std::size_t, const std::vector<T>&, std::size_t) { return {}; }

 private:
  const distance_matrix<T>& distances_;
};

/// Rows computed from the points, a batch at a time: that of the newest point of the tree, and those of the points that are nearest to the
/// tree. One row alone is a pass over all points, at the speed of memory; a batch is a matrix product. Every point joins the tree sooner or
/// later, so a row that is kept until then was not in vain. Memory: the points, and the rows that wait: some hundred where points form
/// clusters, up to two thirds of a matrix where they do not.
/// \param most_rows  so many rows wait at most: then those go whose points are farthest from the tree
/// \param is_measured  whether `longest` is asked for
template <class Space, class T, class Metric>
class computed_rows {
 public:
  computed_rows(const Space& space, distance::metric_rows<T, Metric> points, std::size_t most_rows, bool is_measured)
      : space_(space),
        points_(std::make_unique<distance::metric_rows<T, Metric>>(std::move(points))),
        most_rows_(std::max(most_rows, 2 * batch)),
        is_measured_(is_measured),
        row_of_(points_->size(), none),
        scratch_(static_cast<std::size_t>(space.concurrency())),
        longest_(scratch_.size(), 0) {}

  /// The longest distance of two points, once the tree has them all: when a point joins, its row has been computed, with a column for each
  /// point that joins later.
  T longest() const { return *std::max_element(longest_.begin(), longest_.end()); }

  /// A column's distances to all columns; until the next call.
  const T* row(std::size_t column, const std::vector<T>& best, const std::vector<T>& penalties) {
    if (row_of_[column] == none) compute(column, best, penalties);
    const std::size_t row_index = row_of_[column];
    release(row_index);
    return rows_[row_index].get();
  }

  /// Drops the columns of the tree where they are a quarter of all; the newest one stays, its row is still needed.
  /// \returns the old column of each new one, ascending, or nothing
  std::vector<std::uint32_t> shrink(std::size_t newest, const std::vector<T>& penalties, std::size_t left) {
    const std::size_t columns = row_of_.size();
    if (columns <= distance::block_rows || left + 1 > columns - columns / 4) return {};
    std::vector<std::uint32_t> old;
    for (std::size_t c = 0; c < columns; ++c)
      if (penalties[c] == 0 || c == newest) old.push_back(static_cast<std::uint32_t>(c));
    points_ = std::make_unique<distance::metric_rows<T, Metric>>(points_->select(std::vector<std::size_t>(old.begin(), old.end())));
    parallel_tasks(space_, "deepmaacc::clustering::shrink", rows_.size(), rows_.size() * old.size(), [&](std::size_t r, std::size_t) {
      if (column_of_[r] == none) return;
      T* const row = rows_[r].get();
      for (std::size_t c = 0; c < old.size(); ++c) row[c] = row[old[c]];
    });
    for (std::size_t c = 0; c < old.size(); ++c) {
      row_of_[c] = row_of_[old[c]];
      if (row_of_[c] != none) column_of_[row_of_[c]] = c;
    }
    row_of_.resize(old.size());
    return old;
  }

 private:
  static constexpr std::size_t batch = 128;
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  void release(std::size_t row_index) {
    row_of_[column_of_[row_index]] = none;
    column_of_[row_index] = none;
    free_.push_back(row_index);
  }

  /// The columns whose rows are computed now: the one that is wanted, and those nearest to the tree that have no row yet.
  std::vector<std::size_t> choose(std::size_t wanted, const std::vector<T>& best, const std::vector<T>& penalties) const {
    std::vector<std::pair<T, std::size_t>> near;
    for (std::size_t c = 0; c < row_of_.size(); ++c)
      if (penalties[c] == 0 && row_of_[c] == none && best[c] < std::numeric_limits<T>::infinity()) near.emplace_back(best[c], c);
    const std::size_t more = std::min(batch - 1, near.size());
    if (more < near.size()) std::nth_element(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(more), near.end());
    std::vector<std::size_t> chosen{wanted};
    for (std::size_t i = 0; i < more; ++i) chosen.push_back(near[i].second);
    return chosen;
  }

  /// Sees to it that `count` rows are free: new ones up to the limit, then those of the columns farthest from the tree.
  void make_room(std::size_t count, const std::vector<T>& best) {
    while (free_.size() < count && rows_.size() < most_rows_) {
      rows_.push_back(std::unique_ptr<T[]>(new T[row_of_.size()]));
      column_of_.push_back(none);
      free_.push_back(rows_.size() - 1);
    }
    if (free_.size() >= count) return;
    std::vector<std::pair<T, std::size_t>> waiting;
    for (std::size_t r = 0; r < rows_.size(); ++r)
      if (column_of_[r] != none) waiting.emplace_back(best[column_of_[r]], r);
    std::sort(waiting.begin(), waiting.end());
    for (; free_.size() < count; waiting.pop_back()) release(waiting.back().second);
  }

  void compute(std::size_t wanted, const std::vector<T>& best, const std::vector<T>& penalties) {
    const std::vector<std::size_t> columns = choose(wanted, best, penalties);
    make_room(columns.size(), best);
    std::vector<T*> to;
    for (const std::size_t column : columns) {
      const std::size_t row_index = free_.back();
      free_.pop_back();
      row_of_[column] = row_index;
      column_of_[row_index] = column;
      to.push_back(rows_[row_index].get());
    }
    const auto rows = points_->select(columns);
    constexpr std::size_t side = distance::block_rows;
    const std::size_t all = row_of_.size();
    parallel_tasks(space_, "deepmaacc::clustering::spanning_tree", (all + side - 1) / side, columns.size() * all * points_->dimensions(),
                   [&](std::size_t b, std::size_t worker) {
                     const std::size_t first = b * side, count = std::min(side, all - first);
                     std::vector<T>& block = scratch_[worker];
                     rows.distances(0, to.size(), *points_, first, count, block);
                     if (is_measured_) longest_[worker] = std::max(longest_[worker], *std::max_element(block.begin(), block.end()));
                     for (std::size_t i = 0; i < to.size(); ++i) std::copy_n(block.data() + i * count, count, to[i] + first);
                   });
  }

  Space space_;
  std::unique_ptr<distance::metric_rows<T, Metric>> points_;
  std::size_t most_rows_;
  bool is_measured_;
  std::vector<std::size_t> row_of_;     // by column: the index in rows_ of its row, or none
  std::vector<std::size_t> column_of_;  // by row: the column that it belongs to, or none
  std::vector<std::size_t> free_;       // indices of rows that belong to no column
  std::vector<std::unique_ptr<T[]>> rows_;
  std::vector<std::vector<T>> scratch_;  // one per thread
  std::vector<T> longest_;               // that each thread has seen
};

}  // namespace deepmaacc::detail
