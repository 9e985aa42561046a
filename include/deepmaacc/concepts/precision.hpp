#pragma once

/// \file
/// The precision slot: which numbers a network computes with.

#include <Kokkos_Core.hpp>
#include <concepts>
#include <deepmaacc/concepts/self_description.hpp>
#include <string>

namespace deepmaacc {

namespace detail {

template <class PrecisionPolicy>
constexpr bool precision_rounds_factors() {
  if constexpr (requires { PrecisionPolicy::rounds_factors; })
    return PrecisionPolicy::rounds_factors;
  else if constexpr (requires { &PrecisionPolicy::round; })  // also one that cannot be called: it is refused then, not passed over
    return true;
  else
    return requires(const PrecisionPolicy policy, typename PrecisionPolicy::value_type number) { policy.round(number); };
}

}  // namespace detail

/// Compile-time properties that a precision declares.
template <class PrecisionPolicy>
struct precision_traits {
  static constexpr bool rounds_factors = detail::precision_rounds_factors<PrecisionPolicy>();
};

namespace detail {

/// Has a static member name(), for reports.
template <class PrecisionPolicy>
concept NamesItselfStatically = requires {
  { PrecisionPolicy::name() } -> std::convertible_to<std::string>;
};

/// Rounds a number to one of its own type, where it says that it rounds.
template <class PrecisionPolicy>
concept RoundsIfItSaysSo = !precision_traits<PrecisionPolicy>::rounds_factors || requires(typename PrecisionPolicy::value_type number) {
  { PrecisionPolicy::round(number) } -> std::same_as<typename PrecisionPolicy::value_type>;
};

}  // namespace detail

/// The numbers that a network computes with: the type that is stored and summed, and what becomes of each factor of a matrix product
/// before it is multiplied. Everything is static: a network names the type and keeps no object.
///
/// Syntax: 1. `value_type`, float or double; 2. `name()`, for reports. Optional: 3. `round(value_type)`, a device function that gives the
/// factor in place of the number; without it nothing is rounded, and nothing is spent on it; 4. `rounds_factors`, static constexpr bool
/// (default: whether there is `round`).
/// Laws: rounding is idempotent, round(round(x)) = round(x); odd, round(−x) = −round(x), so that 0 stays 0; monotone, x ≤ y gives round(x)
/// ≤ round(y); NaN stays NaN.
/// Complexity: constant. Shipped: `precision::float32`, `precision::float64`, `precision::tf32`.
template <class PrecisionPolicy>
concept Precision = detail::NamesItsValueType<PrecisionPolicy> && detail::NamesItselfStatically<PrecisionPolicy> &&
    detail::RoundsIfItSaysSo<PrecisionPolicy>;

/// Says at compile time what is wrong with a type that is meant to be a precision.
template <class PrecisionPolicy>
constexpr void check_precision() {
  static_assert(detail::NamesItsValueType<PrecisionPolicy>,
                "deepmaacc::network: a precision must name its value_type, float or double; see docs/policies/precision.md");
  static_assert(detail::NamesItselfStatically<PrecisionPolicy>,
                "deepmaacc::network: a precision must have `static const char* name()`; see docs/policies/precision.md");
  if constexpr (requires { typename PrecisionPolicy::value_type; })
    static_assert(
        detail::RoundsIfItSaysSo<PrecisionPolicy>,
        "deepmaacc::network: a precision that rounds must have `static KOKKOS_FUNCTION value_type round(value_type)`; leave round and "
        "rounds_factors out where nothing is rounded; see docs/policies/precision.md");
}

namespace archetype {

/// The least that is a precision: nothing is rounded.
template <class T>
struct precision {
  using value_type = T;
  static const char* name() { return "archetype"; }
};
static_assert(Precision<precision<float>> && !precision_traits<precision<float>>::rounds_factors);

/// The least that is a precision that rounds.
template <class T>
struct rounding_precision : precision<T> {
  static KOKKOS_FUNCTION T round(T factor) { return factor; }
};
static_assert(Precision<rounding_precision<float>> && precision_traits<rounding_precision<float>>::rounds_factors);

}  // namespace archetype
}  // namespace deepmaacc
