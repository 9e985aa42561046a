#pragma once

/// \file
/// What `deepmaacc::compiled` holds of analysis: studies of the native networks on the default host space, with shipped operators and
/// rules. deepmaacc.hpp includes it for programs that link to that library; without the library it only is an include more.

#include <Kokkos_Core.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/evaluation/compiled_network.hpp>
#include <deepmaacc/model/network.hpp>

/// Instantiates, or with `extern` declares, the study of one network.
#define DEEPMAACC_INSTANTIATE_STUDY(EXTERN, T, NUMBERS)                                                                                    \
  EXTERN template class study<Kokkos::DefaultHostExecutionSpace, const network<storage::xtensor_host<T>, this_thread, precision::NUMBERS>, \
                              T, shipped_operators, shipped_kill_rules>;

#ifdef DEEPMAACC_COMPILED
namespace deepmaacc {
#define DEEPMAACC_DECLARE(T, NUMBERS) DEEPMAACC_INSTANTIATE_STUDY(extern, T, NUMBERS)
DEEPMAACC_FOR_EACH_COMPILED_NETWORK(DEEPMAACC_DECLARE)
#undef DEEPMAACC_DECLARE
}  // namespace deepmaacc
#endif
