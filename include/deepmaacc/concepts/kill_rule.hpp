#pragma once

/// \file
/// The kill rule slot: when a mutant counts as noticed.

#include <Kokkos_Core.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/self_description.hpp>
#include <type_traits>

namespace deepmaacc {

/// What one input, or one label of it, says about one mutant: three classes, of how many, and where the right one stands. A class is
/// `decision::none` where a label is off.
struct observation {
  static constexpr std::uint32_t unranked = 0xffffffff;

  std::uint32_t label = 0;     ///< the right class; the original model's where its predictions are the oracle
  std::uint32_t original = 0;  ///< the original model's class
  std::uint32_t mutated = 0;   ///< the mutant's class
  std::uint32_t classes = 0;   ///< how many the outcome knows; where it knows none, the three are `decision::right` or `decision::wrong`
  /// How many of the mutant's outputs are ahead of the label's: 0 where the mutant predicts the label. Of equal outputs the lower
  /// class is ahead. `unranked` for rules that do not say that they read it.
  std::uint32_t label_rank = unranked;

  /// Whether the original model is right, and the mutant is not: what most rules ask.
  KOKKOS_FUNCTION constexpr bool is_flip() const { return original == label && mutated != label; }
};

/// What a cell's count is judged against.
struct kill_totals {
  std::size_t inputs = 0;   ///< decisions: test inputs, or labels of all of them where each is decided by itself
  std::size_t classes = 0;  ///< of the outcome; 0 where inputs are only right or wrong
};

namespace archetype {

/// Takes a rule's contributions, and does nothing with them.
struct cell_sink {
  KOKKOS_FUNCTION void operator()(std::size_t, std::int32_t) const {}
};

}  // namespace archetype

namespace detail {

/// Has a name, and tells how many cells a mutant has.
template <class Rule>
concept NamesItselfAndItsCells = NamesItself<Rule> && requires(const Rule rule) {
  { rule.cells(std::size_t{}) } -> std::convertible_to<std::size_t>;
};

/// Adds what one input contributes to the cells.
template <class Rule>
concept CountsObservations = requires(const Rule rule, const observation seen, const archetype::cell_sink add) {
  rule.count(seen, add);
};

/// Tells whether a cell with this sum is killed.
template <class Rule>
concept JudgesCells = requires(const Rule rule, const kill_totals totals) {
  { rule.killed(std::int64_t{}, totals) } -> std::convertible_to<bool>;
};

}  // namespace detail

/// Turns what the inputs say about a mutant into cells, each killed or not; the score is the share of killed cells.
///
/// Syntax: 1. `name()`; 2. `cells(classes)`, how many cells a mutant has; 3. `count(observation, add)`, a device function that calls
/// `add(cell, amount)` for what one input contributes; 4. `killed(count, totals)`, whether a cell with this sum is killed.
/// Laws: contributions are sums over inputs, so that blocks of inputs merge in any order; `cell < cells(classes)`, or `decision::none`,
/// which counts nowhere; each cell at most once per input; no cells for no classes where a cell is a class; sums stay within 32 bits; `killed` never turns from true to false as the count grows (borderline cells are found by bounding
/// the count from both sides).
/// Complexity: constant per input. Shipped: `kill::predicted_class`, `kill::true_class`, `kill::any_flip`, `kill::top_k`,
/// `kill::accuracy_drop`.
/// Optional: `static constexpr bool needs_label_rank = true`, for a rule that reads the observation's `label_rank`: it is found only for
/// such rules. `static constexpr bool only_adds = true`, for a rule that never calls `add` with a negative amount: a killed cell then stays
/// killed, and a mutant all of whose cells are killed need not be run further. `check(totals)`, a const member that throws usage_error
/// where the rule's numbers make no sense: called before anything runs.
template <class Rule>
concept KillRule =
    std::copyable<Rule> && detail::NamesItselfAndItsCells<Rule> && detail::CountsObservations<Rule> && detail::JudgesCells<Rule>;

/// Whether a rule says that it reads the label's rank.
template <class Rule>
inline constexpr bool needs_label_rank = false;
template <class Rule>
requires requires { typename std::bool_constant<Rule::needs_label_rank>; }
inline constexpr bool needs_label_rank<Rule> = Rule::needs_label_rank;

/// Whether a rule says that it only adds.
template <class Rule>
inline constexpr bool only_adds = false;
template <class Rule>
requires requires { typename std::bool_constant<Rule::only_adds>; }
inline constexpr bool only_adds<Rule> = Rule::only_adds;

/// Says at compile time what is wrong with a type that is meant to be a kill rule.
template <class Rule>
constexpr void check_kill_rule() {
  static_assert(detail::NamesItselfAndItsCells<Rule>,
                "deepmaacc::kill_rules: a kill rule must have const members name() and cells(classes); see docs/policies/kill_rule.md");
  static_assert(
      detail::CountsObservations<Rule>,
      "deepmaacc::kill_rules: a kill rule must have `template <class Add> KOKKOS_FUNCTION void count(const observation&, const Add& "
      "add) const`, which calls add(cell, amount); see docs/policies/kill_rule.md");
  static_assert(detail::JudgesCells<Rule>,
                "deepmaacc::kill_rules: a kill rule must have `bool killed(std::int64_t count, const kill_totals&) const`; see "
                "docs/policies/kill_rule.md");
  static_assert(
      !requires { Rule::needs_label_rank; } || requires { typename std::bool_constant<Rule::needs_label_rank>; },
      "deepmaacc::kill_rules: a kill rule's needs_label_rank must be a constant; write `static constexpr bool needs_label_rank = true;`");
  static_assert(
      !requires { Rule::only_adds; } || requires { typename std::bool_constant<Rule::only_adds>; },
      "deepmaacc::kill_rules: a kill rule's only_adds must be a constant; write `static constexpr bool only_adds = true;`");
  static_assert(
      !requires { &Rule::check; } || requires(const Rule rule, const kill_totals totals) { rule.check(totals); },
      "deepmaacc::kill_rules: a kill rule's check must be `void check(const kill_totals&) const`, or not be there; see "
      "docs/policies/kill_rule.md");
  static_assert(std::copyable<Rule>, "deepmaacc::kill_rules: a kill rule must be copyable; see docs/policies/kill_rule.md");
}

namespace archetype {

/// The least that is a kill rule: one cell, never killed.
struct kill_rule {
  const char* name() const { return "archetype"; }
  std::size_t cells(std::size_t) const { return 1; }
  template <class Add>
  KOKKOS_FUNCTION void count(const observation&, const Add&) const {}
  bool killed(std::int64_t, const kill_totals&) const { return false; }
};
static_assert(KillRule<kill_rule>);

}  // namespace archetype
}  // namespace deepmaacc
