#pragma once

/// \file
/// The kill rule slot: when a mutant counts as noticed.

#include <Kokkos_Core.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>

namespace deepmaacc {

/// What one input says about one mutant: three classes, of how many.
struct observation {
  std::uint32_t label = 0;     ///< the right class
  std::uint32_t original = 0;  ///< the original model's class
  std::uint32_t mutated = 0;   ///< the mutant's class
  std::uint32_t classes = 0;   ///< outputs of the model

  /// Whether the original model is right, and the mutant is not: what most rules ask.
  KOKKOS_FUNCTION constexpr bool is_flip() const { return original == label && mutated != label; }
};

/// What a cell's count is judged against.
struct kill_totals {
  std::size_t inputs = 0;   ///< test inputs
  std::size_t classes = 0;  ///< outputs of the model
};

namespace archetype {

/// Takes a rule's contributions, and does nothing with them.
struct cell_sink {
  KOKKOS_FUNCTION void operator()(std::size_t, std::int32_t) const {}
};

}  // namespace archetype

/// Turns what the inputs say about a mutant into cells, each killed or not; the score is the share of killed cells.
///
/// Syntax: 1. `name()`; 2. `cells(classes)`, how many cells a mutant has; 3. `count(observation, add)`, a device function that calls
/// `add(cell, amount)` for what one input contributes; 4. `killed(count, totals)`, whether a cell with this sum is killed.
/// Laws: contributions are sums over inputs, so that blocks of inputs merge in any order; `cell < cells(classes)`, each cell at most once
/// per input; sums stay within 32 bits; `killed` never turns from true to false as the count grows (borderline cells are found by bounding
/// the count from both sides). Complexity: constant per input. Shipped: `kill::predicted_class`, `kill::true_class`, `kill::any_flip`.
template <class Rule>
concept KillRule = std::copyable<Rule> &&
    requires(const Rule rule, const observation seen, const archetype::cell_sink add, const kill_totals totals) {
  { rule.name() } -> std::convertible_to<std::string>;
  { rule.cells(std::size_t{}) } -> std::convertible_to<std::size_t>;
  rule.count(seen, add);
  { rule.killed(std::int64_t{}, totals) } -> std::convertible_to<bool>;
};

/// Says at compile time what is wrong with a type that is meant to be a kill rule.
template <class Rule>
constexpr void check_kill_rule() {
  static_assert(
      requires(const Rule rule) {
        { rule.name() } -> std::convertible_to<std::string>;
        { rule.cells(std::size_t{}) } -> std::convertible_to<std::size_t>;
      },
      "deepmaacc::kill_rules: a kill rule must have const members name() and cells(classes); see docs/policies/kill_rule.md");
  static_assert(
      requires(const Rule rule, const observation seen, const archetype::cell_sink add) { rule.count(seen, add); },
      "deepmaacc::kill_rules: a kill rule must have `template <class Add> KOKKOS_FUNCTION void count(const observation&, const Add& "
      "add) const`, which calls add(cell, amount); see docs/policies/kill_rule.md");
  static_assert(
      requires(const Rule rule, const kill_totals totals) {
        { rule.killed(std::int64_t{}, totals) } -> std::convertible_to<bool>;
      },
      "deepmaacc::kill_rules: a kill rule must have `bool killed(std::int64_t count, const kill_totals&) const`; see "
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
