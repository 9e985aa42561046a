#pragma once

/// \file
/// Agglomerative hierarchical clustering: points or distances in, dendrogram out. The linkage rule's traits choose the algorithm.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/clustering/centroid_linkage.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/distance_rows.hpp>
#include <deepmaacc/clustering/generic_linkage.hpp>
#include <deepmaacc/clustering/linkage_matrix.hpp>
#include <deepmaacc/clustering/neighbour_chain.hpp>
#include <deepmaacc/clustering/spanning_tree.hpp>
#include <deepmaacc/concepts/distance_metric.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/linkage_rule.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/points.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/core/tensor_view.hpp>
#include <deepmaacc/distance/distance_matrix.hpp>
#include <deepmaacc/distance/distance_range.hpp>
#include <deepmaacc/distance/euclidean.hpp>
#include <deepmaacc/distance/pairwise.hpp>
#include <deepmaacc/distance/precomputed.hpp>
#include <deepmaacc/linkage/rules.hpp>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {

/// How clusters are merged. The results are the same but for ties and rounding.
enum class agglomeration {
  automatic,    ///< the best that the linkage rule allows
  chain,        ///< nearest-neighbour chain on a distance matrix: for reducible rules, n²
  generic,      ///< Müllner's generic algorithm on a distance matrix: for all rules, n² to n³
  matrix_free,  ///< from the points: a spanning tree for single linkage, centroids for geometric rules
};

/// How `agglomerate` runs.
struct agglomerate_options {
  std::size_t memory_limit = std::size_t{8} << 30;     ///< bytes that distances may take; a matrix beyond it is not built
  agglomeration algorithm = agglomeration::automatic;  ///< another one to compare with
  progress_observer observer = {};                     ///< progress and stopping
};

namespace detail {

/// What every clustering of points asks of its policies.
template <class Space, class Metric, class Rule>
void check_agglomerate(const Space& space) {
  check_execution_space<Space>();
  check_distance_metric<Metric>();
  check_linkage_rule<Rule>();
  static_assert(
      !linkage_traits<Rule>::uses_squared_distances || is_euclidean<Metric>,
      "deepmaacc::agglomerate: the distance metric must be Euclidean for a linkage rule that works on squared Euclidean distances; take "
      "distance::euclidean, or distance::precomputed if you mean it");
  require_kokkos("deepmaacc::agglomerate", space);
}

/// The distances that a rule works with, in a matrix.
template <class Rule, class Space, class T, class Metric>
distance_matrix<T> distances_for(const Space& space, matrix<const T> points, const Metric& metric, const progress_observer& observer) {
  const std::size_t n = points.extent(0);
  progress_meter done(observer, "deepmaacc::agglomerate", n * (n + 1) / 2, "distances");
  if constexpr (linkage_traits<Rule>::uses_squared_distances)
    return distances_of(space, points, distance::squared_euclidean{}, done);
  else
    return distances_of(space, points, metric, done);
}

/// The matrix-free tier of a rule.
template <class Rule>
inline constexpr bool can_leave_out_the_matrix = linkage_traits<Rule>::is_nearest_member || GeometricRule<Rule>;

/// Chooses the algorithm, and refuses what a rule or the memory does not allow.
template <class T, class Rule>
agglomeration choose_algorithm(std::size_t n, bool has_points, const Rule& rule, const agglomerate_options& options) {
  const bool is_reducible = linkage_traits<Rule>::is_reducible, is_free = has_points && can_leave_out_the_matrix<Rule>;
  const std::size_t bytes = distance_matrix_bytes<T>(n);
  const char* const name = linkage_name(rule);
  if (options.algorithm == agglomeration::chain && !is_reducible)
    throw usage_error(
        text("deepmaacc::agglomerate: linkage ", name,
             " must be reducible for the nearest-neighbour chain (is_reducible is false); choose agglomeration::generic or automatic"));
  if (options.algorithm == agglomeration::matrix_free && !is_free)
    throw usage_error(text("deepmaacc::agglomerate: linkage ", name,
                           " must be geometric or of nearest members, and have points, to run without a distance matrix; "
                           "choose agglomeration::automatic or see docs/policies/linkage.md"));
  if (options.algorithm == agglomeration::matrix_free) return agglomeration::matrix_free;
  if (options.algorithm == agglomeration::automatic && is_free && (linkage_traits<Rule>::is_nearest_member || bytes > options.memory_limit))
    return agglomeration::matrix_free;
  if (bytes > options.memory_limit)
    throw memory_limit_error(
        text("the distances of ", n, " points take"), bytes, options.memory_limit,
        is_free ? text("; for linkage ", name, " agglomeration::automatic can leave out the matrix")
                : text("; linkage ", name,
                       has_points ? " must be geometric to run without a distance matrix" : " has distances only, and no points",
                       ": see docs/policies/linkage.md"),
        "deepmaacc::agglomerate: ");
  if (options.algorithm != agglomeration::automatic) return options.algorithm;
  return is_reducible ? agglomeration::chain : agglomeration::generic;
}

/// Single linkage from the points: a spanning tree.
/// \tparam is_squared  the metric gives squares, the heights are their roots
/// \param most_rows    so many rows of distances wait at most
/// \param range        of the distances, or none that is asked for
template <bool is_squared, class Space, class T, class Metric>
dendrogram tree_without_matrix(const Space& space, matrix<const T> points, const Metric& metric, std::size_t most_rows,
                               progress_meter& done, distance_range* range) {
  computed_rows<Space, T, Metric> rows(space, distance::metric_rows<T, Metric>(space, points, metric), most_rows, range != nullptr);
  dendrogram tree = spanning_tree<is_squared, T>(points.extent(0), rows, done);
  // The shortest edge of a spanning tree is the shortest of all.
  if (range) *range = {tree.merges().front().height, reported_height<is_squared>(static_cast<double>(rows.longest()))};
  return tree;
}

/// Merges on a matrix, whose contents are overwritten.
template <class Space, class T, class Rule>
dendrogram merge_on_matrix(const Space& space, distance_matrix<T> distances, const Rule& rule, agglomeration algorithm,
                           const progress_observer& observer) {
  progress_meter done(observer, "deepmaacc::agglomerate", distances.size() - 1, "merges");
  if constexpr (linkage_traits<Rule>::is_nearest_member)
    if (algorithm == agglomeration::automatic) {
      stored_rows rows(distances);
      return spanning_tree<linkage_traits<Rule>::uses_squared_distances, T>(distances.size(), rows, done);
    }
  if constexpr (linkage_traits<Rule>::is_reducible)
    if (algorithm == agglomeration::chain) return neighbour_chain(space, distances, rule, done);
  return generic_linkage(distances, rule, done);
}

/// The algorithm for distances that are there already.
template <class T, class Rule>
agglomeration choose_on_matrix(std::size_t n, const Rule& rule, const agglomerate_options& options) {
  const agglomeration algorithm = choose_algorithm<T>(n, false, rule, options);
  return linkage_traits<Rule>::is_nearest_member && options.algorithm == agglomeration::automatic ? agglomeration::automatic : algorithm;
}

/// Clusters points that have been checked, two at least.
/// \param range  of their distances, or none that is asked for: it comes from the distances that the clustering takes anyway, but where it
///               runs from centroids, which takes none of them all; there it is a pass of its own
template <class Space, class T, class Metric, class Rule>
dendrogram cluster_rows(const Space& space, matrix<const T> points, const Metric& metric, const Rule& rule,
                        const agglomerate_options& options, distance_range* range) {
  const std::size_t n = points.extent(0);
  const agglomeration algorithm = choose_algorithm<T>(n, true, rule, options);
  const auto host = host_space(space);
  if (algorithm == agglomeration::matrix_free) {
    progress_meter done(options.observer, "deepmaacc::agglomerate", n - 1, "merges");
    const std::size_t most_rows = options.memory_limit / sizeof(T) / n;
    if constexpr (linkage_traits<Rule>::is_nearest_member) {
      // Squares have the same nearest, and need no roots.
      if constexpr (is_euclidean<Metric>)
        return tree_without_matrix<true>(host, points, distance::squared_euclidean{}, most_rows, done, range);
      else
        return tree_without_matrix<false>(host, points, metric, most_rows, done, range);
    } else if constexpr (GeometricRule<Rule>) {
      if (range) *range = range_without_matrix(host, points, metric);
      return centroid_linkage(host, points, rule, std::min(most_rows, std::size_t{1024}), done);
    }
  }
  distance_matrix<T> distances = distances_for<Rule>(space, points, metric, options.observer);
  if (range) {
    *range = range_of(distances);
    constexpr bool is_squared = linkage_traits<Rule>::uses_squared_distances;
    *range = {reported_height<is_squared>(range->shortest), reported_height<is_squared>(range->longest)};
  }
  return merge_on_matrix(host, std::move(distances), rule, algorithm, options.observer);
}

}  // namespace detail

/// Hierarchical clustering of n points with d coordinates. Exact, and the same for every number of threads and every execution space whose
/// distances are; on a device only the distances are computed, the merges on the host.
///
/// The rule's traits choose: nearest members, a spanning tree (n²·d steps, memory n·d and the rows that wait); reducible, the
/// nearest-neighbour chain on a distance matrix (n²·d for the distances, about 3 n² for the merges); else the generic algorithm (n² to n³).
/// A matrix beyond `memory_limit` is left out where the rule is geometric. Heights are distances, also for rules that work on squares.
/// Ties: see each algorithm.
/// \param points  n × d, float or double, which is also the precision: an xtensor container or a Kokkos view of either layout
/// \throws data_error where points or distances are not finite · usage_error where the matrix would pass the memory limit, or the rule does
///         not allow the algorithm · stopped
template <class Space, detail::tensor_like Points, class Metric = distance::euclidean, class Rule = linkage::average>
dendrogram agglomerate(const Space& space, const Points& points, const Metric& metric = {}, const Rule& rule = {},
                       const agglomerate_options& options = {}) {
  detail::check_agglomerate<Space, Metric, Rule>(space);
  const point_rows rows(points);
  if (rows.rows().extent(0) == 1) return {1, {}};
  return detail::cluster_rows(space, rows.rows(), metric, rule, options, nullptr);
}

/// A dendrogram, and the range of the distances of its leaves: what makes similarities of heights.
struct ranged_dendrogram {
  dendrogram tree;
  distance_range range;
};

/// The same tree, and how near and how far apart the points are: distances are taken once for both, and no matrix of them is made where
/// `agglomerate` makes none.
/// \throws as `agglomerate`.
template <class Space, detail::tensor_like Points, class Metric = distance::euclidean, class Rule = linkage::average>
ranged_dendrogram agglomerate_with_range(const Space& space, const Points& points, const Metric& metric = {}, const Rule& rule = {},
                                         const agglomerate_options& options = {}) {
  detail::check_agglomerate<Space, Metric, Rule>(space);
  const point_rows rows(points);
  if (rows.rows().extent(0) == 1) return {{1, {}}, {}};
  distance_range range;
  dendrogram tree = detail::cluster_rows(space, rows.rows(), metric, rule, options, &range);
  return {std::move(tree), range};
}

/// The same from points in a vector, row-major.
/// \param extents  (points, coordinates)
/// \throws data_error also where these do not count the numbers.
template <class Space, class T, class... Policies>
dendrogram agglomerate(const Space& space, const std::vector<T>& numbers, const shape& extents, const Policies&... policies) {
  return agglomerate(space, detail::shaped(numbers, extents), policies...);
}
/// Is refused: a vector does not tell its shape.
template <class Space, class T, class... Policies>
dendrogram agglomerate(const Space&, const std::vector<T>&, const Policies&...) {
  static_assert(std::is_void_v<T>,
                "deepmaacc::agglomerate: a std::vector of points must come with its shape; write agglomerate(space, numbers, {points, "
                "coordinates})");
  return {1, {}};
}

/// The same from distances that are there already. Rules on squared distances take them for Euclidean ones, and square them.
template <class Space, class T, class Rule = linkage::average>
dendrogram agglomerate(const Space& space, const distance::precomputed<T>& distances, const Rule& rule = {},
                       const agglomerate_options& options = {}) {
  check_execution_space<Space>();
  check_linkage_rule<Rule>();
  require_kokkos("deepmaacc::agglomerate", space);
  const std::size_t n = distances.size();
  if (n == 1) return {1, {}};
  const agglomeration algorithm = detail::choose_on_matrix<T>(n, rule, options);
  const auto host = host_space(space);
  return detail::merge_on_matrix(host, distances.matrix_of(host, linkage_traits<Rule>::uses_squared_distances), rule, algorithm,
                                 options.observer);
}

/// The same from a matrix that `pairwise_distances` gave, and which is used up: there is no second one, and no limit of memory that it
/// could pass. The rows are not checked again: finite, from 0, symmetric, with 0 on the diagonal.
template <class Space, class T, class Rule = linkage::average>
dendrogram agglomerate(const Space& space, distance_matrix<T>&& distances, const Rule& rule = {}, agglomerate_options options = {}) {
  check_execution_space<Space>();
  check_linkage_rule<Rule>();
  require_kokkos("deepmaacc::agglomerate", space);
  const std::size_t n = distances.size();
  if (n == 1) return {1, {}};
  options.memory_limit = std::numeric_limits<std::size_t>::max();
  const agglomeration algorithm = detail::choose_on_matrix<T>(n, rule, options);
  const auto host = host_space(space);
  if constexpr (linkage_traits<Rule>::uses_squared_distances)
    parallel_tasks(host, "deepmaacc::clustering::square", n, n * n,
                   [&](std::size_t i, std::size_t) { detail::square_row(distances.row(i), n, i); });
  return detail::merge_on_matrix(host, std::move(distances), rule, algorithm, options.observer);
}
/// Is refused: it would be used up.
template <class Space, class T, class... Policies>
dendrogram agglomerate(const Space&, const distance_matrix<T>&, const Policies&...) {
  static_assert(std::is_void_v<T>,
                "deepmaacc::agglomerate: a distance matrix must be given up, since clustering uses it up; write std::move(distances), or "
                "give the points");
  return {1, {}};
}

}  // namespace deepmaacc

#ifdef DEEPMAACC_COMPILED
#include <deepmaacc/clustering/compiled_policies.hpp>

namespace deepmaacc {
DEEPMAACC_INSTANTIATE_CLUSTERING(extern, Kokkos::DefaultHostExecutionSpace, float)
DEEPMAACC_INSTANTIATE_CLUSTERING(extern, Kokkos::DefaultHostExecutionSpace, double)
}  // namespace deepmaacc
#endif
