#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/linkage_matrix.hpp>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "scipy_trees.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;

namespace {

/// What is said of merges that make no dendrogram.
std::string refusal(std::size_t leaves, const std::vector<dm::merge>& merges) {
  return support::error_text<dm::data_error>([&] { dm::dendrogram(leaves, merges); });
}

std::string matrix_refusal(const xt::xtensor<double, 2>& rows) {
  return support::error_text<dm::data_error>([&] { dm::dendrogram::from_linkage_matrix(rows); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dendrogram)

BOOST_AUTO_TEST_CASE(clusters_are_known_by_number) {
  const dm::dendrogram tree(4, {{2, 0, 1.5, 2}, {4, 3, 2.5, 3}, {1, 5, 4, 4}});
  BOOST_TEST(tree.leaves() == 4U);
  BOOST_TEST(tree.trees() == 1U);
  BOOST_TEST(tree.merges()[0].first == 0U);  // the lower number first
  BOOST_TEST(tree.merges()[1].first == 3U);
  BOOST_TEST(tree.is_leaf(3));
  BOOST_TEST(!tree.is_leaf(4));
  BOOST_TEST(tree.size(3) == 1U);
  BOOST_TEST(tree.size(5) == 3U);
  BOOST_TEST(tree.height(3) == 0.0);
  BOOST_TEST(tree.height(5) == 2.5);
  BOOST_TEST(tree.made_by(6).height == 4.0);
  BOOST_TEST(tree.roots() == std::vector<std::size_t>{6}, boost::test_tools::per_element());
  const dm::dendrogram forest(5, {{1, 3, 1, 2}, {0, 2, 2, 2}});
  BOOST_TEST(forest.trees() == 3U);
  BOOST_TEST(forest.roots() == (std::vector<std::size_t>{4, 5, 6}), boost::test_tools::per_element());
  BOOST_CHECK(forest != dm::dendrogram(5, {{1, 3, 1, 2}, {0, 2, 2.5, 2}}));
}

BOOST_AUTO_TEST_CASE(one_leaf_is_a_tree) {
  const dm::dendrogram tree = dm::dendrogram::from_linkage_matrix(xt::xtensor<double, 2>(std::array<std::size_t, 2>{0, 4}));
  BOOST_CHECK(tree == dm::dendrogram(1, {}));
  BOOST_TEST(tree.trees() == 1U);
  BOOST_TEST(tree.roots() == std::vector<std::size_t>{0}, boost::test_tools::per_element());
  BOOST_TEST(tree.linkage_matrix().shape()[0] == 0U);
  BOOST_TEST(tree.linkage_matrix().shape()[1] == 4U);
}

BOOST_AUTO_TEST_CASE(linkage_matrices_of_scipy_come_back) {
  for (const auto& golden : support::scipy_tree::all()) BOOST_TEST_CONTEXT(golden.name()) {
      const auto rows = golden.tree().linkage_matrix();
      const auto expected = golden.values("linkage");
      BOOST_TEST(std::vector<double>(rows.begin(), rows.end()) == expected, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_dendrogram_says_what_it_is) {
  const auto text = [](const dm::dendrogram& tree) { return (std::ostringstream() << tree).str(); };
  BOOST_TEST(text(dm::dendrogram(1, {})) == "1 leaf, 0 merges");
  BOOST_TEST(text(dm::dendrogram(2, {{0, 1, 0.25, 2}})) == "2 leaves, 1 merge, heights 0.25 to 0.25");
  BOOST_TEST(text(dm::dendrogram(3, {{0, 1, 4, 2}, {2, 3, 3, 3}})) == "3 leaves, 2 merges, heights 3 to 4");
}

BOOST_AUTO_TEST_CASE(what_is_no_forest_is_refused) {
  using support::has;
  BOOST_TEST(has(refusal(0, {}), "at least one leaf"));
  BOOST_TEST(has(refusal(2, {{0, 1, 1, 2}, {0, 2, 1, 3}}), "has at most 1 merges, not 2"));
  BOOST_TEST(has(refusal(3, {{0, 3, 1, 2}}), "merge 0 of the dendrogram joins clusters 0 and 3, but the later one is not made yet"));
  BOOST_TEST(has(refusal(3, {{0, 1, 1, 2}, {1, 2, 1, 2}}), "joins clusters 1 and 2, one of which is part of another cluster already"));
  BOOST_TEST(has(refusal(3, {{1, 1, 1, 2}}), "one of which is part"));
  BOOST_TEST(has(refusal(3, {{0, 1, std::nan(""), 2}}), "at a height that is no number"));
  BOOST_TEST(
      has(refusal(3, {{0, 1, 1, 2}, {2, 3, 1, 2}}), "merge 1 of the dendrogram joins clusters 2 and 3, but its size is not the sum"));
}

BOOST_AUTO_TEST_CASE(what_is_no_linkage_matrix_is_refused) {
  using support::has;
  BOOST_TEST(has(matrix_refusal({{0, 1, 1}}), "a linkage matrix has 4 columns (two clusters, height, size), not 3"));
  for (const double wrong : {-1.0, 0.5, 1e300, std::nan(""), std::numeric_limits<double>::infinity()})
    BOOST_TEST(has(matrix_refusal({{wrong, 1, 1, 2}}), "in column 0, which must be a whole number"));
  BOOST_TEST(has(matrix_refusal({{0, 1, 1, 2.5}}), "row 0 of the linkage matrix has 2.5 in column 3"));
  BOOST_TEST(has(matrix_refusal({{0, 1, 1, 2}, {2, 5, 1, 3}}), "merge 1 of the dendrogram joins clusters 2 and 5"));
  BOOST_CHECK_EXCEPTION(dm::dendrogram(3, {{0, 1, 1, 2}}).linkage_matrix(), dm::usage_error, [](const dm::usage_error& fault) {
    return support::has(fault.what(), "deepmaacc::dendrogram::linkage_matrix: this is a forest of 2 trees");
  });
}

BOOST_AUTO_TEST_SUITE_END()
