#pragma once

/// \file
/// Precisions, and rounding whole arrays to one.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/precision.hpp>
#include <deepmaacc/concepts/weight_storage.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <type_traits>

namespace deepmaacc {
namespace precision {

/// IEEE single precision throughout.
struct float32 {
  using value_type = float;
  static const char* name() { return "float32"; }
};
static_assert(Precision<float32>);

/// IEEE double precision throughout.
struct float64 {
  using value_type = double;
  static const char* name() { return "float64"; }
};
static_assert(Precision<float64>);

/// What NVIDIA's tensor cores make of float32 products where a framework allows TF32, as TensorFlow does by default: each factor keeps 8
/// exponent and 10 of its 23 mantissa bits, sums are float32.
struct tf32 {
  using value_type = float;
  static const char* name() { return "tf32"; }

  /// To the nearest number of 10 mantissa bits, ties away from zero: the instruction cvt.rna.tf32.f32 of NVIDIA's PTX ISA. Half of the last
  /// bit that stays is added to the magnitude; a carry goes into the exponent, and beyond the largest float into infinity.
  static KOKKOS_FUNCTION float round(float factor) {
    constexpr std::uint32_t exponent = 0x7f800000, dropped = 0x1fff, half = 0x1000;
    const auto bits = Kokkos::bit_cast<std::uint32_t>(factor);
    const bool is_finite = (bits & exponent) != exponent;
    return Kokkos::bit_cast<float>(is_finite ? (bits + half) & ~dropped : bits);
  }
};
static_assert(Precision<tf32>);

}  // namespace precision

namespace detail {

/// `float64` for storages of double, `float32` for all others: what is no weight storage is refused elsewhere.
template <class Storage>
struct storage_precision {
  using type = precision::float32;
};
template <class Storage>
requires std::is_same_v<typename Storage::value_type, double>
struct storage_precision<Storage> {
  using type = precision::float64;
};

}  // namespace detail

/// The precision that a storage's numbers have of themselves.
template <class Storage>
using precision_of = typename detail::storage_precision<Storage>::type;

namespace detail {

/// Whether a precision fits a storage; also true where either is not a model of its concept, which is reported by other assertions.
template <class PrecisionPolicy, class Storage>
inline constexpr bool is_precision_of = true;
template <Precision PrecisionPolicy, WeightStorage Storage>
inline constexpr bool is_precision_of<PrecisionPolicy, Storage> =
    std::is_same_v<typename PrecisionPolicy::value_type, typename Storage::value_type>;

}  // namespace detail

/// to[i] = round(from[i]) for i in [0, count), by a precision that rounds; the arrays do not overlap.
/// Complexity: linear.
template <class PrecisionPolicy, ExecutionSpace Space>
void round_factors(const Space& space, const typename PrecisionPolicy::value_type* from, typename PrecisionPolicy::value_type* to,
                   std::size_t count) {
  parallel_loop(
      space, "deepmaacc::storage::round_factors", count, KOKKOS_LAMBDA(const std::size_t i) { to[i] = PrecisionPolicy::round(from[i]); });
}

}  // namespace deepmaacc
