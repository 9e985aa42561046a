#pragma once

/// \file
/// gzip, by zlib.

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/file.hpp>
#include <limits>
#include <span>
#include <utility>
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

  /// Unpacks the next bytes; fewer than there is room for only where the file ends.
  /// \throws data_error where it is broken or cut off.
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
    const std::size_t more = std::min(file_->bytes.size() - taken_, release_after);
    if (more == 0) file_->fail("the gzip data ends too early");
    file_->release();
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

/// How much of a packed file is wanted.
struct unpacked_size {
  std::size_t most = std::numeric_limits<std::size_t>::max();    ///< bytes that there may be
  std::size_t wanted = std::numeric_limits<std::size_t>::max();  ///< bytes to read; what is behind them is not looked at
};

/// The file that was compressed, or its beginning. A small file may unpack to one a thousand times as large, so whoever knows what to
/// expect says it.
/// \param size  called once with the first bytes of what was compressed (64 KiB, or all): an `unpacked_size`. It may throw, to refuse the
///              file.
/// \throws data_error where it is broken or cut off, or unpacks to more than `size` says.
template <class Size>
file_bytes gunzip(const file_bytes& file, const Size& size) {
  constexpr std::size_t first = std::size_t{1} << 16, most_at_once = std::size_t{1} << 18;
  detail::gzip_stream stream(file);
  std::vector<std::byte> plain, chunk(most_at_once);
  const auto unpack = [&](std::size_t count) {
    const std::size_t got = stream.read({chunk.data(), count});
    plain.insert(plain.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(got));
    return got == count;
  };
  bool has_more = unpack(first);
  const unpacked_size promised = size(file_bytes(file.name, plain));
  const std::size_t end = std::min(promised.most, promised.wanted);
  // Room for what is promised, so that nothing need be moved; but a promise may be a lie, and deflate packs so well and no better.
  if (promised.wanted <= promised.most) plain.reserve(std::max(plain.size(), std::min(end, most_deflated(file.bytes.size()))));
  while (has_more && plain.size() < end) has_more = unpack(std::min(most_at_once, end - plain.size()));
  if (promised.wanted < promised.most) {
    if (plain.size() > end) plain.resize(end);
  } else if (plain.size() > end || (has_more && stream.read({chunk.data(), 1}) > 0)) {
    file.fail(deepmaacc::detail::text("it unpacks to more than the ", end, " bytes that it should hold"));
  }
  file.release();
  return {file.name, std::move(plain)};
}

/// The file that was compressed, as large as it is.
/// \throws data_error where it is broken or cut off.
inline file_bytes gunzip(const file_bytes& file) {
  return gunzip(file, [](const file_bytes&) { return unpacked_size{.most = std::numeric_limits<std::size_t>::max() - 1}; });
}

}  // namespace deepmaacc::io
