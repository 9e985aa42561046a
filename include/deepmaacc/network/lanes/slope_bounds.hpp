#pragma once

/// \file
/// How steep activations are.

#include <algorithm>
#include <deepmaacc/core/one_of.hpp>
#include <deepmaacc/model/activation.hpp>
#include <optional>
#include <type_traits>

namespace deepmaacc::by_lanes {

/// For all a < b: least · (b − a) <= f(b) − f(a) <= most · (b − a).
struct slope_bounds {
  double least = 1, most = 1;
};

/// The bounds of an activation; none where its slope is unbounded, or no bounds are known here.
inline std::optional<slope_bounds> bounds_of_slope(const unary_function& function) {
  using namespace activation;
  return function.visit([](const auto& one) -> std::optional<slope_bounds> {
    using kind = std::decay_t<decltype(one)>;
    if constexpr (std::is_same_v<kind, linear>) return slope_bounds{};
    if constexpr (std::is_same_v<kind, relu>) return slope_bounds{.least = 0};
    if constexpr (std::is_same_v<kind, relu6>) return slope_bounds{.least = 0};
    if constexpr (std::is_same_v<kind, leaky_relu>)
      return slope_bounds{.least = std::min(1.0, one.negative_slope), .most = std::max(1.0, one.negative_slope)};
    if constexpr (std::is_same_v<kind, sigmoid>) return slope_bounds{.least = 0, .most = 0.25};
    if constexpr (std::is_same_v<kind, tanh>) return slope_bounds{.least = 0};
    if constexpr (std::is_same_v<kind, hard_sigmoid>) return slope_bounds{.least = 0, .most = 1.0 / 6};
    if constexpr (std::is_same_v<kind, hard_sigmoid_of_keras2>) return slope_bounds{.least = 0, .most = 0.2};
    if constexpr (std::is_same_v<kind, softsign>) return slope_bounds{.least = 0};
    if constexpr (std::is_same_v<kind, softplus>) return slope_bounds{.least = 0};
    return std::nullopt;
  });
}

}  // namespace deepmaacc::by_lanes
