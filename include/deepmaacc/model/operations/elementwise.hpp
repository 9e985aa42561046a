#pragma once

/// \file
/// Operations on every element by itself.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/model/axes.hpp>
#include <deepmaacc/model/binary_function.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <span>
#include <vector>

namespace deepmaacc::operation {

/// A function of every element.
struct unary {
  static constexpr const char* name = "unary function";
  unary_function function{};

  shape output_shape(std::span<const shape> inputs) const { return detail::only_input(inputs); }
  std::vector<shape> parameter_shapes(std::span<const shape>) const { return {}; }
};

/// A function of two tensors, element by element. As in NumPy, missing outer axes count as extents of 1, and an extent of 1 is repeated
/// where the other has more. One side may be a parameter.
struct binary {
  static constexpr const char* name = "binary function";
  enum class constant_side { none, left, right };
  binary_function function{};
  constant_side constant = constant_side::none;
  shape constant_extents{};  ///< of the parameter, where there is one

  shape output_shape(std::span<const shape> inputs) const {
    const std::size_t wanted = constant == constant_side::none ? 2 : 1;
    if (inputs.size() != wanted) throw model_error(detail::text("it takes ", wanted, " inputs, but is given ", inputs.size()));
    const auto [left, right] = sides(inputs);
    shape output(std::max(left.size(), right.size()), 1);
    for (std::size_t back = 1; back <= output.size(); ++back) {
      const std::size_t l = back <= left.size() ? left[left.size() - back] : 1, r = back <= right.size() ? right[right.size() - back] : 1;
      if (l != r && l != 1 && r != 1)
        throw model_error(detail::text("its inputs of shapes ", to_string(left), " and ", to_string(right),
                                       " do not fit; extents must be the same, or 1"));
      output[output.size() - back] = l == 1 ? r : l;
    }
    if (output.size() > most_axes)
      throw model_error(
          detail::text("it takes inputs with at most ", most_axes, " axes, but gets shapes ", to_string(left), " and ", to_string(right)));
    return output;
  }

  std::vector<shape> parameter_shapes(std::span<const shape>) const {
    return constant == constant_side::none ? std::vector<shape>{} : std::vector<shape>{constant_extents};
  }

  /// The shapes of both sides.
  struct two_shapes {
    shape left, right;
  };
  two_shapes sides(std::span<const shape> inputs) const {
    if (constant == constant_side::left) return {constant_extents, inputs[0]};
    if (constant == constant_side::right) return {inputs[0], constant_extents};
    return {inputs[0], inputs[1]};
  }
};

/// gamma · (x − mean) / sqrt(variance + epsilon) + beta, each by the place along neighbouring axes: one line for each place, worked out in
/// double (batch normalisation; Ioffe and Szegedy 2015). Parameters, those that are there: gamma, beta, mean and variance, each of the
/// extents of these axes.
struct scale_and_shift {
  static constexpr const char* name = "scale and shift";
  axis_range axes{};
  bool has_gamma = true, has_beta = true, has_statistics = true;
  double epsilon = 0;

  shape output_shape(std::span<const shape> inputs) const {
    const shape& only = detail::only_input(inputs);
    detail::require_axes(only, axes);
    return only;
  }
  std::vector<shape> parameter_shapes(std::span<const shape> inputs) const {
    const std::size_t count = (has_gamma ? 1 : 0) + (has_beta ? 1 : 0) + (has_statistics ? 2 : 0);
    return std::vector<shape>(count, detail::extents_of(inputs.front(), axes));
  }
};

/// (x − mean) / max(sqrt(variance), 1e-7), or the way back, each by the place along neighbouring axes. Parameters: mean, variance, each of
/// the extents of these axes.
struct standardization {
  static constexpr const char* name = "standardization";
  axis_range axes{};
  bool is_inverse = false;

  shape output_shape(std::span<const shape> inputs) const {
    const shape& only = detail::only_input(inputs);
    detail::require_axes(only, axes);
    return only;
  }
  std::vector<shape> parameter_shapes(std::span<const shape> inputs) const {
    return std::vector<shape>(2, detail::extents_of(inputs.front(), axes));
  }
};

}  // namespace deepmaacc::operation
