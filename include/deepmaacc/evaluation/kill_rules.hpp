#pragma once

/// \file
/// The kill rules that the toolkit ships, and sets of them.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/kill_rule.hpp>
#include <deepmaacc/core/policy_list.hpp>
#include <string>
#include <utility>

namespace deepmaacc {
namespace kill {

/// A class is killed when some input that the original model gets right is now predicted, wrongly, to be of that class. What the
/// replication package of Lyons and Ghanbari (ICST 2025) computes.
struct predicted_class {
  std::string name() const { return "predicted-class"; }
  std::size_t cells(std::size_t classes) const { return classes; }
  template <class Add>
  KOKKOS_FUNCTION void count(const observation& seen, const Add& add) const {
    if (seen.is_flip()) add(seen.mutated, 1);
  }
  bool killed(std::int64_t count, const kill_totals&) const { return count > 0; }
};
static_assert(KillRule<predicted_class>);

/// A class is killed when some input of that class that the original model gets right is now predicted to be of another. The rule
/// of DeepMutation (Ma et al., ISSRE 2018).
struct true_class {
  std::string name() const { return "true-class"; }
  std::size_t cells(std::size_t classes) const { return classes; }
  template <class Add>
  KOKKOS_FUNCTION void count(const observation& seen, const Add& add) const {
    if (seen.is_flip()) add(seen.label, 1);
  }
  bool killed(std::int64_t count, const kill_totals&) const { return count > 0; }
};
static_assert(KillRule<true_class>);

/// A mutant is killed when the prediction of some input that the original model gets right changes: one cell.
struct any_flip {
  std::string name() const { return "any-flip"; }
  std::size_t cells(std::size_t) const { return 1; }
  template <class Add>
  KOKKOS_FUNCTION void count(const observation& seen, const Add& add) const {
    if (seen.is_flip()) add(0, 1);
  }
  bool killed(std::int64_t count, const kill_totals&) const { return count > 0; }
};
static_assert(KillRule<any_flip>);

}  // namespace kill

/// A set of kill rules, evaluated in one run: `kill_rules(kill::true_class{}, kill::any_flip{})`.
template <class... Rules>
auto kill_rules(Rules... rules) {
  static_assert(sizeof...(Rules) > 0, "deepmaacc::kill_rules: the set must have at least one rule; see docs/policies/kill_rule.md");
  (check_kill_rule<Rules>(), ...);
  return detail::list_policies(std::move(rules)...);
}

/// A set, filled while running, of any of the rules that the toolkit ships.
using shipped_kill_rules = policy_list<kill::predicted_class, kill::true_class, kill::any_flip>;

}  // namespace deepmaacc
