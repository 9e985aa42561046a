#pragma once

/// \file
/// Numbers as reports write them: texts tell policies and settings apart.

#include <array>
#include <charconv>
#include <cmath>
#include <string>

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

}  // namespace deepmaacc
