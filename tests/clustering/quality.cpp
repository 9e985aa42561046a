#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/best_cut.hpp>
#include <deepmaacc/clustering/label_agreement.hpp>
#include <deepmaacc/clustering/quality.hpp>
#include <deepmaacc/distance/metrics.hpp>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "quality_fixtures.hpp"
#include "support/error_text.hpp"
#include "support/spaces.hpp"

namespace dm = deepmaacc;
namespace quality = dm::quality;
using support::error_text;
using support::has;
using indices = std::vector<std::size_t>;
using precisions = boost::mpl::list<float, double>;

namespace {

const dm::this_thread here;

template <class T>
xt::xtensor<T, 2> line(const std::vector<T>& numbers) {
  xt::xtensor<T, 2> points(std::array<std::size_t, 2>{numbers.size(), 1});
  std::copy(numbers.begin(), numbers.end(), points.data());
  return points;
}

/// max |a − b| / max(1, |b|)
double error(const std::vector<double>& a, const std::vector<double>& b) {
  BOOST_REQUIRE_EQUAL(a.size(), b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::isnan(a[i]) ? INFINITY : std::max(largest, std::abs(a[i] - b[i]) / std::max(1.0, std::abs(b[i])));
  return largest;
}

template <class Space, class T, class Metric>
std::vector<double> silhouettes(const Space& space, const xt::xtensor<T, 2>& points, const indices& labels, const Metric& metric) {
  const dm::point_rows rows(points);
  return quality::silhouette<Metric>{metric}.samples(space, rows.rows(), dm::partition(rows.rows().extent(0), labels));
}

/// All scores of a space.
template <class Space, class T>
std::vector<double> scores(const Space& space, const xt::xtensor<T, 2>& points, const indices& labels) {
  return {dm::clustering_quality(space, points, labels), dm::clustering_quality(space, points, labels, quality::davies_bouldin{}),
          dm::clustering_quality(space, points, labels, quality::calinski_harabasz{})};
}

/// Points in three groups of ten, and the merges of a tree that joins each group first: a group is a chain of its members.
struct three_groups {
  xt::xtensor<double, 2> points = xt::xtensor<double, 2>(std::array<std::size_t, 2>{30, 2});
  dm::dendrogram tree = dm::dendrogram(1, {});

  three_groups() {
    std::vector<dm::merge> merges;
    for (std::size_t g = 0; g < 3; ++g) {
      for (std::size_t i = 0; i < 10; ++i) {
        points(10 * g + i, 0) = 10.0 * static_cast<double>(g) + std::sin(static_cast<double>(7 * i + g));
        points(10 * g + i, 1) = std::cos(static_cast<double>(3 * i + 2 * g));
        if (i > 0) merges.push_back({10 * g + i, i == 1 ? 10 * g : 30 + merges.size() - 1, 1, i + 1});
      }
    }
    merges.push_back({38, 47, 10, 20});
    merges.push_back({56, 57, 20, 30});
    tree = dm::dendrogram(30, merges);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(clustering_quality)

BOOST_AUTO_TEST_CASE_TEMPLATE(as_scikit_learn, Space, support::spaces) {
  const Space space;
  std::size_t compared = 0;
  for (const auto& name : support::golden_names(".scores")) {
    BOOST_TEST_CONTEXT(name) {
      const auto points = support::golden_points<double>(name + ".points");
      const auto labels = support::golden_indices(name + ".labels");
      const auto golden = support::golden(name + ".scores");
      // scikit-learn loses the digits that are common to all points, and has members that are their centroid 1e-8 away from it.
      const double tolerance = name == "far" ? 1e-6 : 1e-12;
      BOOST_TEST(error({dm::clustering_quality(space, points, labels)}, {golden[0]}) < tolerance);
      BOOST_TEST(error(scores(space, points, labels), golden) < std::max(tolerance, 1e-8));
      if (name != "far") BOOST_TEST(error(scores(space, support::golden_points<float>(name + ".points"), labels), golden) < 2e-5);
      const auto samples = [&](const std::string& metric) { return support::golden(name + ".silhouette-" + metric); };
      BOOST_TEST(error(silhouettes(space, points, labels, dm::distance::euclidean{}), samples("euclidean")) < tolerance);
      BOOST_TEST(error(silhouettes(space, points, labels, dm::distance::manhattan{}), samples("manhattan")) < 1e-9);
      if (name != "far") BOOST_TEST(error(silhouettes(space, points, labels, dm::distance::cosine{}), samples("cosine")) < 1e-9);
      ++compared;
    }
  }
  BOOST_TEST(compared == 7U);
}

// 700 points: several blocks of distances.
BOOST_AUTO_TEST_CASE_TEMPLATE(silhouettes_as_defined, Space, support::spaces) {
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  xt::xtensor<double, 2> points(std::array<std::size_t, 2>{700, 4});
  indices labels(700);
  for (double& x : points) x = normal(random);
  for (std::size_t i = 0; i < 700; ++i) labels[i] = i < 4 ? i : random() % 3;  // label 3 is alone
  const auto metric = [](auto a, auto b) {
    auto sum = a[0] - a[0];
    for (std::size_t c = 0; c < a.size(); ++c) sum += std::sqrt(std::abs(a[c] - b[c]));
    return sum;
  };
  std::vector<double> naive;
  for (std::size_t i = 0; i < 700; ++i) {
    std::vector<double> sums(4, 0), counts(4, 0);
    for (std::size_t j = 0; j < 700; ++j) {
      if (i == j) continue;
      sums[labels[j]] += metric(dm::coordinates<double>(&points(i, 0), 4), dm::coordinates<double>(&points(j, 0), 4));
      ++counts[labels[j]];
    }
    double b = INFINITY;
    for (std::size_t c = 0; c < 4; ++c)
      if (c != labels[i]) b = std::min(b, sums[c] / counts[c]);
    const double a = sums[labels[i]] / counts[labels[i]];
    naive.push_back(counts[labels[i]] == 0 ? 0 : (b - a) / std::max(a, b));
  }
  BOOST_TEST(error(silhouettes(Space{}, points, labels, metric), naive) < 1e-12);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(scores_do_not_depend_on_threads, Space, support::spaces) {
  std::mt19937 random(6);
  std::normal_distribution<float> normal;
  xt::xtensor<float, 2> points(std::array<std::size_t, 2>{400, 5});
  for (float& x : points) x = normal(random);
  indices labels(400);
  for (std::size_t i = 0; i < 400; ++i) labels[i] = i % 9;
  BOOST_TEST(scores(Space{}, points, labels) == scores(here, points, labels), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(clusters_of_equal_points, T, precisions) {
  const auto points = line<T>({T(0.1), T(0.1), T(0.1), T(0.7), T(0.7), T(0.7)});
  BOOST_TEST(scores(here, points, {0, 0, 0, 1, 1, 1}) == (std::vector<double>{1, 0, 1}), boost::test_tools::per_element());
  const auto same = line<T>(std::vector<T>(6, T(0.1)));
  BOOST_TEST(scores(here, same, {0, 0, 0, 1, 1, 1}) == (std::vector<double>{0, 0, 1}), boost::test_tools::per_element());
}

// The means of 0.1, 0.2, 0.6 and of 0.3, 0.3 are equal, though not when they are computed: that overlap is left out.
BOOST_AUTO_TEST_CASE(centroids_that_rounding_keeps_apart) {
  const auto points = line<double>({0.1, 0.2, 0.6, 0.3, 0.3, 0.2, 0.4});
  BOOST_TEST(dm::clustering_quality(here, points, indices{0, 0, 0, 1, 1, 2, 2}, quality::davies_bouldin{}) == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(faults_are_named, Space, support::spaces) {
  const Space space;
  const auto points = line<double>({1, 2, 3, 4});
  const auto refused = [&](const indices& labels, const auto& how) {
    return error_text<dm::data_error>([&] { dm::clustering_quality(space, points, labels, how); });
  };
  const auto check = [&](const auto& how) {
    const std::string name = how.name();
    BOOST_TEST(
        has(refused({0, 0, 0, 0}, how), "quality::" + name + " is defined for 2 to n - 1 clusters of n points, but here are 1 of 4"));
    BOOST_TEST(has(refused({0, 1, 2, 3}, how), "but here are 4 of 4"), refused({0, 1, 2, 3}, how));
    BOOST_TEST(refused({0, 1, 2, 2}, how) == "no error");
    BOOST_TEST(has(refused({0, 1, 1}, how), "there are 4 points, but 3 labels"));
    BOOST_TEST(has(refused({0, 2, 2, 2}, how), "no point has label 1"));
  };
  check(quality::silhouette<>{});
  check(quality::davies_bouldin{});
  check(quality::calinski_harabasz{});

  const auto far = line<double>({-1e300, 1e300, 0, 1});
  const auto text = [&](const auto& how) {
    return error_text<dm::data_error>([&] { dm::clustering_quality(space, far, indices{0, 0, 1, 1}, how); });
  };
  BOOST_TEST(has(text(quality::silhouette<>{}), "a metric must give finite numbers"), text(quality::silhouette<>{}));
  BOOST_TEST(has(text(quality::davies_bouldin{}), "beyond double; scale the points first"), text(quality::davies_bouldin{}));
  BOOST_TEST(has(text(quality::calinski_harabasz{}), "beyond double; scale the points first"), text(quality::calinski_harabasz{}));
}

BOOST_AUTO_TEST_CASE(agreement_as_scikit_learn) {
  std::size_t compared = 0;
  for (const auto& name : support::golden_names(".agreement")) {
    BOOST_TEST_CONTEXT(name) {
      const auto a = support::golden_indices(name + ".first"), b = support::golden_indices(name + ".second");
      const std::vector<double> found{quality::adjusted_rand(a, b), quality::adjusted_mutual_information(a, b)};
      const std::vector<double> swapped{quality::adjusted_rand(b, a), quality::adjusted_mutual_information(b, a)};
      BOOST_TEST(error(found, support::golden(name + ".agreement")) < 1e-12);
      BOOST_TEST(error(found, swapped) < 1e-12);
      ++compared;
    }
  }
  BOOST_TEST(compared == 10U);
}

BOOST_AUTO_TEST_CASE(agreement_of_any_numbers) {
  const indices a{7, 7, SIZE_MAX, SIZE_MAX, 0}, b{1, 1, 2, 2, 3}, none;
  BOOST_TEST(quality::adjusted_rand(a, b) == 1);
  BOOST_TEST(quality::adjusted_mutual_information(a, b) == 1);
  BOOST_TEST(quality::adjusted_rand(none, none) == 1);
  BOOST_TEST(quality::adjusted_mutual_information(none, none) == 1);
  for (std::size_t n = 2; n < 60; ++n) {
    indices alone(n);
    for (std::size_t i = 0; i < n; ++i) alone[i] = 3 * i;
    BOOST_TEST(quality::adjusted_mutual_information(alone, indices(alone.rbegin(), alone.rend())) == 1);
  }
  const auto text = error_text<dm::data_error>([&] { quality::adjusted_rand(a, none); });
  BOOST_TEST(has(text, "quality::adjusted_rand: there are 5 labels on one side and 0 on the other"), text);
  BOOST_TEST(has(error_text<dm::data_error>([&] { quality::adjusted_mutual_information(a, none); }), "quality::adjusted_mutual_info"));
}

// 100000 points: pairs are counted beyond 32 bits, and logarithms of factorials stay exact.
BOOST_AUTO_TEST_CASE(agreement_of_many_points) {
  std::mt19937 random(7);
  indices a(100000), b(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = random() % 40;
    b[i] = random() % 50;
  }
  BOOST_TEST(std::abs(quality::adjusted_rand(a, b)) < 1e-3);
  BOOST_TEST(std::abs(quality::adjusted_mutual_information(a, b)) < 1e-3);
  b = a;
  b[0] = 40;
  BOOST_TEST(quality::adjusted_rand(a, b) == 1, boost::test_tools::tolerance(1e-4));
  BOOST_TEST(quality::adjusted_mutual_information(a, b) == 1, boost::test_tools::tolerance(1e-4));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_best_cut_finds_the_groups, Space, support::spaces) {
  const Space space;
  const three_groups some;
  const auto check = [&](const auto& how) {
    const auto best = dm::best_cut(space, some.tree, some.points, how, 2, 8);
    BOOST_TEST(best.clusters == 3U);
    BOOST_TEST(best.score == dm::clustering_quality(space, some.points, best.labels, how));
    for (std::size_t i = 0; i < 30; ++i) BOOST_TEST(best.labels[i] == i / 10);
  };
  check(quality::silhouette<>{});
  check(quality::silhouette<dm::distance::manhattan>{});
  check(quality::davies_bouldin{});
  BOOST_TEST(dm::best_cut(space, some.tree, some.points, quality::silhouette<>{}, 2, 2).clusters == 2U);
  BOOST_TEST(dm::best_cut(space, some.tree, some.points, quality::silhouette<>{}, 4, 6).clusters >= 4U);
}

namespace {

/// Likes all numbers of clusters from 3 on, equally much or little.
template <bool IsLargerBetter>
struct at_least_three {
  static constexpr bool larger_is_better = IsLargerBetter;
  template <class Space, class T>
  double operator()(const Space&, dm::matrix<const T>, const dm::partition& clusters) const {
    return (clusters.clusters() >= 3) == IsLargerBetter ? -1 : -2;
  }
};

struct undecided : at_least_three<true> {
  template <class Space, class T>
  double operator()(const Space&, dm::matrix<const T>, const dm::partition&) const {
    return std::numeric_limits<double>::quiet_NaN();
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_fewest_of_equally_good_clusters) {
  const three_groups some;
  BOOST_TEST(dm::best_cut(here, some.tree, some.points, at_least_three<true>{}, 1, 30).clusters == 3U);
  BOOST_TEST(dm::best_cut(here, some.tree, some.points, at_least_three<false>{}, 1, 30).clusters == 3U);
}

BOOST_AUTO_TEST_CASE(faults_of_best_cuts_are_named) {
  const three_groups some;
  const quality::silhouette<> how;
  const auto misused = [&](const auto& judge, std::size_t first, std::size_t last) {
    return error_text<dm::usage_error>([&] { dm::best_cut(here, some.tree, some.points, judge, first, last); });
  };
  BOOST_TEST(has(misused(how, 4, 3), "there is no number of clusters from 4 to 3"), misused(how, 4, 3));
  BOOST_TEST(has(misused(at_least_three<true>{}, 29, 31), "only 30 leaves"), misused(at_least_three<true>{}, 29, 31));
  BOOST_TEST(has(misused(at_least_three<true>{}, 0, 2), "0 clusters"), misused(at_least_three<true>{}, 0, 2));
  BOOST_TEST(has(misused(undecided{}, 2, 3), "the quality of 2 clusters is no number"), misused(undecided{}, 2, 3));
  BOOST_TEST(has(error_text<dm::data_error>([&] { dm::best_cut(here, some.tree, some.points, how, 1, 3); }), "here are 1 of 30"));
  BOOST_TEST(has(error_text<dm::data_error>([&] {
                   dm::best_cut(here, some.tree, line<double>({1, 2}), how, 2, 3);
                 }),
                 "there are 2 points, but the dendrogram has 30 leaves"));
}

BOOST_AUTO_TEST_SUITE_END()
