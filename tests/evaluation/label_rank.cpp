#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <deepmaacc/evaluation/label_rank.hpp>
#include <limits>
#include <string>
#include <vector>

namespace dm = deepmaacc;

namespace {

/// "actual in least..most".
template <class T>
std::string rank(const std::vector<T>& outputs, std::uint32_t label) {
  const auto found = dm::rank_of(outputs.data(), outputs.size(), label, dm::decide(outputs.data(), outputs.size()));
  return std::to_string(found.actual) + " in " + std::to_string(found.least) + ".." + std::to_string(found.most);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(label_ranks)

BOOST_AUTO_TEST_CASE(larger_outputs_are_ahead_and_lower_classes_among_equal_ones) {
  const std::vector<float> apart{1, 4, 2, 3};
  BOOST_TEST(rank(apart, 1) == "0 in 0..0");
  BOOST_TEST(rank(apart, 3) == "1 in 1..1");
  BOOST_TEST(rank(apart, 0) == "3 in 3..3");
  const std::vector<float> ties{2, 5, 2, 2, 9};
  BOOST_TEST(rank(ties, 0) == "2 in 2..4");
  BOOST_TEST(rank(ties, 2) == "3 in 2..4");
  BOOST_TEST(rank(ties, 3) == "4 in 2..4");
  BOOST_TEST(rank<float>({7}, 0) == "0 in 0..0");
}

BOOST_AUTO_TEST_CASE(near_outputs_may_be_ahead_or_behind) {
  BOOST_TEST(rank<double>({0.1, 0.1 + 0.9e-5, 3}, 0) == "2 in 1..2");
  BOOST_TEST(rank<double>({0.1, 0.1 + 1.1e-5, 3}, 0) == "2 in 2..2");
  BOOST_TEST(rank<double>({0.1 + 0.9e-5, 0.1, 3}, 0) == "1 in 1..2");
  BOOST_TEST(rank<double>({1000, 1000.009, 3}, 0) == "1 in 0..1");
  BOOST_TEST(rank<double>({1000, 1000.011, 3}, 0) == "1 in 1..1");
  BOOST_TEST(rank<double>({-1000, -1000.009, 3}, 0) == "1 in 1..2");
}

// The label is first if and only if the arg max falls on it, and what cannot be compared can be anywhere.
BOOST_AUTO_TEST_CASE(ranks_agree_with_the_decision_also_where_outputs_are_no_numbers) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  const std::vector<std::vector<double>> rows{{nan, nan, nan},          {nan, 1, 2}, {1, nan, 2}, {2, 1, nan}, {infinity, infinity, 0},
                                              {-infinity, 1, infinity}, {1, 1, 1},   {1, 2, 3}};
  for (const auto& z : rows) {
    const auto decided = dm::decide(z.data(), z.size());
    for (std::uint32_t label = 0; label < z.size(); ++label) {
      const auto found = dm::rank_of(z.data(), z.size(), label, decided);
      BOOST_TEST((found.actual == 0) == (decided.winner == label));
      BOOST_TEST(found.least <= found.actual);
      BOOST_TEST(found.actual <= found.most);
      BOOST_TEST(found.most < z.size());
    }
  }
  BOOST_TEST(rank<double>({nan, nan, nan}, 1) == "1 in 0..2");
  BOOST_TEST(rank<double>({3, nan, 1}, 2) == "1 in 1..2");
}

BOOST_AUTO_TEST_SUITE_END()
