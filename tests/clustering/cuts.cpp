#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/cut.hpp>
#include <deepmaacc/clustering/cut_rules.hpp>
#include <deepmaacc/clustering/inconsistency.hpp>
#include <map>
#include <string>
#include <vector>

#include "scipy_trees.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
using labels_type = std::vector<std::size_t>;

namespace {

/// Labels renumbered by first appearance, as `cut` numbers them.
template <class Label>
labels_type renumbered(const std::vector<Label>& labels) {
  std::map<Label, std::size_t> numbers;
  labels_type found;
  for (const Label& label : labels) found.push_back(numbers.emplace(label, numbers.size()).first->second);
  return found;
}

/// Row `which` of a matrix of labels.
labels_type row_of(const dm::io::array<double>& rows, std::size_t which) {
  const std::size_t n = rows.extents.at(1);
  const auto begin = rows.values.begin() + static_cast<std::ptrdiff_t>(which * n);
  return renumbered(std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(n)));
}

/// The clusters after the first merges, by relabelling every leaf at every merge.
labels_type after_merges(const dm::dendrogram& tree, std::size_t merges) {
  labels_type cluster(tree.leaves());
  for (std::size_t leaf = 0; leaf < tree.leaves(); ++leaf) cluster[leaf] = leaf;
  for (std::size_t m = 0; m < merges; ++m)
    for (auto& of_leaf : cluster)
      if (of_leaf == tree.merges()[m].first || of_leaf == tree.merges()[m].second) of_leaf = tree.leaves() + m;
  return renumbered(cluster);
}

/// Height of the highest merge of a cluster.
double highest_within(const dm::dendrogram& tree, std::size_t cluster) {
  if (tree.is_leaf(cluster)) return -1;
  const dm::merge& one = tree.made_by(cluster);
  return std::max({one.height, highest_within(tree, one.first), highest_within(tree, one.second)});
}

/// The largest clusters without a merge above a height, by going down from the roots.
labels_type from_above(const dm::dendrogram& tree, double height) {
  labels_type cluster(tree.leaves());
  auto waiting = tree.roots();
  while (!waiting.empty()) {
    const std::size_t at = waiting.back();
    waiting.pop_back();
    if (tree.is_leaf(at)) {
      cluster[at] = at;
      continue;
    }
    if (highest_within(tree, at) > height) {
      waiting.insert(waiting.end(), {tree.made_by(at).first, tree.made_by(at).second});
      continue;
    }
    std::vector<std::size_t> within{at};
    while (!within.empty()) {
      const std::size_t below = within.back();
      within.pop_back();
      if (tree.is_leaf(below))
        cluster[below] = at;
      else
        within.insert(within.end(), {tree.made_by(below).first, tree.made_by(below).second});
    }
  }
  return renumbered(cluster);
}

/// A rule that says what it is told to say.
struct fixed {
  std::vector<bool> holds;
  std::vector<bool> operator()(const dm::dendrogram&) const { return holds; }
};

template <class Call>
std::string refusal(const Call& call) {
  return support::error_text<dm::usage_error>(call);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cuts)

BOOST_AUTO_TEST_CASE(cuts_by_count_agree_with_scipy) {
  std::size_t compared = 0;
  for (const auto& golden : support::scipy_tree::all()) BOOST_TEST_CONTEXT(golden.name()) {
      if (!golden.has("counts")) continue;
      const auto tree = golden.tree();
      const auto counts = golden.values("counts");
      const auto rows = golden.array("by-count");
      for (std::size_t i = 0; i < counts.size(); ++i, ++compared)
        BOOST_TEST(dm::cut(tree, dm::cut_rule::count{.clusters = static_cast<std::size_t>(counts[i])}) == row_of(rows, i),
                   boost::test_tools::per_element());
    }
  BOOST_TEST(compared > 50U);
}

BOOST_AUTO_TEST_CASE(cuts_by_count_undo_the_last_merges) {
  std::vector<dm::dendrogram> trees;
  for (const auto& golden : support::scipy_tree::all()) trees.push_back(golden.tree());
  for (unsigned seed = 0; seed < 20; ++seed) trees.push_back(support::random_tree(1 + seed, seed, 1 + seed / 4));
  for (const auto& tree : trees)
    for (std::size_t k = tree.trees(); k <= tree.leaves(); ++k) {
      const auto labels = dm::cut(tree, dm::cut_rule::count{.clusters = k});
      BOOST_TEST(labels == after_merges(tree, tree.leaves() - k), boost::test_tools::per_element());
      BOOST_TEST(*std::max_element(labels.begin(), labels.end()) + 1 == k);
    }
}

BOOST_AUTO_TEST_CASE(cuts_by_height_agree_with_scipy) {
  std::size_t compared = 0;
  for (const auto& golden : support::scipy_tree::all()) BOOST_TEST_CONTEXT(golden.name()) {
      const auto tree = golden.tree();
      const auto heights = golden.values("heights");
      const auto rows = golden.array("by-height");
      for (std::size_t i = 0; i < heights.size(); ++i, ++compared)
        BOOST_TEST(dm::cut(tree, dm::cut_rule::height{.height = heights[i]}) == row_of(rows, i), boost::test_tools::per_element());
    }
  BOOST_TEST(compared > 200U);
}

BOOST_AUTO_TEST_CASE(inconsistency_agrees_with_scipy) {
  std::size_t compared = 0;
  for (const auto& golden : support::scipy_tree::all())
    for (std::size_t depth = 1; depth <= 3; ++depth) BOOST_TEST_CONTEXT(golden.name() << " to depth " << depth) {
        const auto tree = golden.tree();
        const auto suffix = "-" + std::to_string(depth);
        const auto expected = golden.values("inconsistent" + suffix);
        const auto found = dm::inconsistency_coefficients(tree, depth);
        BOOST_TEST_REQUIRE(found.size() == expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) BOOST_TEST(std::abs(found.data()[i] - expected[i]) <= 1e-8);
        const auto thresholds = golden.values("coefficients" + suffix);
        const auto rows = golden.array("by-inconsistency" + suffix);
        for (std::size_t i = 0; i < thresholds.size(); ++i, ++compared)
          BOOST_TEST(dm::cut(tree, dm::cut_rule::inconsistency{.threshold = thresholds[i], .depth = depth}) == row_of(rows, i),
                     boost::test_tools::per_element());
      }
  BOOST_TEST(compared > 200U);
}

BOOST_AUTO_TEST_CASE(equal_heights_are_consistent) {
  // A sum of squares of 0.1 would leave a remainder here, and the coefficient would be noise of size 1.
  const dm::dendrogram tree(4, {{0, 1, 0.1, 2}, {2, 3, 0.1, 2}, {4, 5, 0.1, 4}});
  const auto rows = dm::inconsistency_coefficients(tree, 2);
  BOOST_TEST(rows(2, 2) == 3.0);
  BOOST_TEST(rows(2, 1) == 0.0);
  BOOST_TEST(rows(2, 3) == 0.0);
}

BOOST_AUTO_TEST_CASE(the_highest_merge_within_a_cluster_decides) {
  const dm::dendrogram tree(3, {{0, 1, 3, 2}, {2, 3, 2, 3}});
  BOOST_TEST(dm::cut(tree, dm::cut_rule::height{.height = 2.5}) == (labels_type{0, 1, 2}), boost::test_tools::per_element());
  BOOST_TEST(dm::cut(tree, dm::cut_rule::height{.height = 3}) == (labels_type{0, 0, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(cuts_by_height_of_trees_whose_heights_fall_agree_with_a_search_from_above) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    const auto tree = support::random_tree(1 + seed, seed, 1 + seed / 8);
    for (const double height : {-1.0, 0.0, 2.5, 4.0, 6.0, 7.0, 8.0, 8.5, 9.0})
      BOOST_TEST(dm::cut(tree, dm::cut_rule::height{.height = height}) == from_above(tree, height), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(one_leaf_is_one_cluster) {
  const dm::dendrogram tree(1, {});
  BOOST_TEST(dm::cut(tree, dm::cut_rule::count{}) == labels_type{0}, boost::test_tools::per_element());
  BOOST_TEST(dm::cut(tree, dm::cut_rule::height{}) == labels_type{0}, boost::test_tools::per_element());
  BOOST_TEST(dm::cut(tree, dm::cut_rule::inconsistency{}) == labels_type{0}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_archetype_keeps_trees_whole) {
  static_assert(dm::CutRule<dm::archetype::cut_rule, dm::dendrogram>);
  const auto labels = dm::cut(support::random_tree(30, 1, 4), dm::archetype::cut_rule{});
  BOOST_TEST(*std::max_element(labels.begin(), labels.end()) == 3U);
}

BOOST_AUTO_TEST_CASE(deep_trees_are_cut) {
  const std::size_t n = 1'000'000;
  const auto tree = support::chain(n);
  const auto labels = dm::cut(tree, dm::cut_rule::height{.height = 1000});
  BOOST_TEST(labels[1000] == 0U);
  BOOST_TEST(labels[1001] == 1U);
  BOOST_TEST(labels.back() == n - 1001);
  // A merge and the one below it differ by 1: every coefficient but the first is (1 / 2) / √(1 / 2).
  const auto by_inconsistency = dm::cut(tree, dm::cut_rule::inconsistency{.threshold = 0.7});
  BOOST_TEST(by_inconsistency[1] == 0U);
  BOOST_TEST(by_inconsistency.back() == n - 2);
  BOOST_TEST(dm::members(labels).front().size() == 1001U);
}

BOOST_AUTO_TEST_CASE(members_are_lists_of_leaves) {
  const labels_type labels{0, 1, 0, 2, 1};
  const std::vector<std::vector<std::size_t>> expected{{0, 2}, {1, 4}, {3}};
  BOOST_CHECK(dm::members(labels) == expected);
  BOOST_CHECK(dm::members(labels_type{}).empty());
  BOOST_CHECK_THROW(dm::members(labels_type{0, 3, 0}), dm::data_error);  // more clusters than leaves
  BOOST_CHECK_THROW(dm::members(labels_type{0, 2, 0}), dm::data_error);  // a gap
}

BOOST_AUTO_TEST_CASE(rules_that_break_a_law_are_refused) {
  const dm::dendrogram tree(4, {{0, 1, 1, 2}, {2, 3, 2, 2}, {4, 5, 3, 4}});
  BOOST_TEST(support::has(refusal([&] { dm::cut(tree, fixed{{true}}); }), "the cut rule decides 1 merges, but the dendrogram has 3"));
  BOOST_TEST(support::has(refusal([&] { dm::cut(tree, fixed{{true, false, true}}); }), "the cut rule keeps merge 2 but not merge 1"));
  BOOST_TEST(support::has(refusal([&] { dm::cut(tree, fixed{{false, true, true}}); }), "the cut rule keeps merge 2 but not merge 0"));
  BOOST_TEST(dm::cut(tree, fixed{{false, true, false}}) == (labels_type{0, 1, 2, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(options_that_make_no_sense_are_refused) {
  using dm::cut_rule::count, dm::cut_rule::height, dm::cut_rule::inconsistency;
  const auto tree = support::random_tree(6, 1);
  const auto forest = support::random_tree(6, 1, 3);
  BOOST_TEST(support::has(refusal([&] { dm::cut(tree, count{.clusters = 0}); }), "0 clusters are asked for"));
  BOOST_TEST(support::has(refusal([&] { dm::cut(tree, count{.clusters = 7}); }), "7 clusters are asked for, but there are only 6 leaves"));
  BOOST_TEST(support::has(refusal([&] { dm::cut(forest, count{.clusters = 2}); }), "2 clusters are asked for, but this is a forest of 3"));
  BOOST_TEST(support::has(refusal([&] { dm::cut(tree, height{.height = std::nan("")}); }), "cut_rule::height: the height is not a number"));
  BOOST_TEST(support::has(refusal([&] { dm::cut(tree, inconsistency{.threshold = std::nan("")}); }), "the threshold is not a number"));
  BOOST_TEST(support::has(refusal([&] { dm::cut(tree, inconsistency{.threshold = 1, .depth = 0}); }), "the depth is 0"));
}

BOOST_AUTO_TEST_SUITE_END()
