#pragma once

/// \file
/// IDX, the format of MNIST.

#include <cstddef>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/stored_array.hpp>
#include <string>
#include <utility>

namespace deepmaacc::io {

/// Whether a file looks like IDX: two zero bytes, a known type, at least one extent.
inline bool is_idx(const file_bytes& file) {
  if (file.bytes.size() < 4 || file.bytes[0] != std::byte{0} || file.bytes[1] != std::byte{0}) return false;
  const auto type = std::to_integer<int>(file.bytes[2]);
  return type >= 8 && type <= 14 && file.bytes[3] != std::byte{0};
}

namespace detail {

inline array_header read_idx_header(const file_bytes& file) {
  if (!is_idx(file)) file.fail("it is no IDX file");
  const auto& bytes = file.bytes;
  array_header header;
  switch (const int code = std::to_integer<int>(bytes[2])) {
    case 0x08:
      header.type = element_type::u8;
      break;
    case 0x09:
      header.type = element_type::i8;
      break;
    case 0x0B:
      header.type = element_type::i16;
      break;
    case 0x0C:
      header.type = element_type::i32;
      break;
    case 0x0D:
      header.type = element_type::f32;
      break;
    case 0x0E:
      header.type = element_type::f64;
      break;
    default:
      file.fail("IDX type " + std::to_string(code) + " is unknown");
  }
  const std::size_t dimensions = std::to_integer<std::size_t>(bytes[3]);
  header.data_begin = 4 + 4 * dimensions;
  if (bytes.size() < header.data_begin) file.fail("the IDX header is cut off");
  for (std::size_t d = 0; d < dimensions; ++d) {
    std::size_t extent = 0;
    for (std::size_t b = 0; b < 4; ++b) extent = extent << 8 | std::to_integer<std::size_t>(bytes[4 + 4 * d + b]);
    header.extents.push_back(extent);
  }
  return header;
}

}  // namespace detail

/// An IDX array as it is: big-endian numbers behind a header of type and extents.
/// \throws data_error naming the file.
inline stored_array open_idx(file_bytes file) {
  auto header = detail::read_idx_header(file);
  return stored_array(std::move(file), std::move(header));
}

/// Reads an IDX array.
/// \throws data_error naming the file.
template <class T>
array<T> read_idx(const file_bytes& file) {
  return open_idx(file).numbers<T>();
}

}  // namespace deepmaacc::io
