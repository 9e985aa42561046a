#include <boost/test/unit_test.hpp>
#include <cmath>
#include <deepmaacc/core/philox.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/distance/check_metric.hpp>
#include <deepmaacc/distance/metrics.hpp>
#include <sstream>
#include <string>

namespace dm = deepmaacc;

namespace {

xt::xtensor<double, 2> some_points() {
  const dm::random_source random(5);
  xt::xtensor<double, 2> points(std::array<std::size_t, 2>{12, 3});
  for (std::size_t i = 0; i < 12; ++i)
    for (std::size_t k = 0; k < 3; ++k) points(i, k) = random.normal({0, i, k, 0});
  return points;
}

template <class Metric>
std::string refuted(const Metric& metric) {
  std::ostringstream out;
  if (const auto found = dm::check_metric(metric, some_points())) out << *found;
  return out.str();
}

struct weighted_euclidean {
  static constexpr bool is_euclidean = true;
  template <class T>
  T operator()(dm::coordinates<T> a, dm::coordinates<T> b) const {
    return std::hypot(10 * (a[0] - b[0]), a[1] - b[1]);
  }
};

struct wrong_form : dm::distance::euclidean {
  template <class T>
  T from_squared(T squared) const {
    return squared;
  }
};

/// Says of itself what does not hold.
struct pretender : dm::distance::squared_euclidean {
  static constexpr bool is_metric = true;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(check_metric)

BOOST_AUTO_TEST_CASE(shipped_metrics_pass) {
  BOOST_TEST(refuted(dm::distance::euclidean{}) == "");
  BOOST_TEST(refuted(dm::distance::squared_euclidean{}) == "");
  BOOST_TEST(refuted(dm::distance::cosine{}) == "");
  BOOST_TEST(refuted(dm::distance::correlation{}) == "");
  BOOST_TEST(refuted(dm::distance::manhattan{}) == "");
  BOOST_TEST(refuted(dm::distance::chebyshev{}) == "");
  BOOST_TEST(refuted(dm::distance::minkowski{3}) == "");
  BOOST_TEST(refuted(dm::distance::hamming{}) == "");
  BOOST_TEST(refuted(dm::distance::canberra{}) == "");
  BOOST_TEST(refuted(dm::distance::braycurtis{}) == "");
}

BOOST_AUTO_TEST_CASE(broken_laws_are_found) {
  BOOST_TEST(refuted(pretender{}).find("no longer than by k") != std::string::npos);
  BOOST_TEST(refuted(weighted_euclidean{}).find("calls itself Euclidean") != std::string::npos);
  BOOST_TEST(refuted(wrong_form{}).find("faster form") != std::string::npos);
  BOOST_TEST(refuted([](auto a, auto b) { return std::abs(a[0] - 2 * b[0]); }).find("same both ways") != std::string::npos);
  BOOST_TEST(refuted([](auto a, auto b) { return a[0] * b[0]; }).find("not negative") != std::string::npos);
  BOOST_TEST(refuted([](auto a, auto) { return a[0] / 0; }).find("finite") != std::string::npos);
  BOOST_TEST(refuted([](auto a, auto b) { return 1 + std::abs(a[0] - b[0]); }).find("distance 0 from itself") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
