#pragma once

/// \file
/// Whether the arguments of an analysis stand in their places.

#include <cstddef>
#include <deepmaacc/core/policy_list.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/evaluation/options.hpp>
#include <type_traits>

namespace deepmaacc::detail {

/// What a set is made of, or what is given where that is no set.
template <class Given>
struct member_of {
  using type = Given;
};
template <class First, class... Others>
struct member_of<policy_list<First, Others...>> {
  using type = First;
};
template <class Rules, class Policy>
struct member_of<kill_criteria<Rules, Policy>> : member_of<Rules> {};

// Each kind of argument is recognised by a member that no other kind has, so that one which lacks other members is still recognised.
template <class Given>
inline constexpr bool stands_for_operators = requires {
  member_of<Given>::type::level;
};
template <class Given>
inline constexpr bool stands_for_rules = requires(const typename member_of<Given>::type rule) {
  rule.cells(std::size_t{});
};
template <class Given>
inline constexpr bool is_range = requires(const Given several) {
  several.begin();
};

template <class Method, class Operators, class Rules>
inline constexpr bool is_in_order = !stands_for_operators<Method> && !stands_for_rules<Method> && !stands_for_rules<Operators> &&
                                    !stands_for_operators<Rules> && !is_range<Operators> && !is_range<Rules> &&
                                    !std::is_same_v<Operators, evaluation_options> && !std::is_same_v<Rules, evaluation_options>;

/// Says at compile time what stands in the place of something else.
template <class Method, class Operators, class Rules>
constexpr void check_order() {
  static_assert(!stands_for_operators<Method> && !stands_for_rules<Method>,
                "deepmaacc::analyze: operators and kill rules must stand behind a method; write analyze(space, model, tests, exhaustive{}, "
                "operators, rules, options)");
  static_assert(!stands_for_rules<Operators>,
                "deepmaacc::analyze: kill rules must stand behind the operators; write analyze(space, model, tests, method, "
                "paper_operators(), rules, options)");
  static_assert(!stands_for_operators<Rules> && !is_range<Operators>,
                "deepmaacc::analyze: several operators must be given as a set; write operators(a, b)");
  static_assert(!is_range<Rules>, "deepmaacc::analyze: several kill rules must be given as a set; write kill_rules(a, b)");
  static_assert(
      !std::is_same_v<Operators, evaluation_options> && !std::is_same_v<Rules, evaluation_options>,
      "deepmaacc::analyze: options must stand behind the kill rules, or alone behind the tests; write analyze(space, model, tests, "
      "method, paper_operators(), kill_rules(kill::predicted_class{}), options)");
}

}  // namespace deepmaacc::detail
