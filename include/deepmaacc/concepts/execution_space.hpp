#pragma once

/// \file
/// The execution space slot: where kernels run.

#include <Kokkos_Core.hpp>
#include <concepts>
#include <deepmaacc/core/parallel.hpp>

namespace deepmaacc {

/// Where kernels run: a Kokkos execution space (`Kokkos::OpenMP`, `Kokkos::Cuda`, …), or `this_thread` inside a region that is
/// parallel already. An instance of it is the first argument of entry points.
///
/// Syntax: 1. a Kokkos execution space, or `this_thread`; 2. copyable, default constructible; 3. `memory_space`.
/// Laws: the program has initialised Kokkos; kernels submitted to one instance run in order.
template <class Space>
concept ExecutionSpace = (std::same_as<Space, this_thread> ||
                          Kokkos::is_execution_space_v<Space>)&&std::copyable<Space>&& std::default_initializable<Space>&& requires {
  typename Space::memory_space;
};

/// A space whose threads are host threads: mutants run side by side, each thread with a model of its own.
template <class Space>
concept HostExecutionSpace = ExecutionSpace<Space> && std::same_as<typename Space::memory_space, Kokkos::HostSpace>;

/// Where work that only host threads can do runs: the space itself where its threads are the host's, and the host's default for a device.
template <ExecutionSpace Space>
auto host_space(const Space& space) {
  if constexpr (HostExecutionSpace<Space>)
    return space;
  else
    return Kokkos::DefaultHostExecutionSpace{};
}

/// Says at compile time what is wrong with a type that is meant to be an execution space.
template <class Space>
constexpr void check_execution_space() {
  static_assert(ExecutionSpace<Space>,
                "deepmaacc::analyze: the first argument must be an instance of a Kokkos execution space, such as "
                "Kokkos::DefaultExecutionSpace{}; see docs/policies/execution_space.md");
}

}  // namespace deepmaacc
