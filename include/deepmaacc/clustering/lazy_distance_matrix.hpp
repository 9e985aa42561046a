#pragma once

/// \file
/// A distance matrix whose rows are brought up to date lazily while clusters merge.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/clustering/merge_row.hpp>
#include <deepmaacc/clustering/nearest.hpp>
#include <deepmaacc/concepts/linkage_rule.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/distance/distance_matrix.hpp>
#include <limits>
#include <memory>
#include <vector>

namespace deepmaacc::detail {

/// Asks for a cache line that is read soon.
inline void prefetch(const void* address) {
#if defined(__GNUC__)
  __builtin_prefetch(address);
#else
  static_cast<void>(address);
#endif
}

/// The distances of the living clusters, each in a slot, while they merge. A merge writes the row of the surviving cluster only, not its
/// column. Invariant: of the two entries of a pair {a, b}, the valid one is in the row of the cluster that merged last; the other is stale
/// until `refresh` copies the columns of all clusters that merged since that row was last refreshed. So instead of n²/2 single writes all
/// over the matrix, the linkage rule runs in one vector loop over a row, and 0.02 n² (clustered points) to 0.3 n² numbers are copied.
///
/// To copy one number from another row costs a cache line. So once `window` clusters have merged, the rows of the `width` that merged first
/// are written transposed (`gather`), as a batch, into the storage of dead rows: one cache line then serves `width` columns. Dead columns
/// are masked by an infinite penalty, and packed away by `compact`. Rows never move.
template <class T>
class lazy_distance_matrix {
 public:
  using slot = std::uint32_t;  // half the bytes of std::size_t: slots index vectors of gathered numbers; a matrix of 2³² rows fits nowhere

  explicit lazy_distance_matrix(distance_matrix<T>& distances)
      : distances_(distances),
        columns_(distances.size()),
        rows_(columns_),
        sizes_(columns_, 1),
        penalties_(columns_, 0),
        refreshed_at_(columns_, 0),
        merged_at_(columns_, 0),
        batch_of_(columns_, none) {
    for (std::size_t k = 0; k < columns_; ++k) {
      rows_[k] = distances_.row(k);
      rows_[k][k] = std::numeric_limits<T>::infinity();
    }
  }

  /// Slots, dead ones included.
  std::size_t columns() const { return columns_; }
  bool is_alive(std::size_t k) const { return penalties_[k] == 0; }
  /// The distance of k and another slot; valid only directly after `refresh(k)`.
  T distance(std::size_t k, std::size_t other) const { return rows_[k][other]; }
  /// The living cluster nearest to k, the lowest slot among equals; valid only directly after `refresh(k)`.
  nearest<T> nearest_to(std::size_t k) const { return find_nearest(rows_[k], penalties_.data(), 0, columns_); }

  /// Brings the row of k up to date.
  void refresh(std::size_t k) {
    T* const row = rows_[k];
    const slot since = refreshed_at_[k];
    const std::size_t part = k / slots_per_part(), offset = k % slots_per_part() * width;
    refreshed_at_[k] = clock_;
    const auto begin = std::upper_bound(batches_.begin(), batches_.end(), since, [](slot time, const batch& b) { return time < b.last; });
    if (batches_.end() - begin > many)  // columns all over the row will be written
      for (std::size_t c = 0; c < columns_; c += width) prefetch(row + c);
    for (auto b = begin; b != batches_.end(); ++b) {
      if (batches_.end() - b > ahead) prefetch(b[ahead].parts[part] + offset);
      if (b->living == 0) continue;
      const T* const line = b->parts[part] + offset;
      if (b == begin) {
        for (std::size_t q = 0; q < width; ++q)
          if (b->merged_at[q] > since) row[b->column[q]] = line[q];
      } else {
        for (std::size_t q = 0; q < width; ++q) row[b->column[q]] = line[q];
      }
    }
    for (std::size_t e = recent_.size(); e-- > 0 && merged_at_[recent_[e]] > since;) row[recent_[e]] = rows_[recent_[e]][k];
  }

  /// Merges two clusters whose rows are up to date. The result lives in slot `kept`.
  template <class Rule>
  void merge(std::size_t kept, std::size_t dropped, const Rule& rule) {
    T* const row = rows_[kept];
    const T* const other = rows_[dropped];
    merge_row(row, other, sizes_.data(), columns_, rule.merge(sizes_[kept], sizes_[dropped], row[dropped]));
    forget(kept);
    forget(dropped);
    row[kept] = std::numeric_limits<T>::infinity();
    penalties_[dropped] = std::numeric_limits<T>::infinity();
    sizes_[kept] += sizes_[dropped];
    spare_.push_back(rows_[dropped]);
    merged_at_[kept] = refreshed_at_[kept] = ++clock_;
    recent_.push_back(static_cast<slot>(kept));
    if (recent_.size() >= window) gather();
  }

  /// Drops the dead columns.
  /// \returns the old slot of each new one, ascending
  template <class Space>
  std::vector<slot> compact(const Space& space) {
    while (!recent_.empty()) gather();
    std::vector<slot> living;
    for (std::size_t k = 0; k < columns_; ++k)
      if (is_alive(k)) living.push_back(static_cast<slot>(k));
    std::size_t unmoved = 0;
    while (unmoved < living.size() && living[unmoved] == unmoved) ++unmoved;
    constexpr std::size_t rows_per_task = 16;
    const std::size_t count = living.size();
    parallel_tasks(space, "deepmaacc::clustering::compact", (count + rows_per_task - 1) / rows_per_task, count * count,
                   [&](std::size_t t, std::size_t) {
                     for (std::size_t i = t * rows_per_task; i < std::min(count, (t + 1) * rows_per_task); ++i) {
                       refresh(living[i]);
                       T* const row = rows_[living[i]];
                       const slot* const from = living.data();
                       for (std::size_t c = unmoved; c < count; ++c) row[c] = row[from[c]];
                     }
                   });
    for (std::size_t i = 0; i < count; ++i) {
      rows_[i] = rows_[living[i]];
      sizes_[i] = sizes_[living[i]];
    }
    for (const batch& b : batches_) release(b);
    batches_.clear();
    empty_batches_ = 0;
    clock_ = 0;
    columns_ = count;
    rows_.resize(count);
    sizes_.resize(count);
    penalties_.assign(count, 0);
    refreshed_at_.assign(count, 0);
    merged_at_.assign(count, 0);
    batch_of_.assign(count, none);
    return living;
  }

 private:
  static constexpr std::size_t width = 64 / sizeof(T);  // numbers of a cache line
  static constexpr std::size_t window = 3 * width;      // clusters merged last, whose rows are read one number at a time
  static constexpr std::ptrdiff_t many = 8;             // batches: more, and it pays to have the row in the cache first
  static constexpr std::ptrdiff_t ahead = 12;           // batches between the one prefetched and the one read
  static constexpr slot none = std::numeric_limits<slot>::max();

  /// The columns of `width` clusters, transposed: the numbers for one slot lie in one cache line. Columns are in the order in which their
  /// clusters merged.
  struct batch {
    slot living = 0, last = 0;                  // columns that are still valid; when the last of them merged
    std::array<slot, width> column, merged_at;  // invalid columns point to the spare column behind the last
    std::array<T*, width> parts;                // storage of dead rows
  };

  std::size_t slots_per_part() const { return distances_.row_length() / width; }
  slot spare_column() const { return static_cast<slot>(distances_.row_length() - 1); }

  T* take_row() {
    if (spare_.empty()) {  // only while compacting: an incomplete batch takes as much room as a full one
      extra_.push_back(std::make_unique<T[]>(distances_.row_length()));
      return extra_.back().get();
    }
    T* const row = spare_.back();
    spare_.pop_back();
    return row;
  }

  std::size_t parts() const { return (columns_ + slots_per_part() - 1) / slots_per_part(); }
  void release(const batch& b) { spare_.insert(spare_.end(), b.parts.begin(), b.parts.begin() + static_cast<std::ptrdiff_t>(parts())); }

  /// Writes the rows of the clusters in `recent_` that merged first as a batch.
  void gather() {
    batch b;
    b.living = static_cast<slot>(std::min(width, recent_.size()));
    b.column.fill(spare_column());
    b.merged_at.fill(0);
    std::array<const T*, width> from;
    from.fill(rows_[recent_[0]]);
    for (std::size_t q = 0; q < b.living; ++q) {
      b.column[q] = recent_[q];
      b.merged_at[q] = b.last = merged_at_[recent_[q]];
      batch_of_[recent_[q]] = static_cast<slot>(batches_.size());
      from[q] = rows_[recent_[q]];
    }
    recent_.erase(recent_.begin(), recent_.begin() + static_cast<std::ptrdiff_t>(b.living));
    for (std::size_t p = 0; p < parts(); ++p) {
      b.parts[p] = take_row();
      const std::size_t first = p * slots_per_part(), last = std::min(columns_, first + slots_per_part());
      T* to = b.parts[p];
      std::size_t c = first;
      for (; c + width <= last; c += width, to += width * width) {
        T square[width][width];
        for (std::size_t q = 0; q < width; ++q)
          for (std::size_t l = 0; l < width; ++l) square[q][l] = from[q][c + l];
        for (std::size_t l = 0; l < width; ++l)
          for (std::size_t q = 0; q < width; ++q) to[l * width + q] = square[q][l];
      }
      for (; c < last; ++c)
        for (std::size_t q = 0; q < width; ++q) *to++ = from[q][c];
    }
    batches_.push_back(b);
  }

  /// A cluster merges again or dies: its column must no longer be copied from `recent_` or from its batch.
  void forget(std::size_t k) {
    if (merged_at_[k] == 0) return;
    merged_at_[k] = 0;
    if (batch_of_[k] == none) {
      recent_.erase(std::find(recent_.begin(), recent_.end(), k));
      return;
    }
    batch& b = batches_[batch_of_[k]];
    batch_of_[k] = none;
    *std::find(b.column.begin(), b.column.end(), k) = spare_column();
    if (--b.living > 0 || ++empty_batches_ * 4 <= batches_.size() + 16) return;
    // Many batches have no valid column left: their storage is released.
    slot kept = 0;
    for (const batch& one : batches_) {
      if (one.living == 0) {
        release(one);
        continue;
      }
      for (const slot column : one.column)
        if (column != spare_column()) batch_of_[column] = kept;
      batches_[kept++] = one;
    }
    batches_.resize(kept);
    empty_batches_ = 0;
  }

  distance_matrix<T>& distances_;
  std::size_t columns_, empty_batches_ = 0;
  slot clock_ = 0;  // the clock counts merges since the last compaction
  std::vector<T*> rows_;
  std::vector<T> sizes_, penalties_;
  std::vector<slot> refreshed_at_, merged_at_, batch_of_;  // by slot: time of the last refresh and merge; its batch
  std::vector<slot> recent_;                               // clusters that merged and are in no batch yet, in order of merging
  std::vector<batch> batches_;
  std::vector<T*> spare_;  // storage of dead rows
  std::vector<std::unique_ptr<T[]>> extra_;
};

}  // namespace deepmaacc::detail
