#pragma once

/// \file
/// Files that appear whole or not at all.

#include <deepmaacc/core/error.hpp>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <string>
#include <system_error>

namespace deepmaacc {

/// Writes a file under a temporary name beside it and renames it when all is written, so that nothing half-written is left.
/// \param write  called with the stream; may throw
/// \throws data_error naming the file where it cannot be written.
template <class Write>
void write_whole_file(const std::filesystem::path& path, const Write& write) {
  const std::filesystem::path temporary = path.string() + ".part";
  const auto fail = [&](const std::string& why) -> void { throw data_error(path.string() + ": it cannot be written; " + why); };
  if (std::filesystem::is_directory(path)) fail("it is a folder; give a file name");
  try {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    if (!file) fail("check that its folder exists and that you may write there");
    write(static_cast<std::ostream&>(file));
    file.close();
    if (!file) fail("check the space that is left");
    std::filesystem::rename(temporary, path);
  } catch (const std::filesystem::filesystem_error& fault) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    fail(fault.code().message());
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw;
  }
}

/// Finds out before a long call whether its result can be written. \throws data_error naming the file where it cannot.
inline void require_writable(const std::filesystem::path& path) {
  const std::filesystem::path temporary = path.string() + ".part";
  const bool is_writable = !std::filesystem::is_directory(path) && std::ofstream(temporary, std::ios::binary | std::ios::app).is_open();
  std::error_code ignored;
  if (is_writable) std::filesystem::remove(temporary, ignored);
  if (!is_writable)
    throw data_error(path.string() +
                     ": it cannot be written; check that its folder exists, that you may write there, and that it is no folder");
}

}  // namespace deepmaacc
