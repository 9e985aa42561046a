#pragma once

/// \file
/// What clustering gives: the merges, in order.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <ostream>
#include <span>
#include <utility>
#include <vector>

namespace deepmaacc {

/// Two clusters become one. Clusters are numbered as SciPy does: the leaves 0 … n − 1, then the result of merge m as n + m.
struct merge {
  std::size_t first = 0, second = 0;  ///< first < second
  double height = 0;                  ///< distance of the two
  std::size_t size = 0;               ///< leaves of the result
  bool operator==(const merge&) const = default;
};

/// A binary tree over n leaves, or a forest where fewer than n − 1 merges were allowed. Merges are in the order in which they were made:
/// ascending in height for monotone linkage rules.
class dendrogram {
 public:
  /// \throws data_error where the merges do not form a forest over the leaves, a height is not a number or a size is wrong.
  dendrogram(std::size_t leaves, std::vector<merge> merges) : leaves_(leaves), merges_(std::move(merges)) {
    if (leaves_ == 0) throw data_error("a dendrogram needs at least one leaf");
    if (merges_.size() >= leaves_)
      throw data_error(detail::text("a dendrogram of ", leaves_, " leaves has at most ", leaves_ - 1, " merges, not ", merges_.size()));
    std::vector<bool> is_used(leaves_ + merges_.size(), false);
    for (std::size_t m = 0; m < merges_.size(); ++m) {
      merge& one = merges_[m];
      if (one.first > one.second) std::swap(one.first, one.second);
      const auto fail = [&](const char* why) {
        throw data_error(detail::text("merge ", m, " of the dendrogram joins clusters ", one.first, " and ", one.second, why));
      };
      if (one.second >= leaves_ + m) fail(", but the later one is not made yet");
      if (one.first == one.second || is_used[one.first] || is_used[one.second]) fail(", one of which is part of another cluster already");
      if (std::isnan(one.height)) fail(" at a height that is no number");
      if (one.size != size(one.first) + size(one.second)) fail(", but its size is not the sum of theirs");
      is_used[one.first] = is_used[one.second] = true;
    }
  }

  /// Reads SciPy's linkage matrix, (n − 1) × 4: two clusters, height, leaves. No row is one leaf.
  /// \param rows  an xtensor container or view
  /// \throws data_error where it is none.
  template <class Rows>
  static dendrogram from_linkage_matrix(const Rows& rows) {
    if (rows.dimension() != 2) throw data_error(detail::text("a linkage matrix has 2 axes, not ", rows.dimension()));
    if (rows.shape()[1] != 4)
      throw data_error(detail::text("a linkage matrix has 4 columns (two clusters, height, size), not ", rows.shape()[1]));
    const std::size_t count = rows.shape()[0];
    const auto index = [&](std::size_t m, std::size_t column) {
      const double number = rows(m, column);
      if (!(number >= 0) || number > static_cast<double>(2 * count) + 1 || number != std::floor(number))
        throw data_error(
            detail::text("row ", m, " of the linkage matrix has ", number, " in column ", column, ", which must be a whole number"));
      return static_cast<std::size_t>(number);
    };
    std::vector<merge> merges(count);
    for (std::size_t m = 0; m < count; ++m) merges[m] = {index(m, 0), index(m, 1), rows(m, 2), index(m, 3)};
    return {count + 1, std::move(merges)};
  }

  std::size_t leaves() const { return leaves_; }
  const std::vector<merge>& merges() const { return merges_; }
  /// Number of trees: 1, but in a forest.
  std::size_t trees() const { return leaves_ - merges_.size(); }

  bool is_leaf(std::size_t cluster) const { return cluster < leaves_; }
  /// The merge that made a cluster that is no leaf.
  const merge& made_by(std::size_t cluster) const { return merges_[cluster - leaves_]; }
  /// Leaves of a cluster.
  std::size_t size(std::size_t cluster) const { return is_leaf(cluster) ? 1 : made_by(cluster).size; }
  /// Height of a cluster; 0 for a leaf.
  double height(std::size_t cluster) const { return is_leaf(cluster) ? 0 : made_by(cluster).height; }
  /// The clusters that are part of no other, ascending: the root, or one per tree.
  std::vector<std::size_t> roots() const {
    std::vector<bool> is_part(leaves_ + merges_.size(), false);
    for (const merge& one : merges_) is_part[one.first] = is_part[one.second] = true;
    std::vector<std::size_t> found;
    for (std::size_t cluster = 0; cluster < is_part.size(); ++cluster)
      if (!is_part[cluster]) found.push_back(cluster);
    return found;
  }

  /// SciPy's linkage matrix, (n − 1) × 4, as an `xt::xtensor<double, 2>`.
  /// \throws usage_error for a forest.
  template <class Merges = std::vector<merge>>
  auto linkage_matrix() const {
    static_assert(
        requires(const Merges& merges) { linkage_rows(merges); },
        "deepmaacc::dendrogram::linkage_matrix: the program must know what an xtensor is; include "
        "<deepmaacc/clustering/linkage_matrix.hpp>");
    require_tree("deepmaacc::dendrogram::linkage_matrix");
    if constexpr (requires(const Merges& merges) { linkage_rows(merges); }) return linkage_rows(static_cast<const Merges&>(merges_));
  }

  /// \throws usage_error naming `caller` for a forest.
  void require_tree(const char* caller) const {
    if (trees() != 1)
      throw usage_error(detail::text(caller, ": this is a forest of ", trees(),
                                     " trees, not one tree; take its trees one by one, or cluster without a "
                                     "threshold and with a connected graph"));
  }

  /// The same leaves, and the same merges at the same heights.
  bool operator==(const dendrogram&) const = default;

 private:
  std::size_t leaves_;
  std::vector<merge> merges_;
};

/// "20000 leaves, 19999 merges, heights 0.12 to 34.5".
inline std::ostream& operator<<(std::ostream& out, const dendrogram& tree) {
  std::string text = detail::text(tree.leaves(), tree.leaves() == 1 ? " leaf" : " leaves", ", ", tree.merges().size(),
                                  tree.merges().size() == 1 ? " merge" : " merges");
  if (!tree.merges().empty()) {
    const auto [lowest, highest] =
        std::minmax_element(tree.merges().begin(), tree.merges().end(), [](const merge& a, const merge& b) { return a.height < b.height; });
    text += detail::text(", heights ", lowest->height, " to ", highest->height);
  }
  return out << text;
}

}  // namespace deepmaacc
