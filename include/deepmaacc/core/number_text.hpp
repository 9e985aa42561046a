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

/// The fewest digits that give this number again: "3", "0.1".
inline std::string number_text(double number) {
  std::array<char, 32> digits{};
  const auto end = is_whole(number) ? std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<long long>(number)).ptr
                                    : std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

}  // namespace deepmaacc
