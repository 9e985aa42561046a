#pragma once

/// \file
/// Which axes of a tensor a layer works along, and the tensor as they split it.

#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <vector>

namespace deepmaacc::model {

/// The axis of one input that Keras calls `axis`: there the batch is axis 0, and negative numbers count from the end.
/// \throws model_error naming the layer's class, for the batch's axis and for one that the input does not have.
inline std::size_t axis_of_input(const char* class_name, std::int64_t axis, const shape& input) {
  const auto rank = static_cast<std::int64_t>(input.size());
  const std::int64_t counted = axis < 0 ? axis + rank + 1 : axis;
  if (counted < 1 || counted > rank)
    throw model_error(detail::text("a ", class_name, " layer's axis ", axis, " is none of an input of shape ", to_string(input),
                                   "; the batch is axis 0 and no choice, the input's axes count from 1, or from the end as -1"));
  return static_cast<std::size_t>(counted - 1);
}

/// A tensor as neighbouring axes split it: (outer, count, inner), row-major. `count` is 1 for no axes.
struct axis_block {
  std::size_t outer = 1, count = 1, inner = 1;
};

/// The split by the axes [first, end).
inline axis_block split_at(const shape& input, std::size_t first, std::size_t end) {
  axis_block block;
  for (std::size_t axis = 0; axis < input.size(); ++axis)
    (axis < first ? block.outer : axis < end ? block.count : block.inner) *= input[axis];
  return block;
}

/// For each element of a tensor its place along the middle axis of a split.
inline std::vector<std::uint32_t> channel_of_each(const shape& input, const axis_block& block) {
  std::vector<std::uint32_t> channels(element_count(input));
  for (std::size_t at = 0; at < channels.size(); ++at) channels[at] = static_cast<std::uint32_t>(at / block.inner % block.count);
  return channels;
}

/// The split by the axes that Keras lists; they must be neighbours, in the order of the input.
/// \throws model_error naming the layer's class, where they are not, and as `axis_of_input` does.
inline axis_block split_at(const char* class_name, const std::vector<std::int64_t>& axes, const shape& input) {
  if (axes.empty()) return split_at(input, input.size(), input.size());
  const std::size_t first = axis_of_input(class_name, axes.front(), input);
  for (std::size_t i = 1; i < axes.size(); ++i)
    if (axis_of_input(class_name, axes[i], input) != first + i)
      throw model_error(
          detail::text("a ", class_name, " layer's axes must be neighbours, in ascending order; other lists of axes are not supported"));
  return split_at(input, first, first + axes.size());
}

}  // namespace deepmaacc::model
