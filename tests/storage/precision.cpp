#include <Kokkos_Core.hpp>
#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <deepmaacc/storage/cast.hpp>
#include <deepmaacc/storage/precision.hpp>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

#include "support/spaces.hpp"

namespace dm = deepmaacc;
using dm::precision::tf32;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float largest = std::numeric_limits<float>::max();
constexpr float least = std::numeric_limits<float>::denorm_min();

/// The nearest number of 10 mantissa bits by arithmetic in double, which holds every intermediate exactly; std::round takes ties away from
/// zero.
float nearest_tf32(float x) {
  if (x == 0 || !std::isfinite(x)) return x;
  const int exponent = std::max(std::ilogb(x), -126);  // denormals share the last exponent
  const double rounded = std::scalbn(std::round(std::scalbn(static_cast<double>(x), 10 - exponent)), exponent - 10);
  return std::abs(rounded) >= 0x1p128 ? std::copysign(infinity, x) : static_cast<float>(rounded);
}

/// Numbers of all magnitudes: each bit pattern is as likely as any other, NaN left out.
std::vector<float> random_floats(std::size_t count) {
  std::mt19937 random(7);
  std::vector<float> all;
  while (all.size() < count) {
    const auto number = Kokkos::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (!std::isnan(number)) all.push_back(number);
  }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(precisions)

BOOST_AUTO_TEST_CASE(tf32_is_the_nearest_number_of_ten_bits) {
  std::size_t wrong = 0, changed = 0;
  for (const float x : random_floats(200'000)) {
    const float rounded = tf32::round(x);
    wrong += rounded != nearest_tf32(x) || std::signbit(rounded) != std::signbit(x);
    changed += rounded != x;
  }
  BOOST_TEST(wrong == 0U);
  BOOST_TEST(changed > 190'000U);
}

BOOST_AUTO_TEST_CASE(tf32_at_the_edges) {
  struct edge {
    float number, rounded;
  };
  const std::vector<edge> edges{{1, 1},
                                {1 + 0x1p-10F, 1 + 0x1p-10F},     // the last bit that stays
                                {1 + 0x1p-11F, 1 + 0x1p-10F},     // a tie, away from zero
                                {1 + 0x3p-11F, 1 + 0x2p-10F},     // another, up as well
                                {1 + 0x1p-11F - 0x1p-23F, 1},     // just below a tie
                                {2 - 0x1p-11F, 2},                // carries into the exponent
                                {0x1.ffcp127F, 0x1.ffcp127F},     // the largest of 10 bits
                                {0x1.ffdffep127F, 0x1.ffcp127F},  // the last that stays finite
                                {0x1.ffep127F, infinity},         // the first that does not
                                {largest, infinity},              //
                                {0x1p-126F, 0x1p-126F},           // the least normal number
                                {0x1p-126F - least, 0x1p-126F},   // denormals round into it
                                {0x1p-136F, 0x1p-136F},           // the least denormal of 10 bits
                                {0x1p-137F, 0x1p-136F},           // half of it, a tie
                                {0x1p-137F - least, 0},           //
                                {least, 0},                       //
                                {0, 0},                           //
                                {infinity, infinity}};
  for (const auto& [number, rounded] : edges) {
    BOOST_TEST(tf32::round(number) == rounded);
    BOOST_TEST(tf32::round(-number) == -rounded);
    BOOST_TEST(nearest_tf32(number) == rounded);
  }
  BOOST_TEST(std::signbit(tf32::round(-0.0F)));
  // Every NaN stays one, also where all bits that make it one are dropped.
  for (const std::uint32_t payload : {0x1U, 0xfffU, 0x1000U, 0x1fffU, 0x2000U, 0x400000U, 0x7fffffU})
    for (const std::uint32_t sign : {0U, 0x80000000U})
      BOOST_TEST(std::isnan(tf32::round(Kokkos::bit_cast<float>(sign | 0x7f800000U | payload))));
}

BOOST_AUTO_TEST_CASE(tf32_keeps_the_laws) {
  auto numbers = random_floats(50'000);
  for (const float x : numbers) {
    BOOST_REQUIRE(tf32::round(tf32::round(x)) == tf32::round(x));
    BOOST_REQUIRE(tf32::round(-x) == -tf32::round(x));
  }
  for (int i = 0; i < 1000; ++i) numbers.push_back(std::nextafter(numbers.back(), infinity));  // neighbours too
  std::ranges::sort(numbers);
  for (std::size_t i = 1; i < numbers.size(); ++i) BOOST_REQUIRE(tf32::round(numbers[i - 1]) <= tf32::round(numbers[i]));
}

BOOST_AUTO_TEST_CASE(what_rounds_nothing_says_so) {
  BOOST_TEST(!dm::precision_traits<dm::precision::float32>::rounds_factors);
  BOOST_TEST(!dm::precision_traits<dm::precision::float64>::rounds_factors);
  BOOST_TEST(dm::precision_traits<tf32>::rounds_factors);
  BOOST_TEST((std::is_same_v<dm::precision_of<dm::storage::xtensor_host<float>>, dm::precision::float32>));
  BOOST_TEST((std::is_same_v<dm::precision_of<dm::storage::xtensor_host<double>>, dm::precision::float64>));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(arrays_are_rounded_number_by_number, Space, support::spaces) {
  using memory = typename Space::memory_space;
  const Space space;
  const auto numbers = random_floats(5000);
  const auto from = dm::storage::from_host<dm::storage::kokkos_view<float, memory>>(numbers);
  dm::storage::kokkos_view<float, memory> to(numbers.size() + 1);  // one more, to stay 0
  dm::round_factors<tf32>(space, from.data(), to.data(), numbers.size());
  space.fence();
  const auto host = dm::storage::converted<dm::storage::xtensor_host<float>>(to);
  for (std::size_t i = 0; i < numbers.size(); ++i) BOOST_REQUIRE(host.data()[i] == nearest_tf32(numbers[i]));
  BOOST_TEST(host.data()[numbers.size()] == 0);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// A storage that is no template: nothing tells how it would hold another type.
struct only_float : dm::storage::xtensor_host<float> {
  using dm::storage::xtensor_host<float>::xtensor_host;
};
static_assert(dm::WeightStorage<only_float>);

template <class Storage, class T>
using held = dm::storage::holding<Storage, T>;
using dm::storage::kokkos_view, dm::storage::xtensor_host;
using host_memory = Kokkos::HostSpace;
static_assert(std::is_same_v<held<xtensor_host<float>, double>, xtensor_host<double>>);
static_assert(std::is_same_v<held<kokkos_view<double, host_memory>, float>, kokkos_view<float, host_memory>>);
static_assert(
    std::is_same_v<held<dm::archetype::weight_storage<float, host_memory>, double>, dm::archetype::weight_storage<double, host_memory>>);
static_assert(std::is_same_v<held<only_float, double>, xtensor_host<double>>);
static_assert(std::is_same_v<held<only_float, float>, only_float>);

}  // namespace

BOOST_AUTO_TEST_SUITE(casts)

BOOST_AUTO_TEST_CASE_TEMPLATE(numbers_are_those_of_the_other_type, Space, support::spaces) {
  using memory = typename Space::memory_space;
  const auto twice = dm::storage::from_host<kokkos_view<double, memory>>(std::array{1.0, 0.1, -3e38});
  const auto once = dm::storage::cast<float>(twice);
  const auto back = dm::storage::cast<double>(once);
  const auto same = dm::storage::cast<double>(twice);
  BOOST_TEST((std::is_same_v<std::remove_cvref_t<decltype(once)>, kokkos_view<float, memory>>));
  const auto host = dm::storage::converted<xtensor_host<float>>(once);
  const auto host_back = dm::storage::converted<xtensor_host<double>>(back);
  const auto host_same = dm::storage::converted<xtensor_host<double>>(same);
  BOOST_TEST(host.data()[0] == 1.0F);
  BOOST_TEST(host.data()[1] == 0.1F);
  BOOST_TEST(host.data()[2] == -3e38F);
  BOOST_TEST(host_back.data()[1] == static_cast<double>(0.1F));
  BOOST_TEST(host_same.data()[1] == 0.1);
}

BOOST_AUTO_TEST_SUITE_END()
