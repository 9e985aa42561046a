#pragma once

/// \file
/// What to call a policy in reports.

#include <concepts>
#include <string>

namespace deepmaacc {

/// A policy's `name()`, or words for one that has none.
template <class Policy>
std::string policy_name(const Policy& policy) {
  if constexpr (requires {
                  { policy.name() } -> std::convertible_to<std::string>;
                })
    return policy.name();
  else
    return "(of the program's own)";
}

}  // namespace deepmaacc
