#pragma once

/// \file
/// The linkage rule slot: how far a merged cluster is from another one.

#include <concepts>
#include <cstddef>

namespace deepmaacc {

namespace detail {

/// Gives, for a merge, a callable that updates distances, for float and double.
template <class Rule>
concept MergesDistances = requires(const Rule rule, float in_float, double in_double) {
  { rule.merge(in_float, in_float, in_float)(in_float, in_float, in_float) } -> std::convertible_to<float>;
  { rule.merge(in_double, in_double, in_double)(in_double, in_double, in_double) } -> std::convertible_to<double>;
};

}  // namespace detail

/// Tells how far the union of clusters i and j is from any other cluster k, by a recurrence of Lance and Williams ("A general theory of
/// classificatory sorting strategies", Computer Journal 1967): from the three distances and sizes before the merge.
///
/// Syntax: 1. copy constructible; 2. `merge(T size_i, T size_j, T d_ij)` for float and double: a callable made once per merge, which
/// gives the new distance as `(T d_ik, T d_jk, T size_k)`, in a loop that runs in vectors. Optional, static constexpr bool, default false:
/// 3. `is_reducible`: d(i ∪ j, k) ≥ min(d(i, k), d(j, k)) where no pair of the three is closer than i and j. So two clusters that are each
/// other's nearest stay that whatever else merges. And d(i ∪ j, k ∪ l) is the same whichever pair merged first. So the nearest-neighbour
/// chain may merge them at once; 4. `is_monotone` (default: as
/// `is_reducible`): merges never get closer; 5. `uses_squared_distances`: the recurrence is for squared Euclidean distances (heights are
/// reported as their roots);
/// 6. `is_nearest_member`: the distance is that of the nearest members, so that a minimum spanning tree is enough; 7. `name()`.
/// 8. A *geometric* rule can tell distances from centroids: see `GeometricRule`.
/// Laws: symmetric, the same for (i, j) and (j, i); finite; not negative where the three distances are those of clusters of points.
/// `check_rule` looks for a counterexample to each, and to the traits (linkage/check_rule.hpp).
/// Complexity: constant. Shipped: `linkage::single`, `complete`, `average`, `weighted`, `ward`, `centroid`, `median`, `flexible`.
template <class Rule>
concept LinkageRule = std::copy_constructible<Rule> && detail::MergesDistances<Rule>;

namespace detail {

template <class Rule>
constexpr bool linkage_is_reducible() {
  if constexpr (requires { Rule::is_reducible; }) return Rule::is_reducible;
  return false;
}
template <class Rule>
constexpr bool linkage_is_monotone() {
  if constexpr (requires { Rule::is_monotone; }) return Rule::is_monotone;
  return linkage_is_reducible<Rule>();
}
template <class Rule>
constexpr bool linkage_uses_squares() {
  if constexpr (requires { Rule::uses_squared_distances; }) return Rule::uses_squared_distances;
  return false;
}
template <class Rule>
constexpr bool linkage_is_nearest_member() {
  if constexpr (requires { Rule::is_nearest_member; }) return Rule::is_nearest_member;
  return false;
}

}  // namespace detail

/// Compile-time properties that a rule declares.
template <class Rule>
struct linkage_traits {
  static constexpr bool is_reducible = detail::linkage_is_reducible<Rule>();
  static constexpr bool is_monotone = detail::linkage_is_monotone<Rule>();
  static constexpr bool uses_squared_distances = detail::linkage_uses_squares<Rule>();
  static constexpr bool is_nearest_member = detail::linkage_is_nearest_member<Rule>();
};

/// A rule whose distances can be told from the clusters' centroids: no distance matrix is needed.
///
/// Syntax: a rule on squared distances, and 1. `share(T size_i, T size_j)`: the centroid of the union is share · c_i + (1 − share) · c_j;
/// 2. `between(T size_i, T size_j, T squared)`: the distance of two clusters whose centroids have this squared distance.
/// Law: both give what `merge` gives.
template <class Rule>
concept GeometricRule = LinkageRule<Rule> && linkage_traits<Rule>::uses_squared_distances && requires(const Rule rule, double number) {
  { rule.share(number, number) } -> std::convertible_to<double>;
  { rule.between(number, number, number) } -> std::convertible_to<double>;
};

/// What to call a rule in an error.
template <class Rule>
const char* linkage_name(const Rule& rule) {
  if constexpr (requires {
                  { rule.name() } -> std::convertible_to<const char*>;
                })
    return rule.name();
  else
    return "(a rule of the program's own)";
}

/// Says at compile time what is wrong with a type that is meant to be a linkage rule.
template <class Rule>
constexpr void check_linkage_rule() {
  static_assert(
      detail::MergesDistances<Rule>,
      "deepmaacc::agglomerate: a linkage rule must have `template <class T> auto merge(T size_i, T size_j, T d_ij) const`, which returns a "
      "callable (T d_ik, T d_jk, T size_k) -> T; see docs/policies/linkage.md");
  static_assert(std::copy_constructible<Rule>,
                "deepmaacc::agglomerate: a linkage rule must be copy constructible; see docs/policies/linkage.md");
  if constexpr (requires(const Rule rule, double number) { rule.between(number, number, number); })
    static_assert(GeometricRule<Rule>,
                  "deepmaacc::agglomerate: a linkage rule with between() must be geometric: uses_squared_distances is true and it has "
                  "share(size_i, size_j); see docs/policies/linkage.md");
}

namespace archetype {

/// The least that is a linkage rule: the farther of the two.
struct linkage_rule {
  linkage_rule() = default;
  linkage_rule(const linkage_rule&) = default;
  linkage_rule& operator=(const linkage_rule&) = delete;
  ~linkage_rule() = default;
  template <class T>
  auto merge(T, T, T) const {
    return [](T d_ik, T d_jk, T) { return d_ik < d_jk ? d_jk : d_ik; };
  }
};
static_assert(LinkageRule<linkage_rule> && !GeometricRule<linkage_rule>);

/// The same, as the nearest-neighbour chain wants it.
struct reducible_rule : linkage_rule {
  static constexpr bool is_reducible = true;
};

/// The least that is a geometric rule: the squared distance of the centroids.
struct geometric_rule {
  static constexpr bool uses_squared_distances = true;
  geometric_rule() = default;
  geometric_rule(const geometric_rule&) = default;
  geometric_rule& operator=(const geometric_rule&) = delete;
  ~geometric_rule() = default;
  template <class T>
  auto merge(T size_i, T size_j, T d_ij) const {
    const T a = size_i / (size_i + size_j), b = size_j / (size_i + size_j);
    return [a, b, c = a * b * d_ij](T d_ik, T d_jk, T) { return a * d_ik + b * d_jk - c; };
  }
  template <class T>
  T share(T size_i, T size_j) const {
    return size_i / (size_i + size_j);
  }
  template <class T>
  T between(T, T, T squared) const {
    return squared;
  }
};
static_assert(GeometricRule<geometric_rule>);

}  // namespace archetype
}  // namespace deepmaacc
