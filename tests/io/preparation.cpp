#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/io/preparation.hpp>
#include <limits>
#include <numeric>
#include <vector>

#include "files.hpp"

namespace dm = deepmaacc;
using support::check_error;

namespace {

/// An array of 1, 2, 3 …
dm::io::array<float> counted(dm::shape extents) {
  dm::io::array<float> numbers{extents, std::vector<float>(dm::element_count(extents))};
  std::iota(numbers.values.begin(), numbers.values.end(), 1.0F);
  return numbers;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(preparation)

BOOST_AUTO_TEST_CASE(no_step_changes_nothing) {
  const auto found = dm::io::prepare(counted({2, 5}), {});
  BOOST_TEST(found.extents == (dm::shape{2, 5}), boost::test_tools::per_element());
  BOOST_TEST(found.values == counted({2, 5}).values, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(numbers_are_divided) {
  const auto found = dm::io::prepare(counted({1, 3}), {.channels = 0, .pad = 0, .divide_by = 2});
  BOOST_TEST(found.values == (std::vector<float>{0.5F, 1, 1.5F}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_grey_channel_is_repeated) {
  for (const dm::shape& extents : {dm::shape{1, 1, 2}, dm::shape{1, 1, 2, 1}}) {
    const auto found = dm::io::prepare(counted(extents), {.channels = 3, .pad = 0, .divide_by = 1});
    BOOST_TEST(found.extents == (dm::shape{1, 1, 2, 3}), boost::test_tools::per_element());
    BOOST_TEST(found.values == (std::vector<float>{1, 1, 1, 2, 2, 2}), boost::test_tools::per_element());
  }
  const auto coloured = dm::io::prepare(counted({1, 1, 2, 3}), {.channels = 3, .pad = 0, .divide_by = 1});
  BOOST_TEST(coloured.values == counted({6}).values, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_side_is_padded) {
  const auto found = dm::io::prepare(counted({2, 1, 2, 2}), {.channels = 0, .pad = 1, .divide_by = 1});
  BOOST_TEST(found.extents == (dm::shape{2, 3, 4, 2}), boost::test_tools::per_element());
  std::vector<float> wanted(48, 0);
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t k = 0; k < 4; ++k) wanted[i * 24 + 10 + k] = static_cast<float>(i * 4 + k + 1);
  BOOST_TEST(found.values == wanted, boost::test_tools::per_element());
}

// Lyons and Ghanbari: 28 × 28 grey images become 32 × 32 × 3, divided by 255.
BOOST_AUTO_TEST_CASE(the_papers_preparation) {
  const auto images = counted({2, 28, 28});
  const auto found = dm::io::prepare(images, dm::io::deepmaacc_preparation());
  BOOST_TEST_REQUIRE(found.extents == (dm::shape{2, 32, 32, 3}), boost::test_tools::per_element());
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t y = 0; y < 32; ++y)
      for (std::size_t x = 0; x < 32; ++x)
        for (std::size_t c = 0; c < 3; ++c) {
          const bool is_inside = y >= 2 && y < 30 && x >= 2 && x < 30;
          const float wanted = is_inside ? images.values[(i * 28 + y - 2) * 28 + x - 2] / 255.0F : 0.0F;
          wrong += found.values[((i * 32 + y) * 32 + x) * 3 + c] != wanted;
        }
  BOOST_TEST(wrong == 0U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_prepared_is_refused) {
  const auto refused = [](const dm::shape& extents, const dm::io::preparation& steps, const std::vector<std::string>& parts) {
    check_error<dm::data_error>([&] { dm::io::prepare(counted(extents), steps); }, parts);
  };
  refused({4}, {.channels = 3}, {"(4)", "height and width are needed"});
  refused({2, 2, 2, 2, 2}, {.channels = 0, .pad = 1}, {"(2, 2, 2, 2, 2)", "at most one axis of channels"});
  refused({1, 2, 2, 3}, {.channels = 4}, {"(1, 2, 2, 3)", "3 channels", "repeated to 4"});
  // More than this machine can address, also where the extents alone would overflow.
  constexpr auto most = std::numeric_limits<std::size_t>::max();
  for (const std::size_t pad : {most / 2, most / 2 + 1, most}) refused({1, 2, 2}, {.channels = 0, .pad = pad}, {"cannot be padded by"});
  for (const std::size_t pad : {most / 2 - 1, most / 4}) refused({1, 2, 2}, {.channels = 0, .pad = pad}, {"more elements"});
  refused({1, 2, 2}, {.channels = most}, {"more elements"});
  for (const double divisor : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    check_error<dm::usage_error>(
        [&] {
          dm::io::prepare(counted({1, 2, 2}), {.channels = 0, .pad = 0, .divide_by = divisor});
        },
        {"divide-by must be a finite number above 0"});
}

BOOST_AUTO_TEST_SUITE_END()
