#include "running_kokkos.hpp"

#include <unistd.h>

#include <iostream>

#include "environment.hpp"

namespace command_line {
namespace {

/// While it lives, what is written to the standard output goes to stderr.
class output_to_stderr {
 public:
  output_to_stderr() {
    std::cout.flush();
    kept_ = dup(STDOUT_FILENO);
    if (kept_ >= 0) dup2(STDERR_FILENO, STDOUT_FILENO);
  }
  output_to_stderr(const output_to_stderr&) = delete;
  output_to_stderr& operator=(const output_to_stderr&) = delete;
  ~output_to_stderr() {
    std::cout.flush();
    if (kept_ < 0) return;
    dup2(kept_, STDOUT_FILENO);
    close(kept_);
  }

 private:
  int kept_ = -1;  // below 0: the standard output is closed
};

}  // namespace

running_kokkos::running_kokkos(int threads) {
  check_environment();
  Kokkos::InitializationSettings settings;
  settings.set_disable_warnings(true);
  if (threads > 0) settings.set_num_threads(threads);
  const output_to_stderr redirected;
  guard_.emplace(settings);
}

running_kokkos::~running_kokkos() {
  const output_to_stderr redirected;
  guard_.reset();
}

}  // namespace command_line
