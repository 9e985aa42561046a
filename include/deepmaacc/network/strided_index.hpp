#pragma once

/// \file
/// Where the elements of a tensor lie in another one that repeats or reorders its axes.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/axes.hpp>
#include <vector>

namespace deepmaacc {

/// Gives, for an element of a tensor, the position of the element that it is made from: a step per axis. Kernels hold it by value, so the
/// number of axes has a limit.
struct strided_index {
  Kokkos::Array<std::size_t, most_axes> extents{}, steps{};
  std::size_t axes = 0;

  KOKKOS_INLINE_FUNCTION std::size_t operator()(std::size_t element) const {
    std::size_t position = 0;
    for (std::size_t axis = axes; axis-- > 0;) {
      position += element % extents[axis] * steps[axis];
      element /= extents[axis];
    }
    return position;
  }
};

/// Elements of `output` in a tensor whose extents are the same, or 1 and repeated; outer axes that it lacks count as 1. There are at most
/// `most_axes`.
inline strided_index broadcast_index(const shape& from, const shape& output) {
  strided_index index;
  index.axes = output.size();
  const std::size_t lacking = output.size() - from.size();
  std::size_t step = 1;
  for (std::size_t axis = output.size(); axis-- > 0;) {
    const std::size_t extent = axis < lacking ? 1 : from[axis - lacking];
    index.extents[axis] = output[axis];
    index.steps[axis] = extent == 1 ? 0 : step;
    step *= extent;
  }
  return index;
}

/// The positions of all elements of a tensor, in their order.
inline std::vector<std::uint32_t> elements_of(const strided_index& index) {
  std::size_t count = 1;
  for (std::size_t axis = 0; axis < index.axes; ++axis) count *= index.extents[axis];
  std::vector<std::uint32_t> positions(count);
  for (std::size_t element = 0; element < count; ++element) positions[element] = static_cast<std::uint32_t>(index(element));
  return positions;
}

}  // namespace deepmaacc
