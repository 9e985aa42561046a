#pragma once

/// \file
/// Arrays of any format, from files.

#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/gzip.hpp>
#include <deepmaacc/io/idx.hpp>
#include <deepmaacc/io/npy.hpp>
#include <deepmaacc/io/stored_array.hpp>
#include <deepmaacc/io/zip.hpp>
#include <filesystem>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace deepmaacc::io {

namespace detail {

[[noreturn]] inline void fail_for_format(const file_bytes& file) {
  file.fail("the format is not known; supported: IDX, NPY, NPZ, plain or compressed by gzip");
}

/// What an array file says of its array; the file may be cut off behind that.
/// \throws data_error where it is no array.
inline array_header read_array_header(const file_bytes& first) {
  if (is_npy(first)) return read_npy_header(first);
  if (is_idx(first)) return read_idx_header(first);
  fail_for_format(first);
}

/// How much to unpack of a file that gzip packed. An archive does not begin with its size; packed twice, a small file could stand for any
/// amount of memory.
inline unpacked_size unpacked_array_size(const file_bytes& first, std::size_t packed, std::optional<std::size_t> limit) {
  if (is_zip(first)) return {.most = most_unpacked(packed)};
  if (is_npy(first)) read_npy_header(first, longest_npy_header);  // refuses a longer one
  const auto header = read_array_header(first);
  return {.most = header.data_begin + byte_count(first, header.extents, header.type), .wanted = wanted_bytes(first, header, limit)};
}

inline stored_array open_content(file_bytes file, const std::string& name, std::optional<std::size_t> limit) {
  const bool is_packed = is_gzip(file);
  if (is_packed) file = gunzip(file, [&](const file_bytes& first) { return unpacked_array_size(first, file.bytes.size(), limit); });
  if (is_zip(file)) return open_npz(std::move(file), name, limit);
  if (!name.empty()) file.fail("only an NPZ archive has named arrays; leave ':" + name + "' out");
  auto header = read_array_header(file);
  return stored_array(std::move(file), std::move(header), limit, is_packed && limit.has_value());
}

}  // namespace detail

/// An array from the bytes of a file: IDX, NPY, NPZ, each also as gzip; told apart by content.
///
/// What gzip packed is unpacked only as far as the array's header says, and a file that goes on behind that is refused; so is an NPZ
/// archive in gzip that is more than `most_unpacked`.
/// \param name   the array of an NPZ archive; may be empty where there is only one
/// \param limit  how many rows (indices of the first axis) are wanted at most; what is packed is unpacked only as far as that needs
/// \throws data_error naming the file, and its size where there is not enough memory for what is packed.
inline stored_array open_array(file_bytes file, const std::string& name = "", std::optional<std::size_t> limit = {}) {
  const std::string whole = file.name;
  const std::size_t size = file.bytes.size();
  try {
    return detail::open_content(std::move(file), name, limit);
  } catch (const std::bad_alloc&) {
    throw data_error(deepmaacc::detail::text(whole, ": there is not enough memory for what its ", size, " bytes hold"));
  }
}

/// An array from FILE, or from FILE:ARRAY for an array of an NPZ archive.
/// \throws data_error naming the file.
inline stored_array open_array(const std::string& place, std::optional<std::size_t> limit = {}) {
  const auto colon = place.rfind(':');
  std::error_code ignored;
  if (colon == std::string::npos || std::filesystem::exists(place, ignored)) return open_array(read_file(place), "", limit);
  return open_array(read_file(place.substr(0, colon)), place.substr(colon + 1), limit);
}

/// Reads an array from the bytes of a file, as `open_array` does.
/// \throws data_error naming the file.
template <class T>
array<T> read_array(file_bytes file, const std::string& name = "") {
  return open_array(std::move(file), name).numbers<T>();
}

/// Reads an array from FILE, or from FILE:ARRAY for an array of an NPZ archive.
/// \throws data_error naming the file.
template <class T>
array<T> read_array(const std::string& place) {
  return open_array(place).numbers<T>();
}

}  // namespace deepmaacc::io
