#pragma once

/// \file
/// e^x without branches, so that loops over it run in vectors.

#include <Kokkos_Macros.hpp>
#include <Kokkos_MathematicalFunctions.hpp>
#include <Kokkos_NumericTraits.hpp>
#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace deepmaacc {

/// e^x for x in [−87, 87], and that of the nearer bound elsewhere; NaN stays NaN. For float on the host at most 3 ulp off, with fused
/// products or without, as 2^n · e^r with |r| <= ln(2) / 2 and a polynomial for e^r. Other types, and devices, have what their mathematical
/// library has, without bounds.
template <class T>
KOKKOS_INLINE_FUNCTION T bounded_exp(T x) {
#if !defined(__CUDA_ARCH__)
  if constexpr (std::is_same_v<T, float>) {
    // The bound is put on the bits of the magnitude: comparing numbers would let the compiler split the loop's body into cases.
    const auto bits = std::bit_cast<std::int32_t>(x);
    constexpr std::int32_t magnitude = std::numeric_limits<std::int32_t>::max(), most = std::bit_cast<std::int32_t>(87.0F);
    const std::int32_t small = (bits & magnitude) < most ? bits & magnitude : most;
    const auto bounded = std::bit_cast<float>(small | (bits & ~magnitude));
    constexpr float magic = 12582912.0F;                // 1.5 · 2^23: adding it rounds to a whole number, which the low bits then hold
    constexpr float base = 1.44269502162933349609375F;  // log2(e)
    constexpr float high = 0.693359375F, low = -2.12194440e-4F;  // ln(2), the first part so short that its multiples are exact
    const float shifted = bounded * base + magic, whole = shifted - magic;
    const float rest = (bounded - whole * high) - whole * low;
    // A minimax fit of e^rest for rest in [-ln(2)/2, ln(2)/2], with value 1 at 0; relative error 9.2e-8.
    float power = 0.0082903155154036567F;
    power = power * rest + 0.041897930819688289F;
    power = power * rest + 0.16667635708151302F;
    power = power * rest + 0.49999150241488782F;
    power = power * rest + 0.999999744773859F;
    power = power * rest + 1.0F;
    const std::uint32_t scaled = std::bit_cast<std::uint32_t>(power) + (std::bit_cast<std::uint32_t>(shifted) << 23U);
    return x == x ? std::bit_cast<float>(scaled) : x;
  } else {
    return Kokkos::exp(x);
  }
#else
  return Kokkos::exp(x);
#endif
}

/// The same without bounds: 0 below e^−87, and infinite above e^87 where the result is too large for the type or nearly so.
template <class T>
KOKKOS_INLINE_FUNCTION T branchless_exp(T x) {
  if constexpr (std::is_same_v<T, float>) {
    constexpr float infinity = Kokkos::Experimental::infinity_v<float>;  // for devices, too
    const float inside = bounded_exp(x);
    return x < -87.0F ? 0.0F : x > 87.0F ? infinity : inside;
  } else {
    return Kokkos::exp(x);
  }
}

}  // namespace deepmaacc
