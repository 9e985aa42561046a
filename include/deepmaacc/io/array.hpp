#pragma once

/// \file
/// Arrays of numbers, as files hold them.

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/float16.hpp>
#include <limits>
#include <span>
#include <type_traits>
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

/// Bytes of an array, without a header. \throws data_error where this machine cannot address so many.
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

namespace detail {

template <class Stored, class T>
void decode_as(std::span<const std::byte> bytes, bool is_swapped, std::vector<T>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::byte raw[sizeof(Stored)];
    for (std::size_t b = 0; b < sizeof(Stored); ++b) raw[b] = bytes[i * sizeof(Stored) + (is_swapped ? sizeof(Stored) - 1 - b : b)];
    Stored stored;
    std::memcpy(&stored, raw, sizeof stored);
    values[i] = static_cast<T>(stored);
  }
}

}  // namespace detail

/// Turns the bytes of a row-major array into numbers. `bytes` must hold exactly the array; `file` gives the name for errors.
/// \throws data_error where the byte count does not fit the shape.
template <class T>
array<T> decode(const file_bytes& file, std::span<const std::byte> bytes, shape extents, element_type type, std::endian order) {
  static_assert(std::is_floating_point_v<T>,
                "deepmaacc::io::decode: the element type must be float or double; name one, as in decode<float>");
  if (byte_count(file, extents, type) != bytes.size())
    file.fail(deepmaacc::detail::text("an array of shape ", to_string(extents), " takes ", size_of(type), " bytes per number, but ",
                                      bytes.size(), " bytes are there"));
  array<T> result{std::move(extents), std::vector<T>(bytes.size() / size_of(type))};
  const bool is_swapped = order != std::endian::native;
  const auto as = [&]<class Stored>(Stored) { detail::decode_as<Stored>(bytes, is_swapped, result.values); };
  switch (type) {
    case element_type::u8:
      as(std::uint8_t{});
      break;
    case element_type::i8:
      as(std::int8_t{});
      break;
    case element_type::u16:
      as(std::uint16_t{});
      break;
    case element_type::i16:
      as(std::int16_t{});
      break;
    case element_type::u32:
      as(std::uint32_t{});
      break;
    case element_type::i32:
      as(std::int32_t{});
      break;
    case element_type::u64:
      as(std::uint64_t{});
      break;
    case element_type::i64:
      as(std::int64_t{});
      break;
    case element_type::f16:
      as(float16{});
      break;
    case element_type::f32:
      as(float{});
      break;
    case element_type::f64:
      as(double{});
      break;
  }
  return result;
}

}  // namespace deepmaacc::io
