#pragma once

/// \file
/// Kokkos while a subcommand runs.

#include <Kokkos_Core.hpp>
#include <optional>

namespace command_line {

/// Kokkos is initialised while it lives. What Kokkos, tools that it loads, and the OpenMP runtime print while they start and end goes to
/// stderr: the standard output is for reports.
class running_kokkos {
 public:
  /// \param threads  of the host; 0: as the environment or Kokkos chooses
  /// \throws usage_error where a variable of the environment has a value by which Kokkos would abort.
  explicit running_kokkos(int threads = 0);
  running_kokkos(const running_kokkos&) = delete;
  running_kokkos& operator=(const running_kokkos&) = delete;
  ~running_kokkos();

 private:
  std::optional<Kokkos::ScopeGuard> guard_;
};

}  // namespace command_line
