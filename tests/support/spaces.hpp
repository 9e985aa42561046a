#pragma once

/// \file
/// The execution spaces that tests of kernels run on: every one that this Kokkos has, and the calling thread.

#include <Kokkos_Core.hpp>
#include <boost/mpl/list.hpp>
#include <deepmaacc/core/parallel.hpp>

#ifdef SUPPORT_HAS_NETWORKS
#include "support/networks.hpp"
#endif

namespace support {

using spaces = boost::mpl::list<deepmaacc::this_thread
#if defined(KOKKOS_ENABLE_SERIAL)
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
#if defined(KOKKOS_ENABLE_CUDA)
                                ,
                                Kokkos::Cuda
#endif
                                >;

}  // namespace support
