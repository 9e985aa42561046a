#pragma once

/// \file
/// Whole files in memory.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

namespace deepmaacc::io {

/// The bytes of a file, and what to call it in error texts.
struct file_bytes {
  std::string name;
  std::vector<std::byte> bytes;

  /// \throws data_error "NAME: why"
  [[noreturn]] void fail(const std::string& why) const { throw data_error(name + ": " + why); }
};

/// How many bytes a packed file, or a part of one, may unpack to: 64 times its own, and 64 MiB in any case. Weights and images pack far
/// less well than that; deflate alone would allow 1032 times, and a small file that does so fills the memory.
inline std::size_t most_unpacked(std::size_t packed) {
  constexpr std::size_t always = std::size_t{1} << 26, most_times = 64;
  return std::max(always, packed * most_times);
}

/// Reads a file. \throws data_error naming it where it is missing, a folder, or cannot be read.
inline file_bytes read_file(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  file_bytes file{path.string(), {}};
  std::error_code fault;
  const auto status = fs::status(path, fault);
  if (!fs::exists(status)) file.fail("there is no such file");
  if (fs::is_directory(status)) file.fail("this is a folder; give a file");
  std::ifstream stream(path, std::ios::binary);
  if (!stream) file.fail("it cannot be opened; check its permissions");
  std::vector<char> chunk(1 << 20);
  while (stream.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || stream.gcount() > 0) {
    const auto* begin = reinterpret_cast<const std::byte*>(chunk.data());
    file.bytes.insert(file.bytes.end(), begin, begin + stream.gcount());
  }
  if (!stream.eof()) file.fail("it cannot be read to its end");
  return file;
}

}  // namespace deepmaacc::io
