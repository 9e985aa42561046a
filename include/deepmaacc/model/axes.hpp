#pragma once

/// \file
/// Neighbouring axes of a tensor, and the tensor as they split it.

#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <vector>

namespace deepmaacc {

/// Elements that a tensor of one input may have, 8 GiB of float: what is larger is a broken file, not a network.
inline constexpr std::size_t largest_tensor = std::size_t{1} << 31;

/// Axes of what kernels hold by value: of a box of a rearrangement, and of a tensor that is broadcast.
inline constexpr std::size_t most_axes = 8;

/// The axes [first, end) of a tensor; they count from 0, without the batch.
struct axis_range {
  std::size_t first = 0, end = 0;
  friend bool operator==(const axis_range&, const axis_range&) = default;
};

/// A tensor as neighbouring axes split it: (outer, count, inner), row-major. `count` is 1 for no axes.
struct axis_block {
  std::size_t outer = 1, count = 1, inner = 1;
};

namespace detail {

/// \throws model_error where a tensor does not have these axes.
inline void require_axes(const shape& input, const axis_range& axes) {
  if (axes.first > axes.end || axes.end > input.size())
    throw model_error(text("its axes from ", axes.first, " to ", axes.end, " are none of its input of shape ", to_string(input)));
}

inline axis_block split_at(const shape& input, const axis_range& axes) {
  axis_block block;
  for (std::size_t axis = 0; axis < input.size(); ++axis)
    (axis < axes.first ? block.outer : axis < axes.end ? block.count : block.inner) *= input[axis];
  return block;
}

/// How far apart neighbours along each axis of a row-major tensor lie.
inline std::vector<std::size_t> steps_of(const shape& extents) {
  std::vector<std::size_t> steps(extents.size(), 1);
  for (std::size_t axis = extents.size(); axis-- > 1;) steps[axis - 1] = steps[axis] * extents[axis];
  return steps;
}

/// The last of elements with steps between them, as far as it lies in a tensor. Divided rather than multiplied, so that nothing wraps.
class last_element {
 public:
  /// \param first  the first of them
  /// \param count  how many elements the tensor has
  last_element(std::size_t first, std::size_t count) : left_(first < count ? count - 1 - first : 0), is_within_(first < count) {}

  /// So many steps further on.
  void go(std::size_t times, std::size_t step) {
    if (times == 0 || step == 0) return;
    is_within_ = is_within_ && step <= left_ / times;
    if (is_within_) left_ -= times * step;
  }
  bool is_within() const { return is_within_; }

 private:
  std::size_t left_;
  bool is_within_;
};

/// The extents of the axes.
inline shape extents_of(const shape& input, const axis_range& axes) {
  return shape(input.begin() + static_cast<std::ptrdiff_t>(axes.first), input.begin() + static_cast<std::ptrdiff_t>(axes.end));
}

/// For each element of a tensor its place along the middle axis of a split.
inline std::vector<std::uint32_t> channel_of_each(const shape& input, const axis_block& block) {
  std::vector<std::uint32_t> channels(element_count(input));
  for (std::size_t at = 0; at < channels.size(); ++at) channels[at] = static_cast<std::uint32_t>(at / block.inner % block.count);
  return channels;
}

}  // namespace detail
}  // namespace deepmaacc
