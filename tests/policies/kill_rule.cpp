// NO_NAME
//   deepmaacc::kill_rules: a kill rule must have const members name() and cells(classes); see docs/policies/kill_rule.md
// NO_COUNT
//   deepmaacc::kill_rules: a kill rule must have `template <class Add> KOKKOS_FUNCTION void count(const observation&, const Add& add)
//   const`, which calls add(cell, amount); see docs/policies/kill_rule.md
// NO_KILLED
//   deepmaacc::kill_rules: a kill rule must have `bool killed(std::int64_t count, const kill_totals&) const`; see
//   docs/policies/kill_rule.md
// NOT_COPYABLE
//   deepmaacc::kill_rules: a kill rule must be copyable; see docs/policies/kill_rule.md
// VARIABLE_TRAIT
//   deepmaacc::kill_rules: a kill rule's needs_label_rank must be a constant; write `static constexpr bool needs_label_rank = true;`
// VARIABLE_SIGN
//   deepmaacc::kill_rules: a kill rule's only_adds must be a constant; write `static constexpr bool only_adds = true;`
// STRANGE_CHECK
//   deepmaacc::kill_rules: a kill rule's check must be `void check(const kill_totals&) const`, or not be there; see
//   docs/policies/kill_rule.md
// EMPTY_SET
//   deepmaacc::kill_rules: the set must have at least one rule; see docs/policies/kill_rule.md

#include <deepmaacc/evaluation/kill_rules.hpp>

struct rule : deepmaacc::archetype::kill_rule {
#ifdef NO_NAME
  void name() const = delete;
#endif
#ifdef NO_COUNT
  void count() const = delete;
#endif
#ifdef NO_KILLED
  void killed() const = delete;
#endif
#ifdef VARIABLE_TRAIT
  bool needs_label_rank = true;
#else
  static constexpr bool needs_label_rank = true;
#endif
#ifdef VARIABLE_SIGN
  bool only_adds = true;
#else
  static constexpr bool only_adds = true;
#endif
#ifdef STRANGE_CHECK
  void check() const {}
#else
  void check(const deepmaacc::kill_totals&) const {}
#endif
#ifdef NOT_COPYABLE
  rule() = default;
  rule(rule&&) = default;
#endif
};

#ifdef EMPTY_SET
void run() { static_cast<void>(deepmaacc::kill_rules()); }
#else
void run() { static_cast<void>(deepmaacc::kill_rules(rule{})); }
#endif
