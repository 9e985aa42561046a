#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/io/preparation.hpp>
#include <limits>
#include <numeric>
#include <vector>

#include "files.hpp"

namespace dm = deepmaacc;
using dm::io::channels, dm::io::pad, dm::io::divide_by, dm::io::subtract_mean, dm::io::standardise;
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
  const auto found = dm::io::prepare(counted({1, 3}), {divide_by{2}});
  BOOST_TEST(found.values == (std::vector<float>{0.5F, 1, 1.5F}), boost::test_tools::per_element());
  // As NumPy: in the inputs' own precision.
  const auto tenths = dm::io::prepare(counted({1, 3}), {divide_by{0.1}});
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(tenths.values[i] == static_cast<float>(i + 1) / 0.1F);
}

BOOST_AUTO_TEST_CASE(the_grey_channel_is_repeated) {
  for (const dm::shape& extents : {dm::shape{1, 1, 2}, dm::shape{1, 1, 2, 1}}) {
    const auto found = dm::io::prepare(counted(extents), {channels{3}});
    BOOST_TEST(found.extents == (dm::shape{1, 1, 2, 3}), boost::test_tools::per_element());
    BOOST_TEST(found.values == (std::vector<float>{1, 1, 1, 2, 2, 2}), boost::test_tools::per_element());
  }
  const auto coloured = dm::io::prepare(counted({1, 1, 2, 3}), {channels{3}});
  BOOST_TEST(coloured.values == counted({6}).values, boost::test_tools::per_element());
  BOOST_TEST(dm::io::prepare(counted({2, 2, 2}), {channels{1}}).extents == (dm::shape{2, 2, 2, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_side_is_padded) {
  const auto found = dm::io::prepare(counted({2, 1, 2, 2}), {pad{1}});
  BOOST_TEST(found.extents == (dm::shape{2, 3, 4, 2}), boost::test_tools::per_element());
  std::vector<float> wanted(48, 0);
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t k = 0; k < 4; ++k) wanted[i * 24 + 10 + k] = static_cast<float>(i * 4 + k + 1);
  BOOST_TEST(found.values == wanted, boost::test_tools::per_element());
  BOOST_TEST(dm::io::prepare(counted({0, 1, 2}), {pad{1}}).extents == (dm::shape{0, 3, 4, 1}), boost::test_tools::per_element());
  BOOST_TEST(dm::io::prepare(counted({1, 1, 2, 1}), {pad{0}}).values == counted({2}).values, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_mean_is_subtracted_from_all_or_from_each_channel) {
  const auto one = dm::io::prepare(counted({2, 2}), {subtract_mean{0.5}});
  BOOST_TEST(one.values == (std::vector<float>{0.5F, 1.5F, 2.5F, 3.5F}), boost::test_tools::per_element());
  const auto each = dm::io::prepare(counted({1, 1, 2, 3}), {subtract_mean{1, 2, -3}});
  BOOST_TEST(each.values == (std::vector<float>{0, 0, 6, 3, 3, 9}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(inputs_are_standardised) {
  const auto one = dm::io::prepare(counted({4}), {standardise{{0.5}, {0.25}}});
  BOOST_TEST(one.values == (std::vector<float>{2, 6, 10, 14}), boost::test_tools::per_element());
  const auto each = dm::io::prepare(counted({2, 1, 1, 2}), {standardise{{1, 0.1}, {2, 0.3}}});
  const std::vector<float> wanted{0, (2 - 0.1F) / 0.3F, 1, (4 - 0.1F) / 0.3F};
  BOOST_TEST(each.values == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(steps_run_in_the_order_in_which_they_are_given) {
  BOOST_TEST(dm::io::prepare(counted({2}), {subtract_mean{1}, divide_by{2}}).values == (std::vector<float>{0, 0.5F}),
             boost::test_tools::per_element());
  BOOST_TEST(dm::io::prepare(counted({2}), {divide_by{2}, subtract_mean{1}}).values == (std::vector<float>{-0.5F, 0}),
             boost::test_tools::per_element());
  // What is padded afterwards stays 0; what was padded before is changed with the rest.
  BOOST_TEST(dm::io::prepare(counted({1, 1, 1}), {subtract_mean{3}, pad{1}}).values[0] == 0);
  BOOST_TEST(dm::io::prepare(counted({1, 1, 1}), {pad{1}, subtract_mean{3}}).values[0] == -3);
  // The same step twice.
  BOOST_TEST(dm::io::prepare(counted({1}), {divide_by{2}, divide_by{2}}).values[0] == 0.25F);
}

BOOST_AUTO_TEST_CASE(steps_are_written_as_the_command_reads_them) {
  BOOST_TEST(dm::io::preparation{}.text() == "none");
  BOOST_TEST(dm::io::preparation{}.empty());
  BOOST_TEST(dm::io::deepmaacc_preparation().text() == "channels=3,pad=2,divide-by=255");
  dm::io::preparation steps;
  steps.add(pad{1}).add(subtract_mean{0.485, 0.456, 0.406}).add(standardise{{0.5, -1}, {0.1, 2}});
  BOOST_TEST(steps.text() == "pad=1,subtract-mean=0.485,0.456,0.406,standardise=0.5,-1/0.1,2");
  steps.add(steps);
  BOOST_TEST(steps.steps().size() == 6U);
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
  refused({4}, {channels{3}}, {"step 1 of the preparation, channels=3: ", "(4)", "height and width are needed"});
  refused({2, 2, 2, 2, 2}, {divide_by{2}, pad{1}},
          {"step 2 of the preparation, pad=1: ", "(2, 2, 2, 2, 2)", "at most one axis of channels"});
  refused({1, 2, 2, 3}, {channels{4}}, {"(1, 2, 2, 3)", "3 channels", "repeated to 4"});
  refused({1, 2, 2, 3}, {subtract_mean{1, 2}}, {"step 1", "subtract-mean=1,2", "(1, 2, 2, 3)", "2 channels"});
  refused({3}, {subtract_mean{1, 2, 3}}, {"(3)", "3 channels"});
  refused({1, 2, 2}, {channels{3}, standardise{{1, 2}, {1, 2}}}, {"step 2", "standardise=1,2/1,2", "(1, 2, 2, 3)", "one per channel"});
  // More than this machine can address, also where the extents alone would overflow.
  constexpr auto most = std::numeric_limits<std::size_t>::max();
  for (const std::size_t width : {most / 2, most / 2 + 1, most}) refused({1, 2, 2}, {pad{width}}, {"cannot be padded by"});
  for (const std::size_t width : {most / 2 - 1, most / 4}) refused({1, 2, 2}, {pad{width}}, {"more elements"});
  refused({1, 2, 2}, {channels{most}}, {"more elements"});
}

BOOST_AUTO_TEST_CASE(numbers_that_make_no_sense_are_refused) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  for (const double divisor : {0.0, -1.0, nan, infinity})
    check_error<dm::usage_error>([&] { divide_by{divisor}; }, {"step divide-by: the divisor must be a finite number above 0"});
  check_error<dm::usage_error>([] { channels{0}; }, {"step channels", "1 channel or more"});
  for (const double mean : {nan, infinity, -infinity}) {
    check_error<dm::usage_error>([&] { subtract_mean({1.0, mean}); }, {"step subtract-mean", "finite"});
    check_error<dm::usage_error>([&] { standardise({mean}, {1}); }, {"step standardise", "mean", "finite"});
  }
  check_error<dm::usage_error>([] { subtract_mean(std::vector<double>{}); }, {"step subtract-mean"});
  for (const double deviation : {0.0, -1.0, nan, infinity})
    check_error<dm::usage_error>([&] { standardise({0, 0}, {1, deviation}); }, {"step standardise", "deviation", "above 0"});
  check_error<dm::usage_error>([] { standardise({0, 0}, {1}); }, {"2 means", "1 deviations"});
  check_error<dm::usage_error>([] { standardise({}, {}); }, {"0 means"});
  // Finite as double only.
  for (const double number : {1e-300, 1e300})
    check_error<dm::usage_error>([&] { dm::io::prepare(counted({1}), {divide_by{number}}); }, {"step 1", "divide-by=1e", "precision"});
  check_error<dm::usage_error>([&] { dm::io::prepare(counted({1}), {subtract_mean{1e300}}); }, {"too large"});
  BOOST_TEST(dm::io::prepare(counted({1}), {subtract_mean{1e-300}}).values[0] == 1);
}

BOOST_AUTO_TEST_SUITE_END()
