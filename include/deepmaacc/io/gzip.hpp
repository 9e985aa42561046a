#pragma once

/// \file
/// gzip, by zlib.

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <deepmaacc/io/file.hpp>
#include <limits>
#include <utility>
#include <vector>

namespace deepmaacc::io {

/// Whether a file is compressed by gzip.
inline bool is_gzip(const file_bytes& file) {
  return file.bytes.size() > 2 && file.bytes[0] == std::byte{0x1f} && file.bytes[1] == std::byte{0x8b};
}

/// The file that was compressed. \throws data_error where it is broken or cut off.
inline file_bytes gunzip(const file_bytes& file) {
  file_bytes plain{file.name, {}};
  z_stream stream{};
  constexpr int gzip_only = 16 + MAX_WBITS;
  if (inflateInit2(&stream, gzip_only) != Z_OK) file.fail("zlib cannot be started");
  struct end_inflation {
    z_stream* stream;
    ~end_inflation() { inflateEnd(stream); }
  } const ending{&stream};

  std::size_t taken = 0;
  std::vector<std::byte> chunk(std::size_t{1} << 18);
  for (int state = Z_OK; state != Z_STREAM_END;) {
    if (stream.avail_in == 0) {
      const std::size_t more = std::min<std::size_t>(file.bytes.size() - taken, std::numeric_limits<uInt>::max());
      if (more == 0) file.fail("the gzip data ends too early");
      // zlib's interface is older than const; it does not write through next_in.
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(file.bytes.data() + taken));
      stream.avail_in = static_cast<uInt>(more);
      taken += more;
    }
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    state = inflate(&stream, Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) file.fail("the gzip data is broken");
    plain.bytes.insert(plain.bytes.end(), chunk.begin(), chunk.end() - static_cast<std::ptrdiff_t>(stream.avail_out));
    // Several compressed files one behind the other are one file.
    if (state == Z_STREAM_END && (stream.avail_in > 0 || taken < file.bytes.size()) && inflateReset(&stream) == Z_OK) state = Z_OK;
  }
  return plain;
}

}  // namespace deepmaacc::io
