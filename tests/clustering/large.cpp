// More points than 32 bits can count the pairs of: 46 341² is above 2³¹, and 92 682 points have more than 2³² pairs.
#include <Kokkos_Core.hpp>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/distance/distance_matrix.hpp>
#include <deepmaacc/distance/minkowski.hpp>
#include <deepmaacc/distance/precomputed.hpp>
#include <deepmaacc/linkage/rules.hpp>
#include <limits>
#include <vector>

#include "support/agglomerations.hpp"
#include "support/sanitizer.hpp"

namespace dm = deepmaacc;

BOOST_AUTO_TEST_SUITE(large)

// 50 000 floats are 3125 lines of 64 bytes; a spare one and one to make them odd give 3127 lines of 16 floats.
BOOST_AUTO_TEST_CASE(bytes_of_a_matrix_are_counted_in_64_bits) {
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  static_assert(dm::distance_row_length<float>(50'000) == 50'032);
  static_assert(dm::distance_row_length<double>(50'000) == 50'008);
  static_assert(dm::distance_row_length<float>(3'000'000'000) == 3'000'000'016);
  static_assert(dm::distance_row_length<double>(3'000'000'000) == 3'000'000'008);
  BOOST_TEST(dm::distance_matrix_bytes<float>(50'000) == 10'006'400'000U);
  BOOST_TEST(dm::distance_matrix_bytes<double>(50'000) == 20'003'200'000U);
  BOOST_TEST(dm::distance_matrix_bytes<float>(1'000'000'000) == 4'000'000'064'000'000'000U);
  // What 64 bits cannot count either is as much as they can, so that it is above every limit.
  BOOST_TEST(dm::distance_matrix_bytes<float>(3'000'000'000) == most);
  BOOST_TEST(dm::distance_matrix_bytes<double>(3'000'000'000) == most);
  BOOST_TEST(dm::distance_matrix_bytes<float>(most) == most);
}

// Row r begins after (n − 1) + (n − 2) + … + (n − r) distances.
BOOST_AUTO_TEST_CASE(condensed_distances_are_found_by_64_bits) {
  constexpr std::size_t n = 100'000;
  const auto index = [](std::size_t row, std::size_t column) { return dm::distance::precomputed<float>::condensed_index(n, row, column); };
  BOOST_TEST(index(0, 1) == 0U);
  BOOST_TEST(index(0, 99'999) == 99'998U);
  BOOST_TEST(index(1, 2) == 99'999U);
  BOOST_TEST(index(24'999, 99'999) == 2'187'487'499U);  // above 2³¹
  BOOST_TEST(index(25'000, 25'001) == 2'187'487'500U);
  BOOST_TEST(index(62'500, 62'501) == 4'296'843'750U);  // above 2³²
  BOOST_TEST(index(62'500, 99'999) == 4'296'881'248U);
  BOOST_TEST(index(99'997, 99'999) == 4'999'949'998U);
  BOOST_TEST(index(99'998, 99'999) == 4'999'949'999U);  // the last of n(n − 1)/2
}

// Points in a row, each 1 from the next: the tree is a chain, and every merge has height 1. In one dimension all metrics of lengths are
// the same; this one is the quickest.
BOOST_AUTO_TEST_CASE(single_linkage_of_many_points_needs_no_matrix) {
#if SUPPORT_ADDRESS_SANITIZER
  constexpr std::size_t n = 4'700;  // a sanitizer makes n² distances slow, and watches the same steps for fewer points
#else
  constexpr std::size_t n = 47'000;
#endif
  xt::xtensor<float, 2> points(std::array<std::size_t, 2>{n, 1});
  for (std::size_t i = 0; i < n; ++i) points(i, 0) = static_cast<float>(i);
  const auto tree = dm::agglomerate(Kokkos::DefaultHostExecutionSpace{}, points, dm::distance::manhattan{}, dm::linkage::single{},
                                    support::by(dm::agglomeration::matrix_free));
  BOOST_TEST_REQUIRE(tree.merges().size() == n - 1);
  std::vector<std::size_t> sizes(n, 1);
  std::size_t wrong = 0;
  for (const dm::merge& one : tree.merges()) {
    sizes.push_back(sizes[one.first] + sizes[one.second]);
    if (one.height != 1 || one.size != sizes.back()) ++wrong;
  }
  BOOST_TEST(wrong == 0U);
  BOOST_TEST(sizes.back() == n);
}

BOOST_AUTO_TEST_SUITE_END()
