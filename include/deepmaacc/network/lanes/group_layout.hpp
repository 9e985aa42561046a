#pragma once

/// \file
/// How a group of inputs lies in memory, for kernels that run many mutants of few inputs. A block is several groups.

#include <concepts>
#include <cstddef>
#include <deepmaacc/core/simd.hpp>
#include <new>
#include <vector>

namespace deepmaacc::by_lanes {

/// Registers that hold one element of all inputs of a group.
inline constexpr std::size_t registers_per_row = 2;

/// Inputs of a group. An element of a tensor is a row of as many numbers, one per input: so a loop over a row is a loop over inputs, and
/// every layer runs in full vectors, however few channels it has.
template <std::floating_point T>
inline constexpr std::size_t lanes_per_group = registers_per_row* simd_width<T>;

/// Memory for rows, whose beginning is that of a cache line.
template <class T>
struct aligned_allocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{64};
  aligned_allocator() = default;
  template <class U>
  aligned_allocator(const aligned_allocator<U>&) {}
  T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), alignment)); }
  void deallocate(T* memory, std::size_t) { ::operator delete(memory, alignment); }
  friend bool operator==(const aligned_allocator&, const aligned_allocator&) { return true; }
};

template <class T>
using aligned_vector = std::vector<T, aligned_allocator<T>>;

}  // namespace deepmaacc::by_lanes
