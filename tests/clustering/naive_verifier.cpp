// The verifier itself: it takes right dendrograms, and finds what is wrong with others.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "support/error_text.hpp"
#include "support/naive_clustering.hpp"

using support::has;

namespace {

// 0 1   3      7      12 on a line, and none of them equally far.
const naive::point_set line{5, 1, {0, 1, 3, 7, 12.5L}};
const naive::distances apart = naive::all_distances(line, naive::root_of_squares);
const naive::rule single = naive::nearest_members(apart);
const std::vector<naive::merge> right{{0, 1, 1, 2}, {2, 5, 2, 3}, {3, 6, 4, 4}, {4, 7, 5.5, 5}};

/// What the verifier says when something has been done to the right dendrogram.
template <class Change>
std::string fault_after(const Change& change) {
  auto merges = right;
  change(merges);
  return naive::fault_of(apart, single, merges);
}

/// Points that no two pairs of are equally far.
naive::point_set scattered(std::size_t n, std::size_t d) {
  naive::point_set points{n, d, std::vector<naive::number>(n * d)};
  for (std::size_t i = 0; i < n * d; ++i) points.values[i] = std::sin(static_cast<naive::number>(i * i) * 0.7L + 1);
  return points;
}

void check_same(const std::vector<naive::merge>& a, const std::vector<naive::merge>& b) {
  BOOST_TEST_REQUIRE(a.size() == b.size());
  for (std::size_t m = 0; m < a.size(); ++m) {
    BOOST_TEST(a[m].first == b[m].first);
    BOOST_TEST(a[m].second == b[m].second);
    BOOST_TEST(a[m].size == b[m].size);
    BOOST_TEST(std::abs(a[m].height - b[m].height) <= 1e-14);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(naive_verifier)

BOOST_AUTO_TEST_CASE(right_dendrograms_pass) {
  check_same(naive::build(apart, single), right);
  BOOST_TEST(naive::fault_of(apart, single, right) == "");
  BOOST_TEST(fault_after([](auto& merges) { std::swap(merges[1].first, merges[1].second); }) == "");  // the two of a merge have no order
  BOOST_TEST(fault_after([](auto& merges) { merges[2].height += 1e-12; }) == "");
}

BOOST_AUTO_TEST_CASE(wrong_dendrograms_are_rejected) {
  const auto swapped = [](auto& merges) { merges = {{0, 1, 1, 2}, {3, 4, 5.5, 2}, {2, 5, 2, 3}, {6, 7, 4, 5}}; };
  BOOST_TEST(has(fault_after(swapped), "merge 1 of clusters 3 and 4: they are 5.5 apart, but 2 and 5 only 2"));
  BOOST_TEST(has(fault_after([](auto& merges) { merges[0] = {0, 2, 3, 2}; }), "merge 0 of clusters 0 and 2: they are 3 apart"));
  BOOST_TEST(has(fault_after([](auto& merges) { merges[2].height = 4.001; }), "but they are 4 apart"));
  BOOST_TEST(has(fault_after([](auto& merges) { merges[2].height = 3.999; }), "but they are 4 apart"));
  BOOST_TEST(has(fault_after([](auto& merges) { merges[2].height = NAN; }), "but they are 4 apart"));
  BOOST_TEST(has(fault_after([](auto& merges) { merges[1] = merges[0]; }), "merge 1 of clusters 0 and 1: not two clusters of that time"));
  BOOST_TEST(has(fault_after([](auto& merges) { merges[0].second = 0; }), "not two clusters"));
  BOOST_TEST(has(fault_after([](auto& merges) { merges[1].second = 6; }), "not two clusters"));  // itself
  BOOST_TEST(has(fault_after([](auto& merges) { merges[3].first = 99; }), "not two clusters"));
  BOOST_TEST(has(fault_after([](auto& merges) { merges[1].second = 1; }), "not two clusters"));  // a leaf that is part of a cluster
  BOOST_TEST(has(fault_after([](auto& merges) { merges[3].size = 4; }), "size 4 is not the sum"));
  BOOST_TEST(has(fault_after([](auto& merges) { merges.pop_back(); }), "3 merges for 5 leaves"));
  BOOST_TEST(has(fault_after([](auto& merges) { merges.push_back(merges.back()); }), "5 merges for 5 leaves"));
}

BOOST_AUTO_TEST_CASE(ties_may_be_broken_in_any_way) {
  const naive::point_set even{4, 1, {0, 1, 2, 3}};
  const auto all = naive::all_distances(even, naive::root_of_squares);
  const auto how = naive::farthest_members(all);
  const std::vector<naive::merge> by_number{{0, 1, 1, 2}, {2, 3, 1, 2}, {4, 5, 3, 4}},
      middle_first{{1, 2, 1, 2}, {0, 4, 2, 3}, {3, 5, 3, 4}};
  check_same(naive::build(all, how), by_number);
  BOOST_TEST(naive::fault_of(all, how, by_number) == "");
  BOOST_TEST(naive::fault_of(all, how, middle_first) == "");
  const std::vector<naive::merge> not_nearest{{1, 2, 1, 2}, {0, 4, 2, 3}, {3, 5, 2, 4}};
  BOOST_TEST(has(naive::fault_of(all, how, not_nearest), "merge 2"));
}

// The definitions by members and the recurrences were written apart: each is a check of the other.
BOOST_AUTO_TEST_CASE(definitions_agree_with_recurrences) {
  const auto points = scattered(24, 3);
  const auto all = naive::all_distances(points, naive::root_of_squares);
  const auto check = [&](const naive::rule& definition, const char* name) {
    BOOST_TEST_CONTEXT(name) {
      const auto merges = naive::build(all, definition);
      check_same(merges, naive::build(all, naive::recurrence_named(name)));
      BOOST_TEST(naive::fault_of(all, naive::recurrence_named(name), merges) == "");
    }
  };
  check(naive::nearest_members(all), "single");
  check(naive::farthest_members(all), "complete");
  check(naive::mean_of_pairs(all), "average");
  check(naive::growth_of_squares(points), "ward");
  check(naive::between_centroids(points), "centroid");
  // and a dendrogram of one linkage is none of another
  BOOST_TEST(naive::fault_of(all, naive::recurrence_named("weighted"), naive::build(all, naive::recurrence_named("average"))) != "");
  BOOST_TEST(naive::fault_of(all, naive::recurrence_named("median"), naive::build(all, naive::recurrence_named("centroid"))) != "");
}

BOOST_AUTO_TEST_CASE(partitions_are_by_the_least_leaf) {
  BOOST_TEST(naive::partition(5, right, 5) == (naive::members{0, 1, 2, 3, 4}), boost::test_tools::per_element());
  BOOST_TEST(naive::partition(5, right, 2) == (naive::members{0, 0, 0, 0, 4}), boost::test_tools::per_element());
  BOOST_TEST(naive::partition(5, right, 1) == (naive::members{0, 0, 0, 0, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
