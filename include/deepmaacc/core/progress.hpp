#pragma once

/// \file
/// How a long call reports its progress, and how it is stopped.

#include <chrono>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>

namespace deepmaacc {

/// Where a long call stands. Within a phase of it, told apart by its unit, `done` never goes back and is never more than `total`.
struct progress_report {
  std::size_t done = 0, total = 0;  ///< in units of `unit`
  double seconds = 0;               ///< since the call began
  const char* unit = "";
};

/// Receives the progress of a long call, and can stop it. Pass one in a call's options; the default is silent and never stops.
struct progress_observer {
  std::function<void(const progress_report&)> on_progress{};  ///< called by one thread at a time, at most every `interval`
  std::stop_token stop{};                                     ///< when it is asked to stop the call throws `stopped`
  std::chrono::milliseconds interval{100};
};

/// Counts the work of a long call, from any thread, and reports it to an observer, to which it refers.
class progress_meter {
 public:
  progress_meter(const progress_observer& observer, std::string what, std::size_t total, const char* unit)
      : observer_(observer), what_(std::move(what)), report_{0, total, 0, unit} {}
  progress_meter(const progress_observer&&, std::string, std::size_t, const char*) = delete;

  /// Adds to what is done.
  /// \throws stopped when the observer's token asks for it.
  void advance(std::size_t amount) {
    check();
    if (!observer_.on_progress) return;
    const std::lock_guard lock(guard_);
    report_.done += amount;
    const auto now = clock::now();
    if (now - reported_ < observer_.interval && report_.done < report_.total) return;
    reported_ = now;
    report_.seconds = std::chrono::duration<double>(now - began_).count();
    observer_.on_progress(report_);
  }

  /// \throws stopped when the observer's token asks for it.
  void check() const {
    if (observer_.stop.stop_requested()) throw stopped(what_ + ": stopped on request");
  }

 private:
  using clock = std::chrono::steady_clock;
  const progress_observer& observer_;
  std::string what_;
  progress_report report_;
  std::mutex guard_;
  clock::time_point began_ = clock::now(), reported_ = began_;
};

/// Seconds since it was made.
class stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count(); }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace deepmaacc
