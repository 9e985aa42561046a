#pragma once

/// \file
/// Products of matrices as a Kokkos kernel, for devices that have no BLAS of their own here.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/matrix.hpp>

namespace deepmaacc::detail {

/// c = a · b with a team per row of the product and a thread per column. Each number is summed from the first term to the last, so that
/// the bits do not depend on the device's size.
template <ExecutionSpace Space, class T, class MemorySpace>
void team_product(const Space& space, matrix<const T, MemorySpace> a, matrix<const T, MemorySpace> b, matrix<T, MemorySpace> c) {
  using policy = Kokkos::TeamPolicy<Space>;
  const std::size_t k = a.extent(1), n = b.extent(1);
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

}  // namespace deepmaacc::detail
