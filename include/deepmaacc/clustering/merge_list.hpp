#pragma once

/// \file
/// From the merges that an algorithm makes to the dendrogram that it returns.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/concepts/linkage_rule.hpp>
#include <deepmaacc/core/error.hpp>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace deepmaacc::detail {

/// Collects merges of clusters that live in slots: n of them, at first one per point.
class merge_list {
 public:
  explicit merge_list(std::size_t leaves) : leaves_(leaves), clusters_(leaves), sizes_(leaves, 1) {
    std::iota(clusters_.begin(), clusters_.end(), std::size_t{0});
    merges_.reserve(leaves - 1);
  }

  std::size_t size() const { return merges_.size(); }

  /// The clusters of two slots become one, which lives in slot `kept`.
  void add(std::size_t kept, std::size_t dropped, double height) {
    sizes_[kept] += sizes_[dropped];
    merges_.push_back({clusters_[kept], clusters_[dropped], height, sizes_[kept]});
    clusters_[kept] = leaves_ + merges_.size() - 1;
  }

  /// The merges as they were made.
  dendrogram in_order() && { return {leaves_, std::move(merges_)}; }

  /// The dendrogram of a rule: by height where it is monotone, whatever order the algorithm took, else in order.
  template <class Rule>
  dendrogram tree() && {
    if constexpr (linkage_traits<Rule>::is_monotone)
      return std::move(*this).by_height();
    else
      return std::move(*this).in_order();
  }

 private:
  /// The merges by ascending height, equal ones as they were made. Rounding may have
  /// put a merge below one that it needs; it is lifted to the same height.
  dendrogram by_height() && {
    const auto height_of = [&](std::size_t cluster) {
      return cluster < leaves_ ? -std::numeric_limits<double>::infinity() : merges_[cluster - leaves_].height;
    };
    for (merge& one : merges_) one.height = std::max({one.height, height_of(one.first), height_of(one.second)});
    std::vector<std::size_t> order(merges_.size()), place(merges_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return merges_[a].height < merges_[b].height; });
    for (std::size_t m = 0; m < order.size(); ++m) place[order[m]] = m;
    const auto renumbered = [&](std::size_t cluster) { return cluster < leaves_ ? cluster : leaves_ + place[cluster - leaves_]; };
    std::vector<merge> sorted(merges_.size());
    for (std::size_t m = 0; m < order.size(); ++m) {
      const merge& one = merges_[order[m]];
      sorted[m] = {renumbered(one.first), renumbered(one.second), one.height, one.size};
    }
    return {leaves_, std::move(sorted)};
  }

  std::size_t leaves_;
  std::vector<std::size_t> clusters_, sizes_;
  std::vector<merge> merges_;
};

/// The height that is reported for a distance that an algorithm works with.
template <bool is_squared>
double reported_height(double distance) {
  return is_squared ? std::sqrt(std::max(distance, 0.0)) : distance;
}

/// \throws overflow_error where a search among living clusters found none: numbers have overflowed, or a rule gave what is none.
template <class Rule>
void require_number(bool is_found, const Rule& rule) {
  if (!is_found)
    throw overflow_error(
        text("deepmaacc::agglomerate: distances by linkage ", linkage_name(rule),
             " are not finite: the numbers are too large; scale the points or distances, or take double for float (a linkage "
             "of your own: run deepmaacc::check_rule on it)"));
}

}  // namespace deepmaacc::detail
