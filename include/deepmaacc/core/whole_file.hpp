#pragma once

/// \file
/// Files that appear whole or not at all.

#include <deepmaacc/core/error.hpp>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <random>
#include <string>
#include <system_error>

namespace deepmaacc {

namespace detail {

/// Where a file is written until it is whole. A device or a pipe is written to as it is: it must not be replaced by a file.
inline std::filesystem::path place_to_write(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  const bool is_device =
      std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) && !std::filesystem::is_directory(status);
  return is_device ? path : std::filesystem::path(path.string() + ".part" + std::to_string(std::random_device{}()));
}

/// Removes what was written under a temporary name.
inline void discard(const std::filesystem::path& place, const std::filesystem::path& path) {
  std::error_code ignored;
  if (place != path) std::filesystem::remove(place, ignored);
}

[[noreturn]] inline void fail_to_write(const std::filesystem::path& path, const std::string& why) {
  throw data_error(path.string() + ": it cannot be written; " + why);
}

}  // namespace detail

/// Finds out before a long call whether its result can be written. \throws data_error naming the file where it cannot.
inline void require_writable(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) detail::fail_to_write(path, "it is a folder; give a file name");
  const auto place = detail::place_to_write(path);
  if (place == path) return;  // to open a pipe would be to use it
  const bool is_open = std::ofstream(place, std::ios::binary | std::ios::app).is_open();
  detail::discard(place, path);
  if (!is_open) detail::fail_to_write(path, "check that its folder exists and that you may write there");
}

/// Writes a file under a temporary name beside it and renames it when all is written, so that nothing half-written is left.
/// \param write  called with the stream; may throw
/// \throws data_error naming the file where it cannot be written.
template <class Write>
void write_whole_file(const std::filesystem::path& path, const Write& write) {
  require_writable(path);
  const auto place = detail::place_to_write(path);
  try {
    std::ofstream file(place, std::ios::binary | std::ios::trunc);
    write(static_cast<std::ostream&>(file));
    file.close();
    if (!file) detail::fail_to_write(path, "check that you may write there, and the space that is left");
    if (place != path) std::filesystem::rename(place, path);
  } catch (const std::filesystem::filesystem_error& fault) {
    detail::discard(place, path);
    detail::fail_to_write(path, fault.code().message());
  } catch (...) {
    detail::discard(place, path);
    throw;
  }
}

}  // namespace deepmaacc
