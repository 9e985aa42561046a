#pragma once

/// \file
/// NPY and NPZ, NumPy's formats.

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/stored_array.hpp>
#include <deepmaacc/io/zip.hpp>
#include <limits>
#include <map>
#include <optional>
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

/// The text of a header, a Python dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }. Each key once, in any order.
class npy_header_parser {
 public:
  npy_header_parser(const file_bytes& file, std::string_view text) : file_(file), rest_(text) {}

  array_header parse() {
    std::optional<std::string_view> descr;
    std::optional<bool> order;
    std::optional<shape> extents;
    const auto once = [&](auto& value, auto found) {
      if (value) fail("it says one thing twice");
      value = std::move(found);
    };
    expect('{');
    while (!skip('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr")
        once(descr, element());
      else if (key == "fortran_order")
        once(order, truth());
      else if (key == "shape")
        once(extents, tuple());
      else
        fail("it has a key that NPY does not know");
      if (!skip(',')) {
        expect('}');
        break;
      }
    }
    if (peek() != '\0') fail("there is more behind its end");
    if (!descr || !order || !extents) fail("it must say 'descr', 'fortran_order' and 'shape'");
    array_header header{.extents = std::move(*extents), .is_column_major = *order};
    header.order = (*descr)[0] == '>' ? std::endian::big : (*descr)[0] == '<' ? std::endian::little : std::endian::native;
    header.type = type_of(*descr);
    return header;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { file_.fail("the NPY header cannot be understood: " + why); }

  /// The next character that is no white space; '\0' at the end.
  char peek() {
    const auto next = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(std::min(next, rest_.size()));
    return rest_.empty() ? '\0' : rest_[0];
  }
  bool skip(char one) {
    if (one == '\0' || peek() != one) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char one) {
    if (!skip(one)) fail(std::string("it lacks a '") + one + "'");
  }

  std::string_view quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail("it has no quoted text where one must be");
    const auto end = rest_.find(quote, 1);
    if (end == std::string_view::npos) fail("a quoted text does not end");
    const std::string_view text = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return text;
  }

  /// The type of the elements: its byte order, then its name.
  std::string_view element() {
    if (peek() == '[') file_.fail("arrays of several fields are not supported by the NPY reader; save each field as an array of its own");
    const std::string_view descr = quoted();
    const auto is_readable = [](char one) { return one > ' ' && one <= '~'; };
    constexpr std::size_t longest = 32;
    if (descr.size() < 2 || descr.size() > longest || !std::all_of(descr.begin(), descr.end(), is_readable)) fail("'descr' names no type");
    if (std::string_view("<>|=").find(descr[0]) == std::string_view::npos) fail("'descr' does not begin with a byte order");
    return descr;
  }

  element_type type_of(std::string_view descr) const {
    static const std::map<std::string_view, element_type> types{
        {"b1", element_type::u8},  {"u1", element_type::u8},  {"i1", element_type::i8},  {"u2", element_type::u16},
        {"i2", element_type::i16}, {"u4", element_type::u32}, {"i4", element_type::i32}, {"u8", element_type::u64},
        {"i8", element_type::i64}, {"f2", element_type::f16}, {"f4", element_type::f32}, {"f8", element_type::f64}};
    const auto type = types.find(descr.substr(1));
    if (type == types.end()) file_.fail("arrays of type '" + std::string(descr) + "' are not supported; save it as float32 or as integers");
    return type->second;
  }

  bool truth() {
    peek();
    for (const bool value : {true, false})
      if (const std::string_view word = value ? "True" : "False"; rest_.starts_with(word)) {
        rest_.remove_prefix(word.size());
        return value;
      }
    fail("'fortran_order' must be True or False");
  }

  shape tuple() {
    const auto refuse = [&] { fail("'shape' must be a tuple of whole numbers from 0 that this machine can count"); };
    shape extents;
    if (!skip('(')) refuse();
    bool has_comma = true;
    while (!skip(')')) {
      std::size_t extent = 0;
      peek();
      const auto [end, fault] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), extent);
      if (fault != std::errc{} || !has_comma) refuse();
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      if (!rest_.empty() && rest_[0] == 'L') rest_.remove_prefix(1);  // Python 2 wrote 3L
      extents.push_back(extent);
      has_comma = skip(',');
    }
    if (extents.size() == 1 && !has_comma) refuse();  // (3) is no tuple
    return extents;
  }

  const file_bytes& file_;
  std::string_view rest_;
};

/// Bytes of a header's text that an array may have which is unpacked; of 64 axes, NumPy's most, it is below 2000.
inline constexpr std::size_t longest_npy_header = 65000;

inline array_header read_npy_header(const file_bytes& file, std::size_t longest = std::numeric_limits<std::size_t>::max()) {
  if (!is_npy(file)) file.fail("it is no NPY file");
  const auto& bytes = file.bytes;
  if (bytes.size() < 12) file.fail("the NPY header is cut off");
  const auto version = std::to_integer<int>(bytes[6]);
  if (version < 1 || version > 3) file.fail("NPY version " + std::to_string(version) + " is unknown");
  const std::size_t length_bytes = version == 1 ? 2 : 4, begin = 8 + length_bytes;
  std::size_t length = 0;
  for (std::size_t b = length_bytes; b-- > 0;) length = length << 8 | std::to_integer<std::size_t>(bytes[8 + b]);
  if (length > longest) file.fail("the NPY header is longer than any array of NumPy needs");
  if (length > bytes.size() - begin) file.fail("the NPY header is cut off");
  array_header header = npy_header_parser(file, {reinterpret_cast<const char*>(bytes.data() + begin), length}).parse();
  header.data_begin = begin + length;
  return header;
}

}  // namespace detail

/// An NPY array as it is.
/// \throws data_error naming the file.
inline stored_array open_npy(file_bytes file) {
  auto header = detail::read_npy_header(file);
  return stored_array(std::move(file), std::move(header));
}

/// Reads an NPY array.
/// \throws data_error naming the file.
template <class T>
array<T> read_npy(const file_bytes& file) {
  return open_npy(file).numbers<T>();
}

/// One array of an NPZ archive, in memory; the name may be empty where there is only one.
/// \param limit  how many rows (indices of the first axis) are wanted at most; no more is unpacked than that needs
/// \throws data_error naming the file, listing the arrays.
inline stored_array open_npz(file_bytes file, const std::string& name, std::optional<std::size_t> limit = {}) {
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

  const auto wanted_of = [&](const file_bytes& first, std::size_t size) {
    const auto header = detail::read_npy_header(first, detail::longest_npy_header);
    require_bytes(first, header.extents, header.type, size - header.data_begin);
    return detail::wanted_bytes(first, header, limit);
  };
  file_bytes entry = archive.entry(wanted + ".npy", std::numeric_limits<std::size_t>::max(), wanted_of);
  auto header = detail::read_npy_header(entry);
  return stored_array(std::move(entry), std::move(header), limit, limit.has_value());
}

/// Reads one array of an NPZ archive.
/// \throws data_error naming the file.
template <class T>
array<T> read_npz(file_bytes file, const std::string& name) {
  return open_npz(std::move(file), name).numbers<T>();
}

}  // namespace deepmaacc::io
