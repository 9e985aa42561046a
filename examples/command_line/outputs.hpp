#pragma once

/// \file
/// Where a subcommand writes: files of their own, none of them one that it reads.

#include <algorithm>
#include <deepmaacc/core/atomic_file.hpp>
#include <deepmaacc/core/error.hpp>
#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>
#include <ostream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace command_line {

/// What is read: "the model", and where it is.
struct input {
  std::string what, place;
};

/// A file that an option names, or "-" for the standard output, and what is written there.
struct output {
  std::string option, place;
  std::function<void(std::ostream&)> write;

  bool is_stdout() const { return place == "-"; }
};

/// Whether two names are of one file: the same, or links to it, symbolic or hard. It need not be there yet.
inline bool is_one_file(const std::string& a, const std::string& b) {
  std::error_code fault, other;
  if (std::filesystem::equivalent(a, b, fault)) return true;
  // Made absolute first: what does not exist yet would else stay as it is written.
  const auto first = std::filesystem::weakly_canonical(std::filesystem::absolute(deepmaacc::behind_links(a), fault), fault);
  const auto second = std::filesystem::weakly_canonical(std::filesystem::absolute(deepmaacc::behind_links(b), other), other);
  return !fault && !other && first == second;
}

/// The file of FILE:ARRAY. A file that has such a name is read itself.
inline std::string file_of(const std::string& place) {
  std::error_code ignored;
  return std::filesystem::exists(place, ignored) ? place : place.substr(0, place.rfind(':'));
}

/// All that a subcommand writes.
class outputs {
 public:
  /// Adds one, where the option is given.
  void add(const std::string& option, const std::optional<std::string>& place, std::function<void(std::ostream&)> write) {
    if (place) all_.push_back({option, *place, std::move(write)});
  }

  /// Adds a file that another function writes.
  void add_file(const std::string& option, const std::optional<std::string>& place) {
    if (place == "-") throw deepmaacc::usage_error(option + ": it cannot go to the standard output; give a file name");
    add(option, place, {});
  }

  /// To be asked before a long call. \throws usage_error where two go to one place, or one to a file that is read, and data_error where one
  /// cannot be written.
  void check(const std::vector<input>& inputs) const {
    for (auto one = all_.begin(); one != all_.end(); ++one) {
      if (one->place.empty()) throw deepmaacc::usage_error(one->option + ": the file name is empty");
      for (const input& read : inputs)
        if (!one->is_stdout() && is_one_file(one->place, file_of(read.place)))
          throw deepmaacc::usage_error(one->option + ": " + one->place + " is the file of " + read.what + "; give another name");
      for (auto other = all_.begin(); other != one; ++other) require_different_places(*other, *one);
    }
    for (const output& one : all_)
      if (!one.is_stdout()) deepmaacc::require_writable(one.place);
  }

  /// Whether one goes to the standard output.
  bool has_stdout() const {
    return std::any_of(all_.begin(), all_.end(), [](const output& one) { return one.is_stdout(); });
  }

  /// Writes all but those that other functions write, in the order in which they were added. \throws data_error where one cannot be written.
  void write() const {
    for (const output& one : all_) {
      if (!one.write) continue;
      if (one.is_stdout())
        one.write(std::cout);
      else
        deepmaacc::write_file_atomically(one.place, one.write);
    }
  }

 private:
  static void require_different_places(const output& a, const output& b) {
    if (a.is_stdout() && b.is_stdout())
      throw deepmaacc::usage_error(a.option + " and " + b.option + " cannot both go to the standard output");
    if (!a.is_stdout() && !b.is_stdout() && is_one_file(a.place, b.place))
      throw deepmaacc::usage_error(a.option + " and " + b.option + " cannot both go to " + b.place);
  }

  std::vector<output> all_;
};

}  // namespace command_line
