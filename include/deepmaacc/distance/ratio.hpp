#pragma once

/// \file
/// Shares: of coordinates that differ, and of differences in sums.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/concepts/distance_metric.hpp>
#include <deepmaacc/distance/coordinate_sum.hpp>

namespace deepmaacc::distance {

/// The share of coordinates that differ.
struct hamming : coordinate_sum<hamming> {
  static constexpr bool is_metric = true;
  static constexpr const char* name() { return "hamming"; }
  template <class T>
  using sum = T;
  template <class T>
  KOKKOS_FUNCTION void accumulate(T& state, T x, T y) const {
    state += x < y || y < x ? T{1} : T{0};
  }
  template <class T>
  KOKKOS_FUNCTION T finish(T state, std::size_t size) const {
    return state / static_cast<T>(size);
  }
};
static_assert(CoordinateForm<hamming>);

/// Σ |x − y| / (|x| + |y|), a term of two zeros being 0.
struct canberra : coordinate_sum<canberra> {
  static constexpr bool is_metric = true;
  static constexpr const char* name() { return "canberra"; }
  template <class T>
  using sum = T;
  template <class T>
  KOKKOS_FUNCTION void accumulate(T& state, T x, T y) const {
    const T whole = Kokkos::abs(x) + Kokkos::abs(y);
    state += whole > 0 ? Kokkos::abs(x - y) / whole : T{0};
  }
  template <class T>
  KOKKOS_FUNCTION T finish(T state, std::size_t) const {
    return state;
  }
};
static_assert(CoordinateForm<canberra>);

/// Σ |x − y| / Σ |x + y|, Bray and Curtis' dissimilarity; of two points without any, 0. No metric.
struct braycurtis : coordinate_sum<braycurtis> {
  static constexpr bool is_metric = false;
  static constexpr const char* name() { return "braycurtis"; }
  template <class T>
  struct sum {
    T difference = 0, whole = 0;
  };
  template <class T>
  KOKKOS_FUNCTION void accumulate(sum<T>& state, T x, T y) const {
    state.difference += Kokkos::abs(x - y);
    state.whole += Kokkos::abs(x + y);
  }
  template <class T>
  KOKKOS_FUNCTION T finish(const sum<T>& state, std::size_t) const {
    return state.difference > 0 ? state.difference / state.whole : T{0};
  }
};
static_assert(CoordinateForm<braycurtis>);

}  // namespace deepmaacc::distance
