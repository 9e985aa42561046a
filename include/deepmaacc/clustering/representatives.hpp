#pragma once

/// \file
/// The representative rules that the toolkit ships, and the call that chooses representatives.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/distance_metric.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/representative_rule.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/partition.hpp>
#include <deepmaacc/core/philox.hpp>
#include <deepmaacc/core/points.hpp>
#include <deepmaacc/distance/euclidean.hpp>
#include <limits>
#include <span>
#include <vector>

namespace deepmaacc {
namespace representative {

namespace detail {

/// Place of the first number that exceeds the least by rounding only: what is equal on paper is a tie, so that compilers agree.
inline std::size_t first_least(const std::vector<double>& numbers, double rounding) {
  const double least = *std::min_element(numbers.begin(), numbers.end());
  const auto found = std::find_if(numbers.begin(), numbers.end(), [&](double number) { return number <= least + rounding; });
  return static_cast<std::size_t>(found - numbers.begin());
}

}  // namespace detail

/// The member with the lowest number. Constant.
struct first {
  static constexpr const char* name() { return "first"; }
  template <class T, class Metric>
  std::size_t operator()(const cluster_view<T, Metric>& cluster) const {
    return cluster.members().front();
  }
};
static_assert(RepresentativeRule<first>);

/// The member with the least sum of distances to the others, by the metric of the clustering; the lowest number on ties, which are sums
/// that are equal but for rounding. For m members m · (m − 1) / 2 distances, and memory m.
struct medoid {
  static constexpr const char* name() { return "medoid"; }
  /// \throws data_error where a sum of distances is not finite.
  template <class T, class Metric>
  std::size_t operator()(const cluster_view<T, Metric>& cluster) const {
    const auto members = cluster.members();
    std::vector<double> sums(members.size(), 0);
    for (std::size_t a = 0; a < members.size(); ++a) {
      for (std::size_t b = a + 1; b < members.size(); ++b) {
        const auto distance = static_cast<double>(cluster.distance(members[a], members[b]));
        sums[a] += distance;
        sums[b] += distance;
      }
    }
    for (std::size_t a = 0; a < members.size(); ++a)
      if (!std::isfinite(sums[a]))
        throw data_error(deepmaacc::detail::text("representative::medoid: the distances of point ", members[a],
                                                 " to the others of its cluster sum up to ", sums[a],
                                                 "; scale the points, or mend the metric"));
    const double least = *std::min_element(sums.begin(), sums.end());
    return members[detail::first_least(sums, 8 * static_cast<double>(std::numeric_limits<T>::epsilon()) * least)];
  }
};
static_assert(RepresentativeRule<medoid>);

/// The member with the least Euclidean distance to the mean of all, whatever the metric of the clustering; the lowest number on ties, which
/// are distances that are equal but for rounding: two members always tie. For m members of d coordinates m · d, and memory m + d.
struct nearest_to_centroid {
  static constexpr const char* name() { return "nearest"; }
  template <class T, class Metric>
  std::size_t operator()(const cluster_view<T, Metric>& cluster) const {
    const auto members = cluster.members();
    const auto origin = cluster.point(members.front());
    // Offsets from the first member instead of coordinates, so that a cluster far from 0 loses nothing; divided by a power of two beyond
    // their number, which is exact, so that neither they nor their squares overflow.
    double largest = 0;
    for (const std::size_t i : members)
      for (std::size_t c = 0; c < origin.size(); ++c)
        largest = std::max(largest, std::abs(static_cast<double>(cluster.point(i)[c]) / 2 - static_cast<double>(origin[c]) / 2));
    if (largest == 0) return members.front();
    const int exponent = -std::ilogb(largest) - 1;
    const auto offset = [&](std::size_t i, std::size_t c) {
      return std::ldexp(static_cast<double>(cluster.point(i)[c]) / 2 - static_cast<double>(origin[c]) / 2, exponent);
    };
    std::vector<double> centroid(origin.size(), 0), distances(members.size(), 0);
    for (const std::size_t i : members)
      for (std::size_t c = 0; c < origin.size(); ++c) centroid[c] += offset(i, c) / static_cast<double>(members.size());
    for (std::size_t m = 0; m < members.size(); ++m) {
      for (std::size_t c = 0; c < origin.size(); ++c) {
        const double difference = offset(members[m], c) - centroid[c];
        distances[m] += difference * difference;
      }
      distances[m] = std::sqrt(distances[m]);
    }
    const double greatest = *std::max_element(distances.begin(), distances.end());
    return members[detail::first_least(distances, 64 * std::numeric_limits<double>::epsilon() * greatest)];
  }
};
static_assert(RepresentativeRule<nearest_to_centroid>);

/// Any member, each as likely as another: the one with the lowest of random keys that depend on seed, cluster and member only. m keys.
struct random {
  std::uint64_t seed = 0;

  static constexpr const char* name() { return "random"; }
  template <class T, class Metric>
  std::size_t operator()(const cluster_view<T, Metric>& cluster) const {
    const random_source source(seed);
    // The last repetition that can be told apart: no mutation operator asks for it, so one seed may serve both.
    const auto key = [&](std::size_t i) {
      return source.bits({.layer = cluster.index(), .neuron = i, .repeat = std::numeric_limits<std::uint32_t>::max()});
    };
    const auto members = cluster.members();
    return *std::min_element(members.begin(), members.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  }
};
static_assert(RepresentativeRule<random>);

}  // namespace representative

/// Chooses one point of each cluster; clusters run side by side, on the host: rules are no device functions.
///
/// \param points  n × d, float or double: an xtensor container or view, or a Kokkos view of either layout
/// \param labels  the cluster of each point, numbered from 0 without gaps, as `cut` returns them
/// \param rule  a representative rule (docs/policies/representative_rule.md)
/// \param metric  what the clustering uses; some rules ask for distances
/// \param first_index  number of the first cluster; where points are clustered in several parts, numbers that go on from part to part make
///                     the choices of a random rule independent
/// \return the number of a point for each cluster
/// \throws data_error where the points are none or not finite, or the labels do not fit; usage_error where the rule chooses a point that is
/// no member.
template <ExecutionSpace Space, detail::tensor_like Points, class Rule = representative::medoid, class Metric = distance::euclidean>
std::vector<std::size_t> representatives(const Space& space, const Points& points, std::span<const std::size_t> labels,
                                         const Rule& rule = {}, const Metric& metric = {}, std::size_t first_index = 0) {
  check_representative_rule<Rule>();
  check_distance_metric<Metric>();
  require_kokkos("deepmaacc::representatives", space);
  const point_rows rows(points);
  using T = typename decltype(rows)::value_type;
  const partition clusters(rows.rows().extent(0), labels);
  std::vector<std::size_t> chosen(clusters.clusters());
  std::size_t operations = 0;  // all distances within clusters; a random choice looks at each member once
  for (std::size_t c = 0; c < chosen.size(); ++c) {
    const std::size_t size = clusters.members(c).size();
    operations += std::is_same_v<Rule, representative::random> ? size : size * size * rows.rows().extent(1);
  }
  parallel_tasks(host_space(space), "deepmaacc::representatives::choose", chosen.size(), operations, [&](std::size_t c, std::size_t) {
    const auto members = clusters.members(c);
    chosen[c] = static_cast<std::size_t>(rule(cluster_view<T, Metric>(first_index + c, members, rows.rows(), metric)));
    if (!std::binary_search(members.begin(), members.end(), chosen[c]))
      throw usage_error(detail::text("deepmaacc::representatives: the rule chose point ", chosen[c], " for cluster ", c,
                                     ", which it is no member of; choose one of the cluster's members()"));
  });
  return chosen;
}

}  // namespace deepmaacc
