#pragma once

/// \file
/// The cut rule slot: which merges of a dendrogram hold.

#include <concepts>
#include <cstddef>
#include <vector>

namespace deepmaacc {

namespace detail {

/// Takes a dendrogram and tells of each merge whether it holds.
template <class Rule, class Tree>
concept ChoosesMerges = requires(const Rule rule, const Tree& tree) {
  { rule(tree) } -> std::convertible_to<std::vector<bool>>;
};

}  // namespace detail

/// Chooses the merges that hold; the clusters are what they connect.
///
/// Syntax: 1. copy constructible; 2. `rule(tree)`: a `std::vector<bool>`, one per merge of the dendrogram `tree`, in its order. Optional:
/// 3. `name()`, for reports.
/// Laws: where a merge holds, so do the merges that made its two clusters (`cut` checks it); the result depends on the tree and the rule
/// only. Shipped: `cut_rule::count`, `mean_size`, `share`, `height`, `similarity`, `inconsistency`.
template <class Rule, class Tree>
concept CutRule = std::copy_constructible<Rule> && detail::ChoosesMerges<Rule, Tree>;

/// A cut rule that needs no dendrogram to tell how many clusters there will be, so that clusterers without dendrograms can follow it.
///
/// Syntax: 1. copy constructible; 2. `rule.clusters_for(points)`: the number of clusters of so many points.
/// Law: of a tree of n leaves, the first n − clusters_for(n) merges hold. Shipped: `cut_rule::count`, `mean_size`, `share`.
template <class Rule>
concept CountingCutRule = std::copy_constructible<Rule> && requires(const Rule rule, std::size_t points) {
  { rule.clusters_for(points) } -> std::convertible_to<std::size_t>;
};

/// Says at compile time what is wrong with a type that is meant to be a cut rule.
template <class Rule, class Tree>
constexpr void check_cut_rule() {
  static_assert(detail::ChoosesMerges<Rule, Tree>,
                "deepmaacc::cut: a cut rule must be callable with a dendrogram and return a std::vector<bool>, one per merge; see "
                "docs/policies/cut_rule.md");
  static_assert(std::copy_constructible<Rule>, "deepmaacc::cut: a cut rule must be copy constructible; see docs/policies/cut_rule.md");
}

namespace archetype {

/// The least that is a cut rule: every merge holds.
struct cut_rule {
  cut_rule() = default;
  cut_rule(const cut_rule&) = default;
  cut_rule& operator=(const cut_rule&) = delete;
  ~cut_rule() = default;
  template <class Tree>
  std::vector<bool> operator()(const Tree& tree) const {
    return std::vector<bool>(tree.merges().size(), true);
  }
};

/// The least that tells the number of clusters: one.
struct counting_cut_rule {
  counting_cut_rule() = default;
  counting_cut_rule(const counting_cut_rule&) = default;
  counting_cut_rule& operator=(const counting_cut_rule&) = delete;
  ~counting_cut_rule() = default;
  std::size_t clusters_for(std::size_t) const { return 1; }
};
static_assert(CountingCutRule<counting_cut_rule>);

}  // namespace archetype
}  // namespace deepmaacc
