#pragma once

/// \file
/// How the headers tell what the library `deepmaacc::compiled` holds. They are header-only by themselves. That target defines
/// DEEPMAACC_COMPILED: templates are then declared `extern` for the types that the library has been compiled for, and functions that are no
/// templates are declared only. Everything else, such as a policy of one's own, is compiled where it is used, as ever.

#ifdef DEEPMAACC_COMPILED
/// Stands before the bodies of functions that are no templates: those that read and describe models, which need not be fast.
#define DEEPMAACC_INLINE
#else
#define DEEPMAACC_INLINE [[gnu::cold]] inline
#endif

/// Whether such bodies are to be seen: in a header-only program, and in the library's own sources, which define DEEPMAACC_COMPILING.
#if !defined(DEEPMAACC_COMPILED) || defined(DEEPMAACC_COMPILING)
#define DEEPMAACC_HAS_BODIES 1
#else
#define DEEPMAACC_HAS_BODIES 0
#endif

/// The same for what reads model files, which is a source of its own and defines DEEPMAACC_COMPILING_READERS.
#if !defined(DEEPMAACC_COMPILED) || defined(DEEPMAACC_COMPILING_READERS)
#define DEEPMAACC_HAS_READERS 1
#else
#define DEEPMAACC_HAS_READERS 0
#endif

/// `declare(extern, space, T, network)` for every network that the library has: where it runs, its number type, and its own.
#define DEEPMAACC_DECLARE_COMPILED_NETWORKS(declare)                                                                                      \
  declare(extern, Kokkos::DefaultHostExecutionSpace, float, network<storage::xtensor_host<float>, this_thread, precision::float32>)       \
      declare(extern, Kokkos::DefaultHostExecutionSpace, double, network<storage::xtensor_host<double>, this_thread, precision::float64>) \
          declare(extern, Kokkos::DefaultHostExecutionSpace, float, network<storage::xtensor_host<float>, this_thread, precision::tf32>)
