#pragma once

/// \file
/// Atomic writing: a file appears with all of its contents, or not at all.

#include <cerrno>
#include <deepmaacc/core/error.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <random>
#include <string>
#include <system_error>

namespace deepmaacc {

namespace detail {

/// Whether a name is that of an open file, to which /dev/stdout, for one, leads.
inline bool is_open_file(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto folder = std::filesystem::weakly_canonical(std::filesystem::absolute(path, ignored).parent_path(), ignored);
  return std::distance(folder.begin(), folder.end()) > 1 && *std::next(folder.begin()) == "proc";
}

}  // namespace detail

/// The file that a name leads to: symbolic links are followed, also one to a file that is not there yet, but none of an open file.
inline std::filesystem::path behind_links(std::filesystem::path path) {
  constexpr int most_links = 40;  // as Linux has it; a circle of links stays what it is
  std::error_code fault;
  for (int link = 0; link < most_links && std::filesystem::is_symlink(std::filesystem::symlink_status(path, fault)); ++link) {
    if (detail::is_open_file(path)) break;
    const auto target = std::filesystem::read_symlink(path, fault);
    if (fault) break;
    path = path.parent_path() / target;  // an absolute target replaces all
  }
  return path;
}

namespace detail {

/// Removes what was written under a temporary name.
inline void discard(const std::filesystem::path& written, const std::filesystem::path& path) {
  std::error_code ignored;
  if (written != path) std::filesystem::remove(written, ignored);
}

[[noreturn]] inline void fail_to_write(const std::filesystem::path& path, const std::string& why) {
  throw data_error(path.string() + ": it cannot be written; " + why);
}

inline bool can_append(const std::filesystem::path& path) { return std::ofstream(path, std::ios::binary | std::ios::app).is_open(); }

/// The temporary path, beside the file, that is written before it is renamed. The path itself where it cannot be replaced: a device, a
/// pipe, an open file, and a file in a folder where no other may be made.
/// \throws data_error naming the file where it cannot be written.
inline std::filesystem::path temporary_path_for(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (std::filesystem::is_directory(status)) fail_to_write(path, "it is a folder; give a file name");
  const bool is_there = std::filesystem::exists(status);
  if (is_there && !std::filesystem::is_regular_file(status)) return path;  // to open a pipe would be to use it
  const auto file = behind_links(path);
  if (is_open_file(file)) return path;
  if (std::filesystem::is_symlink(std::filesystem::symlink_status(file, ignored)))
    fail_to_write(path, "its links lead round in a circle; give another name");
  std::filesystem::path part = file.string() + ".part" + std::to_string(std::random_device{}());
  errno = 0;
  const bool is_beside = can_append(part), is_forbidden = errno == EACCES || errno == EPERM || errno == EROFS;
  discard(part, path);
  if (is_beside) return part;
  if (is_forbidden && is_there && can_append(path)) return path;
  fail_to_write(path, "check that its folder exists and that you may write there");
}

/// Renames a completely written file to its final name. Where a file of that name cannot be replaced, such as one that is mounted, it is
/// overwritten.
inline void replace_by(const std::filesystem::path& whole, const std::filesystem::path& path) {
  const auto file = behind_links(path);
  std::error_code fault;
  std::filesystem::rename(whole, file, fault);
  if (!fault) return;
  if (!can_append(file)) fail_to_write(path, fault.message());
  std::ofstream over(file, std::ios::binary | std::ios::trunc);
  over << std::ifstream(whole, std::ios::binary).rdbuf();
  over.close();
  if (!over) fail_to_write(path, "check the space that is left; all of it is in " + whole.string());
  discard(whole, path);
}

}  // namespace detail

/// Finds out before a long call whether its result can be written.
/// \throws data_error naming the file where it cannot.
inline void require_writable(const std::filesystem::path& path) { detail::temporary_path_for(path); }

/// Writes a file under a temporary name beside it and renames it when all is written, so that nothing half-written is left. A symbolic link
/// stays, and the file that it leads to is replaced. A file in a folder where no other may be made is overwritten as it is: where `write`
/// throws or the disk is full, it is lost. What is open already, such as /dev/stdout, is added to.
/// \param write  called with the stream; may throw
/// \throws data_error naming the file where it cannot be written.
template <class Write>
void write_file_atomically(const std::filesystem::path& path, const Write& write) {
  const auto written = detail::temporary_path_for(path);
  try {
    const bool is_added = written == path && detail::is_open_file(behind_links(path));
    std::ofstream file(written, std::ios::binary | (is_added ? std::ios::app : std::ios::trunc));
    write(static_cast<std::ostream&>(file));
    file.close();
    if (!file) detail::fail_to_write(path, "check that you may write there, and the space that is left");
  } catch (...) {
    detail::discard(written, path);
    throw;
  }
  if (written != path) detail::replace_by(written, path);
}

}  // namespace deepmaacc
