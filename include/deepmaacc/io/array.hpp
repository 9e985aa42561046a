#pragma once

/// \file
/// Arrays of numbers, as files hold them.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/float16.hpp>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc::io {

/// A row-major array.
template <class T>
struct array {
  shape extents;
  std::vector<T> values;
};

/// How a file writes numbers.
enum class element_type { u8, i8, u16, i16, u32, i32, u64, i64, f16, f32, f64 };

/// Bytes of one number.
constexpr std::size_t size_of(element_type type) {
  switch (type) {
    case element_type::u8:
    case element_type::i8:
      return 1;
    case element_type::u16:
    case element_type::i16:
    case element_type::f16:
      return 2;
    case element_type::u32:
    case element_type::i32:
    case element_type::f32:
      return 4;
    default:
      return 8;
  }
}

/// What a file says of an array before its numbers.
struct array_header {
  shape extents;
  element_type type = element_type::u8;
  std::endian order = std::endian::big;
  bool is_column_major = false;
  std::size_t data_begin = 0;  ///< where the numbers begin in the file
};

/// Bytes of an array, without a header.
/// \throws data_error where this machine cannot address so many.
inline std::size_t byte_count(const file_bytes& file, const shape& extents, element_type type) {
  std::size_t count = 0;
  try {
    count = element_count(extents);
  } catch (const data_error& fault) {
    file.fail(fault.what());
  }
  if (count > std::numeric_limits<std::size_t>::max() / 2 / size_of(type))
    file.fail("an array of shape " + to_string(extents) + " has more bytes than this machine can address");
  return count * size_of(type);
}

/// \throws data_error where an array's bytes are not as many as its shape and type need.
inline void require_bytes(const file_bytes& file, const shape& extents, element_type type, std::size_t bytes) {
  if (byte_count(file, extents, type) != bytes)
    file.fail(deepmaacc::detail::text("an array of shape ", to_string(extents), " takes ", size_of(type), " bytes per number, but ", bytes,
                                      " bytes are there"));
}

namespace detail {

template <class Stored, bool is_swapped, class T>
void decode_as(const std::byte* bytes, std::size_t count, T* to) {
  for (std::size_t i = 0; i < count; ++i) {
    std::array<std::byte, sizeof(Stored)> raw;
    for (std::size_t b = 0; b < sizeof(Stored); ++b) raw[b] = bytes[i * sizeof(Stored) + (is_swapped ? sizeof(Stored) - 1 - b : b)];
    to[i] = static_cast<T>(std::bit_cast<Stored>(raw));
  }
}

/// Calls `call(number)` with a 0 of the type in which a file holds numbers.
template <class Call>
void with_type(element_type type, const Call& call) {
  switch (type) {
    case element_type::u8:
      return call(std::uint8_t{});
    case element_type::i8:
      return call(std::int8_t{});
    case element_type::u16:
      return call(std::uint16_t{});
    case element_type::i16:
      return call(std::int16_t{});
    case element_type::u32:
      return call(std::uint32_t{});
    case element_type::i32:
      return call(std::int32_t{});
    case element_type::u64:
      return call(std::uint64_t{});
    case element_type::i64:
      return call(std::int64_t{});
    case element_type::f16:
      return call(float16{});
    case element_type::f32:
      return call(float{});
    case element_type::f64:
      return call(double{});
  }
}

/// Turns the bytes of `count` numbers into numbers.
template <class T>
void decode_numbers(const std::byte* bytes, std::size_t count, element_type type, std::endian order, T* to) {
  static_assert(std::is_floating_point_v<T>,
                "deepmaacc::io::decode: the element type must be float or double; name one, as in decode<float>");
  with_type(type, [&]<class Stored>(Stored) {
    if (order == std::endian::native || sizeof(Stored) == 1)
      decode_as<Stored, false>(bytes, count, to);
    else
      decode_as<Stored, true>(bytes, count, to);
  });
}

}  // namespace detail

/// Turns the bytes of a row-major array into numbers. `bytes` must hold exactly the array; `file` gives the name for errors.
/// \throws data_error where the byte count does not fit the shape.
template <class T>
array<T> decode(const file_bytes& file, std::span<const std::byte> bytes, shape extents, element_type type, std::endian order) {
  require_bytes(file, extents, type, bytes.size());
  array<T> result{std::move(extents), std::vector<T>(bytes.size() / size_of(type))};
  detail::decode_numbers(bytes.data(), result.values.size(), type, order, result.values.data());
  return result;
}

}  // namespace deepmaacc::io
