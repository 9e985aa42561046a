#pragma once

/// \file
/// What policies of several slots tell of themselves.

#include <concepts>
#include <string>

namespace deepmaacc::detail {

/// Has a const member name(), for reports.
template <class Policy>
concept NamesItself = requires(const Policy policy) {
  { policy.name() } -> std::convertible_to<std::string>;
};

/// Names the type of its numbers, value_type, which is a floating-point type.
template <class Policy>
concept NamesItsValueType = requires {
  requires std::floating_point<typename Policy::value_type>;
};

}  // namespace deepmaacc::detail
