// How near and how far apart points are, found along with their dendrogram; and dendrograms of a matrix that is given up.
#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/distance/distance_range.hpp>
#include <deepmaacc/distance/metrics.hpp>
#include <deepmaacc/distance/pairwise.hpp>
#include <deepmaacc/distance/precomputed.hpp>
#include <deepmaacc/linkage/rules.hpp>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/agglomerations.hpp"
#include "support/clustering_inputs.hpp"
#include "support/spaces.hpp"

namespace dm = deepmaacc;
namespace distance = deepmaacc::distance;
namespace linkage = deepmaacc::linkage;

namespace {

using precisions = boost::mpl::list<float, double>;
const dm::this_thread here;

/// Whether two ranges are the same but for rounding.
template <class T>
bool is_near(const dm::distance_range& found, const dm::distance_range& expected) {
  const double relative = std::is_same_v<T, float> ? 1e-4 : 1e-11;
  return support::is_close(found.shortest, expected.shortest, relative) && support::is_close(found.longest, expected.longest, relative);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ranges)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_range_is_that_of_the_matrix, T, precisions) {
  const auto points = support::random_points<T>(300, 5);  // more than a block
  support::for_each_metric([&](const std::string& name, const auto& metric) {
    const auto distances = dm::pairwise_distances(here, points, metric);
    double shortest = distances(1, 0), longest = 0;
    for (std::size_t i = 0; i < distances.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) {
        shortest = std::min(shortest, static_cast<double>(distances(i, j)));
        longest = std::max(longest, static_cast<double>(distances(i, j)));
      }
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST((dm::range_of(distances) == dm::distance_range{shortest, longest}));
      BOOST_TEST((dm::range_of(here, points, metric) == dm::distance_range{shortest, longest}));
    }
  });
}

BOOST_AUTO_TEST_CASE(few_points_have_a_range) {
  const auto one = support::zeros<double>(1, 3), same = support::zeros<double>(4, 3);
  BOOST_TEST((dm::range_of(here, one) == dm::distance_range{}));
  BOOST_TEST((dm::range_of(here, same) == dm::distance_range{}));
  BOOST_TEST((dm::range_of(dm::pairwise_distances(here, one)) == dm::distance_range{}));
  auto two = support::zeros<double>(2, 2);
  two(1, 0) = 3;
  two(1, 1) = 4;
  BOOST_TEST((dm::range_of(here, two) == dm::distance_range{5, 5}));
  support::for_each_rule<true>([&](const std::string& name, const auto& rule) {
    BOOST_TEST_CONTEXT(name) {
      const auto alone = dm::agglomerate_with_range(here, one, distance::euclidean{}, rule);
      BOOST_TEST(alone.tree.leaves() == 1U);
      BOOST_TEST((alone.range == dm::distance_range{}));
      BOOST_TEST((dm::agglomerate_with_range(here, same, distance::euclidean{}, rule).range == dm::distance_range{}));
      BOOST_TEST((dm::agglomerate_with_range(here, two, distance::euclidean{}, rule).range == dm::distance_range{5, 5}));
    }
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_tree_is_the_same_with_a_range, T, precisions) {
  const auto points = support::random_points<T>(400, 4);
  const auto range = dm::range_of(here, points);
  support::for_each_rule<true>([&](const std::string& name, const auto& rule) {
    for (const auto& [algorithm_name, algorithm] : support::algorithms_of<std::decay_t<decltype(rule)>>())
      BOOST_TEST_CONTEXT(name << ", " << algorithm_name) {
        const auto tree = dm::agglomerate(here, points, distance::euclidean{}, rule, support::by(algorithm));
        const auto both = dm::agglomerate_with_range(here, points, distance::euclidean{}, rule, support::by(algorithm));
        BOOST_TEST((both.tree == tree));
        BOOST_TEST(is_near<T>(both.range, range));
      }
  });
  // From rows that wait for one another, with little room; and by a metric of which there are no squares.
  auto little = support::by(dm::agglomeration::matrix_free);
  little.memory_limit = 1;
  const auto both = dm::agglomerate_with_range(here, points, distance::manhattan{}, linkage::single{}, little);
  BOOST_TEST((both.tree == dm::agglomerate(here, points, distance::manhattan{}, linkage::single{}, little)));
  BOOST_TEST(is_near<T>(both.range, dm::range_of(here, points, distance::manhattan{})));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_range_is_the_same_on_every_space, Space, support::spaces) {
  const auto points = support::random_points<double>(700, 3);
  const auto range = dm::range_of(here, points);
  BOOST_TEST(is_near<double>(dm::range_of(Space{}, points), range));
  support::for_each_rule<true>([&](const std::string& name, const auto& rule) {
    BOOST_TEST_CONTEXT(name) {
      const auto both = dm::agglomerate_with_range(Space{}, points, distance::euclidean{}, rule);
      BOOST_TEST((both.tree == dm::agglomerate(Space{}, points, distance::euclidean{}, rule)));
      BOOST_TEST(is_near<double>(both.range, range));
    }
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_matrix_that_is_given_up_gives_the_same_tree, T, precisions) {
  const auto points = support::random_points<T>(200, 3);
  const auto distances = dm::pairwise_distances(here, points);
  auto square = support::zeros<T>(points.shape()[0], points.shape()[0]);
  for (std::size_t i = 0; i < distances.size(); ++i)
    for (std::size_t j = 0; j < distances.size(); ++j) square(i, j) = distances(i, j);
  support::for_each_rule<true>([&](const std::string& name, const auto& rule) {
    using rule_type = std::decay_t<decltype(rule)>;
    for (const auto& [algorithm_name, algorithm] : support::algorithms_of<rule_type>(false))
      BOOST_TEST_CONTEXT(name << ", " << algorithm_name) {
        auto options = support::by(algorithm);
        const auto given = dm::agglomerate(here, distance::precomputed(square), rule, options);
        options.memory_limit = 1;  // it takes no memory
        BOOST_TEST((dm::agglomerate(here, dm::pairwise_distances(here, points), rule, options) == given));
        // From points the same distances are taken, but for squares and for a spanning tree.
        using traits = dm::linkage_traits<rule_type>;
        if (!traits::uses_squared_distances && !traits::is_nearest_member)
          BOOST_TEST((dm::agglomerate(here, points, distance::euclidean{}, rule, support::by(algorithm)) == given));
      }
  });
  BOOST_TEST(dm::agglomerate(here, dm::pairwise_distances(here, support::zeros<T>(1, 2))).leaves() == 1U);
  BOOST_CHECK_THROW(dm::agglomerate(here, dm::pairwise_distances(here, points), linkage::centroid{}, support::by(dm::agglomeration::chain)),
                    dm::usage_error);
  auto huge = support::zeros<T>(2, 1);
  huge(1, 0) = std::numeric_limits<T>::max() / 2;
  BOOST_CHECK_THROW(dm::agglomerate(here, dm::pairwise_distances(here, huge, distance::manhattan{}), linkage::ward{}), dm::data_error);
}

BOOST_AUTO_TEST_SUITE_END()
