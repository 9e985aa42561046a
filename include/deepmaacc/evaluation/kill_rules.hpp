#pragma once

/// \file
/// The kill rules that the toolkit ships, and sets of them.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/kill_rule.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/number_text.hpp>
#include <deepmaacc/core/policy_list.hpp>
#include <deepmaacc/evaluation/outcomes.hpp>
#include <string>
#include <type_traits>
#include <utility>

namespace deepmaacc {
namespace kill {

/// A class is killed when some input that the original model gets right is now predicted, wrongly, to be of that class. What the
/// replication package of Lyons and Ghanbari (ICST 2025) computes.
struct predicted_class {
  static constexpr bool only_adds = true;
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
  static constexpr bool only_adds = true;
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
  static constexpr bool only_adds = true;
  std::string name() const { return "any-flip"; }
  std::size_t cells(std::size_t) const { return 1; }
  template <class Add>
  KOKKOS_FUNCTION void count(const observation& seen, const Add& add) const {
    if (seen.is_flip()) add(0, 1);
  }
  bool killed(std::int64_t count, const kill_totals&) const { return count > 0; }
};
static_assert(KillRule<any_flip>);

/// As true-class, but an input kills when its class is not even among the `k` largest outputs of the mutant; of equal outputs the lower
/// class counts as larger. With k = 1 it is true-class. With k not below the number of classes nothing is killed.
struct top_k {
  static constexpr bool needs_label_rank = true;
  static constexpr bool only_adds = true;
  std::size_t k = 3;

  std::string name() const { return "top-k=" + std::to_string(k); }
  std::size_t cells(std::size_t classes) const { return classes; }
  /// \throws usage_error where k is 0.
  void check(const kill_totals&) const {
    if (k == 0)
      throw usage_error("kill rule " + name() +
                        ": k must be at least 1, since no class is among the 0 largest outputs; give k = 1 or more");
  }
  template <class Add>
  KOKKOS_FUNCTION void count(const observation& seen, const Add& add) const {
    if (seen.original == seen.label && seen.label_rank >= k) add(seen.label, 1);
  }
  bool killed(std::int64_t count, const kill_totals&) const { return count > 0; }
};
static_assert(KillRule<top_k>);

/// A mutant is killed when its accuracy over all inputs is lower than the original's by more than `drop`: one cell. Inputs that the
/// mutant alone gets right make up for others.
struct accuracy_drop {
  double drop = 0.01;

  std::string name() const { return "accuracy-drop=" + number_text(drop); }
  std::size_t cells(std::size_t) const { return 1; }
  /// \throws usage_error where drop is not a number from 0 to below 1.
  void check(const kill_totals&) const {
    if (!(drop >= 0 && drop < 1)) throw usage_error("kill rule " + name() + ": the drop must be a number from 0 to below 1, as in 0.01");
  }
  template <class Add>
  KOKKOS_FUNCTION void count(const observation& seen, const Add& add) const {
    const int lost = (seen.original == seen.label ? 1 : 0) - (seen.mutated == seen.label ? 1 : 0);
    if (lost != 0) add(0, lost);
  }
  /// Divides, because that rounds as the decimal number `drop` was rounded: 29 of 100 is 0.29, while 0.29 * 100 is less than 29.
  bool killed(std::int64_t count, const kill_totals& totals) const {
    return static_cast<double>(count) / static_cast<double>(totals.inputs) > drop;
  }
};
static_assert(KillRule<accuracy_drop>);

}  // namespace kill

/// A set, filled while running, of any of the rules that the toolkit ships.
using shipped_kill_rules = policy_list<kill::predicted_class, kill::true_class, kill::any_flip, kill::top_k, kill::accuracy_drop>;

/// Kill rules, and the outcome that they are about: all that turns outputs into killed cells.
/// \tparam Rules  a policy_list of rules
/// \tparam Policy  an outcome: any of the shipped ones, unless it is one of a program's own
template <class Rules, class Policy = any_outcome>
class kill_criteria : public Rules {
 public:
  using outcome_type = Policy;

  kill_criteria() = default;
  kill_criteria(Rules rules, Policy outcome = {}) : Rules(std::move(rules)), outcome_(std::move(outcome)) {}
  /// One rule is a set of one.
  template <class Rule>
  // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): criteria are no rule, so copies and moves are not hidden.
  requires(Rules::template admits<Rule>) kill_criteria(Rule&& rule) : Rules(std::forward<Rule>(rule)) {}

  const Policy& outcome() const { return outcome_; }

 private:
  Policy outcome_{};
};

namespace detail {

template <class Candidate>
inline constexpr bool is_any_outcome = std::is_constructible_v<any_outcome, const Candidate&>;

/// Whether something is meant to be a rule: it has cells, or kills them.
template <class Candidate>
inline constexpr bool stands_for_rule = requires(const Candidate one) {
  one.cells(std::size_t{});
}
|| requires(const Candidate one, const kill_totals totals) { one.killed(std::int64_t{}, totals); };

template <class Policy, class... Rules>
auto make_criteria(Policy outcome, Rules... rules) {
  static_assert(sizeof...(Rules) > 0, "deepmaacc::kill_rules: the set must have at least one rule; see docs/policies/kill_rule.md");
  (check_kill_rule<Rules>(), ...);
  auto list = list_policies<shipped_kill_rules>(std::move(rules)...);
  return kill_criteria<decltype(list), Policy>(std::move(list), std::move(outcome));
}

}  // namespace detail

/// A set of kill rules, evaluated in one run: `kill_rules(kill::true_class{}, kill::any_flip{})`; or an outcome, and the rules about it:
/// `kill_rules(outcome::within{0.1}, kill::any_flip{})`. Without one it is what the model's outputs suggest.
template <class... Rules>
auto kill_rules(Rules... rules) {
  return detail::make_criteria(any_outcome{}, std::move(rules)...);
}
template <class First, class... Rules>
requires(!detail::stands_for_rule<First>) auto kill_rules(First outcome, Rules... rules) {
  if constexpr (detail::is_any_outcome<First>) {
    return detail::make_criteria(any_outcome(std::move(outcome)), std::move(rules)...);
  } else {
    check_outcome<First>();
    return detail::make_criteria(std::move(outcome), std::move(rules)...);
  }
}

/// A set as it is: so that who takes a set takes one rule, too.
template <class... Rules>
kill_criteria<policy_list<Rules...>> kill_rules(const policy_list<Rules...>& set) {
  return set;
}
template <class Rules, class Policy>
kill_criteria<Rules, Policy> kill_rules(const kill_criteria<Rules, Policy>& set) {
  return set;
}

/// The set that a rule, or a set of several, stands for; either converts to it.
template <class Given>
using kill_rule_set = decltype(kill_rules(std::declval<const Given&>()));

/// Lets every rule of a set that has a `check` look at its own numbers.
/// \throws usage_error from the first that finds fault.
/// Nor may a rule count classes where the outcome knows none.
template <class Rules>
void check_kill_rules(const Rules& rules, const kill_totals& totals) {
  for (std::size_t rule = 0; rule < rules.size(); ++rule)
    rules.visit(rule, [&](const auto& one) {
      if constexpr (requires { one.check(totals); }) one.check(totals);
      if (one.cells(totals.classes) == 0)
        throw usage_error(std::string("kill rule ") + one.name() + " counts classes, but outcome " + rules.outcome().name() +
                          " only says whether an input is right; choose a rule with one cell, such as any-flip or accuracy-drop");
    });
}

namespace detail {

/// Whether some rule of a set reads the label's rank.
template <class Rules>
bool any_needs_label_rank(const Rules& rules) {
  for (std::size_t rule = 0; rule < rules.size(); ++rule)
    if (rules.visit(rule, [](const auto& one) { return needs_label_rank<std::remove_cvref_t<decltype(one)>>; })) return true;
  return false;
}

/// Whether every rule of a set only adds.
template <class Rules>
bool all_only_add(const Rules& rules) {
  for (std::size_t rule = 0; rule < rules.size(); ++rule)
    if (!rules.visit(rule, [](const auto& one) { return only_adds<std::remove_cvref_t<decltype(one)>>; })) return false;
  return true;
}

}  // namespace detail
}  // namespace deepmaacc
