#pragma once

/// \file
/// Numbers as reports and errors write them: texts tell policies and settings apart.

#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <string>
#include <system_error>

namespace deepmaacc {

/// Whether a number can be written as an integer: without a fraction, and not beyond what double can count.
inline bool is_whole(double number) { return std::abs(number) <= 0x1p53 && number == std::floor(number); }

/// The fewest characters that give this number again: "3", "0.1", "1e+05".
template <class Number>
std::string shortest_text(Number number) {
  std::array<char, 32> digits{};
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr};
}

/// The same, but whole numbers as integers: "3", "0.1", "100000".
inline std::string number_text(double number) {
  return is_whole(number) ? shortest_text(static_cast<long long>(number)) : shortest_text(number);
}

namespace detail {

/// A number in a notation of `std::to_chars`, with so many digits, 80 at most: behind the point, or significant ones if
/// `std::chars_format::general`.
inline std::string number_in(double number, std::chars_format notation, int digits) {
  std::array<char, 400> written{};  // 309 digits, the greatest of double, with a fraction
  const auto made = std::to_chars(written.data(), written.data() + written.size(), number, notation, digits);
  assert(made.ec == std::errc{});
  return {written.data(), made.ptr};
}

/// "0.50"
inline std::string fixed(double number, int digits) { return number_in(number, std::chars_format::fixed, digits); }

}  // namespace detail
}  // namespace deepmaacc
