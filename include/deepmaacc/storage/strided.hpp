#pragma once

/// \file
/// Parts of arrays at equal steps: a neuron's weights, read to the host and written back.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <span>

namespace deepmaacc::storage {

namespace detail {

/// Numbers on their way between a device and the host.
template <class T, class MemorySpace>
Kokkos::View<T*, MemorySpace> staging(std::size_t count) {
  return Kokkos::View<T*, MemorySpace>(Kokkos::view_alloc(Kokkos::WithoutInitializing, "deepmaacc::storage::column"), count);
}

template <class T>
using host_numbers = Kokkos::View<T*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

}  // namespace detail

/// numbers[i] = from(0, first + i · step): a part of an array of one row.
template <ExecutionSpace Space, class T, class MemorySpace>
void read_strided(const Space& space, matrix<const T, MemorySpace> from, std::size_t first, std::size_t step, std::span<T> numbers) {
  const T* const array = from.data() + first;
  if constexpr (is_host_accessible<MemorySpace>) {
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = array[i * step];
  } else {
    const auto staged = detail::staging<T, MemorySpace>(numbers.size());
    parallel_loop(
        space, "deepmaacc::storage::read_strided", numbers.size(), KOKKOS_LAMBDA(const std::size_t i) { staged(i) = array[i * step]; });
    Kokkos::deep_copy(space, detail::host_numbers<T>(numbers.data(), numbers.size()), staged);
    space.fence("deepmaacc::storage::read_strided");
  }
}

/// to(0, first + i · step) = numbers[i].
template <ExecutionSpace Space, class T, class MemorySpace>
void write_strided(const Space& space, std::span<const T> numbers, matrix<T, MemorySpace> to, std::size_t first, std::size_t step) {
  T* const array = to.data() + first;
  if constexpr (is_host_accessible<MemorySpace>) {
    for (std::size_t i = 0; i < numbers.size(); ++i) array[i * step] = numbers[i];
  } else {
    const auto staged = detail::staging<T, MemorySpace>(numbers.size());
    Kokkos::deep_copy(space, staged, detail::host_numbers<const T>(numbers.data(), numbers.size()));
    parallel_loop(
        space, "deepmaacc::storage::write_strided", numbers.size(), KOKKOS_LAMBDA(const std::size_t i) { array[i * step] = staged(i); });
    space.fence("deepmaacc::storage::write_strided");
  }
}

}  // namespace deepmaacc::storage
