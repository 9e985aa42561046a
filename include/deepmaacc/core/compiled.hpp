#pragma once

/// \file
/// How the headers tell what the library `deepmaacc::compiled` holds. They are header-only by themselves. That target defines
/// DEEPMAACC_COMPILED: templates are then declared `extern` for the types that the library has been compiled for, and functions that are no
/// templates are declared only. Everything else, such as a policy of one's own, is compiled where it is used, as ever.

#ifdef DEEPMAACC_COMPILED
/// Stands before the bodies of functions that are no templates.
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

/// Calls `declare(T, Numbers)` for every network that the library has: its number type and its precision, on the default host space.
#define DEEPMAACC_FOR_EACH_COMPILED_NETWORK(declare) declare(float, float32) declare(double, float64) declare(float, tf32)
