#pragma once

/// \file
/// Evaluators: who runs mutants.

#include <deepmaacc/concepts/evaluator.hpp>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/evaluation/request.hpp>

/// Who runs mutants.
namespace deepmaacc::evaluator {

/// This process, by the engine that the options name, or the cheapest.
struct local {
  /// \throws as `evaluate`.
  template <class Request>
  typename Request::result_type operator()(const Request& request) const {
    return deepmaacc::detail::evaluate(request);
  }
};

}  // namespace deepmaacc::evaluator
