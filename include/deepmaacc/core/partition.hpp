#pragma once

/// \file
/// A partition of points into clusters: the cluster of each point, and the points of each cluster.

#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <span>
#include <vector>

namespace deepmaacc {

/// Which points are together. Clusters are numbered from 0 without gaps, as `cut` does.
class partition {
 public:
  /// \param points  how many there are
  /// \param labels  the cluster of each
  /// \throws data_error where they are not as many as points, or a number below the largest is missing.
  /// \note O(n) time and memory.
  partition(std::size_t points, std::span<const std::size_t> labels) : labels_(labels.begin(), labels.end()) {
    if (labels_.size() != points)
      throw data_error(detail::text("there are ", points, " points, but ", labels_.size(), " labels; give the cluster of each point"));
    std::vector<std::size_t> sizes;
    for (std::size_t i = 0; i < points; ++i) {
      // Said here, before a wild number asks for all memory.
      if (labels_[i] >= points)
        throw data_error(detail::text("point ", i, " has label ", labels_[i], ", but ", points, " points form at most ", points,
                                      " clusters; number them from 0 without gaps"));
      if (labels_[i] >= sizes.size()) sizes.resize(labels_[i] + 1, 0);
      ++sizes[labels_[i]];
    }
    begins_.assign(sizes.size() + 1, 0);
    for (std::size_t cluster = 0; cluster < sizes.size(); ++cluster) {
      if (sizes[cluster] == 0)
        throw data_error(detail::text("no point has label ", cluster, ", but one has label ", sizes.size() - 1,
                                      "; number the clusters from 0 without gaps"));
      begins_[cluster + 1] = begins_[cluster] + sizes[cluster];
    }
    members_.resize(points);
    std::vector<std::size_t> at(begins_.begin(), begins_.end() - 1);
    for (std::size_t i = 0; i < points; ++i) members_[at[labels_[i]]++] = i;
  }

  /// Number of points.
  std::size_t size() const { return labels_.size(); }
  /// Number of clusters.
  std::size_t clusters() const { return begins_.size() - 1; }
  /// The cluster of each point.
  const std::vector<std::size_t>& labels() const { return labels_; }
  /// The points of a cluster, ascending; at least one.
  std::span<const std::size_t> members(std::size_t cluster) const {
    return std::span(members_).subspan(begins_[cluster], begins_[cluster + 1] - begins_[cluster]);
  }

 private:
  std::vector<std::size_t> labels_, begins_, members_;
};

}  // namespace deepmaacc
