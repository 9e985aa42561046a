#pragma once

/// \file
/// Columns of row-major matrices: a neuron's weights, read to the host and written back.

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

/// numbers[i] = from(i, column), one per row.
template <ExecutionSpace Space, class T, class MemorySpace>
void read_column(const Space& space, matrix<const T, MemorySpace> from, std::size_t column, std::span<T> numbers) {
  if constexpr (is_host_accessible<MemorySpace>) {
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = from(i, column);
  } else {
    const auto staged = detail::staging<T, MemorySpace>(numbers.size());
    parallel_loop(
        space, "deepmaacc::storage::read_column", numbers.size(), KOKKOS_LAMBDA(const std::size_t i) { staged(i) = from(i, column); });
    Kokkos::deep_copy(space, detail::host_numbers<T>(numbers.data(), numbers.size()), staged);
    space.fence("deepmaacc::storage::read_column");
  }
}

/// to(i, column) = numbers[i], one per row.
template <ExecutionSpace Space, class T, class MemorySpace>
void write_column(const Space& space, std::span<const T> numbers, matrix<T, MemorySpace> to, std::size_t column) {
  if constexpr (is_host_accessible<MemorySpace>) {
    for (std::size_t i = 0; i < numbers.size(); ++i) to(i, column) = numbers[i];
  } else {
    const auto staged = detail::staging<T, MemorySpace>(numbers.size());
    Kokkos::deep_copy(space, staged, detail::host_numbers<const T>(numbers.data(), numbers.size()));
    parallel_loop(
        space, "deepmaacc::storage::write_column", numbers.size(), KOKKOS_LAMBDA(const std::size_t i) { to(i, column) = staged(i); });
    space.fence("deepmaacc::storage::write_column");
  }
}

}  // namespace deepmaacc::storage
