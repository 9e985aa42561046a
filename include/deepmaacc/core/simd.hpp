#pragma once

/// \file
/// SIMD: several numbers in one register of the processor.

#include <concepts>
#include <cstddef>
#include <cstring>

namespace deepmaacc {

/// Bytes of a vector register of the machine that is compiled for. Wider vectors would be legal, but spill.
#if defined(__AVX512F__)
inline constexpr std::size_t register_bytes = 64;
#elif defined(__AVX__)
inline constexpr std::size_t register_bytes = 32;
#else
inline constexpr std::size_t register_bytes = 16;
#endif

/// Numbers that one register holds.
template <std::floating_point T>
inline constexpr std::size_t simd_width = register_bytes / sizeof(T);

/// `simd_width` numbers that are worked on at once. Plain C++ but for the vector extension that g++, clang and nvcc's host compilers share:
/// loops over arrays of accumulators are left in memory by g++, and many times slower.
template <std::floating_point T>
class simd_vector {
  typedef T vector __attribute__((vector_size(register_bytes)));

 public:
  simd_vector() = default;
  /// The same number in every lane.
  explicit simd_vector(T number) : values_(number - vector{}) {}

  static simd_vector load(const T* from) {
    simd_vector read;
    std::memcpy(&read.values_, from, sizeof(vector));  // one move: compilers see through it
    return read;
  }
  void store(T* to) const { std::memcpy(to, &values_, sizeof(vector)); }

  void add(simd_vector other) { values_ += other.values_; }
  /// this += a · b, rounded once where the machine can.
  void add_product(simd_vector a, simd_vector b) { values_ = a.values_ * b.values_ + values_; }
  /// `equal` where left == right, else `other`.
  static simd_vector where_equal(simd_vector left, simd_vector right, simd_vector equal, simd_vector other) {
    simd_vector chosen;
    chosen.values_ = left.values_ == right.values_ ? equal.values_ : other.values_;
    return chosen;
  }
  /// Not below `least`; NaN stays NaN.
  simd_vector at_least(simd_vector least) const {
    simd_vector raised;
    raised.values_ = values_ < least.values_ ? least.values_ : values_;
    return raised;
  }

 private:
  vector values_;
};

/// Runs `body(i)` for i in [0, count), which no two of touch the same number, in vectors where the compiler can.
template <class Body>
inline void vector_loop(std::size_t count, const Body& body) {
#if defined(__GNUC__) && !defined(__clang__) && !defined(__CUDACC__)
#pragma GCC ivdep
#endif
  for (std::size_t i = 0; i < count; ++i) body(i);
}

}  // namespace deepmaacc
