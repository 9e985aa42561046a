#pragma once

/// \file
/// The execution spaces that tests of kernels run on: every one that this Kokkos has, and the calling thread. Tests of devices have one,
/// that of nvcc's programs or the stand-in where SUPPORT_TESTS_STAND_IN is defined: the host's are tested elsewhere.

#include <Kokkos_Core.hpp>
#include <boost/mpl/list.hpp>
#include <deepmaacc/core/parallel.hpp>

#ifdef SUPPORT_HAS_NETWORKS
#include "support/networks.hpp"
#endif
#ifdef SUPPORT_TESTS_STAND_IN
#include "support/stand_in.hpp"
#endif

namespace support {

#if defined(__CUDACC__)
using device = Kokkos::Cuda;
using spaces = boost::mpl::list<device>;
#elif defined(SUPPORT_TESTS_STAND_IN)
using device = stand_in;
using spaces = boost::mpl::list<device>;
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
