#pragma once

/// \file
/// Lengths of the difference of two points: Manhattan, Chebyshev, and Minkowski's between and around them.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/concepts/distance_metric.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/distance/coordinate_sum.hpp>

namespace deepmaacc::distance {

/// Σ |x − y|, the city block distance.
struct manhattan : coordinate_sum<manhattan> {
  static constexpr bool is_metric = true;
  static constexpr const char* name() { return "manhattan"; }
  template <class T>
  using sum = T;
  template <class T>
  KOKKOS_FUNCTION void accumulate(T& state, T x, T y) const {
    state += Kokkos::abs(x - y);
  }
  template <class T>
  KOKKOS_FUNCTION T finish(T state, std::size_t) const {
    return state;
  }
};
static_assert(CoordinateForm<manhattan>);

/// max |x − y|.
struct chebyshev : coordinate_sum<chebyshev> {
  static constexpr bool is_metric = true;
  static constexpr const char* name() { return "chebyshev"; }
  template <class T>
  using sum = T;
  template <class T>
  KOKKOS_FUNCTION void accumulate(T& state, T x, T y) const {
    const T difference = Kokkos::abs(x - y);
    state = state < difference ? difference : state;
  }
  template <class T>
  KOKKOS_FUNCTION T finish(T state, std::size_t) const {
    return state;
  }
};
static_assert(CoordinateForm<chebyshev>);

/// (Σ |x − y|ᵖ)^(1/p), p ≥ 1. A power per coordinate: p = 1, 2 and ∞ have faster types of their own, `manhattan`, `euclidean` and
/// `chebyshev`.
struct minkowski : coordinate_sum<minkowski> {
  static constexpr bool is_metric = true;
  static constexpr const char* name() { return "minkowski"; }
  /// \throws usage_error where p is below 1 (there the triangle inequality fails) or infinite.
  explicit minkowski(double p = 3) : p_(p) {
    if (!(p >= 1 && p <= 1e300))
      throw usage_error(deepmaacc::detail::text("distance::minkowski: p is ", p, ", but must be at least 1 and finite"));
  }
  double p() const { return p_; }
  template <class T>
  using sum = T;
  template <class T>
  KOKKOS_FUNCTION void accumulate(T& state, T x, T y) const {
    state += Kokkos::pow(Kokkos::abs(x - y), static_cast<T>(p_));
  }
  template <class T>
  KOKKOS_FUNCTION T finish(T state, std::size_t) const {
    return Kokkos::pow(state, static_cast<T>(1 / p_));
  }

 private:
  double p_;
};
static_assert(CoordinateForm<minkowski>);

}  // namespace deepmaacc::distance
