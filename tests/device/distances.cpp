/// \file
/// Distances computed on a device are the host's, and so are the trees.

#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/core/philox.hpp>
#include <deepmaacc/distance/metrics.hpp>

#include "support/spaces.hpp"

namespace dm = deepmaacc;

namespace {

xt::xtensor<double, 2> random_points() {
  const dm::random_source random(1);
  xt::xtensor<double, 2> points(std::array<std::size_t, 2>{90, 7});
  for (std::size_t i = 0; i < 90; ++i)
    for (std::size_t k = 0; k < 7; ++k) points(i, k) = random.normal({0, i, k, 0});
  return points;
}

template <class Metric>
void check(const Metric& metric) {
  const support::device space;
  const auto points = random_points();
  const auto found = dm::pairwise_distances(space, points, metric), expected = dm::pairwise_distances(dm::this_thread{}, points, metric);
  for (std::size_t i = 0; i < 90; ++i)
    for (std::size_t j = 0; j < 90; ++j) BOOST_TEST(std::abs(found(i, j) - expected(i, j)) <= 1e-12 * std::abs(expected(i, j)));
  const auto there = dm::agglomerate(space, points, metric), here = dm::agglomerate(dm::this_thread{}, points, metric);
  for (std::size_t m = 0; m < 89; ++m) {
    BOOST_TEST(there.merges()[m].first == here.merges()[m].first);
    BOOST_TEST(there.merges()[m].second == here.merges()[m].second);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(device_distances)

BOOST_AUTO_TEST_CASE(are_the_hosts) {
  check(dm::distance::euclidean{});
  check(dm::distance::squared_euclidean{});
  check(dm::distance::cosine{});
  check(dm::distance::correlation{});
  check(dm::distance::manhattan{});
  check(dm::distance::chebyshev{});
  check(dm::distance::minkowski{3});
  check(dm::distance::canberra{});
  check(dm::distance::braycurtis{});
}

BOOST_AUTO_TEST_CASE(linkage_on_squares_and_without_a_matrix) {
  const support::device space;
  const auto points = random_points();
  const auto check_rule = [&](const auto& rule) {
    const auto there = dm::agglomerate(space, points, dm::distance::euclidean{}, rule),
               here = dm::agglomerate(dm::this_thread{}, points, dm::distance::euclidean{}, rule);
    for (std::size_t m = 0; m < 89; ++m)
      BOOST_TEST(std::abs(there.merges()[m].height - here.merges()[m].height) <= 1e-12 * here.merges()[m].height);
  };
  check_rule(dm::linkage::ward{});
  check_rule(dm::linkage::single{});
  check_rule(dm::linkage::centroid{});
}

BOOST_AUTO_TEST_SUITE_END()
