#pragma once

/// \file
/// How several numbers become one.

#include <Kokkos_Core.hpp>
#include <cstddef>

namespace deepmaacc::model {

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

/// How a pooling window becomes one number: `merge` over the elements, then `finish` with their count. The names are Keras', of one and of
/// two axes.
struct pool_average : mean_of_numbers {
  static constexpr const char* class_names[] = {"AveragePooling1D", "AveragePooling2D"};
  static constexpr const char* global_class_names[] = {"GlobalAveragePooling1D", "GlobalAveragePooling2D"};
};
struct pool_max {
  static constexpr const char* class_names[] = {"MaxPooling1D", "MaxPooling2D"};
  static constexpr const char* global_class_names[] = {"GlobalMaxPooling1D", "GlobalMaxPooling2D"};
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

}  // namespace deepmaacc::model
