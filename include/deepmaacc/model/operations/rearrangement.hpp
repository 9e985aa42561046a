#pragma once

/// \file
/// Elements in other places: what is known of them before any input is.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/axes.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <span>
#include <vector>

namespace deepmaacc::operation {

/// Boxes of elements copied from the inputs; what no box covers is 0: padding, cropping, enlarging, axes in another order, parts, inputs
/// one behind the other. No element is of two boxes, nor twice of one.
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
    require_apart();
    return output;
  }
  std::vector<shape> parameter_shapes(std::span<const shape>) const { return {}; }

 private:
  /// \throws model_error where an element is of two boxes, or twice of one
  void require_apart() const {
    const std::size_t count = element_count(output);
    std::size_t left = count;
    for (const box& one : boxes) {
      std::size_t room = left, size = 1;
      for (const axis& along : one.axes) {
        room /= along.extent;
        size *= along.extent;
        if (room == 0) throw model_error("its boxes overlap: they hold more elements than its output");
      }
      left -= size;
    }
    if (count > largest_tensor || (boxes.size() == 1 && is_nested(boxes.front().axes))) return;  // the program refuses such tensors
    std::vector<std::uint8_t> is_set(count, 0);
    for (const box& one : boxes) mark(one.axes, one.target, is_set);
    if (static_cast<std::size_t>(std::count(is_set.begin(), is_set.end(), std::uint8_t{1})) != count - left)
      throw model_error("its boxes overlap");
  }
  /// Whether each step leads over all that the axes within reach: no two elements are one then.
  static bool is_nested(std::vector<axis> axes) {
    std::sort(axes.begin(), axes.end(), [](const axis& a, const axis& b) { return a.target_step < b.target_step; });
    std::size_t reach = 0;  // within the output, so nothing wraps
    for (const axis& one : axes) {
      if (one.extent > 1 && one.target_step <= reach) return false;
      reach += (one.extent - 1) * one.target_step;
    }
    return true;
  }
  static void mark(std::span<const axis> axes, std::size_t first, std::vector<std::uint8_t>& is_set) {
    if (axes.empty()) {
      is_set[first] = 1;
    } else if (axes.size() == 1 && axes.front().target_step == 1) {
      std::fill_n(is_set.begin() + static_cast<std::ptrdiff_t>(first), axes.front().extent, std::uint8_t{1});
    } else {
      for (std::size_t at = 0; at < axes.front().extent; ++at) mark(axes.subspan(1), first + at * axes.front().target_step, is_set);
    }
  }
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
