#pragma once

/// \file
/// The order of a dendrogram's leaves that puts similar ones beside each other.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/leaf_order.hpp>
#include <deepmaacc/core/error.hpp>
#include <functional>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {
namespace detail {

/// Finds the best order by dynamic programming: for a cluster and each pair of leaves that can be at its two ends, the least length of a
/// path through all its leaves. Leaves go by their positions in `leaf_order`, so that a cluster is a range and the loops run over rows.
template <class Distances>
class leaf_ordering {
 public:
  leaf_ordering(const dendrogram& tree, const Distances& distances)
      : tree_(tree),
        distances_(distances),
        leaves_(leaf_order(tree)),
        first_(first_positions(tree)),
        n_(tree.leaves()),
        shortest_(n_ * n_, 0.0) {
    for (std::size_t m = 0; m < tree_.merges().size(); ++m) join(tree_.merges()[m]);
  }

  std::vector<std::size_t> order() const {
    const std::size_t root = n_ + tree_.merges().size() - 1;
    std::vector<std::size_t> found;
    found.reserve(n_);
    std::vector<stretch> waiting{tree_.is_leaf(root) ? stretch{root, 0, 0} : best_ends(root)};
    while (!waiting.empty()) {
      const stretch at = waiting.back();
      waiting.pop_back();
      if (tree_.is_leaf(at.cluster)) {
        found.push_back(at.cluster);
        continue;
      }
      const auto [left, right] = split(at);
      waiting.push_back(right);
      waiting.push_back(left);
    }
    return found;
  }

 private:
  struct range {
    std::size_t begin, end;
    bool has(std::size_t position) const { return position >= begin && position < end; }
  };
  /// A cluster laid out from one end to the other.
  struct stretch {
    std::size_t cluster, left, right;
  };

  range range_of(std::size_t cluster) const { return {first_[cluster], first_[cluster] + tree_.size(cluster)}; }
  /// Where the other end of a cluster can be if one is at a position: in the part that this position is not in.
  range ends_across(std::size_t cluster, std::size_t position) const {
    if (tree_.is_leaf(cluster)) return {position, position + 1};
    const range first = range_of(tree_.made_by(cluster).first);
    return first.has(position) ? range_of(tree_.made_by(cluster).second) : first;
  }
  double& shortest(std::size_t a, std::size_t b) { return shortest_[a * n_ + b]; }
  double shortest(std::size_t a, std::size_t b) const { return shortest_[a * n_ + b]; }

  double distance(std::size_t a, std::size_t b) const {
    const double found = std::invoke(distances_, leaves_[a], leaves_[b]);
    if (std::isnan(found))
      throw data_error(text("the distance of leaves ", leaves_[a], " and ", leaves_[b], " is not a number; mend the distances"));
    return found;
  }

  /// Fills the table for the pairs with one end in each of two clusters. In two steps, through the leaf next to the seam, which makes
  /// |A| |B| (|A| + |B|) operations instead of |A|² |B|²: this is the O(n³) of the whole. The block of the pairs first holds their
  /// distances, so there is no second n × n table; the results wait in the block mirrored at the diagonal.
  void join(const merge& one) {
    const range a = range_of(one.first), b = range_of(one.second);
    const std::size_t width = b.end - b.begin;
    for (std::size_t i = a.begin; i < a.end; ++i)
      for (std::size_t j = b.begin; j < b.end; ++j) shortest(i, j) = distance(i, j);
    to_seam_.resize(width);
    across_.resize(width);
    for (std::size_t u = a.begin; u < a.end; ++u) {
      // to_seam[k]: from u through all of A, and over to leaf k of B
      std::fill(to_seam_.begin(), to_seam_.end(), std::numeric_limits<double>::infinity());
      const range seam = ends_across(one.first, u);
      for (std::size_t m = seam.begin; m < seam.end; ++m) lower(to_seam_, 0, shortest(u, m), &shortest(m, b.begin), width);
      std::fill(across_.begin(), across_.end(), std::numeric_limits<double>::infinity());
      for (std::size_t k = b.begin; k < b.end; ++k) {
        const range ends = ends_across(one.second, k);
        lower(across_, ends.begin - b.begin, to_seam_[k - b.begin], &shortest(k, ends.begin), ends.end - ends.begin);
      }
      for (std::size_t w = 0; w < width; ++w) shortest(b.begin + w, u) = across_[w];
    }
    for (std::size_t i = a.begin; i < a.end; ++i)
      for (std::size_t j = b.begin; j < b.end; ++j) shortest(i, j) = shortest(j, i);
  }

  static void lower(std::vector<double>& least, std::size_t from, double start, const double* steps, std::size_t count) {
    double* const at = least.data() + from;
    for (std::size_t i = 0; i < count; ++i) at[i] = std::min(at[i], start + steps[i]);
  }

  /// The two ends between which all leaves of the tree make the shortest path.
  stretch best_ends(std::size_t root) const {
    const range a = range_of(tree_.made_by(root).first), b = range_of(tree_.made_by(root).second);
    stretch best{root, a.begin, b.begin};
    for (std::size_t u = a.begin; u < a.end; ++u)
      for (std::size_t w = b.begin; w < b.end; ++w)
        if (shortest(u, w) < shortest(best.left, best.right)) best = {root, u, w};
    return best;
  }

  /// The two parts of a cluster whose ends are known: finds the seam between them again instead of keeping every seam in a second table.
  std::pair<stretch, stretch> split(const stretch& whole) const {
    auto [near, far] = std::pair{tree_.made_by(whole.cluster).first, tree_.made_by(whole.cluster).second};
    if (!range_of(near).has(whole.left)) std::swap(near, far);
    const range from = ends_across(near, whole.left), to = ends_across(far, whole.right);
    std::pair<stretch, stretch> best{{near, whole.left, from.begin}, {far, to.begin, whole.right}};
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t m = from.begin; m < from.end; ++m)
      for (std::size_t k = to.begin; k < to.end; ++k) {
        // As the table was made: the distance is asked from the first cluster to the second, should it not be quite symmetric.
        const double length = shortest(whole.left, m) + distance(std::min(m, k), std::max(m, k)) + shortest(k, whole.right);
        if (length < least) {
          least = length;
          best = {{near, whole.left, m}, {far, k, whole.right}};
        }
      }
    return best;
  }

  const dendrogram& tree_;
  const Distances& distances_;
  std::vector<std::size_t> leaves_, first_;
  std::size_t n_;
  std::vector<double> shortest_;
  std::vector<double> to_seam_, across_;
};

}  // namespace detail

/// The leaves in the order that the tree allows (each merge may have either cluster on the left) with the least sum of distances between
/// neighbours, and so the clearest picture of a reordered distance matrix: Bar-Joseph, Gifford and Jaakkola, "Fast optimal leaf ordering
/// for hierarchical clustering" (Bioinformatics 2001). Of an order and its mirror image, the one that has the first cluster of the last
/// merge on the left; of several best orders always the same one. SciPy's `optimal_leaf_ordering` is meant to give the same sum, but up to
/// its version 1.17 may return a longer order than the best one that it finds.
///
/// \param distances  callable double(std::size_t i, std::size_t j), symmetric: how far leaves i and j are apart. It is called at most twice
/// per pair.
/// \throws usage_error for a forest, data_error where a distance is not a number.
/// \note n² doubles of memory; at most O(n³) time, O(n²) for a chain of single leaves.
template <class Distances>
requires std::is_invocable_r_v<double, const Distances&, std::size_t, std::size_t> std::vector<std::size_t> optimal_leaf_order(
    const dendrogram& tree, const Distances& distances) {
  tree.require_tree("deepmaacc::optimal_leaf_order");
  return detail::leaf_ordering<Distances>(tree, distances).order();
}

}  // namespace deepmaacc
