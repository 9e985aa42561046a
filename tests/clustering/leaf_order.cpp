#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/leaf_order.hpp>
#include <deepmaacc/clustering/optimal_leaf_order.hpp>
#include <functional>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "scipy_trees.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
using order_type = std::vector<std::size_t>;
using distance_type = std::function<double(std::size_t, std::size_t)>;

namespace {

double length_of(const order_type& order, const distance_type& distance) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < order.size(); ++i) sum += distance(order[i], order[i + 1]);
  return sum;
}

/// Every order of a cluster's leaves that the tree allows.
std::vector<order_type> orders_of(const dm::dendrogram& tree, std::size_t cluster) {
  if (tree.is_leaf(cluster)) return {{cluster}};
  std::vector<order_type> found;
  for (const auto& left : orders_of(tree, tree.made_by(cluster).first))
    for (const auto& right : orders_of(tree, tree.made_by(cluster).second)) {
      found.push_back(left);
      found.back().insert(found.back().end(), right.begin(), right.end());
      found.push_back(right);
      found.back().insert(found.back().end(), left.begin(), left.end());
    }
  return found;
}

/// Whether each cluster's leaves lie side by side, and every leaf occurs once: then the tree allows the order.
bool is_allowed(const dm::dendrogram& tree, const order_type& order) {
  order_type place(tree.leaves(), tree.leaves());
  for (std::size_t i = 0; i < order.size(); ++i) place.at(order[i]) = i;
  if (order.size() != tree.leaves() || std::set<std::size_t>(place.begin(), place.end()).size() != order.size()) return false;
  order_type least = place, most = place;
  for (const auto& one : tree.merges()) {
    least.push_back(std::min(least[one.first], least[one.second]));
    most.push_back(std::max(most[one.first], most[one.second]));
    if (most.back() - least.back() + 1 != one.size) return false;
  }
  return true;
}

/// A symmetric table of random distances, some of them equal.
distance_type random_distances(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<double> table(n * n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < i; ++j) table[i * n + j] = table[j * n + i] = static_cast<double>(random() % 20);
  return [table, n](std::size_t i, std::size_t j) { return table.at(i * n + j); };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(leaf_orders)

BOOST_AUTO_TEST_CASE(leaves_are_in_the_order_of_scipy) {
  for (const auto& golden : support::scipy_tree::all()) BOOST_TEST_CONTEXT(golden.name()) {
      const auto expected = golden.values("leaves");
      BOOST_TEST(dm::leaf_order(golden.tree()) == order_type(expected.begin(), expected.end()), boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(trees_of_a_forest_follow_each_other) {
  const dm::dendrogram forest(6, {{1, 4, 1, 2}, {0, 2, 2, 2}, {5, 6, 3, 3}});
  BOOST_TEST(dm::leaf_order(forest) == (order_type{3, 0, 2, 5, 1, 4}), boost::test_tools::per_element());
  for (unsigned seed = 0; seed < 10; ++seed) {
    const auto random = support::random_tree(20, seed, 1 + seed);
    BOOST_TEST(is_allowed(random, dm::leaf_order(random)));
  }
}

BOOST_AUTO_TEST_CASE(one_leaf_has_one_order) {
  const dm::dendrogram tree(1, {});
  const auto never = [](std::size_t, std::size_t) -> double { throw std::logic_error("there is no pair"); };
  BOOST_TEST(dm::leaf_order(tree) == order_type{0}, boost::test_tools::per_element());
  BOOST_TEST(dm::optimal_leaf_order(tree, never) == order_type{0}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(deep_trees_have_an_order) {
  const std::size_t n = 1'000'000;
  const auto order = dm::leaf_order(support::chain(n));
  BOOST_TEST(order.front() == n - 1);
  BOOST_TEST(order[n - 2] == 0U);
  BOOST_TEST(order[n - 1] == 1U);
}

BOOST_AUTO_TEST_CASE(optimal_orders_are_as_short_as_can_be) {
  for (const auto& golden : support::scipy_tree::all()) BOOST_TEST_CONTEXT(golden.name()) {
      const auto tree = golden.tree();
      const auto condensed = golden.distances();
      const distance_type distance = [&](std::size_t i, std::size_t j) { return support::distance_in(condensed, tree.leaves(), i, j); };
      const auto order = dm::optimal_leaf_order(tree, distance);
      BOOST_TEST(is_allowed(tree, order));
      const double expected = golden.values("shortest").at(0);
      BOOST_TEST(std::abs(length_of(order, distance) - expected) <= 1e-12 * expected);
    }
}

BOOST_AUTO_TEST_CASE(no_order_that_a_tree_allows_is_shorter) {
  std::vector<dm::dendrogram> trees{support::chain(9)};
  for (unsigned seed = 0; seed < 40; ++seed) trees.push_back(support::random_tree(2 + seed % 8, seed));
  for (unsigned seed = 0; seed < trees.size(); ++seed) {
    const auto& tree = trees[seed];
    const std::size_t n = tree.leaves();
    const auto distance = random_distances(n, seed);
    double shortest = std::numeric_limits<double>::infinity();
    for (const auto& order : orders_of(tree, 2 * n - 2)) {
      BOOST_REQUIRE(is_allowed(tree, order));
      shortest = std::min(shortest, length_of(order, distance));
    }
    const auto found = dm::optimal_leaf_order(tree, distance);
    BOOST_TEST(is_allowed(tree, found));
    BOOST_TEST(length_of(found, distance) == shortest);
    // Of the two directions, the first cluster of the last merge is on the left.
    const auto first = orders_of(tree, tree.merges().back().first).front();
    BOOST_TEST((std::find(first.begin(), first.end(), found.front()) != first.end()));
  }
}

BOOST_AUTO_TEST_CASE(distances_are_asked_for_at_most_twice) {
  const auto tree = support::random_tree(40, 3);
  std::size_t asked = 0;
  const auto distance = [&](std::size_t i, std::size_t j) {
    ++asked;
    return std::abs(static_cast<double>(i) - static_cast<double>(j));
  };
  dm::optimal_leaf_order(tree, distance);
  BOOST_TEST(asked >= 780U);
  BOOST_TEST(asked <= 2 * 780U);
}

BOOST_AUTO_TEST_CASE(infinite_distances_still_give_an_order) {
  const auto tree = support::random_tree(12, 4);
  const auto far = [](std::size_t, std::size_t) { return std::numeric_limits<double>::infinity(); };
  BOOST_TEST(is_allowed(tree, dm::optimal_leaf_order(tree, far)));
}

BOOST_AUTO_TEST_CASE(what_has_no_optimal_order_is_refused) {
  const auto one = [](std::size_t, std::size_t) { return 1.0; };
  BOOST_TEST(support::has(support::error_text<dm::usage_error>([&] { dm::optimal_leaf_order(support::random_tree(5, 1, 2), one); }),
                          "deepmaacc::optimal_leaf_order: this is a forest of 2 trees"));
  const auto hole = [](std::size_t i, std::size_t j) { return i + j == 5 ? std::nan("") : 1.0; };
  BOOST_TEST(support::has(support::error_text<dm::data_error>([&] { dm::optimal_leaf_order(support::chain(4), hole); }),
                          "the distance of leaves 3 and 2 is not a number"));
}

BOOST_AUTO_TEST_SUITE_END()
