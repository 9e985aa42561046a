#pragma once

/// \file
/// Several policies of one slot: which types is fixed when compiling, which of them and how many when running.

#include <cstddef>
#include <deepmaacc/core/one_of.hpp>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {

/// A sequence of policies drawn from a fixed set of types. A program that knows its policies writes `operators(a, b)`; one that
/// reads them from a command line appends what it was asked for. Visiting costs one switch, outside of every inner loop. Copies share
/// policies, but such as are copied as bytes are.
template <class... Policies>
class policy_list {
 public:
  /// Whether a policy of this type may be in the list.
  template <class Policy>
  static constexpr bool admits = (std::is_same_v<std::remove_cvref_t<Policy>, Policies> || ...);

  policy_list() = default;
  /// One policy is a list of one.
  template <class Policy>
  // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): a list is no policy, so copies and moves are not hidden.
  requires(admits<Policy>) policy_list(Policy&& policy) { add(std::forward<Policy>(policy)); }

  /// Appends a policy.
  template <class Policy>
  requires(admits<Policy>) policy_list& add(Policy&& policy) {
    policies_.emplace_back(std::forward<Policy>(policy));
    return *this;
  }

  std::size_t size() const { return policies_.size(); }
  bool empty() const { return policies_.empty(); }

  /// Calls `function` with policy number `index`, as its own type.
  template <class Function>
  decltype(auto) visit(std::size_t index, Function&& function) const {
    return policies_.at(index).visit(std::forward<Function>(function));
  }

 private:
  std::vector<one_of<Policies...>> policies_;
};

namespace detail {

/// The policy_list of several types, each once.
template <class List, class... Policies>
struct unique_policies {
  using type = List;
};

template <class... Kept, class First, class... Rest>
struct unique_policies<policy_list<Kept...>, First, Rest...> {
  using type =
      typename unique_policies<std::conditional_t<(std::is_same_v<First, Kept> || ...), policy_list<Kept...>, policy_list<Kept..., First>>,
                               Rest...>::type;
};

/// A policy_list that holds these policies, in this order: a `Shipped` one where that admits all of them, so that programs which choose
/// among what the toolkit ships share one type, and what is compiled for it.
template <class Shipped, class... Policies>
auto list_policies(Policies... policies) {
  std::conditional_t<(Shipped::template admits<Policies> && ...), Shipped, typename unique_policies<policy_list<>, Policies...>::type> list;
  (list.add(std::move(policies)), ...);
  return list;
}

}  // namespace detail
}  // namespace deepmaacc
