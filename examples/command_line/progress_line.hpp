#pragma once

/// \file
/// A line on stderr that says how far a long call is.

#include <unistd.h>

#include <cstdio>
#include <deepmaacc/core/progress.hpp>

namespace command_line {

/// Shows progress with rate and remaining time while it lives, and wipes the line afterwards; silent where stderr is no terminal.
class progress_line {
 public:
  explicit progress_line(bool is_wanted) : is_shown_(is_wanted && isatty(STDERR_FILENO)) {}
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;
  ~progress_line() {
    if (is_shown_) std::fputs("\r\x1b[K", stderr);
  }

  deepmaacc::watcher watcher() const {
    deepmaacc::watcher observer;
    if (is_shown_) observer.on_progress = show;
    return observer;
  }

 private:
  static void show(const deepmaacc::progress_report& at) {
    const double rate = at.seconds > 0 ? static_cast<double>(at.done) / at.seconds : 0;
    const double left = rate > 0 ? static_cast<double>(at.total - at.done) / rate : 0;
    std::fprintf(stderr, "\r\x1b[K%3.0f %%  %.3g %s/s  %.0f s left", 100.0 * static_cast<double>(at.done) / static_cast<double>(at.total),
                 rate, at.unit, left);
    std::fflush(stderr);
  }

  bool is_shown_;
};

}  // namespace command_line
