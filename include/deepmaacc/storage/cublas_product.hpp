#pragma once

/// \file
/// Products of matrices by cuBLAS, in programs that link to `deepmaacc::cublas`: that target defines DEEPMAACC_CUBLAS.

#include <Kokkos_Core.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/matrix.hpp>

#if defined(DEEPMAACC_CUBLAS) && !defined(KOKKOS_ENABLE_CUDA)
#error "deepmaacc::matrix_product: what links to deepmaacc::cublas must have a Kokkos with CUDA; set Kokkos_ROOT to one"
#elif defined(DEEPMAACC_CUBLAS)
#include <cublas_v2.h>

#include <deepmaacc/core/error.hpp>
#include <deepmaacc/storage/precision.hpp>
#include <map>
#include <mutex>
#include <type_traits>
#include <utility>
#endif

namespace deepmaacc::detail {

/// Whether products on a space are cuBLAS'.
template <class Space>
inline constexpr bool has_cublas = false;

/// c = a · b by cuBLAS, where the space has it; a has at least one column.
/// \tparam PrecisionPolicy  the precision that the factors have been rounded to, or void
template <class PrecisionPolicy, ExecutionSpace Space, class T, class MemorySpace>
void cublas_product(const Space& space, matrix<const T, MemorySpace> a, matrix<const T, MemorySpace> b, matrix<T, MemorySpace> c);

#if defined(DEEPMAACC_CUBLAS) && defined(KOKKOS_ENABLE_CUDA)

template <>
inline constexpr bool has_cublas<Kokkos::Cuda> = true;

/// \throws error naming a status that is not success.
inline void check_cublas(cublasStatus_t status, const char* call) {
  if (status != CUBLAS_STATUS_SUCCESS)
    throw error(text("deepmaacc::matrix_product: ", call, " gives ", cublasGetStatusName(status),
                     "; where memory of the device is short, use smaller blocks of inputs; without deepmaacc::cublas a kernel multiplies"));
}

/// While it lives, what the calling thread asks of CUDA is about one device.
class current_device {
 public:
  explicit current_device(int device) {
    check_cuda(cudaGetDevice(&before_));
    check_cuda(cudaSetDevice(device));
  }
  current_device(const current_device&) = delete;
  current_device& operator=(const current_device&) = delete;
  ~current_device() { cudaSetDevice(before_); }

 private:
  static void check_cuda(cudaError_t status) {
    if (status != cudaSuccess) throw error(text("deepmaacc::matrix_product: CUDA gives ", cudaGetErrorName(status)));
  }
  int before_ = 0;
};

/// The handles of cuBLAS: one for each stream, since two streams that share one may give other bits from run to run. Threads take turns
/// with them. They end with Kokkos, whose streams they hold.
class cublas_handles {
 public:
  static cublas_handles& of_program() {
    static cublas_handles all;
    return all;
  }

  /// Calls `call(handle)` with the handle of an instance's stream.
  template <class Call>
  void with(const Kokkos::Cuda& space, const Call& call) {
    const std::lock_guard lock(guard_);
    const current_device device(space.cuda_device());
    const auto found = handles_.try_emplace({space.cuda_device(), space.cuda_stream()}, nullptr).first;
    if (found->second == nullptr) check_cublas(cublasCreate(&found->second), "cublasCreate");
    // Each time: a stream that has ended may have left its address to a new one.
    check_cublas(cublasSetStream(found->second, space.cuda_stream()), "cublasSetStream");
    call(found->second);
  }

 private:
  cublas_handles() {
    Kokkos::push_finalize_hook([this] { clear(); });
  }
  void clear() {
    const std::lock_guard lock(guard_);
    for (const auto& [where, handle] : handles_) {
      const current_device device(where.first);
      if (handle != nullptr) cublasDestroy(handle);
    }
    handles_.clear();
  }

  std::mutex guard_;
  std::map<std::pair<int, cudaStream_t>, cublasHandle_t> handles_;
};

/// How cuBLAS multiplies. Pedantic: float32 is not rounded to TF32, whatever the environment asks for. What has been rounded to TF32 loses
/// nothing on the tensor cores, which multiply exactly what they are given and sum in float32, in an order of their own.
template <class PrecisionPolicy, class T>
inline constexpr cublasComputeType_t cublas_arithmetic = std::is_same_v<T, double>                          ? CUBLAS_COMPUTE_64F
                                                         : std::is_same_v<PrecisionPolicy, precision::tf32> ? CUBLAS_COMPUTE_32F_FAST_TF32
                                                                                                            : CUBLAS_COMPUTE_32F_PEDANTIC;

template <class PrecisionPolicy, ExecutionSpace Space, class T, class MemorySpace>
void cublas_product(const Space& space, matrix<const T, MemorySpace> a, matrix<const T, MemorySpace> b, matrix<T, MemorySpace> c) {
  // A row-major matrix is a column-major one transposed: cᵀ = bᵀ · aᵀ.
  const auto m = static_cast<int>(a.extent(0)), k = static_cast<int>(a.extent(1)), n = static_cast<int>(b.extent(1));
  constexpr cudaDataType_t type = std::is_same_v<T, double> ? CUDA_R_64F : CUDA_R_32F;
  const T one = 1, zero = 0;
  cublas_handles::of_program().with(space, [&](cublasHandle_t handle) {
    check_cublas(cublasGemmEx(handle, CUBLAS_OP_N, CUBLAS_OP_N, n, m, k, &one, b.data(), type, n, a.data(), type, k, &zero, c.data(), type,
                              n, cublas_arithmetic<PrecisionPolicy, T>, CUBLAS_GEMM_DEFAULT),
                 "cublasGemmEx");
  });
}

#endif

}  // namespace deepmaacc::detail
