#pragma once

/// \file
/// Whole files as bytes.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/mapped_file.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace deepmaacc::io {

/// The bytes of a file, in memory or mapped, and what to call it in error texts. Copies share the bytes, which nobody changes.
class file_bytes {
 public:
  std::string name;
  std::span<const std::byte> bytes;

  file_bytes(std::string file_name, std::vector<std::byte> content) : name(std::move(file_name)) {
    auto kept = std::make_shared<const std::vector<std::byte>>(std::move(content));
    bytes = *kept;
    owner_ = std::move(kept);
  }
  file_bytes(std::string file_name, std::shared_ptr<const mapped_file> mapped)
      : name(std::move(file_name)), bytes(mapped->bytes()), mapped_(std::move(mapped)) {}

  /// Gives back the memory of what was looked at, where the file is mapped; it is read again where it is needed.
  void release() const {
    if (mapped_) mapped_->release();
  }

  /// \throws data_error "NAME: why"
  [[noreturn]] void fail(const std::string& why) const { throw data_error(name + ": " + why); }

 private:
  std::shared_ptr<const std::vector<std::byte>> owner_;
  std::shared_ptr<const mapped_file> mapped_;
};

/// How many bytes of a mapped file are gone through before its memory is given back.
inline constexpr std::size_t release_after = std::size_t{1} << 24;

/// How many bytes a packed file, or a part of one, may unpack to: 64 times its own, and 64 MiB in any case. Weights and images pack far
/// less well than that; deflate alone would allow 1032 times, and a small file that does so fills the memory.
inline std::size_t most_unpacked(std::size_t packed) {
  constexpr std::size_t always = std::size_t{1} << 26, most_times = 64;
  return std::max(always, packed * most_times);
}

/// How many bytes deflate can unpack to at most.
inline std::size_t most_deflated(std::size_t packed) {
  constexpr std::size_t always = std::size_t{1} << 16, most_times = 1032;
  return packed > (std::size_t{1} << 48) ? packed : packed * most_times + always;
}

/// A file's bytes. A large file is mapped, so that no more of it is read than is looked at; it must not be changed meanwhile.
/// \throws data_error naming it where it is missing, a folder, a pipe or a device, or cannot be read.
inline file_bytes read_file(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  constexpr std::size_t small = std::size_t{1} << 20;
  const file_bytes nothing(path.string(), std::vector<std::byte>());
  std::error_code fault;
  const auto status = fs::status(path, fault);
  if (!fs::exists(status)) nothing.fail("there is no such file");
  if (fs::is_directory(status)) nothing.fail("this is a folder; give a file");
  if (!fs::is_regular_file(status)) nothing.fail("this is a pipe or a device, which may have no end; give a file");
  const auto size = fs::file_size(path, fault);
  try {
    if (!fault && size >= small)
      if (auto mapped = mapped_file::map(path)) return {path.string(), std::move(mapped)};
    std::ifstream stream(path, std::ios::binary);
    if (!stream) nothing.fail("it cannot be opened; check its permissions");
    std::vector<std::byte> content;
    if (!fault) content.reserve(static_cast<std::size_t>(size));
    std::vector<char> chunk(small);
    while (stream.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || stream.gcount() > 0) {
      const auto* begin = reinterpret_cast<const std::byte*>(chunk.data());
      content.insert(content.end(), begin, begin + stream.gcount());
    }
    if (!stream.eof()) nothing.fail("it cannot be read to its end");
    return {path.string(), std::move(content)};
  } catch (const std::bad_alloc&) {
    nothing.fail(deepmaacc::detail::text("there is not enough memory for its ", size, " bytes"));
  }
}

}  // namespace deepmaacc::io
