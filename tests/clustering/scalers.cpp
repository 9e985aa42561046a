#include <Kokkos_Core.hpp>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/scalers.hpp>
#include <limits>
#include <string>
#include <vector>

#include "quality_fixtures.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
using support::error_text;
using support::has;

namespace {

using precisions = boost::mpl::list<float, double>;

template <class T>
xt::xtensor<T, 2> column(const std::vector<T>& numbers) {
  xt::xtensor<T, 2> points(std::array<std::size_t, 2>{numbers.size(), 1});
  std::copy(numbers.begin(), numbers.end(), points.data());
  return points;
}

template <class T>
std::vector<T> numbers(const xt::xtensor<T, 2>& points) {
  return {points.data(), points.data() + points.size()};
}

/// What a column becomes.
template <class Scaler>
std::vector<double> of(const std::vector<double>& values, const Scaler& scaler) {
  return numbers(dm::scaled(column(values), scaler));
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  BOOST_REQUIRE_EQUAL(a.size(), b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::isnan(a[i]) ? INFINITY : std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scalers)

// One of the columns loses nine digits in scikit-learn, which multiplies and adds the rounded minimum afterwards.
BOOST_AUTO_TEST_CASE(as_scikit_learn) {
  const auto points = support::golden_points<double>("columns");
  BOOST_TEST(largest_difference(numbers(dm::scaled(points, dm::scaler::min_max{})), support::golden("columns.min-max")) < 1e-8);
  BOOST_TEST(largest_difference(numbers(dm::scaled(points, dm::scaler::standard{})), support::golden("columns.standard")) < 1e-7);
  BOOST_TEST(numbers(dm::scaled(points)) == numbers(dm::scaled(points, dm::scaler::min_max{})), boost::test_tools::per_element());
  BOOST_TEST(numbers(dm::scaled(points, dm::scaler::none{})) == numbers(points), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(float_is_computed_in_double) {
  const auto points = support::golden_points<float>("columns");
  xt::xtensor<double, 2> same(points.shape());
  std::copy(points.begin(), points.end(), same.begin());
  const auto check = [&](const auto& scaler) {
    const auto single = dm::scaled(points, scaler);
    const auto twice = dm::scaled(same, scaler);
    for (std::size_t i = 0; i < single.size(); ++i) BOOST_TEST(single.data()[i] == static_cast<float>(twice.data()[i]));
  };
  check(dm::scaler::min_max{});
  check(dm::scaler::standard{});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(min_max_reaches_both_ends, T, precisions) {
  const auto scaled = dm::scaled(column<T>({T(0.1), T(0.3), T(0.7), T(-0.4)}));
  BOOST_TEST(scaled(2, 0) == T(1));
  BOOST_TEST(scaled(3, 0) == T(0));
  BOOST_TEST(scaled(1, 0) == static_cast<T>(0.7 / 1.1), boost::test_tools::tolerance(T(1e-6)));
}

BOOST_AUTO_TEST_CASE(constant_columns_become_0) {
  const double ulp = std::nextafter(0.7, 1.0) - 0.7;
  for (const auto& values : std::vector<std::vector<double>>{
           {0, 0, 0}, {0.1, 0.1, 0.1}, {-1e300, -1e300}, {5}, {5e-324, 5e-324}, {0.7, 0.7 + ulp, 0.7 - 2 * ulp}}) {
    BOOST_TEST(of(values, dm::scaler::min_max{}) == std::vector<double>(values.size(), 0), boost::test_tools::per_element());
    BOOST_TEST(of(values, dm::scaler::standard{}) == std::vector<double>(values.size(), 0), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(numbers_of_all_sizes_are_scaled) {
  const double huge = std::numeric_limits<double>::max();
  const std::vector<double> halves{0, 0.5, 1};
  BOOST_TEST(of({-huge, 0, huge}, dm::scaler::min_max{}) == halves, boost::test_tools::per_element());
  BOOST_TEST(of({1e-320, 2e-320, 3e-320}, dm::scaler::min_max{}) == halves, boost::test_tools::per_element());
  BOOST_TEST(of({1e-30, 2e-30, 3e-30}, dm::scaler::min_max{})[1] == 0.5, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(of({0, 1e-13, 1}, dm::scaler::min_max{})[1] == 1e-13);

  const double root = std::sqrt(1.5);
  for (const auto& values :
       std::vector<std::vector<double>>{{-huge, 0, huge}, {1e-320, 2e-320, 3e-320}, {1, 2, 3}, {1e9, 1e9 + 1, 1e9 + 2}})
    BOOST_TEST(largest_difference(of(values, dm::scaler::standard{}), {-root, 0, root}) < 1e-15);
}

// A sum of so many numbers in one pass loses digits; the correction of the mean does not.
BOOST_AUTO_TEST_CASE(many_points_have_mean_0_and_deviation_1) {
  std::vector<double> values(300000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 1e8 + std::sin(static_cast<double>(i)) + (i % 1000 == 0 ? 30 : 0);
  const auto scaled = of(values, dm::scaler::standard{});
  long double sum = 0, squares = 0;
  for (const double x : scaled) {
    sum += x;
    squares += static_cast<long double>(x) * x;
  }
  const auto n = static_cast<long double>(values.size());
  BOOST_TEST(std::abs(static_cast<double>(sum / n)) < 1e-15);
  BOOST_TEST(std::abs(static_cast<double>(squares / n - 1)) < 1e-13);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(points_of_any_layout_stay_as_they_are, T, precisions) {
  Kokkos::View<T**, Kokkos::LayoutLeft, Kokkos::HostSpace> view("points", 3, 2);
  xt::xtensor<T, 2, xt::layout_type::column_major> tensor(std::array<std::size_t, 2>{3, 2});
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t c = 0; c < 2; ++c) view(i, c) = tensor(i, c) = static_cast<T>(10 * i + (c + 1) * i * i);
  const auto a = dm::scaled(view), b = dm::scaled(tensor);
  BOOST_TEST(numbers(a) == numbers(b), boost::test_tools::per_element());
  BOOST_TEST(a(1, 0) == static_cast<T>(11.0 / 24));
  BOOST_TEST(a(1, 1) == static_cast<T>(12.0 / 28));
  BOOST_TEST(view(1, 0) == T(11));
  BOOST_TEST(tensor(1, 0) == T(11));
}

BOOST_AUTO_TEST_CASE(a_lambda_is_a_scaler) {
  const auto halved = [](auto points) {
    for (std::size_t i = 0; i < points.extent(0); ++i) points(i, 0) /= 2;
  };
  BOOST_TEST(of({1, 2}, halved) == (std::vector<double>{0.5, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(faults_are_named) {
  const auto nowhere = [](auto points) { points(1, 0) = 1 / (points(0, 0) - points(0, 0)); };
  const std::string text = error_text<dm::usage_error>([&] { of({1, 7}, nowhere); });
  BOOST_TEST(has(text, "turned 7 of point 1, column 0, into inf"), text);
  BOOST_TEST(has(error_text<dm::data_error>([] { of({1, NAN}, dm::scaler::none{}); }), "point 1 has nan in column 0"));
  BOOST_TEST(has(error_text<dm::data_error>([] { of({}, dm::scaler::none{}); }), "there are no points"));
}

BOOST_AUTO_TEST_SUITE_END()
