#pragma once

/// \file
/// Shapes of tensors.

#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace deepmaacc {

/// Extents of a row-major tensor, outermost first; of one input, not counting the batch.
using shape = std::vector<std::size_t>;

/// "(32, 32, 3)".
inline std::string to_string(std::span<const std::size_t> extents) {
  std::string text = "(";
  for (std::size_t i = 0; i < extents.size(); ++i) text += (i ? ", " : "") + std::to_string(extents[i]);
  return text + ")";
}

/// Number of elements of a tensor; 1 for no extents.
/// \throws data_error where the product does not fit in `std::size_t`.
inline std::size_t element_count(std::span<const std::size_t> extents) {
  std::size_t count = 1;
  for (const std::size_t extent : extents) {
    if (extent != 0 && count > std::numeric_limits<std::size_t>::max() / extent)
      throw data_error("shape " + to_string(extents) + " has more elements than this machine can address");
    count *= extent;
  }
  return count;
}

}  // namespace deepmaacc
