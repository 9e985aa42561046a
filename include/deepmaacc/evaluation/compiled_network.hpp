#pragma once

/// \file
/// What `deepmaacc::compiled` holds of evaluation: the native networks on the default host space, with shipped operators and rules.

#include <Kokkos_Core.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/golden.hpp>
#include <deepmaacc/evaluation/kill_matrix.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/evaluation/options.hpp>
#include <deepmaacc/evaluation/request.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <span>

// Networks are named only: who evaluates other models need not read what they are made of.
namespace deepmaacc {
namespace storage {
template <class T>
class xtensor_host;
}
namespace precision {
struct float32;
struct float64;
struct tf32;
}  // namespace precision
template <class Storage, ExecutionSpace Space, class PrecisionPolicy>
class network;
}  // namespace deepmaacc

/// Instantiates, or with `extern` declares, what runs a network, whose type comes last, on a space.
#define DEEPMAACC_INSTANTIATE_EVALUATION(EXTERN, SPACE, T, ...)                                                                  \
  EXTERN template golden_run detail::run_golden(const SPACE&, const __VA_ARGS__&, const test_set<T>&, const evaluation_options&, \
                                                const any_outcome&);                                                             \
  EXTERN template evaluated_mutants detail::evaluate(                                                                            \
      const evaluation_request<SPACE, const __VA_ARGS__, T, shipped_operators, kill_criteria<shipped_kill_rules>>&);
