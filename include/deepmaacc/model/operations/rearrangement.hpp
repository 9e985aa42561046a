#pragma once

/// \file
/// Elements in other places: what is known of them before any input is.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/axes.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <span>
#include <vector>

namespace deepmaacc::operation {

/// Boxes of elements copied from the inputs; what no box covers is 0: padding, cropping, enlarging, axes in another order, parts, inputs
/// one behind the other. Boxes do not overlap.
struct rearrangement {
  static constexpr const char* name = "rearrangement";
  /// One axis of a box, whose steps count elements.
  struct axis {
    std::size_t extent = 1, source_step = 0, target_step = 0;
  };
  struct box {
    std::size_t input = 0, source = 0, target = 0;  ///< where its first element lies
    std::vector<axis> axes{};                       ///< outermost first
  };
  shape output{};
  std::vector<shape> inputs{};  ///< what the boxes are cut from
  std::vector<box> boxes{};

  static constexpr std::size_t most_axes = 8;  ///< of a box: kernels hold them by value

  shape output_shape(std::span<const shape> given) const {
    if (!std::equal(given.begin(), given.end(), inputs.begin(), inputs.end()))
      throw model_error("its boxes are cut from inputs of other shapes");
    detail::require_addressable("output", output);
    for (const box& one : boxes) {
      if (one.input >= inputs.size() || one.axes.size() > most_axes)
        throw model_error(detail::text("its boxes must be of its inputs, and have at most ", most_axes, " axes"));
      detail::last_element source(one.source, element_count(inputs[one.input])), target(one.target, element_count(output));
      for (const axis& along : one.axes) {
        if (along.extent == 0) throw model_error("one of its boxes holds nothing");
        source.go(along.extent - 1, along.source_step);
        target.go(along.extent - 1, along.target_step);
      }
      if (!source.is_within() || !target.is_within()) throw model_error("one of its boxes leaves its input, or its output");
    }
    return output;
  }
  std::vector<shape> parameter_shapes(std::span<const shape>) const { return {}; }
};

/// The same elements, in their order, under another shape.
struct reshape {
  static constexpr const char* name = "reshape";
  shape output{};

  shape output_shape(std::span<const shape> inputs) const {
    if (element_count(output) != element_count(detail::only_input(inputs)))
      throw model_error(detail::text("it cannot give its input of shape ", to_string(inputs.front()), " the shape ", to_string(output),
                                     "; both must hold as many elements"));
    return output;
  }
  std::vector<shape> parameter_shapes(std::span<const shape>) const { return {}; }
};

}  // namespace deepmaacc::operation
