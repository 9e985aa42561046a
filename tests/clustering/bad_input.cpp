// What agglomerate refuses, and what it says; stopping and progress.
#include <Kokkos_Core.hpp>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/distance/metrics.hpp>
#include <deepmaacc/distance/precomputed.hpp>
#include <deepmaacc/linkage/rules.hpp>
#include <limits>
#include <stop_token>
#include <string>
#include <vector>

#include "support/agglomerations.hpp"
#include "support/clustering_inputs.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
namespace distance = deepmaacc::distance;
namespace linkage = deepmaacc::linkage;
using which = dm::agglomeration;

namespace {

/// Made when asked for: no space can be before Kokkos is initialised.
Kokkos::DefaultHostExecutionSpace host() { return {}; }
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Checks that a call throws an Error of one line that has all parts.
template <class Error, class Call>
void check_refused(const std::vector<std::string>& parts, const Call& call) {
  const std::string text = support::error_text<Error>(call);
  for (const auto& part : parts) BOOST_TEST(support::has(text, part), "'" << text << "' should have '" << part << "'");
  BOOST_TEST(!support::has(text, "\n"), text);
}

template <class Points, class Metric = distance::euclidean>
void check_points(const std::vector<std::string>& parts, const Points& points, const Metric& metric = {}) {
  support::for_each_rule<false>([&](const std::string& name, const auto& rule) {
    for (const support::named_algorithm& one : support::algorithms_of<std::decay_t<decltype(rule)>>())
      BOOST_TEST_CONTEXT(name << ", " << one.name)
    check_refused<dm::data_error>(parts, [&] { dm::agglomerate(host(), points, metric, rule, support::by(one.algorithm)); });
  });
  if constexpr (dm::is_euclidean<Metric>)
    for (const auto algorithm : {which::automatic, which::matrix_free})
      check_refused<dm::data_error>(parts, [&] { dm::agglomerate(host(), points, metric, linkage::centroid{}, support::by(algorithm)); });
}

template <class Distances>
void check_distances(const std::vector<std::string>& parts, const Distances& distances) {
  check_refused<dm::data_error>(parts, [&] { dm::agglomerate(host(), distance::precomputed(distances)); });
  check_refused<dm::data_error>(parts, [&] { dm::agglomerate(host(), distance::precomputed(distances), linkage::single{}); });
  check_refused<dm::data_error>(
      parts, [&] { dm::agglomerate(host(), distance::precomputed(distances), linkage::complete{}, support::by(which::generic)); });
}

/// The distances of five points on a line.
xt::xtensor<double, 2> square_of_five() {
  auto square = support::zeros<double>(5, 5);
  for (std::size_t i = 0; i < 5; ++i)
    for (std::size_t j = 0; j < 5; ++j) square(i, j) = std::abs(static_cast<double>(i * i) - static_cast<double>(j * j));
  return square;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_input)

BOOST_AUTO_TEST_CASE(points_must_be_finite_and_there) {
  auto points = support::random_points<double>(300, 3);
  points(17, 2) = not_a_number;
  check_points({"point 17", "nan", "column 2"}, points);
  points(17, 2) = INFINITY;
  check_points({"point 17", "inf", "column 2"}, points);
  auto single = support::random_points<float>(10, 3);
  single(0, 0) = -std::numeric_limits<float>::infinity();
  check_points({"point 0", "-inf", "column 0"}, single);
  check_points({"no points"}, support::zeros<double>(0, 3));
  check_points({"no coordinates", "(4, 0)"}, support::zeros<double>(4, 0));
}

BOOST_AUTO_TEST_CASE(points_must_be_a_matrix) {
  const xt::xtensor<double, 3> cube(std::array<std::size_t, 3>{4, 3, 2});
  const xt::xtensor<double, 1> line(std::array<std::size_t, 1>{4});
  check_refused<dm::data_error>({"(4, 3, 2)", "matrix"}, [&] { dm::agglomerate(host(), cube); });
  check_refused<dm::data_error>({"(4)", "matrix"}, [&] { dm::agglomerate(host(), line); });
}

BOOST_AUTO_TEST_CASE(a_vector_of_points_comes_with_its_shape) {
  const auto points = support::random_points<float>(20, 3);
  const std::vector<float> numbers(points.data(), points.data() + points.size());
  const auto is_same = [](const dm::dendrogram& a, const dm::dendrogram& b) { return a.linkage_matrix() == b.linkage_matrix(); };
  BOOST_TEST(is_same(dm::agglomerate(host(), numbers, {20, 3}), dm::agglomerate(host(), points)));
  BOOST_TEST(is_same(dm::agglomerate(host(), numbers, {20, 3}, distance::manhattan{}, linkage::complete{}),
                     dm::agglomerate(host(), points, distance::manhattan{}, linkage::complete{})));
  check_refused<dm::data_error>({"60 numbers", "(20, 4)"}, [&] { dm::agglomerate(host(), numbers, {20, 4}); });
  check_refused<dm::data_error>({"matrix", "(5, 4, 3)"}, [&] { dm::agglomerate(host(), numbers, {5, 4, 3}); });
  check_refused<dm::data_error>({"no points"}, [&] { dm::agglomerate(host(), std::vector<double>{}, {0, 3}); });
}

BOOST_AUTO_TEST_CASE(distances_must_be_numbers_from_0) {
  const auto points = support::random_points<double>(300, 3);
  const auto check = [&](const std::vector<std::string>& parts, const auto& metric) {
    check_points(parts, points, support::any_metric(metric));
  };
  check({"nan", "metric"}, [](auto a, auto) { return a[0] * std::numeric_limits<double>::quiet_NaN(); });
  check({"-1", "metric"}, [](auto, auto) { return -1.0; });
  check({"inf", "metric"}, [](auto a, auto b) { return a[0] == b[0] ? 0.0 : double(INFINITY); });
  // One distance of all, and that between points of different blocks.
  check({"nan", "299", "2"}, [first = points(2, 0), last = points(299, 0)](auto a, auto b) {
    const bool is_that = (double(a[0]) == first && double(b[0]) == last) || (double(a[0]) == last && double(b[0]) == first);
    return is_that ? not_a_number : std::abs(double(a[0]) - double(b[0]));
  });
  auto huge = support::random_points<double>(20, 3);
  huge(7, 1) = 1e200;
  check_points({"7", "inf; ", "scale the points"}, huge);
  auto zero = support::random_points<double>(20, 3);
  zero(4, 0) = zero(4, 1) = zero(4, 2) = 0;
  check_refused<dm::data_error>({"point 4", "direction", "cosine"}, [&] { dm::agglomerate(host(), zero, distance::cosine{}); });
}

BOOST_AUTO_TEST_CASE(given_distances_must_be_distances) {
  const auto good = square_of_five();
  BOOST_TEST(dm::agglomerate(host(), distance::precomputed(good)).merges().size() == 4U);
  const auto changed = [&](std::size_t i, std::size_t j, double to, bool both = true) {
    auto square = good;
    square(i, j) = to;
    if (both) square(j, i) = to;
    return square;
  };
  check_distances({"nan", "1", "3"}, changed(1, 3, not_a_number));
  check_distances({"nan", "4", "0"}, changed(4, 0, not_a_number));
  check_distances({"inf", "1", "3"}, changed(1, 3, INFINITY));
  check_distances({"-2", "1", "3"}, changed(1, 3, -2));
  check_distances({"7", "8", "1", "3"}, changed(3, 1, 7, false));  // 8 the other way
  check_distances({"0.5", "2"}, changed(2, 2, 0.5));
  check_distances({"(4, 5)"}, support::zeros<double>(4, 5));
  check_distances({"(2, 2, 2)"}, xt::xtensor<double, 3>(std::array<std::size_t, 3>{2, 2, 2}));
  check_distances({""}, support::zeros<double>(0, 0));
  xt::xtensor<double, 1> condensed(std::array<std::size_t, 1>{10});
  for (std::size_t i = 0; i < 10; ++i) condensed(i) = 1 + static_cast<double>(i);
  BOOST_TEST(dm::agglomerate(host(), distance::precomputed(condensed)).leaves() == 5U);
  condensed(4) = not_a_number;  // of points 1 and 2
  check_distances({"nan", "1", "2"}, condensed);
  condensed(4) = -3;
  check_distances({"-3", "1", "2"}, condensed);
  for (const std::size_t length : {2U, 4U, 5U, 7U, 8U, 9U, 11U, 14U}) {
    xt::xtensor<double, 1> wrong(std::array<std::size_t, 1>{length});
    wrong.fill(1);
    check_distances({std::to_string(length)}, wrong);
  }
}

// One rule for all that rounding leaves: it is measured by the largest distance.
BOOST_AUTO_TEST_CASE(what_rounding_leaves_of_distances_is_forgiven) {
  const auto square_with = [](const auto& change) {
    auto square = square_of_five();
    change(square);
    double largest = 0;
    for (const double number : square) largest = std::max(largest, number);
    return std::pair{square, largest};
  };
  const double largest = square_with([](auto&) {}).second, little = 0.99e-5 * largest, much = 1.01e-5 * largest;
  const auto lopsided = [](double by) { return [by](auto& square) { square(3, 1) = square(1, 3) + by; }; };
  const auto negative = [](double by) { return [by](auto& square) { square(3, 1) = square(1, 3) = -by; }; };
  const auto itself = [](double by) { return [by](auto& square) { square(2, 2) = by; }; };
  for (const double sign : {-1.0, 1.0}) {
    BOOST_CHECK_NO_THROW(distance::precomputed(square_with(lopsided(sign * little)).first));
    BOOST_CHECK_THROW(distance::precomputed(square_with(lopsided(sign * much)).first), dm::data_error);
    BOOST_CHECK_NO_THROW(distance::precomputed(square_with(itself(sign * little)).first));
    BOOST_CHECK_THROW(distance::precomputed(square_with(itself(sign * much)).first), dm::data_error);
  }
  BOOST_CHECK_THROW(distance::precomputed(square_with(negative(much)).first), dm::data_error);
  const auto square = square_with(negative(little)).first;
  const distance::precomputed distances(square);
  BOOST_TEST(distances(3, 1) == 0);
  BOOST_TEST(distances(1, 3) == 0);
  BOOST_TEST(dm::agglomerate(host(), distances).merges().front().height == 0);
  xt::xtensor<double, 1> condensed(std::array<std::size_t, 1>{10});
  for (std::size_t at = 0, i = 0; i < 5; ++i)
    for (std::size_t j = i + 1; j < 5; ++j, ++at) condensed(at) = square(i, j);
  BOOST_TEST((dm::agglomerate(host(), distance::precomputed(condensed)) == dm::agglomerate(host(), distances)));
  condensed(5) = -much;
  BOOST_CHECK_THROW(distance::precomputed{condensed}, dm::data_error);
}

BOOST_AUTO_TEST_CASE(one_distance_and_none) {
  xt::xtensor<float, 1> one(std::array<std::size_t, 1>{1});
  one(0) = 2.5F;
  const auto tree = dm::agglomerate(host(), distance::precomputed(one));
  BOOST_TEST(tree.leaves() == 2U);
  BOOST_TEST(tree.merges().front().height == 2.5);
  BOOST_TEST(dm::agglomerate(host(), distance::precomputed(support::zeros<double>(1, 1))).leaves() == 1U);
}

BOOST_AUTO_TEST_CASE(a_matrix_that_does_not_fit_is_refused_beforehand) {
  dm::agglomerate_options little;
  little.memory_limit = std::size_t{1} << 20;
  const auto points = support::random_points<double>(1000, 2);
  check_refused<dm::usage_error>({"1000", "complete"},
                                 [&] { dm::agglomerate(host(), points, distance::euclidean{}, linkage::complete{}, little); });
  check_refused<dm::usage_error>({"1000", "flexible"},
                                 [&] { dm::agglomerate(host(), points, distance::euclidean{}, linkage::flexible{}, little); });
  little.algorithm = which::chain;
  check_refused<dm::usage_error>({"1000", "ward"},
                                 [&] { dm::agglomerate(host(), points, distance::euclidean{}, linkage::ward{}, little); });
  little.algorithm = which::automatic;
  // Rules that can do without the matrix do, and give the same, but for the rounding of rows that they could not keep.
  const auto check = [&](const auto& rule) {
    const auto tree = dm::agglomerate(host(), points, distance::euclidean{}, rule, little);
    const auto free = dm::agglomerate(host(), points, distance::euclidean{}, rule, support::by(which::matrix_free));
    for (std::size_t m = 0; m < 999; ++m) {
      BOOST_TEST(tree.merges()[m].size == free.merges()[m].size, rule.name());
      BOOST_TEST(std::abs(tree.merges()[m].height - free.merges()[m].height) <= 1e-10 * free.merges()[m].height, rule.name());
    }
  };
  check(linkage::single{});
  check(linkage::ward{});
  check(linkage::centroid{});
  check(linkage::median{});
  // 300 GB in float, by default refused; twice that in double.
  const auto many = support::random_points<float>(280000, 1);
  check_refused<dm::usage_error>({"280000", "average"}, [&] { dm::agglomerate(host(), many); });
  // As many bytes as do not fit in a number, whatever the limit.
  little.memory_limit = std::numeric_limits<std::size_t>::max();
  static_assert(dm::distance_matrix_bytes<double>(std::size_t{1} << 40) == std::numeric_limits<std::size_t>::max());
  BOOST_TEST(dm::agglomerate(host(), points, distance::euclidean{}, linkage::complete{}, little).leaves() == 1000U);
}

BOOST_AUTO_TEST_CASE(an_algorithm_must_suit_the_rule) {
  const auto points = support::random_points<double>(30, 2);
  const auto refused = [&](const std::vector<std::string>& parts, const auto& rule, which algorithm) {
    check_refused<dm::usage_error>(parts, [&] { dm::agglomerate(host(), points, distance::euclidean{}, rule, support::by(algorithm)); });
  };
  refused({"centroid", "chain"}, linkage::centroid{}, which::chain);
  refused({"median", "chain"}, linkage::median{}, which::chain);
  refused({"flexible", "chain"}, linkage::flexible{}, which::chain);
  refused({"own", "chain"}, dm::archetype::linkage_rule{}, which::chain);
  refused({"complete", "matrix"}, linkage::complete{}, which::matrix_free);
  refused({"average", "matrix"}, linkage::average{}, which::matrix_free);
  refused({"flexible", "matrix"}, linkage::flexible{}, which::matrix_free);
}

BOOST_AUTO_TEST_CASE(a_stop_token_stops) {
  const auto points = support::random_points<double>(400, 2);
  support::for_each_rule<true>([&](const std::string& name, const auto& rule) {
    for (const auto& [algorithm_name, algorithm] : support::algorithms_of<std::decay_t<decltype(rule)>>())
      BOOST_TEST_CONTEXT(name << ", " << algorithm_name) {
        std::stop_source source;
        source.request_stop();
        auto options = support::by(algorithm);
        options.observer.stop = source.get_token();
        check_refused<dm::stopped>({"deepmaacc::agglomerate", "stopped"},
                                   [&] { dm::agglomerate(host(), points, distance::euclidean{}, rule, options); });
        // and in the middle
        std::stop_source later;
        options.observer.stop = later.get_token();
        options.observer.interval = std::chrono::milliseconds(0);
        std::atomic<int> told = 0;
        options.observer.on_progress = [&](const dm::progress_report&) {
          if (++told == 3) later.request_stop();
        };
        check_refused<dm::stopped>({"stopped"}, [&] { dm::agglomerate(host(), points, distance::euclidean{}, rule, options); });
        BOOST_TEST(told >= 3);
      }
  });
}

BOOST_AUTO_TEST_CASE(progress_is_told_to_the_end) {
  const auto points = support::random_points<double>(400, 2);
  support::for_each_rule<true>([&](const std::string& name, const auto& rule) {
    for (const auto& [algorithm_name, algorithm] : support::algorithms_of<std::decay_t<decltype(rule)>>())
      BOOST_TEST_CONTEXT(name << ", " << algorithm_name) {
        std::vector<dm::progress_report> told;
        auto options = support::by(algorithm);
        options.observer.interval = std::chrono::milliseconds(0);
        options.observer.on_progress = [&](const dm::progress_report& at) { told.push_back(at); };
        const auto tree = dm::agglomerate(host(), points, distance::euclidean{}, rule, options);
        BOOST_TEST(
            (tree == dm::agglomerate(host(), points, distance::euclidean{}, rule, support::by(algorithm))));  // watching changes nothing
        BOOST_TEST_REQUIRE(!told.empty());
        BOOST_TEST(std::string(told.back().unit) != "");
        std::size_t backwards = 0, beyond = 0, unfinished = 0;
        for (std::size_t i = 0; i < told.size(); ++i) {
          const bool is_last_of_phase = i + 1 == told.size() || std::string(told[i].unit) != told[i + 1].unit;
          beyond += told[i].done > told[i].total;
          unfinished += is_last_of_phase && told[i].done != told[i].total;
          backwards += !is_last_of_phase && told[i + 1].done < told[i].done;
        }
        BOOST_TEST(beyond == 0U);
        BOOST_TEST(unfinished == 0U);
        BOOST_TEST(backwards == 0U);
      }
  });
}

BOOST_AUTO_TEST_SUITE_END()
