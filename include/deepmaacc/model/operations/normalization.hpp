#pragma once

/// \file
/// Operations that look at several elements of an input together: softmax, and normalisation by an input's own statistics.

#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/axes.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <span>
#include <vector>

namespace deepmaacc::operation {

/// e^x / Σ e^x over the last axis.
struct softmax {
  static constexpr const char* name = "softmax";

  shape output_shape(std::span<const shape> inputs) const { return detail::input_with_axes(inputs); }
  std::vector<shape> parameter_shapes(std::span<const shape>) const { return {}; }
};

/// gamma · (x − mean) / sqrt(variance + epsilon) + beta, mean and variance those of the elements along neighbouring axes (layer
/// normalisation; Ba et al. 2016). Parameters, those that are there: gamma, beta, each of the extents of these axes.
struct normalization {
  static constexpr const char* name = "normalization";
  axis_range axes{};
  double epsilon = 0;
  bool has_gamma = true, has_beta = true;

  shape output_shape(std::span<const shape> inputs) const {
    const shape& only = detail::only_input(inputs);
    detail::require_axes(only, axes);
    return only;
  }
  std::vector<shape> parameter_shapes(std::span<const shape> inputs) const {
    const std::size_t count = (has_gamma ? 1 : 0) + (has_beta ? 1 : 0);
    return std::vector<shape>(count, detail::extents_of(inputs.front(), axes));
  }
};

}  // namespace deepmaacc::operation
