#pragma once

/// \file
/// Which part of a tensor a mutant has changed.

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace deepmaacc::by_lanes {

/// Nothing, some channels, or everything. Channel c of a tensor is rows c, c + channel_stride, c + 2 · channel_stride, …; the stride is the
/// number of channels.
class changed_channels {
 public:
  bool is_clean() const { return !all_ && channels_.empty(); }
  bool is_all() const { return all_; }
  std::span<const std::uint32_t> channels() const { return channels_; }

  void clear() {
    all_ = false;
    channels_.clear();
  }
  void set_all() {
    all_ = true;
    channels_.clear();
  }
  void set(std::vector<std::uint32_t> channels) {
    all_ = false;
    channels_ = std::move(channels);
  }
  void add(std::uint32_t channel) {
    for (const std::uint32_t there : channels_)
      if (there == channel) return;
    channels_.push_back(channel);
  }

  /// Calls `visit(row, count)` for all rows that are changed of a tensor of so many, neighbours together.
  template <class Visit>
  void for_each_run(std::size_t rows, std::size_t channel_stride, Visit visit) const {
    if (all_) return visit(std::size_t{0}, rows);
    for (std::size_t first = 0; first < rows; first += channel_stride)
      for (const std::uint32_t channel : channels_) visit(first + channel, std::size_t{1});
  }

 private:
  bool all_ = false;
  std::vector<std::uint32_t> channels_;
};

}  // namespace deepmaacc::by_lanes
