#pragma once

/// \file
/// Products of row-major matrices: by BLAS on the host, by cuBLAS or a plain team kernel elsewhere.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/storage/cublas_product.hpp>
#include <deepmaacc/storage/host_blas.hpp>
#include <deepmaacc/storage/team_product.hpp>
#include <limits>
#include <type_traits>

namespace deepmaacc {
namespace detail {

inline void check_product(std::size_t rows, std::size_t inner, std::size_t columns) {
  constexpr auto most = static_cast<std::size_t>(std::numeric_limits<int>::max());
  if (rows > most || inner > most || columns > most)
    throw usage_error(detail::text("deepmaacc::matrix_product: ", rows, " x ", inner, " times ", inner, " x ", columns,
                                   " has an extent that BLAS cannot count; use smaller blocks of inputs"));
}

}  // namespace detail

/// c = a · b. Shapes (m × k), (k × n), (m × n), row-major; c overlaps neither factor. 2·m·k·n FLOP.
/// Host: one call of the BLAS that xtensor-blas is linked with; on `this_thread` one that takes threads from OpenMP has no other. Inside a
/// parallel region it must run on one thread and be safe there: OpenBLAS' OpenMP flavour is both. Its serial flavour is not safe; it is
/// detected, and its calls take turns.
/// Device: does not wait for it. On `Kokkos::Cuda` one call of cuBLAS where the program links to `deepmaacc::cublas`: the same bits in
/// every run with one version of it on one kind of GPU. Elsewhere a plain kernel.
/// \tparam PrecisionPolicy  the precision that both factors have been rounded to before, if any: for `precision::tf32` cuBLAS uses the
///                          tensor cores, which otherwise it never does for float. Nothing is rounded here
/// \throws usage_error where an extent exceeds what BLAS counts with (2³¹ − 1); error naming what cuBLAS refuses.
template <class PrecisionPolicy = void, ExecutionSpace Space, class T, class MemorySpace>
requires is_host_accessible<MemorySpace>
void matrix_product(const Space&, matrix<const T, MemorySpace> a, matrix<const T, MemorySpace> b, matrix<T, MemorySpace> c) {
  detail::check_product(a.extent(0), a.extent(1), b.extent(1));
  const auto run = [&] {
    detail::blas_product<T>(matrix<const T>(a.data(), a.extent(0), a.extent(1)), matrix<const T>(b.data(), b.extent(0), b.extent(1)), false,
                            matrix<T>(c.data(), c.extent(0), c.extent(1)));
  };
  if constexpr (std::is_same_v<Space, this_thread>) {
    const detail::one_blas_thread alone;
    run();
  } else {
    run();
  }
}

template <class PrecisionPolicy = void, ExecutionSpace Space, class T, class MemorySpace>
requires(!is_host_accessible<MemorySpace>) void matrix_product(const Space& space, matrix<const T, MemorySpace> a,
                                                               matrix<const T, MemorySpace> b, matrix<T, MemorySpace> c) {
  detail::check_product(a.extent(0), a.extent(1), b.extent(1));
  if (a.extent(0) == 0 || b.extent(1) == 0) return;
  if constexpr (detail::has_cublas<Space>) {
    if (a.extent(1) > 0) return detail::cublas_product<PrecisionPolicy>(space, a, b, c);  // an empty sum has no leading dimension
  }
  detail::team_product(space, a, b, c);
}

/// c = a · bᵀ on the calling host thread. Shapes (m × k), (n × k), (m × n); otherwise as `matrix_product`.
template <class T>
void matrix_product_transposed(matrix<const T> a, matrix<const T> b, matrix<T> c) {
  detail::check_product(a.extent(0), a.extent(1), b.extent(0));
  const detail::one_blas_thread alone;
  detail::blas_product(a, b, true, c);
}

}  // namespace deepmaacc
