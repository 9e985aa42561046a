#pragma once

/// \file
/// The view in which inputs, activations and outputs travel.

#include <Kokkos_Core.hpp>
#include <cstddef>

#if defined(__CUDACC__) && KOKKOS_VERSION >= 40700 && KOKKOS_VERSION < 40702 && !defined(KOKKOS_ENABLE_IMPL_VIEW_LEGACY)
#if __CUDACC_VER_MAJOR__ * 100 + __CUDACC_VER_MINOR__ >= 1209
#error "deepmaacc: nvcc 12.9 and later break the views of this Kokkos; use 4.7.02, or build it with Kokkos_ENABLE_IMPL_VIEW_LEGACY=ON"
#endif
#endif

namespace deepmaacc {

/// A row-major matrix that somebody else owns: one row per input. `matrix<const float>` is a batch of inputs, each row a
/// flattened tensor (row-major: height, width, channel); `matrix<float>` receives outputs. `.data()`, `.extent(0)` rows,
/// `.extent(1)` columns, `(row, column)`. Copying copies the view.
template <class T, class MemorySpace = Kokkos::HostSpace>
using matrix = Kokkos::View<T**, Kokkos::LayoutRight, MemorySpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

/// Whether plain host code may follow pointers into a memory space.
template <class MemorySpace>
inline constexpr bool is_host_accessible = Kokkos::SpaceAccessibility<Kokkos::HostSpace, MemorySpace>::accessible;

/// Rows [first, first + count) of a row-major matrix.
template <class T, class MemorySpace>
matrix<T, MemorySpace> rows(const matrix<T, MemorySpace>& whole, std::size_t first, std::size_t count) {
  return matrix<T, MemorySpace>(whole.data() + first * whole.extent(1), count, whole.extent(1));
}

}  // namespace deepmaacc
