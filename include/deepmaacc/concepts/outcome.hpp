#pragma once

/// \file
/// The outcome slot: what a model's outputs say about an input.

#include <Kokkos_Core.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/self_description.hpp>
#include <deepmaacc/core/shape.hpp>
#include <span>
#include <utility>

namespace deepmaacc {

/// What a model adapter's outputs are: what the network does to them that is left out, if anything. An adapter tells it by
/// `output_form()`, const.
enum class output_form {
  unknown,         ///< the adapter does not tell
  numbers,         ///< of a last layer without an activation, or with a linear one
  before_sigmoid,  ///< a sigmoid follows
  before_softmax,  ///< a softmax over the last axis follows
  probabilities,   ///< numbers from 0 to 1
  activated        ///< of another activation, such as tanh
};

/// The outputs that a model gives for one input.
struct output_description {
  shape extents{};        ///< empty where the adapter tells no shape
  std::size_t count = 0;  ///< of numbers
  output_form form = output_form::unknown;
};

/// What is decided about one input, or about one part of what is asked of it.
struct decision {
  static constexpr std::uint32_t none = 0xffffffff;  ///< no class, such as a label that is off
  /// Where outcomes are not classes.
  static constexpr std::uint32_t wrong = 0, right = 1;

  std::uint32_t winner = 0;  ///< the class; the lowest of several that are equal
  std::uint32_t rival = 0;   ///< what it could be otherwise, where it is a near tie; else `winner`

  KOKKOS_INLINE_FUNCTION bool is_certain() const { return rival == winner; }
  friend bool operator==(const decision&, const decision&) = default;
};

namespace detail {

/// Tells how many classes there are, and decides.
template <class Judge, class T>
concept DecidesOutputs = requires(const Judge judge, const T* outputs, const double* target, std::size_t part, double tolerance) {
  { judge.classes() } -> std::convertible_to<std::size_t>;
  { judge.decide(outputs, target, part, tolerance) } -> std::same_as<decision>;
};

}  // namespace detail

/// What an outcome becomes for the outputs of one model.
///
/// Syntax: 1. `classes()`, how many classes or labels there are; 0 where an input is only judged as `decision::right` or `wrong`;
/// 2. `decide(outputs, target, part, tolerance)`, a device function: the decision from one input's outputs. It is certain if and only if no
/// change of each output by `tolerance` of it, but at least by `tolerance`, could make it another one.
/// Optional: `parts()`, how many decisions there are for each input, such as one per label; default 1. `target_size()`, how many numbers
/// `target` points to; default 0, which is a null pointer. A judge with targets has `take_target(outputs, target, tolerance)`, a device function that
/// makes them from the original model's outputs; or `given_size()` and `read_target(given, target)`, which makes them from so many numbers
/// that the test set has of each input, and throws data_error where these make no sense; or both: the second is taken where the oracle is
/// labels. One that reads targets and has classes has `right(target, part)`, the class that is right, or `decision::none`.
/// `margin(outputs, target)`, how far the decision is from another one: inputs of small margins are run first.
/// Laws: copyable as bytes; a decision depends on outputs and target only; where there are no classes, it is right or wrong.
template <class Judge, class T = float>
concept OutcomeJudge = std::copyable<Judge> && detail::DecidesOutputs<Judge, T>;

/// What a model's outputs say about an input, beneath the kill rules: a class, or whether they are right.
///
/// Syntax: 1. `name()`; 2. `judge(output_description)`: an `OutcomeJudge` for such outputs, for float and double; throws model_error where
/// outputs are not what it can judge. Shipped: `outcome::arg_max`, `outcome::threshold`, `outcome::within`, `outcome::multi_label`,
/// `outcome::per_position`. A custom one: `examples/custom_outcome.cpp`.
template <class Candidate>
concept Outcome = std::copyable<Candidate> && detail::NamesItself<Candidate> &&
    requires(const Candidate outcome, const output_description outputs) {
  { outcome.judge(outputs) } -> OutcomeJudge;
};

/// The type of an outcome's judge.
template <Outcome Policy>
using judge_of = decltype(std::declval<const Policy&>().judge(std::declval<const output_description&>()));

namespace detail {

/// Decisions of one input.
template <class Judge>
std::size_t parts_of(const Judge& judge) {
  if constexpr (requires { judge.parts(); })
    return judge.parts();
  else
    return 1;
}

/// Numbers of one input's target.
template <class Judge>
std::size_t target_size_of(const Judge& judge) {
  if constexpr (requires { judge.target_size(); })
    return judge.target_size();
  else
    return 0;
}

/// Numbers that a test set must have of each input for a judge's targets; 0 where it reads none.
template <class Judge>
std::size_t given_size_of(const Judge& judge) {
  if constexpr (requires { judge.given_size(); })
    return judge.given_size();
  else
    return 0;
}

/// How far a decision is from another one; 0 where a judge does not tell, or that is not a number. On the host.
template <class Judge, class T>
float margin_of(const Judge& judge, const T* outputs, const double* target) {
  if constexpr (requires { judge.margin(outputs, target); }) {
    const float margin = judge.margin(outputs, target);
    return margin == margin ? margin : 0;  // inputs are sorted by it
  } else {
    return 0;
  }
}

/// Makes a judge's target of the original model's outputs, where it takes one. On the host.
template <class Judge, class T>
void take_target(const Judge& judge, const T* outputs, double* target, double tolerance) {
  if constexpr (requires { judge.take_target(outputs, target, tolerance); }) judge.take_target(outputs, target, tolerance);
}

/// Calls `visit` with a judge as its own type: where it is one of several, that one.
template <class Judge, class Visit>
decltype(auto) with_judge(const Judge& judge, const Visit& visit) {
  if constexpr (requires { judge.visit(visit); })
    return judge.visit(visit);
  else
    return visit(judge);
}

}  // namespace detail

/// Says at compile time what is wrong with a type that is meant to be an outcome.
template <class Candidate>
constexpr void check_outcome() {
  static_assert(detail::NamesItself<Candidate>,
                "deepmaacc::kill_rules: an outcome must have a const member name(); see docs/policies/outcome.md");
  constexpr bool makes_judge = requires(const Candidate outcome, const output_description outputs) { outcome.judge(outputs); };
  static_assert(makes_judge,
                "deepmaacc::kill_rules: an outcome must have `judge(const output_description&) const`; see docs/policies/outcome.md");
  if constexpr (makes_judge) {
    using judge = decltype(std::declval<const Candidate&>().judge(std::declval<const output_description&>()));
    static_assert(
        detail::DecidesOutputs<judge, float> && detail::DecidesOutputs<judge, double>,
        "deepmaacc::kill_rules: an outcome's judge must have `classes() const` and `template <class T> KOKKOS_FUNCTION decision "
        "decide(const T* outputs, const double* target, std::size_t part, double tolerance) const`; see docs/policies/outcome.md");
    constexpr bool has_target = requires(const judge one) { one.target_size(); };
    constexpr bool takes = requires(const judge one, const float* outputs, double* target) { one.take_target(outputs, target, 0.0); };
    constexpr bool reads = requires(const judge one, std::span<const double> given, std::span<double> target) {
      one.given_size();
      one.read_target(given, target);
    };
    static_assert(!has_target || takes || reads,
                  "deepmaacc::kill_rules: an outcome's judge with target_size() must have `take_target(outputs, target, tolerance)`, or "
                  "`given_size()` and `read_target(given, target)`; see docs/policies/outcome.md");
  }
  static_assert(std::copyable<Candidate>, "deepmaacc::kill_rules: an outcome must be copyable; see docs/policies/outcome.md");
}

namespace archetype {

/// The least that judges: always right.
struct outcome_judge {
  std::size_t classes() const { return 0; }
  template <class T>
  KOKKOS_FUNCTION decision decide(const T*, const double*, std::size_t, double) const {
    return {decision::right, decision::right};
  }
};

/// The least that is an outcome.
struct outcome {
  const char* name() const { return "archetype"; }
  outcome_judge judge(const output_description&) const { return {}; }
};
static_assert(Outcome<outcome>);

}  // namespace archetype
}  // namespace deepmaacc
