#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/cophenetic.hpp>
#include <limits>
#include <vector>

#include "scipy_trees.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;

BOOST_AUTO_TEST_SUITE(cophenetic)

BOOST_AUTO_TEST_CASE(distances_and_correlations_are_those_of_scipy) {
  for (const auto& golden : support::scipy_tree::all()) BOOST_TEST_CONTEXT(golden.name()) {
      const auto tree = golden.tree();
      BOOST_TEST(dm::cophenetic_distances(tree) == golden.values("cophenet"), boost::test_tools::per_element());
      if (golden.has("correlation"))
        BOOST_TEST(std::abs(dm::cophenetic_correlation(tree, golden.distances()) - golden.values("correlation").at(0)) <= 1e-12);
    }
}

BOOST_AUTO_TEST_CASE(a_tree_agrees_with_itself) {
  const auto tree = support::random_tree(25, 7);
  auto distances = dm::cophenetic_distances(tree);
  BOOST_TEST(std::abs(dm::cophenetic_correlation(tree, distances) - 1) <= 1e-12);
  for (auto& each : distances) each = 1e6 - 0.125 * each;
  BOOST_TEST(std::abs(dm::cophenetic_correlation(tree, distances) + 1) <= 1e-9);
}

BOOST_AUTO_TEST_CASE(a_correlation_that_is_not_defined_is_no_number) {
  const dm::dendrogram tree(4, {{0, 1, 0.1, 2}, {2, 3, 0.1, 2}, {4, 5, 0.1, 4}}), other(3, {{0, 1, 1, 2}, {2, 3, 3, 3}});
  BOOST_TEST(std::isnan(dm::cophenetic_correlation(tree, std::vector<double>{1, 2, 3, 4, 5, 6})));  // 0.1, ten times, is no deviation
  BOOST_TEST(std::isnan(dm::cophenetic_correlation(other, std::vector<double>{0.1, 0.1, 0.1})));
  BOOST_TEST(std::isnan(dm::cophenetic_correlation(other, std::vector<double>{1, std::nan(""), 3})));
  BOOST_TEST(std::isnan(dm::cophenetic_correlation(other, std::vector<double>{1, std::numeric_limits<double>::infinity(), 3})));
  BOOST_TEST(std::isnan(dm::cophenetic_correlation(dm::dendrogram(2, {{0, 1, 1, 2}}), std::vector<double>{1})));
  BOOST_TEST(std::isnan(dm::cophenetic_correlation(dm::dendrogram(1, {}), {})));
  BOOST_TEST(dm::cophenetic_distances(dm::dendrogram(1, {})).empty());
}

BOOST_AUTO_TEST_CASE(wrong_input_is_refused) {
  const auto forest = support::random_tree(5, 1, 2);
  BOOST_TEST(support::has(support::error_text<dm::usage_error>([&] { dm::cophenetic_distances(forest); }),
                          "deepmaacc::cophenetic_distances: this is a forest of 2 trees"));
  BOOST_TEST(support::has(support::error_text<dm::usage_error>([&] { dm::cophenetic_correlation(forest, std::vector<double>(10)); }),
                          "deepmaacc::cophenetic_correlation: this is a forest of 2 trees"));
  BOOST_TEST(support::has(
      support::error_text<dm::data_error>([&] { dm::cophenetic_correlation(support::random_tree(5, 1), std::vector<double>(25)); }),
      "a dendrogram of 5 leaves has 10 pairs, but there are 25 distances"));
}

BOOST_AUTO_TEST_SUITE_END()
