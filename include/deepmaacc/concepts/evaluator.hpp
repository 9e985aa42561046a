#pragma once

/// \file
/// The evaluator slot: who runs mutants.

#include <concepts>

namespace deepmaacc {

namespace detail {

/// Takes a request and gives its result.
template <class Evaluator, class Request>
concept AnswersRequest = requires(const Evaluator evaluator, const Request& request) {
  { evaluator(request) } -> std::same_as<typename Request::result_type>;
};

}  // namespace detail

/// Mutants in, kills out.
///
/// Syntax: 1. callable, const, on an `evaluation_request` (evaluation/request.hpp): everything about model, tests, operators, rules and the
/// mutants to run; it returns the request's `result_type`, `evaluated_mutants`; 2. copy constructible.
/// Laws: the kills have a row for each mutant, in their order, and are those of `evaluator::local`, borderline cells aside; where the request
/// has no golden run, the result has one; nothing of the model changes. What it throws is passed on. So an evaluator may ask another one for
/// some of the mutants at a time, for those that it does not know, or on another machine.
/// Shipped: `evaluator::local`. A custom one: `examples/custom_evaluator.cpp`.
template <class Evaluator, class Request>
concept MutantEvaluator = std::copy_constructible<Evaluator> && detail::AnswersRequest<Evaluator, Request>;

/// Says at compile time what is wrong with a type that is meant to be an evaluator.
template <class Evaluator, class Request>
constexpr void check_evaluator() {
  static_assert(
      detail::AnswersRequest<Evaluator, Request>,
      "deepmaacc::study: an evaluator must have `template <class Request> typename Request::result_type operator()(const Request&) const`; "
      "see docs/policies/evaluator.md");
  static_assert(std::copy_constructible<Evaluator>,
                "deepmaacc::study: an evaluator must be copy constructible; see docs/policies/evaluator.md");
}

namespace archetype {

/// The least that is an evaluator: it asks the shipped one.
template <class Shipped>
struct evaluator {
  explicit evaluator(Shipped) {}
  evaluator(const evaluator&) = default;
  evaluator& operator=(const evaluator&) = delete;
  ~evaluator() = default;
  template <class Request>
  typename Request::result_type operator()(const Request& request) const {
    return Shipped()(request);
  }
};

}  // namespace archetype
}  // namespace deepmaacc
