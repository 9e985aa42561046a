#pragma once

/// \file
/// The nearest neighbour of each cluster, updated lazily while clusters merge.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/clustering/nearest.hpp>
#include <limits>
#include <vector>

namespace deepmaacc::detail {

/// For each slot its nearest cluster among those in higher slots, or at least a bound that none of them is below (Müllner, "Modern
/// hierarchical, agglomerative clustering algorithms", 2011). A bound is made exact only when it is the least of all.
template <class T>
class nearest_bounds {
 public:
  explicit nearest_bounds(std::size_t slots)
      : bounds_(slots, std::numeric_limits<T>::infinity()), partners_(slots, none), is_exact_(slots, true) {}

  std::size_t partner(std::size_t slot) const { return partners_[slot]; }
  T bound(std::size_t slot) const { return bounds_[slot]; }
  bool is_exact(std::size_t slot) const { return is_exact_[slot] != 0; }

  /// The lowest slot of those with the least bound.
  nearest<T> least(const std::vector<T>& penalties) const { return find_nearest(bounds_.data(), penalties.data(), 0, bounds_.size()); }

  /// Stores the result of a search of the higher slots: the bound is exact from now on.
  void found(std::size_t slot, const nearest<T>& one) {
    bounds_[slot] = one.distance;
    partners_[slot] = static_cast<std::uint32_t>(one.index);
    is_exact_[slot] = 1;
  }

  /// To be called after `dropped` was merged into `kept`, whose distances are now `row`. The nearest neighbour of `kept` itself is not
  /// updated: the caller searches it. Few slots are concerned: blocks without any are passed over in vectors.
  void merged(std::size_t kept, std::size_t dropped, const T* row, const std::vector<T>& penalties) {
    bounds_[dropped] = std::numeric_limits<T>::infinity();
    const auto kept_slot = static_cast<std::uint32_t>(kept), dropped_slot = static_cast<std::uint32_t>(dropped);
    constexpr std::size_t block = 256;
    for (std::size_t first = 0; first < kept; first += block) {
      const std::size_t last = std::min(kept, first + block);
      int concerned = 0;
      for (std::size_t k = first; k < last; ++k) concerned += row[k] <= bounds_[k];
      for (std::size_t k = first; k < last; ++k)
        concerned += static_cast<int>(partners_[k] == kept_slot) | static_cast<int>(partners_[k] == dropped_slot);
      if (concerned == 0) continue;
      for (std::size_t k = first; k < last; ++k) {
        if (penalties[k] != 0) continue;
        if (row[k] < bounds_[k]) {  // the rule may bring clusters closer
          found(k, {row[k], kept});
        } else if (partners_[k] == kept_slot || partners_[k] == dropped_slot) {
          is_exact_[k] = 0;
        } else if (row[k] == bounds_[k]) {
          partners_[k] = std::min(partners_[k], kept_slot);
        }
      }
    }
    for (std::size_t k = kept + 1; k < dropped; ++k)
      if (partners_[k] == dropped_slot) is_exact_[k] = 0;
  }

  /// Keeps only these slots, ascending; every living one is among them.
  void keep(const std::vector<std::size_t>& old) {
    std::vector<std::uint32_t> place(bounds_.size(), none);
    for (std::size_t k = 0; k < old.size(); ++k) place[old[k]] = static_cast<std::uint32_t>(k);
    for (std::size_t k = 0; k < old.size(); ++k) {
      bounds_[k] = bounds_[old[k]];
      is_exact_[k] = is_exact_[old[k]];
      // The partner of a bound that is not exact may be dead; it is searched again before it is used.
      const std::uint32_t partner = partners_[old[k]];
      partners_[k] = partner < place.size() ? place[partner] : none;
    }
    bounds_.resize(old.size());
    partners_.resize(old.size());
    is_exact_.resize(old.size());
  }

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  std::vector<T> bounds_;
  std::vector<std::uint32_t> partners_;
  std::vector<char> is_exact_;
};

}  // namespace deepmaacc::detail
