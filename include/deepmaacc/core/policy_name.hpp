#pragma once

/// \file
/// What to call a policy in reports.

#include <concepts>
#include <string>

namespace deepmaacc {

/// A policy's `text()`, its name with its numbers; or its `name()`; or words for one that has neither.
template <class Policy>
std::string policy_name(const Policy& policy) {
  if constexpr (requires {
                  { policy.text() } -> std::convertible_to<std::string>;
                })
    return policy.text();
  else if constexpr (requires {
                       { policy.name() } -> std::convertible_to<std::string>;
                     })
    return policy.name();
  else
    return "(of the program's own)";
}

}  // namespace deepmaacc
