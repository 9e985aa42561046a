#pragma once

/// \file
/// Products of matrices in the host's memory: the one place that calls its BLAS.

#include <Kokkos_Core.hpp>
#include <array>
#include <cstddef>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <mutex>

#if DEEPMAACC_HAS_BODIES
#include <deepmaacc/core/xtensor.hpp>
#include <xtensor-blas/xblas.hpp>
#endif

// Only OpenBLAS has it. 0 means a build without threads, whose buffers are handed out without a lock.
extern "C" int openblas_get_parallel() __attribute__((weak));

namespace deepmaacc::detail {

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

}  // namespace deepmaacc::detail
