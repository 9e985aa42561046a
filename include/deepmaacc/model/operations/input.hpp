#pragma once

/// \file
/// Where inputs enter a network.

#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <span>
#include <vector>

namespace deepmaacc::operation {

/// Says which shape an input has.
struct input {
  static constexpr const char* name = "input";
  shape extents{};

  shape output_shape(std::span<const shape>) const { return extents; }
  std::vector<shape> parameter_shapes(std::span<const shape>) const { return {}; }
};

}  // namespace deepmaacc::operation
