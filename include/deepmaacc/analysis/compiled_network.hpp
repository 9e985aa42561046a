#pragma once

/// \file
/// What `deepmaacc::compiled` holds of analysis: studies of the native networks on the default host space, with shipped operators and
/// rules. deepmaacc.hpp includes it for programs that link to that library; without the library it only is an include more.

#include <Kokkos_Core.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/evaluation/compiled_network.hpp>
#include <deepmaacc/network/network.hpp>

/// Instantiates, or with `extern` declares, the study of a network, whose type comes last, on a space.
#define DEEPMAACC_INSTANTIATE_STUDY(EXTERN, SPACE, T, ...) \
  EXTERN template class study<SPACE, const __VA_ARGS__, T, shipped_operators, kill_criteria<shipped_kill_rules>>;

#ifdef DEEPMAACC_COMPILED
namespace deepmaacc {
DEEPMAACC_DECLARE_COMPILED_NETWORKS(DEEPMAACC_INSTANTIATE_STUDY)
}  // namespace deepmaacc
#endif
