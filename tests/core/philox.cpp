#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <deepmaacc/core/philox.hpp>
#include <set>

using deepmaacc::philox;
using deepmaacc::random_site;
using deepmaacc::random_source;

BOOST_AUTO_TEST_SUITE(random_numbers)

// Known answers of the generator's authors (kat_vectors of Random123, philox4x32 with 10 rounds).
BOOST_AUTO_TEST_CASE(gives_the_published_words) {
  const philox::block zeros{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U};
  BOOST_TEST((philox(0)({0, 0, 0, 0}) == zeros));
  const std::uint32_t all = 0xffffffffU;
  const philox::block ones{0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU};
  BOOST_TEST((philox(0xffffffffffffffffULL)({all, all, all, all}) == ones));
  const philox::block pi{0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U};
  BOOST_TEST((philox(0x299f31d0a4093822ULL)({0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U}) == pi));
}

BOOST_AUTO_TEST_CASE(normals_are_normal) {
  const random_source source(7);
  const int count = 200000;
  double sum = 0, squares = 0, fourths = 0;
  for (int i = 0; i < count; ++i) {
    const double x = source.normal({1, 2, static_cast<std::size_t>(i), 3});
    sum += x, squares += x * x, fourths += x * x * x * x;
  }
  BOOST_TEST(std::abs(sum / count) < 0.01);
  BOOST_TEST(std::abs(squares / count - 1) < 0.02);
  BOOST_TEST(std::abs(fourths / count - 3) < 0.1);
}

BOOST_AUTO_TEST_CASE(every_coordinate_of_a_site_matters) {
  const random_source source(7);
  std::set<double> seen;
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t j = 0; j < 2; ++j)
      for (std::size_t k = 0; k < 2; ++k)
        for (std::size_t r = 0; r < 2; ++r) seen.insert(source.normal({i, j, k, r}));
  BOOST_TEST(seen.size() == 16U);
  BOOST_TEST(random_source(8).normal({}) != source.normal({}));
  BOOST_TEST(source.bits({0, 0, 1, 0}) != source.bits({0, 0, 2, 0}));
}

BOOST_AUTO_TEST_SUITE_END()
