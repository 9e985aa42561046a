#pragma once

/// \file
/// Networks in Kokkos views on every host space: what tests of layers run on. The library of test support has them; they are declared here,
/// so that no test compiles them again.

#include <Kokkos_Core.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/network.hpp>
#include <deepmaacc/storage/kokkos_view.hpp>
#include <deepmaacc/storage/precision.hpp>

#define SUPPORT_INSTANTIATE_NETWORK(EXTERN, SPACE, T, NUMBERS) \
  EXTERN template class deepmaacc::network<deepmaacc::storage::kokkos_view<T, Kokkos::HostSpace>, SPACE, deepmaacc::precision::NUMBERS>;

/// The networks of one space.
#define SUPPORT_INSTANTIATE_NETWORKS(EXTERN, SPACE)           \
  SUPPORT_INSTANTIATE_NETWORK(EXTERN, SPACE, float, float32)  \
  SUPPORT_INSTANTIATE_NETWORK(EXTERN, SPACE, double, float64) \
  SUPPORT_INSTANTIATE_NETWORK(EXTERN, SPACE, float, tf32)

// Tests of device code have no such library.
#ifdef SUPPORT_HAS_NETWORKS
SUPPORT_INSTANTIATE_NETWORKS(extern, deepmaacc::this_thread)
#if defined(KOKKOS_ENABLE_SERIAL)
SUPPORT_INSTANTIATE_NETWORKS(extern, Kokkos::Serial)
#endif
#if defined(KOKKOS_ENABLE_OPENMP)
SUPPORT_INSTANTIATE_NETWORKS(extern, Kokkos::OpenMP)
#endif
#if defined(KOKKOS_ENABLE_THREADS)
SUPPORT_INSTANTIATE_NETWORKS(extern, Kokkos::Threads)
#endif
#endif
