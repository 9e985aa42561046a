#pragma once

/// \file
/// Products of row-major matrices: by BLAS on the host, by a plain team kernel elsewhere. The one place that calls BLAS.

#include <Kokkos_Core.hpp>
#include <array>
#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <limits>
#include <mutex>
#include <type_traits>

#if DEEPMAACC_HAS_BODIES
#include <deepmaacc/core/xtensor.hpp>
#include <xtensor-blas/xblas.hpp>
#endif

// Only OpenBLAS has it. 0 means a build without threads, whose buffers are handed out without a lock.
extern "C" int openblas_get_parallel() __attribute__((weak));

namespace deepmaacc {
namespace detail {

inline void check_product(std::size_t rows, std::size_t inner, std::size_t columns) {
  constexpr auto most = static_cast<std::size_t>(std::numeric_limits<int>::max());
  if (rows > most || inner > most || columns > most)
    throw usage_error(detail::text("deepmaacc::matrix_product: ", rows, " x ", inner, " times ", inner, " x ", columns,
                                   " has an extent that BLAS cannot count; use smaller blocks of inputs"));
}

/// Held during a product where the BLAS that was found when the program started is not safe to call from several threads.
inline std::unique_lock<std::mutex> blas_lock() {
  static std::mutex guard;
  static const bool is_unsafe = openblas_get_parallel != nullptr && openblas_get_parallel() == 0;
  return is_unsafe ? std::unique_lock(guard) : std::unique_lock<std::mutex>();
}

/// While it lives, a BLAS that takes its threads from OpenMP has none but the calling one: else how it divides a product, and so the bits,
/// would depend on how many there are, and on whether the call is made in a parallel region.
class one_blas_thread {
 public:
  one_blas_thread() = default;
  one_blas_thread(const one_blas_thread&) = delete;
  one_blas_thread& operator=(const one_blas_thread&) = delete;
#ifdef KOKKOS_ENABLE_OPENMP
  ~one_blas_thread() { omp_set_num_threads(before_); }

 private:
  static int set_one() {
    const int before = omp_get_max_threads();
    omp_set_num_threads(1);
    return before;
  }
  int before_ = set_one();
#else
  ~one_blas_thread() {}  // not trivial: else it counts as unused
#endif
};

/// One call of the BLAS that xtensor-blas is linked with; `is_transposed` tells of b.
template <class T>
void blas_product(matrix<const T> a, matrix<const T> b, bool is_transposed, matrix<T> c);

#if DEEPMAACC_HAS_BODIES
template <class T>
void blas_product(matrix<const T> a, matrix<const T> b, bool is_transposed, matrix<T> c) {
  check_product(c.extent(0), a.extent(1), c.extent(1));
  if (c.extent(0) == 0 || c.extent(1) == 0) return;
  const auto adapt = [](const auto& whole) {
    return xt::adapt(whole.data(), whole.size(), xt::no_ownership(), std::array<std::size_t, 2>{whole.extent(0), whole.extent(1)});
  };
  auto result = adapt(c);
  const auto lock = blas_lock();
  xt::blas::gemm(adapt(a), adapt(b), result, false, is_transposed, T{1}, T{0});
}
#endif
#ifdef DEEPMAACC_COMPILED
extern template void blas_product(matrix<const float>, matrix<const float>, bool, matrix<float>);
extern template void blas_product(matrix<const double>, matrix<const double>, bool, matrix<double>);
#endif

}  // namespace detail

/// c = a · b. Shapes (m × k), (k × n), (m × n), row-major; c overlaps neither factor. 2·m·k·n FLOP.
/// Host: one call of the BLAS that xtensor-blas is linked with; on `this_thread` one that takes threads from OpenMP has no other. Inside a
/// parallel region it must run on one thread and be safe there: OpenBLAS' OpenMP flavour is both. Its serial flavour is not safe; it is
/// detected, and its calls take turns. \throws usage_error where an extent exceeds what BLAS counts with (2³¹ − 1).
template <ExecutionSpace Space, class T, class MemorySpace>
requires is_host_accessible<MemorySpace>
void matrix_product(const Space&, matrix<const T, MemorySpace> a, matrix<const T, MemorySpace> b, matrix<T, MemorySpace> c) {
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

/// c = a · bᵀ on the calling host thread. Shapes (m × k), (n × k), (m × n); otherwise as `matrix_product`.
template <class T>
void matrix_product_transposed(matrix<const T> a, matrix<const T> b, matrix<T> c) {
  const detail::one_blas_thread alone;
  detail::blas_product(a, b, true, c);
}

/// The same on a device: a team per row of the product, a thread per column.
template <ExecutionSpace Space, class T, class MemorySpace>
requires(!is_host_accessible<MemorySpace>) void matrix_product(const Space& space, matrix<const T, MemorySpace> a,
                                                               matrix<const T, MemorySpace> b, matrix<T, MemorySpace> c) {
  using policy = Kokkos::TeamPolicy<Space>;
  const std::size_t k = a.extent(1), n = b.extent(1);
  detail::check_product(a.extent(0), k, n);
  if (a.extent(0) == 0 || n == 0) return;
  Kokkos::parallel_for(
      "deepmaacc::storage::matrix_product", policy(space, static_cast<int>(a.extent(0)), Kokkos::AUTO),
      KOKKOS_LAMBDA(const typename policy::member_type& team) {
        const auto row = static_cast<std::size_t>(team.league_rank());
        Kokkos::parallel_for(Kokkos::TeamThreadRange(team, n), [&](const std::size_t column) {
          T sum = 0;
          for (std::size_t i = 0; i < k; ++i) sum += a(row, i) * b(i, column);
          c(row, column) = sum;
        });
      });
}

}  // namespace deepmaacc
