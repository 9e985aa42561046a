#pragma once

/// \file
/// gzip, by zlib.

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/file.hpp>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace deepmaacc::io {

/// Whether a file is compressed by gzip.
inline bool is_gzip(const file_bytes& file) {
  return file.bytes.size() > 2 && file.bytes[0] == std::byte{0x1f} && file.bytes[1] == std::byte{0x8b};
}

namespace detail {

/// Unpacks a compressed file piece by piece. Several compressed files one behind the other are one file.
class gzip_stream {
 public:
  /// Refers to the file.
  explicit gzip_stream(const file_bytes& file) : file_(&file) {
    constexpr int gzip_only = 16 + MAX_WBITS;
    if (inflateInit2(&stream_, gzip_only) != Z_OK) file.fail("zlib cannot be started");
  }
  gzip_stream(const gzip_stream&) = delete;
  gzip_stream& operator=(const gzip_stream&) = delete;
  ~gzip_stream() { inflateEnd(&stream_); }

  /// Unpacks the next bytes; fewer than there is room for only where the file ends. \throws data_error where it is broken or cut off.
  std::size_t read(std::span<std::byte> room) {
    stream_.next_out = reinterpret_cast<Bytef*>(room.data());
    stream_.avail_out = static_cast<uInt>(room.size());
    while (stream_.avail_out > 0 && !is_at_end_) {
      if (stream_.avail_in == 0) refill();
      const int state = inflate(&stream_, Z_NO_FLUSH);
      if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) file_->fail("the gzip data is broken");
      if (state != Z_STREAM_END) continue;
      is_at_end_ = stream_.avail_in == 0 && taken_ == file_->bytes.size();
      if (!is_at_end_ && inflateReset(&stream_) != Z_OK) file_->fail("zlib cannot be started again");
    }
    return room.size() - stream_.avail_out;
  }

 private:
  void refill() {
    const std::size_t more = std::min<std::size_t>(file_->bytes.size() - taken_, std::numeric_limits<uInt>::max());
    if (more == 0) file_->fail("the gzip data ends too early");
    // zlib's interface is older than const; it does not write through next_in.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(file_->bytes.data() + taken_));
    stream_.avail_in = static_cast<uInt>(more);
    taken_ += more;
  }

  const file_bytes* file_;
  z_stream stream_{};
  std::size_t taken_ = 0;
  bool is_at_end_ = false;
};

}  // namespace detail

/// The file that was compressed. A small file may unpack to one a thousand times as large, so whoever knows what to expect says it.
/// \param whole_size  called once with the first bytes of what was compressed (64 KiB, or all): a `std::optional<std::size_t>`, how many
///                    bytes there may be; nothing where they do not tell. It may throw, to refuse the file.
/// \throws data_error where it is broken or cut off, or unpacks to more than `whole_size` says.
template <class WholeSize>
file_bytes gunzip(const file_bytes& file, const WholeSize& whole_size) {
  constexpr std::size_t first = std::size_t{1} << 16, most_at_once = std::size_t{1} << 18;
  detail::gzip_stream stream(file);
  file_bytes plain{file.name, {}};
  std::vector<std::byte> chunk(most_at_once);
  const auto unpack = [&](std::size_t count) {
    const std::size_t got = stream.read({chunk.data(), count});
    plain.bytes.insert(plain.bytes.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(got));
    return got == count;
  };
  bool has_more = unpack(first);
  const std::optional<std::size_t> promised = whole_size(static_cast<const file_bytes&>(plain));
  const std::size_t most = promised.value_or(std::numeric_limits<std::size_t>::max());
  while (has_more && plain.bytes.size() < most) {
    // Room for twice as much each time, but for no more than is promised. A promise alone makes no room: it may be a lie.
    const std::size_t size = plain.bytes.size(), wanted = std::min(most_at_once, most - size);
    if (plain.bytes.capacity() < size + wanted) plain.bytes.reserve(std::min(most, std::max(2 * size, size + wanted)));
    has_more = unpack(wanted);
  }
  if (plain.bytes.size() > most || (has_more && stream.read({chunk.data(), 1}) > 0))
    file.fail(deepmaacc::detail::text("it unpacks to more than the ", most, " bytes that it should hold"));
  return plain;
}

/// The file that was compressed, as large as it is. \throws data_error where it is broken or cut off.
inline file_bytes gunzip(const file_bytes& file) {
  return gunzip(file, [](const file_bytes&) { return std::optional<std::size_t>(); });
}

}  // namespace deepmaacc::io
