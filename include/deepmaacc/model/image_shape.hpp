#pragma once

/// \file
/// Shapes of images (height, width, channels) and sequences (steps, channels): what the layers over them take, and which sizes they refuse.
/// A sequence is an image of height 1; both lie in memory alike.

#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <deepmaacc/model/layer_config.hpp>
#include <span>

namespace deepmaacc::model {

/// More elements than a machine's memory holds, and so few that sums of such sizes, and their products with a block of inputs, do not
/// wrap.
inline constexpr std::size_t most_elements = std::size_t{1} << 44;

/// \throws model_error naming the layer's class where a tensor that a layer makes or reads has more than `most_elements`.
inline void require_addressable(const char* class_name, const char* what, const shape& extents) {
  std::size_t left = most_elements;
  for (const std::size_t extent : extents) {
    if (extent > left)
      throw model_error(detail::text("a ", class_name, " layer's ", what, " of shape ", to_string(extents),
                                     " would have more elements than a machine's memory holds"));
    if (extent > 0) left /= extent;
  }
}

/// The input of a layer over images (Rank 2) or sequences (Rank 1). \throws model_error naming the layer's class for any other shape.
template <std::size_t Rank>
requires(Rank == 1 || Rank == 2) const shape& image_input(const char* class_name, std::span<const shape> inputs) {
  const shape& only = only_input(class_name, inputs);
  if (only.size() != Rank + 1)
    throw model_error(detail::text("a ", class_name, " layer takes ",
                                   Rank == 1 ? "sequences (steps, channels)" : "images (height, width, channels)",
                                   ", but its input has shape ", to_string(only)));
  if (element_count(only) == 0)
    throw model_error(detail::text("a ", class_name, " layer's input has shape ", to_string(only), ", which holds nothing"));
  require_addressable(class_name, "input", only);
  return only;
}

/// Extents of an image in memory.
struct image_extents {
  std::size_t height, width, channels;

  explicit image_extents(const shape& image)
      : height(image.size() == 3 ? image[0] : 1), width(image[image.size() - 2]), channels(image.back()) {}
  std::size_t positions() const { return height * width; }
};

/// Refuses what no layer over images here does.
inline void require_channels_last(const layer_config& config) { config.choice("data_format", "channels_last", {"channels_last"}); }

}  // namespace deepmaacc::model
