#include <Kokkos_Core.hpp>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/clustering/representatives.hpp>
#include <deepmaacc/distance/metrics.hpp>
#include <random>
#include <string>
#include <vector>

#include "quality_fixtures.hpp"
#include "support/error_text.hpp"
#include "support/spaces.hpp"

namespace dm = deepmaacc;
namespace representative = dm::representative;
using support::error_text;
using support::has;
using indices = std::vector<std::size_t>;

namespace {

const dm::this_thread here;

template <class T>
xt::xtensor<T, 2> line(const std::vector<T>& numbers) {
  xt::xtensor<T, 2> points(std::array<std::size_t, 2>{numbers.size(), 1});
  std::copy(numbers.begin(), numbers.end(), points.data());
  return points;
}

/// n random points of 3 coordinates in k clusters, none empty.
struct random_clusters {
  xt::xtensor<double, 2> points;
  indices labels;

  random_clusters(std::size_t n, std::size_t k, unsigned seed) : points(std::array<std::size_t, 2>{n, 3}), labels(n) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    for (double& x : points) x = normal(random);
    for (std::size_t i = 0; i < n; ++i) labels[i] = i < k ? i : random() % k;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(representatives)

BOOST_AUTO_TEST_CASE_TEMPLATE(as_scikit_learn, Space, support::spaces) {
  const Space space;
  std::size_t compared = 0;
  for (const auto& name : support::golden_names(".nearest")) {
    BOOST_TEST_CONTEXT(name) {
      const auto points = support::golden_points<double>(name + ".points");
      const auto labels = support::golden_indices(name + ".labels");
      const auto check = [&](const std::string& what, const indices& found) {
        BOOST_TEST(found == support::golden_indices(name + what), boost::test_tools::per_element());
        ++compared;
      };
      check(".nearest", dm::representatives(space, points, labels, representative::nearest_to_centroid{}));
      check(".medoids-euclidean", dm::representatives(space, points, labels, representative::medoid{}));
      check(".medoids-manhattan", dm::representatives(space, points, labels, representative::medoid{}, dm::distance::manhattan{}));
      if (name != "far")
        check(".medoids-cosine", dm::representatives(space, points, labels, representative::medoid{}, dm::distance::cosine{}));
      if (name != "far") {
        const auto single = support::golden_points<float>(name + ".points");
        check(".nearest", dm::representatives(space, single, labels, representative::nearest_to_centroid{}));
        check(".medoids-euclidean", dm::representatives(space, single, labels));
      }
    }
  }
  BOOST_TEST(compared == 3U + 5 * 6);
}

BOOST_AUTO_TEST_CASE(the_first_has_the_lowest_number) {
  const auto points = line<float>({5, 4, 3, 2, 1});
  BOOST_TEST(dm::representatives(here, points, indices{1, 0, 1, 2, 0}, representative::first{}) == (indices{1, 0, 3}),
             boost::test_tools::per_element());
}

// What ties on paper ties, though 0.1, 0.2 and 0.3 are not exact: 0.3 is nearer to the rounded mean of 0.1 and 0.3 than 0.1 is.
BOOST_AUTO_TEST_CASE(the_lowest_number_wins_ties) {
  const auto check = [](const auto& points) {
    const indices together(points.shape()[0], 0);
    for (const std::size_t found : {dm::representatives(here, points, together, representative::medoid{})[0],
                                    dm::representatives(here, points, together, representative::nearest_to_centroid{})[0]})
      BOOST_TEST(found == 0U);
  };
  check(line<double>({0.1, 0.3}));
  check(line<double>({0.3, 0.1}));
  check(line<double>({1e9 + 0.1, 1e9 + 0.3}));
  check(line<double>({0.2, 0.3, 0.1, 0.4}));
  check(line<double>({0.3, 0.2, 0.4, 0.1}));
  check(line<float>({0.75F, 0.5F, 1, 0.25F}));
  check(line<double>({7, 7, 7}));
  check(line<double>({7}));
}

BOOST_AUTO_TEST_CASE(what_is_nearer_by_little_wins) {
  const auto points = line<double>({1e6 - 1, 1e6 + 0.99, 1e6, 1e6 + 1});
  BOOST_TEST(dm::representatives(here, points, indices(4, 0), representative::nearest_to_centroid{})[0] == 2U);
  BOOST_TEST(dm::representatives(here, line<double>({-1 + 4e-9, 0, 1e-9, 1}), indices(4, 0), representative::nearest_to_centroid{})[0] ==
             2U);
}

BOOST_AUTO_TEST_CASE(coordinates_of_all_sizes) {
  for (const double unit : {1e-320, 1e-200, 1e200, 1.7e308}) {
    const auto points = line<double>({unit, -unit, unit * 0.25, unit * 0.5});
    BOOST_TEST(dm::representatives(here, points, indices(4, 0), representative::nearest_to_centroid{})[0] == 2U);
  }
}

BOOST_AUTO_TEST_CASE(medoids_follow_the_metric) {
  const auto wrapped = [](auto a, auto b) {  // angles
    const auto apart = std::abs(a[0] - b[0]);
    return std::min(apart, 360 - apart);
  };
  const auto points = line<double>({340, 10, 2, 120});
  BOOST_TEST(dm::representatives(here, points, indices(4, 0), representative::medoid{}, wrapped)[0] == 1U);
  BOOST_TEST(dm::representatives(here, points, indices(4, 0), representative::medoid{})[0] == 1U);
  const auto others = line<double>({350, 355, 300, 2, 5});
  BOOST_TEST(dm::representatives(here, others, indices(5, 0), representative::medoid{}, wrapped)[0] == 1U);
  BOOST_TEST(dm::representatives(here, others, indices(5, 0), representative::medoid{})[0] == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(random_choices_depend_on_seed_and_cluster_only, Space, support::spaces) {
  const random_clusters some(500, 20, 1);
  const auto first = dm::representatives(here, some.points, some.labels, representative::random{.seed = 1});
  BOOST_TEST(dm::representatives(Space{}, some.points, some.labels, representative::random{.seed = 1}) == first,
             boost::test_tools::per_element());
  const auto second = dm::representatives(here, some.points, some.labels, representative::random{.seed = 2});
  std::size_t equal = 0;
  for (std::size_t c = 0; c < 20; ++c) equal += first[c] == second[c] ? 1U : 0U;
  BOOST_TEST(equal < 6U);
}

BOOST_AUTO_TEST_CASE(every_member_is_as_likely) {
  const auto points = line<float>({0, 1, 2, 3, 4});
  std::vector<int> chosen(5, 0);
  for (std::uint64_t seed = 0; seed < 5000; ++seed)
    ++chosen[dm::representatives(here, points, indices(5, 0), representative::random{.seed = seed})[0]];
  for (const int count : chosen) BOOST_TEST(std::abs(count - 1000) < 4 * 29);  // four standard deviations
}

BOOST_AUTO_TEST_CASE(random_clusters_choose_apart) {
  std::vector<float> numbers(400);
  indices labels(400);
  for (std::size_t i = 0; i < 400; ++i) labels[i] = i / 2;
  std::size_t lower = 0;
  for (const std::size_t i : dm::representatives(here, line(numbers), labels, representative::random{})) lower += i % 2;
  BOOST_TEST(lower > 70U);
  BOOST_TEST(lower < 130U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_rule_sees_its_cluster, Space, support::spaces) {
  const random_clusters some(300, 7, 2);
  const dm::distance::manhattan metric;
  const auto rule = [&](const auto& cluster) -> std::size_t {
    for (const std::size_t i : cluster.members()) {
      if (some.labels[i] != cluster.index()) throw dm::usage_error("a member of another cluster");
      for (std::size_t c = 0; c < 3; ++c)
        if (static_cast<double>(cluster.point(i)[c]) != some.points(i, c)) throw dm::usage_error("another point");
      const std::size_t j = cluster.members().front();
      if (cluster.distance(i, j) != metric(cluster.point(i), cluster.point(j))) throw dm::usage_error("another metric");
    }
    return cluster.members().back();
  };
  const auto found = dm::representatives(Space{}, some.points, some.labels, rule, metric);
  for (std::size_t c = 0; c < 7; ++c)
    for (std::size_t i = 0; i < 300; ++i)
      if (some.labels[i] == c) BOOST_TEST(i <= found[c]);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(faults_are_named, Space, support::spaces) {
  const Space space;
  const auto points = line<double>({1, 2, 3, 4});
  const auto labelled = [&](const indices& labels) {
    return error_text<dm::data_error>([&] { dm::representatives(space, points, labels); });
  };
  BOOST_TEST(has(labelled({0, 0, 1}), "there are 4 points, but 3 labels"), labelled({0, 0, 1}));
  BOOST_TEST(has(labelled({0, 0, 2, 2}), "no point has label 1, but one has label 2"), labelled({0, 0, 2, 2}));
  BOOST_TEST(has(labelled({0, 0, 4, 2}), "point 2 has label 4, but 4 points form at most 4 clusters"), labelled({0, 0, 4, 2}));
  BOOST_TEST(has(labelled({0, 0, SIZE_MAX, 2}), "point 2 has label"));
  BOOST_TEST(labelled({1, 0, 3, 2}) == "no error");

  const auto outsider = [](const auto& cluster) { return cluster.index() == 0 ? cluster.members().front() : std::size_t{0}; };
  const auto text = error_text<dm::usage_error>([&] { dm::representatives(space, points, indices{0, 0, 1, 1}, outsider); });
  BOOST_TEST(has(text, "the rule chose point 0 for cluster 1, which it is no member of"), text);

  const auto far = line<float>({-3e38F, 3e38F, 0});
  const auto sums = error_text<dm::data_error>([&] { dm::representatives(space, far, indices{0, 0, 0}); });
  BOOST_TEST(has(sums, "the distances of point 0 to the others of its cluster sum up to inf"), sums);
}

BOOST_AUTO_TEST_SUITE_END()
