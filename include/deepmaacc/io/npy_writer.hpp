#pragma once

/// \file
/// Writes NPY, NumPy's format of one array.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/atomic_file.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/core/tensor_view.hpp>
#include <deepmaacc/io/array.hpp>
#include <filesystem>
#include <limits>
#include <ostream>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc::io {

namespace detail {

/// How NPY calls a type on this machine: "<f4", "|u1". 64-bit numbers without a sign are called "<i8": NumPy indexes with int64, and turns
/// uint64 beside int64 into floating point.
template <class T>
std::string npy_descr() {
  const char order = sizeof(T) == 1 ? '|' : std::endian::native == std::endian::little ? '<' : '>';
  const char kind = std::is_floating_point_v<T> ? 'f' : std::is_signed_v<T> || sizeof(T) == 8 ? 'i' : 'u';
  return {order, kind, static_cast<char>('0' + sizeof(T))};
}

/// What comes before the numbers, byte by byte as NumPy writes it: with spaces so that the first extent could grow in place, and up to a
/// multiple of 64 bytes. Version 1.0 where its two bytes can hold the length, else 2.0.
inline std::string npy_header_bytes(const std::string& descr, const shape& extents) {
  constexpr std::size_t alignment = 64, most_digits = 21, magic_size = 8;
  std::string text = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (";
  for (std::size_t d = 0; d < extents.size(); ++d) text += (d ? ", " : "") + std::to_string(extents[d]);
  text += extents.size() == 1 ? ",), }" : "), }";
  if (!extents.empty()) text.append(most_digits - std::to_string(extents[0]).size(), ' ');
  const auto padded = [&](std::size_t length_bytes) {
    const std::size_t whole = magic_size + length_bytes + text.size() + 1;
    return text + std::string(alignment - whole % alignment, ' ') + '\n';
  };
  std::size_t length_bytes = 2;
  std::string header = padded(length_bytes);
  if (header.size() > 0xffff) header = padded(length_bytes = 4);
  if (header.size() > 0xffffffff) throw data_error("an array of so many dimensions does not fit an NPY file");
  std::string bytes = "\x93NUMPY";
  bytes += {static_cast<char>(length_bytes == 2 ? 1 : 2), '\0'};
  for (std::size_t b = 0; b < length_bytes; ++b) bytes += static_cast<char>(header.size() >> (8 * b) & 0xff);
  return bytes + header;
}

/// Writes numbers that lie one after the other.
template <class T>
void write_npy_numbers(std::ostream& out, const T* numbers, std::size_t count) {
  if constexpr (std::is_unsigned_v<T> && sizeof(T) == 8)
    for (std::size_t i = 0; i < count; ++i)
      if (numbers[i] > static_cast<T>(std::numeric_limits<std::int64_t>::max()))
        throw data_error(deepmaacc::detail::text("element ", i, " of the array is ", numbers[i],
                                                 ", which an NPY array of int64 cannot hold; convert the array to double"));
  out.write(reinterpret_cast<const char*>(numbers), static_cast<std::streamsize>(count * sizeof(T)));
}

template <class T>
constexpr void check_npy_type() {
  static_assert((std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_integral_v<T>)&&!std::is_same_v<T, bool>,
                "deepmaacc::io::write_npy: the array must hold float, double or integers; convert it first");
}

}  // namespace detail

/// Writes an array as NPY, row-major, in the byte order of this machine.
/// \param numbers  float, double or integers: an xtensor container or view, a Kokkos view of either layout, an `io::array`, or what lies
/// in one piece, such as a std::vector. Unsigned 64-bit integers, std::size_t among them, become int64.
/// \throws data_error where such an integer is 2⁶³ or more.
template <class Numbers>
void write_npy(std::ostream& out, const Numbers& numbers) {
  if constexpr (deepmaacc::detail::tensor_like<Numbers>) {
    static_assert(deepmaacc::detail::is_host_tensor<Numbers>,
                  "deepmaacc::io::write_npy: the array must lie in memory that the host can read; use Kokkos::create_mirror_view_and_copy");
    using T = std::remove_cv_t<typename Numbers::value_type>;
    detail::check_npy_type<T>();
    const auto tensor = deepmaacc::detail::view_of(numbers);
    out << detail::npy_header_bytes(detail::npy_descr<T>(), tensor.extents);
    if (tensor.is_row_major()) return detail::write_npy_numbers(out, tensor.data, element_count(tensor.extents));
    std::vector<T> row(element_count(tensor.extents) / std::max<std::size_t>(tensor.extents[0], 1));
    for (std::size_t i = 0; i < tensor.extents[0]; ++i) {
      tensor.pack(i, row.data());
      detail::write_npy_numbers(out, row.data(), row.size());
    }
  } else if constexpr (requires { numbers.extents, numbers.values; }) {
    using T = typename decltype(numbers.values)::value_type;
    detail::check_npy_type<T>();
    out << detail::npy_header_bytes(detail::npy_descr<T>(), numbers.extents);
    detail::write_npy_numbers(out, numbers.values.data(), numbers.values.size());
  } else {
    static_assert(
        std::ranges::contiguous_range<const Numbers>,
        "deepmaacc::io::write_npy: the array must be an xtensor container or view, a Kokkos view, or lie in one piece; evaluate an "
        "xtensor expression first, and copy a std::vector<bool> into one of std::uint8_t");
    if constexpr (std::ranges::contiguous_range<const Numbers>) {
      using T = std::ranges::range_value_t<const Numbers>;
      detail::check_npy_type<T>();
      out << detail::npy_header_bytes(detail::npy_descr<T>(), {std::ranges::size(numbers)});
      detail::write_npy_numbers(out, std::ranges::data(numbers), std::ranges::size(numbers));
    }
  }
}

/// Writes an array to an NPY file, whole or not at all.
/// \throws data_error naming the file where it cannot be written, or where an unsigned integer is 2⁶³ or more.
template <class Numbers>
void write_npy(const std::filesystem::path& path, const Numbers& numbers) {
  write_file_atomically(path, [&](std::ostream& out) { write_npy(out, numbers); });
}

}  // namespace deepmaacc::io
