// Distances against SciPy's, and against plain loops in long double.
#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/distance/metrics.hpp>
#include <deepmaacc/distance/pairwise.hpp>
#include <limits>
#include <string>
#include <vector>

#include "support/clustering_inputs.hpp"
#include "support/error_text.hpp"
#include "support/linkage_fixture.hpp"
#include "support/naive_clustering.hpp"
#include "support/spaces.hpp"

namespace dm = deepmaacc;
using support::has;
using support::is_close;

namespace {

using precisions = boost::mpl::list<float, double>;

/// Largest relative error that is rounding. 1 − cosine is computed from unit vectors: its absolute error counts.
template <class T>
constexpr double relative = std::is_same_v<T, float> ? 1e-5 : 1e-12;
template <class T>
double absolute(const std::string& metric) {
  if (!support::is_angular(metric)) return 0;
  return std::is_same_v<T, float> ? 1e-6 : 1e-14;
}

/// Compares all distances of points with plain loops: `distances(i, j)`.
template <class T, class Distances>
void check_pairs(const std::string& name, const xt::xtensor<T, 2>& points, const Distances& distances) {
  const auto plain = support::naive_points(points);
  const auto metric = naive::metric_named(name);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < plain.n; ++i)
    for (std::size_t j = 0; j < plain.n; ++j) {
      const naive::number expected = i == j ? 0 : metric(plain.row(i), plain.row(j), plain.d);
      const T found = distances(i, j);
      const bool is_right = is_close(found, expected, relative<T>, absolute<T>(name)) && (i != j || found == 0) && found == distances(j, i);
      if (!is_right && ++wrong == 1)
        BOOST_ERROR(name << ": points " << i << " and " << j << " are " << expected << " apart, not " << found << "; the other way round "
                         << distances(j, i));
    }
  BOOST_TEST(wrong == 0U);
}

/// The distances of a to b, compared with plain loops.
template <class T>
void check_cross(const std::string& name, const xt::xtensor<T, 2>& a, const xt::xtensor<T, 2>& b, const xt::xtensor<T, 2>& distances) {
  const auto from = support::naive_points(a), to = support::naive_points(b);
  const auto metric = naive::metric_named(name);
  BOOST_TEST_REQUIRE(distances.shape()[0] == from.n);
  BOOST_TEST_REQUIRE(distances.shape()[1] == to.n);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < from.n; ++i)
    for (std::size_t j = 0; j < to.n; ++j) {
      const naive::number expected = metric(from.row(i), to.row(j), from.d);
      if (!is_close(distances(i, j), expected, relative<T>, absolute<T>(name)) && ++wrong == 1)
        BOOST_ERROR(name << ": points " << i << " and " << j << " are " << expected << " apart, not " << distances(i, j));
    }
  BOOST_TEST(wrong == 0U);
}

/// How far the logarithms are apart; a metric with a faster form, and no name.
struct of_logarithms {
  template <class T>
  bool prepare(dm::coordinates<T> a, T* prepared) const {
    for (std::size_t k = 0; k < a.size(); ++k) {
      if (!(a[k] > 0)) return false;
      prepared[k] = std::log(a[k]);
    }
    return true;
  }
  template <class T>
  T operator()(dm::coordinates<T> a, dm::coordinates<T> b) const {
    T sum = 0;
    for (std::size_t k = 0; k < a.size(); ++k) sum += std::pow(std::log(a[k] / b[k]), T{2});
    return std::sqrt(sum);
  }
  template <class T>
  T from_squared(T squared) const {
    return std::sqrt(squared);
  }
};
static_assert(dm::EuclideanForm<of_logarithms>);

template <class T>
bool are_equal(const dm::distance_matrix<T>& a, const dm::distance_matrix<T>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < a.size(); ++j)
      if (a(i, j) != b(i, j)) return false;
  return a.size() == b.size();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics)

static_assert(dm::is_metric<dm::distance::euclidean> && dm::is_metric<dm::distance::manhattan> && dm::is_metric<dm::distance::chebyshev> &&
              dm::is_metric<dm::distance::minkowski> && dm::is_metric<dm::distance::hamming> && dm::is_metric<dm::distance::canberra>);
static_assert(!dm::is_metric<dm::distance::squared_euclidean> && !dm::is_metric<dm::distance::cosine> &&
              !dm::is_metric<dm::distance::correlation> && !dm::is_metric<dm::distance::braycurtis>);

BOOST_AUTO_TEST_CASE(distances_are_scipys) {
  const support::linkage_fixture fixture;
  std::size_t compared = 0;
  for (const std::string set : {"awkward", "zeros"}) {
    const auto points = fixture.points<double>(set);
    support::for_each_metric([&](const std::string& name, const auto& metric) {
      const std::string array = set + "." + name + ".pdist";
      if (!fixture.has(array)) return;
      const auto expected = fixture.array(array);
      const auto distances = dm::pairwise_distances(Kokkos::DefaultHostExecutionSpace{}, points, metric);
      const std::size_t n = distances.size();
      BOOST_TEST_REQUIRE(expected.values.size() == n * (n - 1) / 2);
      std::size_t at = 0;
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = i + 1; j < n; ++j, ++at) {
          const double one =
              metric(dm::coordinates<double>(&points(i, 0), points.shape()[1]), dm::coordinates<double>(&points(j, 0), points.shape()[1]));
          BOOST_TEST_CONTEXT(set << ", " << name << ", points " << i << " and " << j << ", " << expected.values[at]) {
            BOOST_TEST(is_close(distances(i, j), expected.values[at], relative<double>, absolute<double>(name)));
            BOOST_TEST(is_close(one, expected.values[at], relative<double>, absolute<double>(name)));
          }
        }
      ++compared;
    });
  }
  BOOST_TEST(compared == 18U);
}

// Sizes around those of blocks and vectors.
BOOST_AUTO_TEST_CASE_TEMPLATE(distances_agree_with_plain_loops, T, precisions) {
  struct extent {
    std::size_t n, d;
  };
  const Kokkos::DefaultHostExecutionSpace space;
  for (const extent& size : std::vector<extent>{{1, 3}, {2, 1}, {31, 1}, {33, 17}, {300, 5}, {257, 16}, {40, 500}}) {
    const std::size_t n = size.n, d = size.d;
    const auto points = support::random_points<T>(n, d, n + d);
    support::for_each_metric([&](const std::string& name, const auto& metric) {
      if (d == 1 && support::is_angular(name)) return;
      BOOST_TEST_CONTEXT(name << ", " << n << " points of " << d << " coordinates")
      check_pairs(name, points, dm::pairwise_distances(space, points, metric));
    });
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(cross_distances_agree_with_plain_loops, T, precisions) {
  const Kokkos::DefaultHostExecutionSpace space;
  const auto few = support::random_points<T>(7, 13, 1), many = support::random_points<T>(301, 13, 2);
  support::for_each_metric([&](const std::string& name, const auto& metric) {
    check_cross(name, few, many, dm::cross_distances(space, few, many, metric));
    check_cross(name, many, few, dm::cross_distances(space, many, few, metric));
    const auto own = dm::cross_distances(space, few, few, metric);
    for (std::size_t i = 0; i < 7; ++i) BOOST_TEST(own(i, i) == T{0});
  });
}

// What ‖x‖² + ‖y‖² − 2xy cancels: far from the origin, and far from each other's middle too, where no shift helps all.
BOOST_AUTO_TEST_CASE_TEMPLATE(near_points_far_away_keep_their_distance, T, precisions) {
  const Kokkos::DefaultHostExecutionSpace space;
  for (const std::size_t d : {1U, 3U, 24U, 500U})
    for (const double spread : {1.0, 0.03}) {
      auto points = support::random_points<T>(70, d, d);
      for (std::size_t i = 0; i < 70; ++i)
        for (std::size_t k = 0; k < d; ++k)
          points(i, k) = static_cast<T>((i % 3 == 0 ? 1e4 : i % 3 == 1 ? -1e4 : 3e3) + spread * static_cast<double>(points(i, k)));
      for (std::size_t k = 0; k < d; ++k) points(12, k) = points(9, k);  // equal points are not apart at all
      BOOST_TEST_CONTEXT(d << " coordinates, spread " << spread) {
        check_pairs("euclidean", points, dm::pairwise_distances(space, points, dm::distance::euclidean{}));
        check_pairs("sqeuclidean", points, dm::pairwise_distances(space, points, dm::distance::squared_euclidean{}));
        check_pairs("cityblock", points, dm::pairwise_distances(space, points, dm::distance::manhattan{}));
        check_cross("euclidean", points, points, dm::cross_distances(space, points, points, dm::distance::euclidean{}));
        BOOST_TEST(dm::pairwise_distances(space, points)(9, 12) == T{0});
      }
    }
}

// In float too: the angle of two nearly parallel points is not lost in 1 − cos.
BOOST_AUTO_TEST_CASE_TEMPLATE(small_angles_are_kept, T, precisions) {
  const auto step = std::is_same_v<T, float> ? T(1e-3) : T(1e-6);
  xt::xtensor<T, 2> points = support::zeros<T>(4, 3);
  for (std::size_t i = 0; i < 4; ++i)
    points(i, 0) = 5, points(i, 1) = static_cast<T>(i) * step, points(i, 2) = -static_cast<T>(i * i) * step;
  const auto plain = support::naive_points(points);
  const auto distances = dm::pairwise_distances(Kokkos::DefaultHostExecutionSpace{}, points, dm::distance::cosine{});
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      naive::number across = 0, along = 0;  // of the cross product, which does not cancel here
      const naive::number *a = plain.row(i), *b = plain.row(j);
      for (std::size_t k = 0; k < 3; ++k) {
        const naive::number part = a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3];
        across += part * part, along += a[k] * b[k];
      }
      const naive::number half = std::sin(std::atan2(std::sqrt(across), along) / 2);
      BOOST_TEST_CONTEXT(i << ", " << j << ": " << distances(i, j) << ", not " << 2 * half * half)
      BOOST_TEST(is_close(distances(i, j), 2 * half * half, std::is_same_v<T, float> ? 2e-3 : 1e-8));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_space_gives_the_same_numbers, Space, support::spaces) {
  const auto points = support::random_points<float>(530, 9), others = support::random_points<float>(300, 9, 2);
  support::for_each_metric([&](const std::string& name, const auto& metric) {
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(are_equal(dm::pairwise_distances(Space{}, points, metric), dm::pairwise_distances(dm::this_thread{}, points, metric)));
      BOOST_TEST((dm::cross_distances(Space{}, points, others, metric) == dm::cross_distances(dm::this_thread{}, points, others, metric)));
    }
  });
}

BOOST_AUTO_TEST_CASE(every_layout_gives_the_same_numbers) {
  const auto points = support::random_points<double>(40, 7);
  const Kokkos::DefaultHostExecutionSpace space;
  const Kokkos::View<double**, Kokkos::LayoutLeft, Kokkos::HostSpace> columns("columns", 40, 7);
  const Kokkos::View<double**, Kokkos::LayoutRight, Kokkos::HostSpace> rows("rows", 40, 7);
  xt::xtensor<double, 2, xt::layout_type::column_major> turned(std::array<std::size_t, 2>{40, 7});
  for (std::size_t i = 0; i < 40; ++i)
    for (std::size_t k = 0; k < 7; ++k) columns(i, k) = rows(i, k) = turned(i, k) = points(i, k);
  const auto expected = dm::pairwise_distances(space, points);
  BOOST_TEST(are_equal(dm::pairwise_distances(space, columns), expected));
  BOOST_TEST(are_equal(dm::pairwise_distances(space, rows), expected));
  BOOST_TEST(are_equal(dm::pairwise_distances(space, turned), expected));
}

BOOST_AUTO_TEST_CASE(minkowski_has_manhattan_and_euclidean_in_it) {
  const auto points = support::random_points<double>(20, 6);
  const dm::this_thread space;
  const auto one = dm::pairwise_distances(space, points, dm::distance::minkowski{1}),
             two = dm::pairwise_distances(space, points, dm::distance::minkowski{2}),
             much = dm::pairwise_distances(space, points, dm::distance::minkowski{300});
  const auto manhattan = dm::pairwise_distances(space, points, dm::distance::manhattan{}),
             euclidean = dm::pairwise_distances(space, points),
             chebyshev = dm::pairwise_distances(space, points, dm::distance::chebyshev{});
  for (std::size_t i = 0; i < 20; ++i)
    for (std::size_t j = 0; j < 20; ++j) {
      BOOST_TEST(is_close(one(i, j), manhattan(i, j), 1e-12));
      BOOST_TEST(is_close(two(i, j), euclidean(i, j), 1e-12));
      BOOST_TEST(is_close(much(i, j), chebyshev(i, j), 0.01));
    }
  for (const double p : {0.5, 0.0, -1.0, double(NAN), double(INFINITY)})
    BOOST_TEST(has(support::error_text<dm::usage_error>([&] { dm::distance::minkowski{p}; }), "distance::minkowski: p is "));
}

// Powers of differences below and above 1 leave both precisions: 0.1⁵⁰ vanishes in float, 30⁴⁰⁰ overflows in double.
BOOST_AUTO_TEST_CASE_TEMPLATE(minkowski_takes_large_powers, T, precisions) {
  for (const double scale : {1e-3, 0.1, 1.0, 30.0, 1e4})
    for (const double p : {1.5, 50.0, 400.0}) {
      auto points = support::random_points<T>(40, 5, 3);
      for (std::size_t i = 0; i < 40; ++i)
        for (std::size_t k = 0; k < 5; ++k) points(i, k) = static_cast<T>(scale * static_cast<double>(points(i, k)));
      for (std::size_t k = 0; k < 5; ++k) points(7, k) = points(3, k);  // equal points are not apart at all
      points(8, 1) = points(9, 1), points(8, 0) = points(9, 0);         // no difference, and then some
      const dm::distance::minkowski metric{p};
      const auto distances = dm::pairwise_distances(Kokkos::DefaultHostExecutionSpace{}, points, metric);
      for (std::size_t i = 0; i < 40; ++i)
        for (std::size_t j = 0; j < i; ++j) {
          naive::number largest = 0, sum = 0;  // divided by the largest here too: 0.001⁴⁰⁰ is nothing in long double either
          const auto difference = [&](std::size_t k) { return std::abs(naive::number(points(i, k)) - naive::number(points(j, k))); };
          for (std::size_t k = 0; k < 5; ++k) largest = std::max(largest, difference(k));
          for (std::size_t k = 0; k < 5 && largest > 0; ++k) sum += std::pow(difference(k) / largest, naive::number(p));
          const naive::number expected = largest * std::pow(sum, 1 / naive::number(p));
          const T one = metric(dm::coordinates<T>(&points(i, 0), 5), dm::coordinates<T>(&points(j, 0), 5));
          if (!is_close(distances(i, j), expected, relative<T>) || !is_close(one, expected, relative<T>))
            BOOST_ERROR("scale " << scale << ", p = " << p << ": points " << i << " and " << j << " are " << expected << " apart, not "
                                 << distances(i, j) << " or " << one);
        }
      BOOST_TEST(distances(7, 3) == T{0});
    }
  // By hand, and the limit p → ∞, which is the largest difference.
  const xt::xtensor<T, 2> line{{T(0)}, {T(0.1)}, {T(0.3)}}, plane{{T(0), T(0)}, {T(0.3), T(0.3)}, {T(-20), T(2000)}};
  for (const double p : {50.0, 400.0}) {
    const auto along = dm::pairwise_distances(dm::this_thread{}, line, dm::distance::minkowski{p});
    BOOST_TEST(is_close(along(0, 1), naive::number(T(0.1)), relative<T>));
    BOOST_TEST(is_close(along(0, 2), naive::number(T(0.3)), relative<T>));
    const auto across = dm::pairwise_distances(dm::this_thread{}, plane, dm::distance::minkowski{p});
    BOOST_TEST(is_close(across(0, 1), naive::number(T(0.3)) * std::pow(naive::number(2), 1 / naive::number(p)), relative<T>));
    BOOST_TEST(is_close(across(0, 2), naive::number(2000), relative<T>));
  }
  const auto points = support::random_points<T>(20, 6);
  const auto much = dm::pairwise_distances(dm::this_thread{}, points, dm::distance::minkowski{1e9}),
             chebyshev = dm::pairwise_distances(dm::this_thread{}, points, dm::distance::chebyshev{});
  for (std::size_t i = 0; i < 20; ++i)
    for (std::size_t j = 0; j < 20; ++j) BOOST_TEST(is_close(much(i, j), chebyshev(i, j), relative<T>));
}

// Zeros where a metric divides.
BOOST_AUTO_TEST_CASE(zeros_are_no_trouble_where_a_distance_is_defined) {
  auto points = support::zeros<double>(3, 4);
  points(2, 1) = 3;
  const dm::this_thread space;
  const auto canberra = dm::pairwise_distances(space, points, dm::distance::canberra{}),
             braycurtis = dm::pairwise_distances(space, points, dm::distance::braycurtis{});
  BOOST_TEST(canberra(0, 1) == 0);
  BOOST_TEST(canberra(0, 2) == 1);
  BOOST_TEST(braycurtis(0, 1) == 0);
  BOOST_TEST(braycurtis(0, 2) == 1);
  const auto text = [&](const auto& metric, const auto& of) {
    return support::error_text<dm::data_error>([&] { dm::pairwise_distances(space, of, metric); });
  };
  BOOST_TEST(text(dm::distance::cosine{}, points) ==
             "distance metric cosine is not defined for point 0, as for one that has no direction; remove it or choose another metric");
  for (std::size_t k = 0; k < 4; ++k) points(0, k) = 0.1, points(1, k) = 1 + static_cast<double>(k), points(2, k) = 1e5 + 0.1;
  BOOST_TEST(text(dm::distance::cosine{}, points) == "no error");
  BOOST_TEST(has(text(dm::distance::correlation{}, points), "correlation is not defined for point 0,"));
  points(0, 0) = 1;
  BOOST_TEST(has(text(dm::distance::correlation{}, points), "correlation is not defined for point 2,"));
  // Points of opposite sign sum up to nothing: Bray and Curtis' share is infinite there, which is refused.
  const xt::xtensor<double, 2> opposite{{1, 2}, {-1, -2}};
  BOOST_TEST(has(text(dm::distance::braycurtis{}, opposite), " is inf; a metric must give finite numbers from 0"));
}

BOOST_AUTO_TEST_CASE(metrics_of_ones_own) {
  const auto points = support::random_points<double>(270, 3);
  const auto lambda = [](auto a, auto b) { return std::abs(a[0] - b[0]) + 2 * std::abs(a[2] - b[2]); };
  const auto distances = dm::pairwise_distances(Kokkos::DefaultHostExecutionSpace{}, points, lambda);
  for (std::size_t i = 0; i < 270; ++i)
    for (std::size_t j = 0; j < 270; ++j)
      if (!is_close(distances(i, j), std::abs(points(i, 0) - points(j, 0)) + 2 * std::abs(points(i, 2) - points(j, 2)), 1e-14))
        BOOST_ERROR("points " << i << " and " << j);
  const auto archetypes = dm::pairwise_distances(dm::this_thread{}, points, dm::archetype::distance_metric{});
  BOOST_TEST(archetypes(3, 8) == 1);
}

BOOST_AUTO_TEST_CASE(a_metric_without_a_name_may_refuse_points) {
  const auto text = support::error_text<dm::data_error>([] {
    dm::pairwise_distances(Kokkos::DefaultHostExecutionSpace{}, xt::xtensor<double, 2>{{1}, {-1}}, of_logarithms{});
  });
  BOOST_TEST(has(text, "distance metric (a metric of the program's own) is not defined for point 1,"), text);
}

BOOST_AUTO_TEST_CASE(what_has_no_distance_is_refused) {
  const Kokkos::DefaultHostExecutionSpace space;
  const auto text = [&](const auto& points, const auto& metric) {
    return support::error_text<dm::data_error>([&] { dm::pairwise_distances(space, points, metric); });
  };
  auto points = support::random_points<double>(300, 2);
  BOOST_TEST(has(text(points, [](auto a, auto b) { return (a[0] - b[0]) * 1; }), "a metric must give finite numbers from 0"));
  BOOST_TEST(has(text(points, [](auto a, auto) { return a[0] * std::numeric_limits<double>::quiet_NaN(); }), "is nan"));
  points(7, 1) = 1e200;
  BOOST_TEST(has(text(points, dm::distance::squared_euclidean{}), "point"));
  BOOST_TEST(has(text(points, dm::distance::squared_euclidean{}), "7"));
  points(7, 1) = -INFINITY;
  BOOST_TEST(has(text(points, dm::distance::euclidean{}), "point 7 has -inf in column 1"));
  const auto pair = [&](const auto& a, const auto& b) {
    return support::error_text<dm::data_error>([&] { dm::cross_distances(space, a, b); });
  };
  const auto few = support::random_points<double>(3, 2);
  BOOST_TEST(has(pair(few, support::random_points<double>(3, 4)), "of 2 and of 4 coordinates"));
  BOOST_TEST(has(pair(few, points), "point 7 has -inf"));
  BOOST_TEST(has(pair(support::zeros<double>(0, 2), few), "no points"));
  BOOST_TEST(has(pair(few, support::zeros<double>(3, 0)), "no coordinates"));
}

BOOST_AUTO_TEST_SUITE_END()
