#pragma once

/// \file
/// A line on stderr that says how far a long call is.

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <deepmaacc/core/progress.hpp>

namespace command_line {

/// Shows what is counted, its share, rate and remaining time while it lives, and wipes the line when it goes: before anything else is
/// printed. Silent where stderr is no terminal.
class progress_line {
 public:
  explicit progress_line(bool is_wanted) : is_wanted_(is_wanted && isatty(STDERR_FILENO)) {}
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;
  ~progress_line() {
    if (is_shown_) std::fputs(wipe, stderr);
  }

  /// Shows what it is told on this line, to which it refers.
  deepmaacc::progress_observer observer() {
    deepmaacc::progress_observer made;
    if (is_wanted_) made.on_progress = [this](const deepmaacc::progress_report& at) { show(at); };
    return made;
  }

 private:
  static constexpr const char* wipe = "\r\x1b[K";

  void show(const deepmaacc::progress_report& at) {
    const double done = static_cast<double>(at.done), rate = at.seconds > 0 ? done / at.seconds : 0;
    const double left = rate > 0 ? static_cast<double>(at.total - at.done) / rate : 0;
    const double percent = std::floor(100 * done / static_cast<double>(at.total));  // 100 at the end only
    std::fprintf(stderr, "%s%s %3.0f %%  %.3g/s  %.0f s left", wipe, at.unit, percent, rate, left);
    std::fflush(stderr);
    is_shown_ = true;
  }

  bool is_wanted_, is_shown_ = false;
};

}  // namespace command_line
