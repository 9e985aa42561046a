#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/cut.hpp>
#include <deepmaacc/clustering/cut_rules.hpp>
#include <deepmaacc/core/policy_name.hpp>
#include <limits>
#include <string>
#include <vector>

#include "scipy_trees.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
using dm::cut_rule::count;
using dm::cut_rule::mean_size;
using dm::cut_rule::share;
using dm::cut_rule::similarity;
using labels_type = std::vector<std::size_t>;

namespace {

std::size_t clusters_of(const labels_type& labels) { return *std::max_element(labels.begin(), labels.end()) + 1; }

/// The clusters of the highest merges that are similar enough, by going down from the roots until one is.
labels_type from_above(const dm::dendrogram& tree, double threshold, double shortest, double longest) {
  labels_type root_of(tree.leaves());
  auto waiting = tree.roots();
  const auto mark = [&](std::size_t cluster) {
    std::vector<std::size_t> within{cluster};
    while (!within.empty()) {
      const std::size_t below = within.back();
      within.pop_back();
      if (tree.is_leaf(below))
        root_of[below] = cluster;
      else
        within.insert(within.end(), {tree.made_by(below).first, tree.made_by(below).second});
    }
  };
  while (!waiting.empty()) {
    const std::size_t at = waiting.back();
    waiting.pop_back();
    if (tree.is_leaf(at) || 1 - (tree.made_by(at).height - shortest) / (longest - shortest) >= threshold)
      mark(at);
    else
      waiting.insert(waiting.end(), {tree.made_by(at).first, tree.made_by(at).second});
  }
  labels_type labels, known;
  for (const std::size_t root : root_of) {
    const auto found = std::find(known.begin(), known.end(), root);
    labels.push_back(static_cast<std::size_t>(found - known.begin()));
    if (found == known.end()) known.push_back(root);
  }
  return labels;
}

template <class Call>
std::string refusal(const Call& call) {
  return support::error_text<dm::usage_error>(call);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cuts_by_similarity)

BOOST_AUTO_TEST_CASE(mean_sizes_give_as_many_clusters_as_they_need) {
  for (unsigned n = 1; n <= 40; ++n) {
    const auto tree = support::random_tree(n, n);
    for (std::size_t leaves = 1; leaves <= 45; ++leaves) {
      const auto labels = dm::cut(tree, mean_size{.leaves = static_cast<double>(leaves)});
      const std::size_t expected = (n + leaves - 1) / leaves;
      BOOST_TEST(clusters_of(labels) == expected);
      BOOST_TEST(labels == dm::cut(tree, count{expected}), boost::test_tools::per_element());
    }
  }
  BOOST_TEST(clusters_of(dm::cut(support::random_tree(10, 1), mean_size{.leaves = 2.5})) == 4U);
  BOOST_TEST(clusters_of(dm::cut(support::random_tree(10, 1), mean_size{.leaves = 2.4})) == 5U);
}

BOOST_AUTO_TEST_CASE(shares_are_rounded_and_at_least_one_cluster) {
  const auto tree = support::random_tree(20, 3);
  const auto clusters = [&](double part) { return clusters_of(dm::cut(tree, share{.clusters_per_leaf = part})); };
  BOOST_TEST(clusters(1) == 20U);
  BOOST_TEST(clusters(0.5) == 10U);
  BOOST_TEST(clusters(0.23) == 5U);
  BOOST_TEST(clusters(0.22) == 4U);
  BOOST_TEST(clusters(1e-9) == 1U);
  BOOST_TEST(clusters_of(dm::cut(dm::dendrogram(1, {}), share{.clusters_per_leaf = 0.1})) == 1U);
  BOOST_TEST(dm::cut(tree, share{.clusters_per_leaf = 0.5}) == dm::cut(tree, count{10}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_highest_merge_that_is_similar_enough_decides) {
  // Heights 8, 2 and 4: the merge of 8 holds with that of 2 above it, which is not so with height.
  const dm::dendrogram tree(4, {{0, 1, 8, 2}, {2, 4, 2, 3}, {3, 5, 4, 4}});
  const auto cut_at = [&](double threshold) { return dm::cut(tree, similarity{.threshold = threshold, .shortest = 0, .longest = 10}); };
  BOOST_TEST(cut_at(0.9) == (labels_type{0, 1, 2, 3}), boost::test_tools::per_element());
  BOOST_TEST(cut_at(0.7) == (labels_type{0, 0, 0, 1}), boost::test_tools::per_element());
  BOOST_TEST(cut_at(0.5) == (labels_type{0, 0, 0, 0}), boost::test_tools::per_element());
  BOOST_TEST(dm::cut(tree, dm::cut_rule::height{.height = 3}) == (labels_type{0, 1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_merge_at_the_threshold_holds) {
  const dm::dendrogram tree(3, {{0, 1, 0.25, 2}, {2, 3, 0.75, 3}});
  BOOST_TEST(dm::cut(tree, similarity{.threshold = 0.75}) == (labels_type{0, 0, 1}), boost::test_tools::per_element());
  BOOST_TEST(dm::cut(tree, similarity{.threshold = 0.25}) == (labels_type{0, 0, 0}), boost::test_tools::per_element());
  BOOST_TEST(dm::cut(tree, similarity{.threshold = 0.75 + 1e-11}) == (labels_type{0, 1, 2}), boost::test_tools::per_element());
  BOOST_TEST(dm::cut(tree, similarity{.threshold = 0.25 + 1e-11}) == (labels_type{0, 0, 1}), boost::test_tools::per_element());
  // From 1 at the shortest height to 0 at the longest.
  BOOST_TEST(dm::cut(tree, similarity{.threshold = 1, .shortest = 0.25, .longest = 0.75}) == (labels_type{0, 0, 1}),
             boost::test_tools::per_element());
  BOOST_TEST(dm::cut(tree, similarity{.threshold = 0, .shortest = 0.25, .longest = 0.75}) == (labels_type{0, 0, 0}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(similarity_is_a_straight_line_of_the_height) {
  const similarity rule{.threshold = 0, .shortest = 2, .longest = 4};
  BOOST_TEST(rule.at(2) == 1);
  BOOST_TEST(rule.at(3) == 0.5);
  BOOST_TEST(rule.at(4) == 0);
  BOOST_TEST(rule.at(1) == 1.5);
  BOOST_TEST(rule.at(5) == -0.5);
  BOOST_TEST((similarity{.threshold = 0, .shortest = 3, .longest = 3}.at(3)) == 1);  // all pairs are equally far: all are similar
}

BOOST_AUTO_TEST_CASE(cuts_of_trees_whose_heights_fall_agree_with_a_search_from_above) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    const auto tree = support::random_tree(1 + seed, seed, 1 + seed / 8);
    for (const double threshold : {-1.0, 0.0, 0.15, 0.3, 0.5, 0.62, 0.8, 1.0, 2.0})
      BOOST_TEST(
          dm::cut(tree, similarity{.threshold = threshold, .shortest = 0.5, .longest = 9.5}) == from_above(tree, threshold, 0.5, 9.5),
          boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(deep_trees_are_cut) {
  const std::size_t n = 1'000'000;
  const auto tree = support::chain(n);
  // Heights 1, 2, 3, …: to 1000 of them, exactly, where the longest is a power of 2.
  const auto labels = dm::cut(tree, similarity{.threshold = 1 - 1000 / 0x1p20, .shortest = 0, .longest = 0x1p20});
  BOOST_TEST(labels[1000] == 0U);
  BOOST_TEST(labels[1001] == 1U);
  BOOST_TEST(labels.back() == n - 1001);
  BOOST_TEST(clusters_of(dm::cut(tree, mean_size{.leaves = 1000})) == 1000U);
}

BOOST_AUTO_TEST_CASE(rules_have_names) {
  BOOST_TEST(dm::policy_name(mean_size{3}) == "mean-size(3)");
  BOOST_TEST(dm::policy_name(share{0.25}) == "share(0.25)");
  BOOST_TEST(dm::policy_name(similarity{.threshold = 0.6}) == "similarity(0.6)");
  BOOST_TEST(dm::policy_name(dm::archetype::cut_rule{}) == "(of the program's own)");
}

BOOST_AUTO_TEST_CASE(options_that_make_no_sense_are_refused) {
  const auto tree = support::random_tree(6, 1);
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  for (const double leaves : {0.0, 0.99, -1.0, nan, infinity})
    BOOST_TEST(support::has(refusal([&] { dm::cut(tree, mean_size{leaves}); }), "leaves are asked for; ask for 1 or more"));
  for (const double part : {0.0, -0.5, 1.01, nan, infinity})
    BOOST_TEST(support::has(refusal([&] { dm::cut(tree, share{part}); }), "clusters per leaf are asked for"));
  BOOST_TEST(support::has(refusal([&] { dm::cut(tree, similarity{.threshold = nan}); }), "the threshold is not a number"));
}

// Lance and Williams' mean of seven equal distances may come out a little above them: that is no dissimilarity.
BOOST_AUTO_TEST_CASE(rounding_is_no_dissimilarity) {
  const double beyond = std::nextafter(1.0, 2.0);
  const dm::dendrogram tree(3, {{0, 1, 0.5, 2}, {2, 3, beyond, 3}});
  BOOST_TEST((dm::cut(tree, similarity{.threshold = 0}) == std::vector<std::size_t>{0, 0, 0}));
  BOOST_TEST((dm::cut(tree, similarity{.threshold = 0.5}) == std::vector<std::size_t>{0, 0, 1}));
}

BOOST_AUTO_TEST_SUITE_END()
