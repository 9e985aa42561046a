#pragma once

/// \file
/// What many tests run: networks in Kokkos views on every host space, and analyses on the calling thread. The library of test support has
/// it; it is declared here, so that no test compiles it again.

#include <Kokkos_Core.hpp>
#include <deepmaacc/analysis/compiled_network.hpp>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/clustering/compiled_policies.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/network/network.hpp>
#include <deepmaacc/storage/kokkos_view.hpp>
#include <deepmaacc/storage/precision.hpp>

#include "support/sanitizer.hpp"

// Serial runs what the calling thread runs: to a sanitizer that is the same once more.
#if defined(KOKKOS_ENABLE_SERIAL) && !(SUPPORT_ADDRESS_SANITIZER && (defined(KOKKOS_ENABLE_OPENMP) || defined(KOKKOS_ENABLE_THREADS)))
#define SUPPORT_TESTS_SERIAL
#endif

namespace support {

template <class T, class Space, class PrecisionPolicy>
using network_in_views = deepmaacc::network<deepmaacc::storage::kokkos_view<T, Kokkos::HostSpace>, Space, PrecisionPolicy>;

}  // namespace support

#define SUPPORT_INSTANTIATE_NETWORK(EXTERN, SPACE, T, NUMBERS) \
  EXTERN template class network<storage::kokkos_view<T, Kokkos::HostSpace>, SPACE, precision::NUMBERS>;

/// The networks of one space.
#define SUPPORT_INSTANTIATE_NETWORKS(EXTERN, SPACE)           \
  SUPPORT_INSTANTIATE_NETWORK(EXTERN, SPACE, float, float32)  \
  SUPPORT_INSTANTIATE_NETWORK(EXTERN, SPACE, double, float64) \
  SUPPORT_INSTANTIATE_NETWORK(EXTERN, SPACE, float, tf32)

/// Analyses on the calling thread, and of a network in double on the threads of the default space.
#define SUPPORT_INSTANTIATE_ANALYSES(EXTERN)                                                                                        \
  DEEPMAACC_INSTANTIATE_EVALUATION(EXTERN, this_thread, float, network<storage::xtensor_host<float>>)                               \
  DEEPMAACC_INSTANTIATE_STUDY(EXTERN, this_thread, float, network<storage::xtensor_host<float>>)                                    \
  DEEPMAACC_INSTANTIATE_EVALUATION(EXTERN, this_thread, double, support::network_in_views<double, this_thread, precision::float64>) \
  DEEPMAACC_INSTANTIATE_EVALUATION(EXTERN, Kokkos::DefaultHostExecutionSpace, double,                                               \
                                   support::network_in_views<double, this_thread, precision::float64>)

/// Clustering on one more space than the compiled library has.
#define SUPPORT_INSTANTIATE_CLUSTERINGS(EXTERN, SPACE)   \
  DEEPMAACC_INSTANTIATE_CLUSTERING(EXTERN, SPACE, float) \
  DEEPMAACC_INSTANTIATE_CLUSTERING(EXTERN, SPACE, double)

// Tests of device code have no such library.
#ifdef SUPPORT_HAS_NETWORKS
namespace deepmaacc {
SUPPORT_INSTANTIATE_NETWORKS(extern, this_thread)
#if defined(SUPPORT_TESTS_SERIAL)
SUPPORT_INSTANTIATE_NETWORKS(extern, Kokkos::Serial)
#endif
#if defined(KOKKOS_ENABLE_OPENMP)
SUPPORT_INSTANTIATE_NETWORKS(extern, Kokkos::OpenMP)
#endif
#if defined(KOKKOS_ENABLE_THREADS)
SUPPORT_INSTANTIATE_NETWORKS(extern, Kokkos::Threads)
#endif
SUPPORT_INSTANTIATE_ANALYSES(extern)
SUPPORT_INSTANTIATE_CLUSTERINGS(extern, this_thread)
#if defined(SUPPORT_TESTS_SERIAL) && (defined(KOKKOS_ENABLE_OPENMP) || defined(KOKKOS_ENABLE_THREADS))
SUPPORT_INSTANTIATE_CLUSTERINGS(extern, Kokkos::Serial)
#endif
}  // namespace deepmaacc
#endif
