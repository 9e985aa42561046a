#pragma once

/// \file
/// The execution spaces that tests of kernels run on: every one that this Kokkos has, and the calling thread. Where nvcc compiles, the
/// device's only: the host's are tested where the host's compiler builds.

#include <Kokkos_Core.hpp>
#include <boost/mpl/list.hpp>
#include <deepmaacc/core/parallel.hpp>

#ifdef SUPPORT_HAS_NETWORKS
#include "support/networks.hpp"
#endif

namespace support {

#if defined(__CUDACC__)
using spaces = boost::mpl::list<Kokkos::Cuda>;
#else
using spaces = boost::mpl::list<deepmaacc::this_thread
#if defined(SUPPORT_TESTS_SERIAL)
                                ,
                                Kokkos::Serial
#endif
#if defined(KOKKOS_ENABLE_OPENMP)
                                ,
                                Kokkos::OpenMP
#endif
#if defined(KOKKOS_ENABLE_THREADS)
                                ,
                                Kokkos::Threads
#endif
                                >;
#endif

}  // namespace support
