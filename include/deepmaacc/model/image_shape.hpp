#pragma once

/// \file
/// Shapes of images (height, width, channels) and sequences (steps, channels), and which sizes are refused. A sequence is an image of
/// height 1; both lie in memory alike.

#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <span>

namespace deepmaacc {

/// Extents of an image in memory.
struct image_extents {
  std::size_t height, width, channels;

  explicit image_extents(const shape& image)
      : height(image.size() == 3 ? image[0] : 1), width(image[image.size() - 2]), channels(image.back()) {}
  std::size_t positions() const { return height * width; }
};

namespace detail {

/// More elements than a machine's memory holds, and so few that sums of such sizes, and their products with a block of inputs, do not
/// wrap.
inline constexpr std::size_t most_elements = std::size_t{1} << 44;

/// \throws model_error where a tensor that an operation makes or reads has more than `most_elements`.
inline void require_addressable(const char* what, const shape& extents) {
  std::size_t left = most_elements;
  for (const std::size_t extent : extents) {
    if (extent > left)
      throw model_error(text("its ", what, " of shape ", to_string(extents), " would have more elements than a machine's memory holds"));
    if (extent > 0) left /= extent;
  }
}

/// The only input of an operation that takes one.
/// \throws model_error
inline const shape& only_input(std::span<const shape> inputs) {
  if (inputs.size() != 1) throw model_error(text("it takes one input, but is given ", inputs.size()));
  return inputs.front();
}

/// The only input, where it has at least one axis.
/// \throws model_error
inline const shape& input_with_axes(std::span<const shape> inputs) {
  const shape& only = only_input(inputs);
  if (only.empty()) throw model_error("it needs an input with at least one axis");
  return only;
}

/// The input of an operation over images (two axes) or sequences (one).
/// \throws model_error for any other shape.
inline const shape& image_input(std::span<const shape> inputs, std::size_t axes) {
  const shape& only = only_input(inputs);
  if (only.size() != axes + 1)
    throw model_error(text("it takes ", axes == 1 ? "sequences (steps, channels)" : "images (height, width, channels)",
                           ", but its input has shape ", to_string(only)));
  if (element_count(only) == 0) throw model_error(text("its input has shape ", to_string(only), ", which holds nothing"));
  require_addressable("input", only);
  return only;
}

}  // namespace detail
}  // namespace deepmaacc
