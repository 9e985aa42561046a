#pragma once

/// \file
/// NPY and NPZ, NumPy's formats.

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/zip.hpp>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace deepmaacc::io {

/// Whether a file begins as NPY does.
inline bool is_npy(const file_bytes& file) {
  constexpr std::string_view magic = "\x93NUMPY";
  return file.bytes.size() >= magic.size() &&
         std::equal(magic.begin(), magic.end(), file.bytes.begin(), [](char a, std::byte b) { return static_cast<std::byte>(a) == b; });
}

namespace detail {

/// What an NPY header says.
struct npy_header {
  shape extents;
  element_type type = element_type::f32;
  std::endian order = std::endian::little;
  bool is_column_major = false;
  std::size_t data_begin = 0;
};

/// The text of a header, a Python dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
class npy_header_parser {
 public:
  npy_header_parser(const file_bytes& file, std::string_view text) : file_(file), text_(text) {}

  npy_header parse() const {
    npy_header header;
    const std::string_view descr = quoted(value_of("descr"));
    if (descr.size() < 3 || std::string_view("<>|=").find(descr[0]) == std::string_view::npos) fail();
    header.order = descr[0] == '>' ? std::endian::big : std::endian::little;
    static const std::map<std::string_view, element_type> types{
        {"b1", element_type::u8},  {"u1", element_type::u8},  {"i1", element_type::i8},  {"u2", element_type::u16},
        {"i2", element_type::i16}, {"u4", element_type::u32}, {"i4", element_type::i32}, {"u8", element_type::u64},
        {"i8", element_type::i64}, {"f4", element_type::f32}, {"f8", element_type::f64}};
    const auto type = types.find(descr.substr(1));
    if (type == types.end()) file_.fail("arrays of type '" + std::string(descr) + "' are not supported; save it as float32 or as integers");
    header.type = type->second;
    const std::string_view order = value_of("fortran_order");
    header.is_column_major = order.starts_with("True");
    if (!header.is_column_major && !order.starts_with("False")) fail();
    header.extents = tuple(value_of("shape"));
    return header;
  }

 private:
  [[noreturn]] void fail() const { file_.fail("the NPY header cannot be understood"); }

  /// What follows a key.
  std::string_view value_of(std::string_view key) const {
    auto at = text_.find("'" + std::string(key) + "'");
    if (at == std::string_view::npos) fail();
    at = text_.find_first_not_of(" :", at + key.size() + 2);
    if (at == std::string_view::npos) fail();
    return text_.substr(at);
  }

  std::string_view quoted(std::string_view text) const {
    const auto end = text.size() > 1 && text[0] == '\'' ? text.find('\'', 1) : std::string_view::npos;
    if (end == std::string_view::npos) fail();
    return text.substr(1, end - 1);
  }

  shape tuple(std::string_view text) const {
    const auto end = text.find(')');
    if (text.empty() || text[0] != '(' || end == std::string_view::npos) fail();
    shape extents;
    for (std::size_t at = 1; at < end;) {
      if (!std::isdigit(static_cast<unsigned char>(text[at]))) {
        if (text[at] != ',' && text[at] != ' ') fail();
        ++at;
        continue;
      }
      std::size_t extent = 0;
      const auto [rest, fault] = std::from_chars(text.data() + at, text.data() + end, extent);
      if (fault != std::errc{}) fail();
      extents.push_back(extent);
      at = static_cast<std::size_t>(rest - text.data());
    }
    return extents;
  }

  const file_bytes& file_;
  std::string_view text_;
};

inline npy_header read_npy_header(const file_bytes& file) {
  if (!is_npy(file)) file.fail("it is no NPY file");
  const auto& bytes = file.bytes;
  if (bytes.size() < 12) file.fail("the NPY header is cut off");
  const auto version = std::to_integer<int>(bytes[6]);
  if (version < 1 || version > 3) file.fail("NPY version " + std::to_string(version) + " is unknown");
  const std::size_t length_bytes = version == 1 ? 2 : 4, begin = 8 + length_bytes;
  std::size_t length = 0;
  for (std::size_t b = length_bytes; b-- > 0;) length = length << 8 | std::to_integer<std::size_t>(bytes[8 + b]);
  if (length > bytes.size() - begin) file.fail("the NPY header is cut off");
  npy_header header = npy_header_parser(file, {reinterpret_cast<const char*>(bytes.data() + begin), length}).parse();
  header.data_begin = begin + length;
  return header;
}

/// The same array with its elements in row-major order.
template <class T>
array<T> to_row_major(array<T> column_major) {
  const shape& extents = column_major.extents;
  array<T> result{extents, std::vector<T>(column_major.values.size())};
  shape at(extents.size(), 0);
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    std::size_t from = 0;
    for (std::size_t d = extents.size(); d-- > 0;) from = from * extents[d] + at[d];
    result.values[i] = column_major.values[from];
    for (std::size_t d = extents.size(); d-- > 0;) {
      if (++at[d] < extents[d]) break;
      at[d] = 0;
    }
  }
  return result;
}

}  // namespace detail

/// Reads an NPY array. \throws data_error naming the file.
template <class T>
array<T> read_npy(const file_bytes& file) {
  const auto header = detail::read_npy_header(file);
  auto result = decode<T>(file, std::span(file.bytes).subspan(header.data_begin), header.extents, header.type, header.order);
  return header.is_column_major ? detail::to_row_major(std::move(result)) : result;
}

/// Reads one array of an NPZ archive; the name may be empty where there is only one. \throws data_error, listing the arrays.
template <class T>
array<T> read_npz(file_bytes file, const std::string& name) {
  const zip_archive archive(std::move(file));
  std::vector<std::string> arrays;
  for (const auto& entry : archive.names())
    if (entry.size() > 4 && entry.ends_with(".npy")) arrays.push_back(entry.substr(0, entry.size() - 4));
  std::string list;
  for (const auto& one : arrays) list += (list.empty() ? "" : ", ") + one;
  if (arrays.empty()) throw data_error(archive.name() + ": it holds no array; give an NPZ archive as NumPy writes it");
  if (name.empty() && arrays.size() != 1)
    throw data_error(archive.name() + ": say which array to take, as in " + archive.name() + ":NAME; it holds: " + list);
  const std::string wanted = name.empty() ? arrays.front() : name;
  if (std::find(arrays.begin(), arrays.end(), wanted) == arrays.end())
    throw data_error(archive.name() + ": it has no array '" + wanted + "'; it holds: " + list);
  return read_npy<T>(archive.entry(wanted + ".npy"));
}

}  // namespace deepmaacc::io
