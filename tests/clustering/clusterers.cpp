// Clusterers: those that are shipped do what they are made of, one's own are held to their laws, and cut rules count ahead.
#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/clustering/cluster.hpp>
#include <deepmaacc/clustering/clusterers.hpp>
#include <deepmaacc/clustering/cut.hpp>
#include <deepmaacc/clustering/cut_rules.hpp>
#include <deepmaacc/clustering/similarity_linkages.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/distance/metrics.hpp>
#include <deepmaacc/distance/pairwise.hpp>
#include <deepmaacc/linkage/rules.hpp>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "support/clustering_inputs.hpp"
#include "support/error_text.hpp"
#include "support/spaces.hpp"

namespace dm = deepmaacc;
namespace distance = deepmaacc::distance;
namespace linkage = deepmaacc::linkage;
using labels = std::vector<std::size_t>;
using support::error_text;
using support::has;

namespace {

const dm::this_thread here;

/// Says what it is told to say.
struct told {
  labels answer;

  static constexpr const char* name() { return "told"; }
  template <class Space, class Metric>
  labels operator()(const Space&, dm::matrix<const double>, const Metric&, std::size_t) const {
    return answer;
  }
};

/// A clusterer with a dendrogram, by what it is called with.
struct complete_tree {
  template <class Space, class Metric>
  dm::dendrogram operator()(const Space& space, dm::matrix<const double> points, const Metric& metric) const {
    return dm::agglomerate(space, points, metric, linkage::complete{});
  }
};

/// The Manhattan distance, which counts how often all distances are asked for at once.
struct counting_metric {
  std::size_t* calls;
  std::size_t missing = 0;  ///< points left out
  double spoilt = 0;        ///< added to the distance of the first two

  static constexpr const char* name() { return "counting"; }
  template <class T>
  T operator()(dm::coordinates<T> a, dm::coordinates<T> b) const {
    return distance::manhattan{}(a, b);
  }
  template <class Space>
  dm::distance_matrix<double> pairwise(const Space& space, dm::matrix<const double> points) const {
    ++*calls;
    const dm::matrix<const double> some(points.data(), points.extent(0) - missing, points.extent(1));
    auto all = dm::pairwise_distances(space, some, distance::manhattan{});
    all.row(1)[0] += spoilt;
    return all;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(clusterers)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_linkage_rule_stands_for_agglomerative_clustering, Space, support::spaces) {
  const auto points = support::random_points<double>(60, 3);
  support::for_each_rule<true>([&](const std::string& name, const auto& rule) {
    using rule_type = std::decay_t<decltype(rule)>;
    const auto tree = dm::agglomerate(Space{}, points, distance::euclidean{}, rule);
    for (const std::size_t count : {1U, 2U, 7U, 60U}) BOOST_TEST_CONTEXT(name << ", " << count) {
        const auto expected = dm::cut(tree, dm::cut_rule::count{count});
        BOOST_TEST((dm::cluster(Space{}, points, count, rule) == expected));
        BOOST_TEST((dm::cluster(Space{}, points, count, dm::clusterer::agglomerative<rule_type>{rule}) == expected));
      }
  });
  const auto by_default = dm::cut(dm::agglomerate(Space{}, points), dm::cut_rule::count{5});
  BOOST_TEST((dm::cluster(Space{}, points, 5) == by_default));
}

BOOST_AUTO_TEST_CASE(a_linkage_on_similarities_clusters_points) {
  const auto points = support::random_points<double>(40, 3);
  for (const std::size_t count : {1U, 3U, 12U, 40U}) {
    const auto expected = dm::cluster(here, points, count, linkage::average{}, distance::manhattan{});
    BOOST_TEST((dm::cluster(here, points, count, linkage::graph_average{}, distance::manhattan{}) == expected));
    const dm::clusterer::of_similarities<linkage::graph_average> same;
    BOOST_TEST((dm::cluster(here, points, count, same, distance::manhattan{}) == expected));
  }
  BOOST_TEST((dm::cluster(here, support::zeros<double>(1, 2), 1, linkage::graph_average{}) == labels{0}));
  const auto ranged = dm::clusterer::of_similarities<linkage::graph_average>{}.with_range(
      here, dm::matrix<const double>(points.data(), points.shape()[0], points.shape()[1]), distance::euclidean{});
  BOOST_TEST((ranged.range == dm::distance_range{0, 1}));
  BOOST_TEST(ranged.tree.merges().back().height <= 1);
}

BOOST_AUTO_TEST_CASE(ones_own_are_called) {
  const auto points = support::random_points<double>(30, 2);
  const auto expected = dm::cluster(here, points, 4, linkage::complete{}, distance::chebyshev{});
  BOOST_TEST((dm::cluster(here, points, 4, complete_tree{}, distance::chebyshev{}) == expected));
  // A dendrogram or labels, from a lambda too.
  const auto by_parity = [](const auto&, dm::matrix<const double> all, const auto&, std::size_t count) {
    labels found(all.extent(0));
    for (std::size_t i = 0; i < found.size(); ++i) found[i] = count - 1 - i % count;
    return found;
  };
  BOOST_TEST((dm::cluster(here, support::zeros<double>(5, 1), 2, by_parity) == labels{0, 1, 0, 1, 0}));
  const auto one_tree = [](const auto&, dm::matrix<const double>, const auto&) { return dm::dendrogram(3, {{1, 2, 1, 2}, {0, 3, 2, 3}}); };
  BOOST_TEST((dm::cluster(here, support::zeros<double>(3, 1), 2, one_tree) == labels{0, 1, 1}));
}

BOOST_AUTO_TEST_CASE(clusters_are_numbered_in_the_order_of_their_first_points) {
  const auto points = support::zeros<double>(6, 1);
  BOOST_TEST((dm::cluster(here, points, 3, told{{2, 2, 0, 1, 0, 2}}) == labels{0, 0, 1, 2, 1, 0}));
}

BOOST_AUTO_TEST_CASE(laws_are_checked) {
  const auto points = support::zeros<double>(4, 1);
  const auto fault = [&](const labels& answer, std::size_t count) {
    return error_text<dm::usage_error>([&] { dm::cluster(here, points, count, told{answer}); });
  };
  BOOST_TEST(fault({0, 1, 0, 1}, 2) == "no error");
  BOOST_TEST(has(fault({0, 1, 0}, 2), "deepmaacc::cluster: clusterer told tells the cluster of 3 points, but there are 4"));
  BOOST_TEST(has(fault({0, 1, 2, 1}, 2), "clusterer told gives point 2 label 2 of 2 clusters"));
  BOOST_TEST(has(fault({0, 2, 2, 0}, 3), "clusterer told leaves 1 of 3 clusters empty"));
  BOOST_TEST(has(fault({0, 0, 0, 0}, 0), "0 clusters of 4 points are asked for; ask for 1 to 4"));
  const auto small_tree = [](const auto&, dm::matrix<const double>, const auto&) { return dm::dendrogram(2, {{0, 1, 1, 2}}); };
  BOOST_TEST(has(error_text<dm::usage_error>([&] { dm::cluster(here, points, 2, small_tree); }),
                 "gives a dendrogram of 2 points, but there are 4"));
  BOOST_TEST(has(fault({0, 1, 2, 3}, 5), "5 clusters of 4 points are asked for; ask for 1 to 4"));
  BOOST_TEST(has(error_text<dm::usage_error>([&] { dm::cluster(here, points, 5, linkage::single{}); }), "5 clusters are asked for"));
}

BOOST_AUTO_TEST_CASE(cut_rules_count_ahead) {
  for (const std::size_t n : {1U, 2U, 7U, 40U}) {
    const auto tree = dm::agglomerate(here, support::random_points<double>(n, 2));
    const auto check = [&](const auto& rule) {
      const auto found = dm::cut(tree, rule);
      BOOST_TEST(rule.clusters_for(n) == *std::max_element(found.begin(), found.end()) + 1);
    };
    check(dm::cut_rule::count{1});
    check(dm::cut_rule::count{n});
    for (const double size : {1.0, 1.5, 3.0, 100.0}) check(dm::cut_rule::mean_size{size});
    for (const double share : {1e-9, 0.1, 0.5, 0.625, 1.0}) check(dm::cut_rule::share{share});
  }
  BOOST_CHECK_THROW(dm::cut_rule::mean_size{0.5}.clusters_for(3), dm::usage_error);
  BOOST_CHECK_THROW(dm::cut_rule::share{0}.clusters_for(3), dm::usage_error);
}

BOOST_AUTO_TEST_CASE(a_metric_may_give_all_distances_at_once) {
  const auto points = support::random_points<double>(50, 3);
  std::size_t calls = 0;
  const counting_metric metric{&calls};
  const auto found = dm::pairwise_distances(here, points, metric), expected = dm::pairwise_distances(here, points, distance::manhattan{});
  BOOST_TEST(calls == 1U);
  for (std::size_t i = 0; i < 50; ++i)
    for (std::size_t j = 0; j < 50; ++j) BOOST_TEST(found(i, j) == expected(i, j));
  BOOST_TEST((dm::agglomerate(here, points, metric) == dm::agglomerate(here, points, distance::manhattan{})));
  BOOST_TEST(calls == 2U);
  const auto fault = error_text<dm::usage_error>([&] { dm::pairwise_distances(here, points, counting_metric{&calls, 2}); });
  BOOST_TEST(has(fault, "metric counting gives the distances of 48 points for 50"));
  const auto spoilt = [&](double by) { return counting_metric{&calls, 0, by}; };
  for (const double by : {std::numeric_limits<double>::quiet_NaN(), -1e9, std::numeric_limits<double>::infinity()})
    BOOST_TEST(
        has(error_text<dm::data_error>([&] { dm::pairwise_distances(here, points, spoilt(by)); }), "the distance of points 1 and 0"));
  const auto lopsided = dm::pairwise_distances(here, points, spoilt(0.5));
  BOOST_TEST(lopsided(0, 1) == lopsided(1, 0));
}

BOOST_AUTO_TEST_SUITE_END()
