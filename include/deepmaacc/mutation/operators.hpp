#pragma once

/// \file
/// Sets of mutation operators.

#include <deepmaacc/concepts/mutation_operator.hpp>
#include <deepmaacc/core/policy_list.hpp>
#include <deepmaacc/mutation/activation_inversion.hpp>
#include <deepmaacc/mutation/change_weight.hpp>
#include <deepmaacc/mutation/effect_blocking.hpp>
#include <deepmaacc/mutation/gaussian_fuzzing.hpp>
#include <utility>

namespace deepmaacc {

/// A set, filled while running, of any of the operators that the toolkit ships.
using shipped_operators =
    policy_list<mutation::change_weight, mutation::activation_inversion, mutation::effect_blocking, mutation::gaussian_fuzzing>;

/// A set of mutation operators, in order: `operators(mutation::change_weight{0.2}, mutation::effect_blocking{})`.
template <class... Operators>
auto operators(Operators... ops) {
  static_assert(sizeof...(Operators) > 0,
                "deepmaacc::operators: the set must have at least one operator; see docs/policies/mutation_operator.md");
  (check_mutation_operator<Operators>(), ...);
  return detail::list_policies<shipped_operators>(std::move(ops)...);
}

/// A set as it is: so that who takes a set takes one operator, too.
template <class... Operators>
policy_list<Operators...> operators(const policy_list<Operators...>& set) {
  return set;
}

/// The set that an operator, or a set of several, stands for; either converts to it.
template <class Given>
using operator_set = decltype(operators(std::declval<const Given&>()));

/// The three of Lyons and Ghanbari (ICST 2025), in their order: CW(0.1), NAI, NEB.
inline auto paper_operators() {
  return operators(mutation::change_weight{0.1}, mutation::activation_inversion{}, mutation::effect_blocking{});
}

}  // namespace deepmaacc
