#include <boost/test/unit_test.hpp>
#include <deepmaacc/evaluation/decision.hpp>
#include <limits>
#include <vector>

namespace {

template <class T>
std::pair<unsigned, unsigned> decided(const std::vector<T>& outputs) {
  const auto made = deepmaacc::decide(outputs.data(), outputs.size());
  return {made.winner, made.rival};
}
using classes = std::pair<unsigned, unsigned>;

}  // namespace

BOOST_AUTO_TEST_SUITE(decisions)

BOOST_AUTO_TEST_CASE(the_largest_output_wins_and_the_lowest_class_on_ties) {
  BOOST_TEST((decided<float>({1, 3, 2}) == classes(1, 1)));
  BOOST_TEST((decided<float>({3, 1, 2}) == classes(0, 0)));
  BOOST_TEST((decided<float>({2, 2, 1}) == classes(0, 1)));
  BOOST_TEST((decided<float>({1, 2, 2, 2}) == classes(1, 2)));
  BOOST_TEST((decided<float>({5}) == classes(0, 0)));
  BOOST_TEST((decided<float>({-3, -1, -2}) == classes(1, 1)));
}

BOOST_AUTO_TEST_CASE(near_ties_have_a_rival) {
  // Below 1 the gap is absolute, above it relative.
  BOOST_TEST((decided<double>({0.1, 0.1 + 0.9e-5}) == classes(1, 0)));
  BOOST_TEST((decided<double>({0.1, 0.1 + 1.1e-5}) == classes(1, 1)));
  BOOST_TEST((decided<double>({1000, 1000.009, 3}) == classes(1, 0)));
  BOOST_TEST((decided<double>({1000, 1000.011, 3}) == classes(1, 1)));
  BOOST_TEST((decided<double>({-1000, -1000.009}) == classes(0, 1)));
  // The second largest may come before or behind, and move back when the largest is beaten.
  BOOST_TEST((decided<double>({0, 1, 1 + 1e-7}) == classes(2, 1)));
  BOOST_TEST((decided<double>({1 + 1e-7, 0, 1}) == classes(0, 2)));
}

BOOST_AUTO_TEST_CASE(what_is_no_number_decides_nothing) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  BOOST_TEST(!deepmaacc::decide(std::vector<double>{infinity, infinity}.data(), 2).is_certain());
  BOOST_TEST(!deepmaacc::decide(std::vector<double>{nan, nan}.data(), 2).is_certain());
  BOOST_TEST(!deepmaacc::decide(std::vector<double>{nan, 1}.data(), 2).is_certain());
  for (const auto& outputs : {std::vector<double>{1, nan, 7}, {5, 3, nan}, {nan, 3, 5}})
    BOOST_TEST(!deepmaacc::decide(outputs.data(), 3).is_certain());
}

BOOST_AUTO_TEST_SUITE_END()
