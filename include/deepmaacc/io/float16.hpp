#pragma once

/// \file
/// Half precision numbers, as files hold them.

#include <bit>
#include <cstdint>

namespace deepmaacc::io {

/// An IEEE 754 binary16 number: a sign, 5 bits of exponent, 10 bits of fraction. It is read only: nothing computes with it.
struct float16 {
  std::uint16_t bits = 0;

  /// The same number; float has them all. A NaN stays one, with its payload.
  constexpr operator float() const {
    const std::uint32_t sign = std::uint32_t{bits} >> 15 << 31, exponent = std::uint32_t{bits} >> 10 & 0x1f,
                        fraction = std::uint32_t{bits} & 0x3ff;
    if (exponent == 0) {  // zero and subnormal numbers: a fraction of 2^-14
      const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
      return sign ? -magnitude : magnitude;
    }
    constexpr std::uint32_t rebias = 127 - 15, all_ones = 0xff;
    return std::bit_cast<float>(sign | (exponent == 0x1f ? all_ones : exponent + rebias) << 23 | fraction << 13);
  }
};

}  // namespace deepmaacc::io
