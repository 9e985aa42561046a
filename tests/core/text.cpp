#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/text.hpp>
#include <iomanip>
#include <limits>
#include <random>
#include <sstream>
#include <string>

namespace dm = deepmaacc;

namespace {

template <class... Parts>
std::string streamed(const Parts&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(texts)

BOOST_AUTO_TEST_CASE(parts_are_written_as_streams_write_them) {
  const auto compare = [](const auto&... parts) { BOOST_TEST(dm::detail::text(parts...) == streamed(parts...)); };

  compare("layer ", std::string("conv"), ' ', std::string_view("of"), 3, " and ", std::size_t{18446744073709551615U}, " or ",
          std::int64_t{-5}, true);
  std::mt19937_64 random(4);
  std::uniform_real_distribution<double> exponent(-320, 308), part(-1, 1);
  for (int i = 0; i < 2000; ++i) compare(part(random) * std::pow(10, exponent(random)), ' ', static_cast<float>(part(random)));
  for (const double one : {0.0, -0.0, 1.0, 100000.0, 1000000.0, 0.1, 1e-5, std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::denorm_min()})
    compare(one);
}

BOOST_AUTO_TEST_CASE(numbers_are_rounded_as_streams_round_them) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> exponent(-12, 308), part(-1, 1);
  for (int i = 0; i < 2000; ++i) {
    const double number = part(random) * std::pow(10, exponent(random));
    const int digits = i % 7;
    BOOST_TEST(dm::detail::fixed(number, digits) == streamed(std::fixed, std::setprecision(digits), number));
    BOOST_TEST(dm::detail::number_in(number, std::chars_format::scientific, digits) ==
               streamed(std::scientific, std::setprecision(digits), number));
    BOOST_TEST(dm::detail::number_in(number, std::chars_format::general, digits + 1) == streamed(std::setprecision(digits + 1), number));
  }
}

BOOST_AUTO_TEST_CASE(sizes_have_units) {
  BOOST_TEST(dm::detail::size_text(1023) == "1.02e+03 bytes");
  BOOST_TEST(dm::detail::size_text(1536) == "1.5 KiB");
  BOOST_TEST(dm::detail::size_text(std::size_t{15} << 29) == "7.5 GiB");
}

BOOST_AUTO_TEST_SUITE_END()
