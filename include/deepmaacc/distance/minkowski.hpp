#pragma once

/// \file
/// Lengths of the difference of two points: Manhattan, Chebyshev, and Minkowski's between and around them.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/concepts/distance_metric.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/number_text.hpp>
#include <deepmaacc/distance/coordinate_sum.hpp>
#include <string>

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

/// (Σ |x − y|ᵖ)^(1/p), p ≥ 1; 2 where none is given, as in SciPy. A power per coordinate: p = 1, 2 and ∞ have faster types of their own,
/// `manhattan`, `euclidean` and `chebyshev`. Powers are of shares of the largest difference so far, as for a length without overflow (BLAS'
/// nrm2): those of the differences themselves vanish or overflow where p is large, 0.1⁵⁰ already in float, and points that are apart would
/// have distance 0.
struct minkowski : coordinate_sum<minkowski> {
  static constexpr bool is_metric = true;
  static constexpr const char* name() { return "minkowski"; }
  /// \throws usage_error where p is below 1 (there the triangle inequality fails) or infinite.
  explicit minkowski(double p = 2) : p_(p) {
    if (!(p >= 1 && p <= 1e300))
      throw usage_error(deepmaacc::detail::text("distance::minkowski: p is ", p, ", but must be at least 1 and finite"));
  }
  double p() const { return p_; }
  std::string text() const { return std::string(name()) + "=" + number_text(p_); }
  /// Σ |x − y|ᵖ is largestᵖ · powers, and `powers` is from 1 to the number of coordinates; both are 0 where no coordinate differs.
  template <class T>
  struct sum {
    T largest = 0, powers = 0;
  };
  template <class T>
  KOKKOS_FUNCTION void accumulate(sum<T>& state, T x, T y) const {
    const T difference = Kokkos::abs(x - y);
    const bool is_larger = state.largest < difference;
    const T larger = is_larger ? difference : state.largest, smaller = is_larger ? state.largest : difference;
    const T power = larger > 0 ? Kokkos::pow(smaller / larger, static_cast<T>(p_)) : T{0};
    state.powers = is_larger ? state.powers * power + 1 : state.powers + power;
    state.largest = larger;
  }
  template <class T>
  KOKKOS_FUNCTION T finish(sum<T> state, std::size_t) const {
    return state.largest > 0 ? state.largest * Kokkos::pow(state.powers, static_cast<T>(1 / p_)) : T{0};
  }

 private:
  double p_;
};
static_assert(CoordinateForm<minkowski>);

}  // namespace deepmaacc::distance
