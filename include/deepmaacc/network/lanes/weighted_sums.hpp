#pragma once

/// \file
/// Dense layers and convolutions over a block of inputs: weighted sums of rows.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/network/lanes/changed_channels.hpp>
#include <deepmaacc/network/lanes/group_layout.hpp>
#include <deepmaacc/network/lanes/sum_tile.hpp>
#include <deepmaacc/network/window_axes.hpp>
#include <limits>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace deepmaacc::by_lanes {

/// to[i] = what becomes of factor from[i] of a product before it is multiplied.
template <class T>
using factor_rounding = void (*)(const T* from, T* to, std::size_t count);

/// Describes weighted sums: the geometry of their windows, and the weights. What cuDNN calls a convolution descriptor.
template <class T>
struct sum_descriptor {
  window_axes<true> axes;                ///< a dense layer has windows of one tap
  std::size_t height = 1, width = 1;     ///< positions
  std::size_t channels = 1, groups = 1;  ///< of the input
  std::size_t sums = 1;                  ///< at each position, of all groups together
  /// Rows from one row of an input channel to the next one of the same channel, which is the number of channels of the input tensor. Less
  /// than `channels` where a dense layer reads a flattened tensor: its `channels` are then positions × channels of that tensor.
  std::size_t channel_stride = 1;
  const T* kernel = nullptr;  ///< (taps × channels of a group × sums)
  const T* bias = nullptr;    ///< one per sum, or none
  /// Where rows of the input stand for several that are equal, or some are left out as they are always 0: the first row of the kernel for
  /// each row of weights here, and how many follow one another that are added up. Empty where each has one.
  std::vector<std::uint32_t> first_weight;
  std::size_t equal_weights = 1;
  std::size_t given_weights = 0;       ///< rows of the kernel as the layer has it
  factor_rounding<T> round = nullptr;  ///< null where nothing is rounded
};

/// A table of row positions, and weights packed for register tiles: one kernel for everything. A dense layer is a convolution of one tap; a
/// change of one input channel is a convolution over that channel, added to the original sums.
template <class T>
class weighted_sums {
 public:
  /// Copies the weights.
  explicit weighted_sums(const sum_descriptor<T>& made) : descriptor_(made) {
    const std::size_t part = descriptor_.channels / descriptor_.groups, each = descriptor_.sums / descriptor_.groups;
    taps_ = descriptor_.axes.y.taps * descriptor_.axes.x.taps;
    if (descriptor_.first_weight.empty()) descriptor_.given_weights = taps_ * part;
    const bool is_flattened =
        taps_ == 1 && descriptor_.groups == 1 && descriptor_.channel_stride > 0 && part % descriptor_.channel_stride == 0;
    if (!is_flattened) descriptor_.channel_stride = descriptor_.channels;
    lay_out_positions();
    std::tie(tile_height_, tile_width_) = sum_tiles<T>::choose(each, longest_segment());
    for (std::size_t first = 0; first < each;) {
      const std::size_t count = sum_tiles<T>::height(std::min(each - first, tile_height_), tile_width_);
      panels_.push_back({first, count});
      first += count;
    }
    weights_.resize(descriptor_.groups * each * numbers());
    for (std::size_t group = 0; group < descriptor_.groups; ++group)
      pack(descriptor_.kernel + group * each, weights_.data() + group * each * numbers());
    bias_.assign(descriptor_.sums, T{0});
    if (descriptor_.bias) std::copy_n(descriptor_.bias, descriptor_.sums, bias_.begin());
    descriptor_.kernel = descriptor_.bias = nullptr;
  }

  std::size_t sums() const { return descriptor_.sums; }
  std::size_t positions() const { return descriptor_.height * descriptor_.width; }
  /// Weights of one sum.
  std::size_t numbers() const { return taps_ * part(); }
  /// Weights of one sum as the layer has them: more, where equal inputs are one row.
  std::size_t given_numbers() const { return descriptor_.given_weights; }
  T bias(std::size_t sum) const { return bias_[sum]; }
  const sum_descriptor<T>& descriptor() const { return descriptor_; }

  /// All sums of an input.
  /// \param least  sums below are raised to it, as relu does with 0
  void run(const T* input, T* sums, T least) const {
    tap_rows taps{{}, all_channels, 1, 1};
    for (std::size_t group = 0; group < descriptor_.groups; ++group) run(group, input, taps, false, nullptr, sums, least);
  }

  /// The sums that single changed channels of the input lead to.
  /// \param change   the differences, as rows of the whole input; only those of the changed channels are read
  /// \param original the sums before the change
  /// \param changed  channels of the input; replaced by those of the sums that are written
  void add(const T* change, const T* original, T* sums, T least, changed_channels& changed) const {
    const std::size_t part = this->part(), each = descriptor_.sums / descriptor_.groups;
    if (descriptor_.groups == 1) {
      run(0, change, {{}, changed.channels(), channel_row_step(), channel_weight_step()}, true, original, sums, least);
      changed.set_all();
      return;
    }
    std::vector<std::uint32_t> written, within;
    for (std::size_t group = 0; group < descriptor_.groups; ++group) {
      within.clear();
      for (const std::uint32_t channel : changed.channels())
        if (channel / part == group) within.push_back(static_cast<std::uint32_t>(channel % part));
      if (within.empty()) continue;
      run(group, change, {{}, within, channel_row_step(), channel_weight_step()}, true, original, sums, least);
      for (std::size_t i = 0; i < each; ++i) written.push_back(static_cast<std::uint32_t>(group * each + i));
    }
    changed.set(std::move(written));
  }

  /// One sum at every position, with other weights than its own: as many as the layer has. Its input is rounded already, where it has to
  /// be.
  void run_one(std::size_t sum, std::span<const T> numbers, T bias, const T* input, T* sums) const {
    std::vector<T> column(this->numbers());
    for (std::size_t tap = 0; tap < column.size(); ++tap) column[tap] = weight(numbers.data(), 1, tap);
    run_column(sum, column, bias, input, sums);
  }
  /// One sum at every position, with its own weights and its bias times a factor, and another number added to the bias.
  void run_scaled(std::size_t sum, T factor, T shift, const T* input, T* sums) const {
    const std::size_t each = descriptor_.sums / descriptor_.groups, within = sum % each;
    const T* weights = weights_.data() + sum / each * each * numbers();
    const panel* at = panels_.data();
    for (; at->first + at->count <= within; ++at) weights += at->count * numbers();
    std::vector<T> column(numbers());
    for (std::size_t tap = 0; tap < column.size(); ++tap) column[tap] = factor * weights[tap * at->count + within - at->first];
    run_column(sum, column, factor * bias_[sum] + shift, input, sums);
  }

  /// Whether there is one position, and its window holds every row of the input once, in their order.
  bool reads_each_row() const {
    const auto is_covered = [](const auto& axis) { return axis.taps == axis.input && axis.dilation == 1 && axis.before == 0; };
    return positions() == 1 && descriptor_.groups == 1 && is_covered(descriptor_.axes.y) && is_covered(descriptor_.axes.x);
  }

  /// Calls `visit(tap, sum, weight)` for every weight; there must be one group.
  template <class Visit>
  void for_each_weight(const Visit& visit) const {
    const T* weight = weights_.data();
    for (const panel& one : panels_)
      for (std::size_t tap = 0; tap < numbers(); ++tap)
        for (std::size_t i = 0; i < one.count; ++i) visit(tap, one.first + i, *weight++);
  }

  /// Multiplications and additions of `run`, for one input.
  double operations() const { return operations_ * static_cast<double>(descriptor_.channels); }
  /// The same of `add`, for each changed channel.
  double operations_per_channel() const {
    return operations_ * static_cast<double>(descriptor_.channels) / static_cast<double>(descriptor_.channel_stride);
  }

 private:
  static constexpr std::size_t row = lanes_per_group<T>;
  static constexpr std::array<std::uint32_t, 1> all_channels{0};

  /// Neighbouring positions whose windows hold the same taps.
  struct segment {
    std::size_t position, count, row, runs;
  };
  struct panel {
    std::size_t first, count;
  };

  /// The weight of a tap, in a column of the kernel whose numbers are so far apart.
  T weight(const T* column, std::size_t apart, std::size_t tap) const {
    if (descriptor_.first_weight.empty()) {
      T number = column[tap * apart];
      if (descriptor_.round) descriptor_.round(&number, &number, 1);
      return number;
    }
    double sum = 0;
    for (std::size_t i = 0; i < descriptor_.equal_weights; ++i)
      sum += static_cast<double>(column[(descriptor_.first_weight[tap] + i) * apart]);
    return static_cast<T>(sum);
  }

  /// Copies a group's weights panel by panel. Some rows of the kernel at a time, so that what lies side by side is read side by side.
  void pack(const T* kernel, T* packed) const {
    constexpr std::size_t rows_at_a_time = 16;
    const bool is_copy = descriptor_.first_weight.empty() && !descriptor_.round;
    for (std::size_t first = 0; first < numbers(); first += rows_at_a_time)
      for (const panel& one : panels_)
        for (std::size_t tap = first; tap < std::min(first + rows_at_a_time, numbers()); ++tap) {
          T* const to = packed + one.first * numbers() + tap * one.count;
          if (is_copy)
            std::copy_n(kernel + tap * descriptor_.sums + one.first, one.count, to);
          else
            for (std::size_t i = 0; i < one.count; ++i) to[i] = weight(kernel + one.first + i, descriptor_.sums, tap);
        }
  }

  std::size_t part() const { return descriptor_.channels / descriptor_.groups; }
  std::size_t row_apart() const { return descriptor_.axes.x.stride * descriptor_.channels; }
  bool is_flattened() const { return descriptor_.channel_stride != descriptor_.channels; }
  std::size_t channel_row_step() const {
    return is_flattened() ? descriptor_.channel_stride : descriptor_.axes.x.dilation * descriptor_.channels;
  }
  std::size_t channel_weight_step() const { return is_flattened() ? descriptor_.channel_stride : part(); }

  void run_column(std::size_t sum, std::span<const T> numbers, T bias, const T* input, T* sums) const {
    const std::size_t group = sum / (descriptor_.sums / descriptor_.groups);
    for (const segment& one : segments_)
      for (std::size_t i = 0; i < one.count; ++i) {
        const tap_rows taps{std::span(full_runs_).subspan(one.runs * full_count_, full_count_), all_channels, 1, 1};
        sum_in_registers<1, 1, T>({input + (one.row + i * row_apart() + group * part()) * row, 0, numbers.data(), &taps, nullptr, &bias,
                                   sums + ((one.position + i) * descriptor_.sums + sum) * row, 0});
      }
  }

  /// Cuts the positions into segments, and lists the runs of each kind of window: as many per kind, some of them empty.
  void lay_out_positions() {
    const auto &y_axis = descriptor_.axes.y, &x_axis = descriptor_.axes.x;
    const std::size_t line = x_axis.input * descriptor_.channels;
    const bool is_dense = descriptor_.groups == 1 && x_axis.dilation == 1;
    full_count_ = is_dense ? y_axis.taps : taps_;
    channel_count_ = y_axis.taps;
    std::map<std::array<std::size_t, 4>, std::size_t> kinds;
    double taps = 0;
    for (std::size_t y = 0; y < descriptor_.height; ++y)
      for (std::size_t x = 0; x < descriptor_.width; ++x) {
        const std::size_t top = y_axis.first_tap(y), bottom = y_axis.end_tap(y), left = x_axis.first_tap(x), right = x_axis.end_tap(x);
        const bool is_empty = top >= bottom || left >= right;
        if (!is_empty) taps += static_cast<double>((bottom - top) * (right - left));
        const std::array<std::size_t, 4> kind = is_empty ? std::array<std::size_t, 4>{} : std::array{top, bottom, left, right};
        const auto [found, is_new] = kinds.emplace(kind, kinds.size());
        if (is_new) add_runs(kind, line, is_dense);
        const std::size_t position = y * descriptor_.width + x;
        const bool continues = x > 0 && segments_.back().runs == found->second && !is_empty;
        if (continues)
          ++segments_.back().count;
        else
          segments_.push_back(
              {position, 1, is_empty ? 0 : y_axis.element(y, top) * line + x_axis.element(x, left) * descriptor_.channels, found->second});
      }
    operations_ = 2 * taps * static_cast<double>(descriptor_.sums) / static_cast<double>(descriptor_.groups);
  }

  void add_runs(const std::array<std::size_t, 4>& kind, std::size_t line, bool is_dense) {
    const auto [top, bottom, left, right] = kind;
    const auto &y_axis = descriptor_.axes.y, &x_axis = descriptor_.axes.x;
    const std::size_t part = this->part();
    for (std::size_t ky = 0; ky < y_axis.taps; ++ky) {
      const bool is_inside = ky >= top && ky < bottom && left < right;
      const std::size_t from = is_inside ? (ky - top) * y_axis.dilation * line : 0, weight = (ky * x_axis.taps + left) * part;
      const std::size_t count = is_inside ? right - left : 0;
      channel_runs_.push_back({from, weight, is_flattened() ? descriptor_.channels / descriptor_.channel_stride : count});
      if (is_dense) {
        full_runs_.push_back({from, weight, count * part});
        continue;
      }
      for (std::size_t kx = 0; kx < x_axis.taps; ++kx) {
        const bool is_there = is_inside && kx >= left && kx < right;
        full_runs_.push_back({is_there ? from + (kx - left) * x_axis.dilation * descriptor_.channels : 0, (ky * x_axis.taps + kx) * part,
                              is_there ? part : 0});
      }
    }
  }

  std::size_t longest_segment() const {
    std::size_t longest = 1;
    for (const segment& one : segments_) longest = std::max(longest, one.count);
    return longest;
  }

  void run(std::size_t group, const T* input, tap_rows taps, bool is_by_channel, const T* start, T* sums, T least) const {
    const std::size_t each = descriptor_.sums / descriptor_.groups, numbers = this->numbers();
    const auto& runs = is_by_channel ? channel_runs_ : full_runs_;
    const std::size_t count = is_by_channel ? channel_count_ : full_count_;
    input += group * part() * row;
    for (const segment& one : segments_) {
      taps.runs = std::span(runs).subspan(one.runs * count, count);
      for (std::size_t done = 0, wide = tile_width_; done < one.count; done += wide) {
        while (wide > one.count - done) wide /= 2;
        const T* weights = weights_.data() + group * each * numbers;
        const std::size_t base = (one.position + done) * descriptor_.sums + group * each;
        for (const panel& some : panels_) {
          const std::size_t at = (base + some.first) * row;
          const sum_tile_arguments<T> arguments{input + (one.row + done * row_apart()) * row,
                                                row_apart() * row,
                                                weights,
                                                &taps,
                                                start ? start + at : nullptr,
                                                bias_.data() + group * each + some.first,
                                                sums + at,
                                                descriptor_.sums * row,
                                                least};
          tiles_.at(some.count, wide)(arguments);
          weights += some.count * numbers;
        }
      }
    }
  }

  sum_descriptor<T> descriptor_;
  std::size_t taps_ = 1, full_count_ = 0, channel_count_ = 0, tile_height_ = 1, tile_width_ = 1;
  std::vector<segment> segments_;
  std::vector<tap_run> full_runs_, channel_runs_;
  std::vector<panel> panels_;
  std::vector<T> weights_, bias_;
  double operations_ = 0;
  sum_tiles<T> tiles_;
};

}  // namespace deepmaacc::by_lanes
