#pragma once

/// \file
/// The representative rule slot: which member stands for a cluster.

#include <concepts>
#include <cstddef>
#include <deepmaacc/concepts/distance_metric.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/points.hpp>
#include <span>

namespace deepmaacc {

/// One cluster, as a representative rule sees it. Points keep the numbers that they have among all points. Refers to what it shows.
template <class T, class Metric>
class cluster_view {
 public:
  using value_type = T;

  /// \param points  all points, n × d
  /// \param members  the cluster's, ascending
  cluster_view(std::size_t index, std::span<const std::size_t> members, matrix<const T> points, const Metric& metric)
      : index_(index), members_(members), points_(points), metric_(&metric) {}
  cluster_view(std::size_t, std::span<const std::size_t>, matrix<const T>, const Metric&&) = delete;

  /// The cluster's number.
  std::size_t index() const { return index_; }
  /// Numbers of the points in it, ascending; at least one.
  std::span<const std::size_t> members() const { return members_; }
  /// Coordinates of a point.
  coordinates<T> point(std::size_t i) const { return {points_.data() + i * points_.extent(1), points_.extent(1)}; }
  /// Distance of two points, by the metric that the clustering uses.
  T distance(std::size_t i, std::size_t j) const { return static_cast<T>((*metric_)(point(i), point(j))); }

 private:
  std::size_t index_;
  std::span<const std::size_t> members_;
  matrix<const T> points_;
  const Metric* metric_;
};

namespace detail {

/// Takes a cluster of points and gives the number of one, for float and double.
template <class Rule>
concept ChoosesMember = requires(const Rule rule, const cluster_view<float, archetype::distance_metric>& in_float,
                                 const cluster_view<double, archetype::distance_metric>& in_double) {
  { rule(in_float) } -> std::convertible_to<std::size_t>;
  { rule(in_double) } -> std::convertible_to<std::size_t>;
};

}  // namespace detail

/// Chooses the member that stands for a cluster, for instance the one mutant of it that is run: a callable of a cluster, such as a lambda.
///
/// Syntax: 1. copy constructible; 2. `rule(cluster_view<T, Metric>)` for float and double and any metric: the number of a point.
/// Optional: 3. `name()`.
/// Laws: the point is a member (`representatives` checks it); the choice depends on the cluster and the rule only. Called from several
/// threads at once, so it keeps no state; random rules take their numbers from `random_source` by cluster and member.
/// Complexity: what one can afford per cluster. Shipped: `representative::first`, `medoid`, `nearest_to_centroid`, `random`.
template <class Rule>
concept RepresentativeRule = std::copy_constructible<Rule> && detail::ChoosesMember<Rule>;

/// Says at compile time what is wrong with a type that is meant to be a representative rule.
template <class Rule>
constexpr void check_representative_rule() {
  static_assert(
      detail::ChoosesMember<Rule>,
      "deepmaacc::representatives: a representative rule must be callable with a cluster, as in `template <class T, class Metric> "
      "std::size_t operator()(const cluster_view<T, Metric>&) const`; see docs/policies/representative_rule.md");
  static_assert(std::copy_constructible<Rule>,
                "deepmaacc::representatives: a representative rule must be copy constructible; see docs/policies/representative_rule.md");
}

namespace archetype {

/// The least that is a representative rule: the last member.
struct representative_rule {
  representative_rule() = default;
  representative_rule(const representative_rule&) = default;
  representative_rule& operator=(const representative_rule&) = delete;
  ~representative_rule() = default;
  template <class T, class Metric>
  std::size_t operator()(const cluster_view<T, Metric>& cluster) const {
    return cluster.members().back();
  }
};
static_assert(RepresentativeRule<representative_rule>);

}  // namespace archetype
}  // namespace deepmaacc
