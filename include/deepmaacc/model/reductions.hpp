#pragma once

/// \file
/// How the elements of a window become one number.

#include <Kokkos_Core.hpp>
#include <cstddef>

namespace deepmaacc::model {

/// How a pooling window becomes one number: `merge` over the elements, then `finish` with their count. The names are Keras', of one and of
/// two axes.
struct pool_average {
  static constexpr const char* class_names[] = {"AveragePooling1D", "AveragePooling2D"};
  static constexpr const char* global_class_names[] = {"GlobalAveragePooling1D", "GlobalAveragePooling2D"};
  template <class T>
  KOKKOS_INLINE_FUNCTION T merge(T sum, T value) const {
    return sum + value;
  }
  template <class T>
  KOKKOS_INLINE_FUNCTION T finish(T sum, std::size_t count) const {
    return sum / static_cast<T>(count);
  }
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

}  // namespace deepmaacc::model
