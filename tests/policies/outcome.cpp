// NO_NAME
//   deepmaacc::kill_rules: an outcome must have a const member name(); see docs/policies/outcome.md
// NO_JUDGE
//   deepmaacc::kill_rules: an outcome must have `judge(const output_description&) const`; see docs/policies/outcome.md
// NO_CLASSES
//   deepmaacc::kill_rules: an outcome's judge must have `classes() const` and `template <class T> KOKKOS_FUNCTION decision decide(const T*
//   outputs, const double* target, std::size_t part, double tolerance) const`; see docs/policies/outcome.md
// NO_DECIDE
//   deepmaacc::kill_rules: an outcome's judge must have `classes() const` and `template <class T> KOKKOS_FUNCTION decision decide(const T*
//   outputs, const double* target, std::size_t part, double tolerance) const`; see docs/policies/outcome.md
// TARGET_OF_NOTHING
//   deepmaacc::kill_rules: an outcome's judge with target_size() must have `take_target(outputs, target, tolerance)`, or `given_size()` and
//   `read_target(given, target)`; see docs/policies/outcome.md
// NOT_COPYABLE
//   deepmaacc::kill_rules: an outcome must be copyable; see docs/policies/outcome.md
// NO_RULE
//   deepmaacc::kill_rules: the set must have at least one rule; see docs/policies/kill_rule.md

#include <deepmaacc/evaluation/kill_rules.hpp>

struct judge : deepmaacc::archetype::outcome_judge {
#ifdef NO_CLASSES
  void classes() const = delete;
#endif
#ifdef NO_DECIDE
  void decide() const = delete;
#endif
#ifdef TARGET_OF_NOTHING
  std::size_t target_size() const { return 1; }
#endif
};

struct outcome : deepmaacc::archetype::outcome {
#ifdef NO_JUDGE
  void judge() const = delete;
#else
  struct judge judge(const deepmaacc::output_description&) const {
    return {};
  }
#endif
#ifdef NO_NAME
  void name() const = delete;
#endif
#ifdef NOT_COPYABLE
  outcome() = default;
  outcome(outcome&&) = default;
#endif
};

#ifdef NO_RULE
void run() { static_cast<void>(deepmaacc::kill_rules(outcome{})); }
#else
void run() { static_cast<void>(deepmaacc::kill_rules(outcome{}, deepmaacc::kill::any_flip{})); }
#endif
