#pragma once

/// \file
/// How several numbers become one.

#include <Kokkos_Core.hpp>
#include <cstddef>

namespace deepmaacc {

/// The mean of several numbers: `merge` over all, then `finish` with their count.
struct mean_of_numbers {
  template <class T>
  KOKKOS_INLINE_FUNCTION T merge(T sum, T value) const {
    return sum + value;
  }
  template <class T>
  KOKKOS_INLINE_FUNCTION T finish(T sum, std::size_t count) const {
    return sum / static_cast<T>(count);
  }
};

/// How a pooling window becomes one number: `merge` over the elements, then `finish` with their count.
struct pool_average : mean_of_numbers {};
struct pool_max {
  template <class T>
  KOKKOS_INLINE_FUNCTION T merge(T largest, T value) const {
    return value > largest ? value : largest;
  }
  template <class T>
  KOKKOS_INLINE_FUNCTION T finish(T largest, std::size_t) const {
    return largest;
  }
};

/// A window of two times two.
template <class Reduction, class T>
KOKKOS_INLINE_FUNCTION T reduce_four(const Reduction& reduction, T a, T b, T c, T d) {
  return reduction.finish(reduction.merge(reduction.merge(reduction.merge(a, b), c), d), 4);
}

}  // namespace deepmaacc
