#pragma once

/// \file
/// Variables of the environment that Kokkos and OpenMP read.

namespace command_line {

/// Kokkos' OpenMP back end has room for so many threads, and does not check.
inline constexpr int most_threads = 512;

/// Looks at every variable by whose value Kokkos, or OpenMP below it, would abort, hang or crash.
/// \throws usage_error naming the variable, its value, and what is allowed.
void check_environment();

}  // namespace command_line
