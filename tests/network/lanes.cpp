#include <algorithm>
#include <array>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/simd.hpp>
#include <deepmaacc/model/branchless_exp.hpp>
#include <deepmaacc/network/lanes/changed_channels.hpp>
#include <deepmaacc/network/lanes/slope_bounds.hpp>
#include <deepmaacc/network/lanes/sum_tile.hpp>
#include <deepmaacc/network/lanes/weighted_sums.hpp>
#include <deepmaacc/network/window_axes.hpp>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dm = deepmaacc;
namespace model = deepmaacc::by_lanes;

namespace {

using number_types = boost::mpl::list<float, double>;

/// Weighted sums of random shape with random weights, and plain loops over the same.
template <class T>
class random_sums {
 public:
  static constexpr std::size_t row = model::lanes_per_group<T>;

  explicit random_sums(std::uint64_t seed) : random_(seed) {
    if (chance(4))
      make_dense();
    else
      make_windows();
    shape.sums = shape.groups * pick(1, chance(6) ? 40 : 9);
    kernel = numbers(shape.axes.y.taps * shape.axes.x.taps * part() * shape.sums);
    bias = numbers(chance(3) ? 0 : shape.sums);
    shape.kernel = kernel.data();
    shape.bias = bias.empty() ? nullptr : bias.data();
  }

  std::size_t part() const { return shape.channels / shape.groups; }
  std::size_t rows() const { return shape.axes.y.input * shape.axes.x.input * shape.channels; }
  std::size_t sum_rows() const { return shape.height * shape.width * shape.sums; }

  std::size_t pick(std::size_t low, std::size_t high) { return std::uniform_int_distribution<std::size_t>(low, high)(random_); }
  bool chance(std::size_t one_in) { return pick(1, one_in) == 1; }
  model::aligned_vector<T> block(std::size_t count) {
    const auto all = numbers(count * row);
    return {all.begin(), all.end()};
  }
  std::vector<T> numbers(std::size_t count) {
    std::vector<T> all(count);
    for (T& one : all) one = static_cast<T>(normal_(random_));
    return all;
  }

  /// Calls `visit(row of the input, tap, channel of the group)` for what a sum runs over.
  template <class Visit>
  void for_each_tap(std::size_t y, std::size_t x, std::size_t sum, const Visit& visit) const {
    const auto &along_y = shape.axes.y, &along_x = shape.axes.x;
    const std::size_t group = sum / (shape.sums / shape.groups);
    const auto place = [](const auto& axis, std::size_t position, std::size_t tap) {
      return static_cast<long>(position * axis.stride + tap * axis.dilation) - static_cast<long>(axis.before);
    };
    for (std::size_t ky = 0; ky < along_y.taps; ++ky)
      for (std::size_t kx = 0; kx < along_x.taps; ++kx) {
        const long iy = place(along_y, y, ky), ix = place(along_x, x, kx);
        if (iy < 0 || ix < 0 || iy >= static_cast<long>(along_y.input) || ix >= static_cast<long>(along_x.input)) continue;
        const std::size_t pixel = static_cast<std::size_t>(iy) * along_x.input + static_cast<std::size_t>(ix);
        for (std::size_t channel = 0; channel < part(); ++channel)
          visit(pixel * shape.channels + group * part() + channel, ky * along_x.taps + kx, channel);
      }
  }

  /// One sum of one lane, and what its rounding may be.
  struct exact {
    double sum, tolerance;
  };
  /// \param weight  of (tap, channel of the group)
  template <class Weight, class Counts>
  exact sum_of(const T* input, std::size_t y, std::size_t x, std::size_t sum, std::size_t lane, double start, const Weight& weight,
               const Counts& counts) const {
    double total = start, size = std::abs(start);
    for_each_tap(y, x, sum, [&](std::size_t at, std::size_t tap, std::size_t channel) {
      if (!counts(at)) return;
      const double product = static_cast<double>(input[at * row + lane]) * static_cast<double>(weight(tap, channel));
      total += product, size += std::abs(product);
    });
    return {total, size * 100 * static_cast<double>(std::numeric_limits<T>::epsilon())};
  }
  T weight(std::size_t tap, std::size_t channel, std::size_t sum) const { return kernel[(tap * part() + channel) * shape.sums + sum]; }

  model::sum_descriptor<T> shape;
  std::vector<T> kernel, bias;

 private:
  /// Over an axis, or over several positions of channels that lie one behind the other.
  void make_dense() {
    shape.channel_stride = pick(1, 6);
    shape.channels = shape.channel_stride * pick(1, 5);
    shape.axes.x.input = shape.width = chance(2) ? pick(1, 5) : 1;
  }
  void make_windows() {
    dm::sliding_window window(2);
    dm::shape image;
    do {
      image = {pick(1, 12), pick(1, 12), 1};
      const bool is_dilated = chance(2), is_padded = chance(2);
      for (dm::window_axis& one : window) {
        one = {pick(1, 4), pick(1, 3), is_dilated ? pick(1, 3) : 1, 0, 0};
        if (is_padded) one.before = pick(0, one.reach()), one.behind = pick(0, one.reach());
      }
    } while (window[0].positions(image[0]) == 0 || window[1].positions(image[1]) == 0);
    shape.axes = dm::axes_of<true>(window, image);
    shape.height = window[0].positions(image[0]), shape.width = window[1].positions(image[1]);
    shape.groups = chance(3) ? pick(2, 4) : 1;
    shape.channel_stride = shape.channels = shape.groups * pick(1, 4);
  }

  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
};

template <class T>
std::string shape_text(const model::sum_descriptor<T>& shape) {
  const auto axis = [](const auto& one) {
    return dm::detail::text(one.taps, " of ", one.input, " by ", one.stride, " dilated ", one.dilation, " before ", one.before, ", ");
  };
  return axis(shape.axes.y) + axis(shape.axes.x) +
         dm::detail::text(shape.channels, " channels, channel stride ", shape.channel_stride, ", ", shape.groups, " groups, ", shape.sums,
                          " sums");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lanes)

BOOST_AUTO_TEST_CASE_TEMPLATE(all_sums_are_those_of_plain_loops, T, number_types) {
  constexpr std::size_t row = model::lanes_per_group<T>;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    random_sums<T> made(seed);
    const model::weighted_sums<T> sums(made.shape);
    const auto input = made.block(made.rows());
    const T least = seed % 2 ? T{0} : -std::numeric_limits<T>::infinity();
    model::aligned_vector<T> found(made.sum_rows() * row, std::numeric_limits<T>::quiet_NaN());
    sums.run(input.data(), found.data(), least);
    std::size_t wrong = 0;
    double products = 0;
    for (std::size_t at = 0; at < made.sum_rows(); ++at) {
      const std::size_t sum = at % made.shape.sums, x = at / made.shape.sums % made.shape.width,
                        y = at / made.shape.sums / made.shape.width;
      made.for_each_tap(y, x, sum, [&](std::size_t, std::size_t, std::size_t) { ++products; });
      for (std::size_t lane = 0; lane < row; ++lane) {
        const auto expected = made.sum_of(
            input.data(), y, x, sum, lane, made.bias.empty() ? 0 : static_cast<double>(made.bias[sum]),
            [&](std::size_t tap, std::size_t channel) { return made.weight(tap, channel, sum); }, [](std::size_t) { return true; });
        const double raised = std::max(expected.sum, static_cast<double>(least));
        wrong += !(std::abs(static_cast<double>(found[at * row + lane]) - raised) <= expected.tolerance);
      }
    }
    BOOST_TEST(wrong == 0U, "seed " << seed << ": " << shape_text(made.shape));
    BOOST_TEST(sums.operations() == 2 * products, "seed " << seed << ": " << shape_text(made.shape));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(changes_of_channels_are_added, T, number_types) {
  constexpr std::size_t row = model::lanes_per_group<T>;
  constexpr T nothing = std::numeric_limits<T>::quiet_NaN();
  for (std::uint64_t seed = 1000; seed < 1300; ++seed) {
    random_sums<T> made(seed);
    const model::weighted_sums<T> sums(made.shape);
    const std::size_t channel_stride = sums.descriptor().channel_stride;
    std::set<std::uint32_t> chosen;
    for (std::size_t i = made.pick(1, 3); i > 0; --i) chosen.insert(static_cast<std::uint32_t>(made.pick(0, channel_stride - 1)));
    const auto is_changed = [&](std::size_t at) { return chosen.contains(static_cast<std::uint32_t>(at % channel_stride)); };
    // What is not changed is not read.
    auto change = made.block(made.rows());
    for (std::size_t at = 0; at < made.rows(); ++at)
      if (!is_changed(at)) std::fill_n(change.data() + at * row, row, nothing);
    const auto original = made.block(made.sum_rows());
    model::aligned_vector<T> found(made.sum_rows() * row, nothing);
    model::changed_channels changed;
    changed.set({chosen.rbegin(), chosen.rend()});
    sums.add(change.data(), original.data(), found.data(), -std::numeric_limits<T>::infinity(), changed);
    std::size_t wrong = 0;
    for (std::size_t at = 0; at < made.sum_rows(); ++at) {
      const std::size_t sum = at % made.shape.sums, x = at / made.shape.sums % made.shape.width,
                        y = at / made.shape.sums / made.shape.width;
      const bool is_written = changed.is_all() || std::count(changed.channels().begin(), changed.channels().end(), sum) == 1;
      const std::size_t group = sum / (made.shape.sums / made.shape.groups);
      const bool must_be = made.shape.groups == 1 ||
                           std::any_of(chosen.begin(), chosen.end(), [&](std::uint32_t channel) { return channel / made.part() == group; });
      wrong += is_written != must_be;
      for (std::size_t lane = 0; lane < row; ++lane) {
        const T one = found[at * row + lane];
        if (!is_written) {
          wrong += one == one;  // rows of other groups are left alone
          continue;
        }
        const auto expected = made.sum_of(
            change.data(), y, x, sum, lane, static_cast<double>(original[at * row + lane]),
            [&](std::size_t tap, std::size_t channel) { return made.weight(tap, channel, sum); }, is_changed);
        wrong += !(std::abs(static_cast<double>(one) - expected.sum) <= expected.tolerance);
      }
    }
    BOOST_TEST(wrong == 0U, "seed " << seed << ": " << shape_text(made.shape));
    BOOST_TEST(sums.operations_per_channel() * static_cast<double>(channel_stride) == sums.operations());
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(one_sum_has_other_weights, T, number_types) {
  constexpr std::size_t row = model::lanes_per_group<T>;
  for (std::uint64_t seed = 2000; seed < 2200; ++seed) {
    random_sums<T> made(seed);
    const model::weighted_sums<T> sums(made.shape);
    const auto input = made.block(made.rows());
    const std::size_t which = made.pick(0, made.shape.sums - 1);
    const auto numbers = made.numbers(sums.numbers());
    const T bias = made.numbers(1).front();
    BOOST_TEST(sums.numbers() == made.kernel.size() / made.shape.sums);
    model::aligned_vector<T> found(made.sum_rows() * row, std::numeric_limits<T>::quiet_NaN());
    sums.run_one(which, numbers, bias, input.data(), found.data());
    std::size_t wrong = 0;
    for (std::size_t at = 0; at < made.sum_rows(); ++at) {
      const std::size_t sum = at % made.shape.sums, x = at / made.shape.sums % made.shape.width,
                        y = at / made.shape.sums / made.shape.width;
      for (std::size_t lane = 0; lane < row; ++lane) {
        const T one = found[at * row + lane];
        if (sum != which) {
          wrong += one == one;
          continue;
        }
        const auto expected = made.sum_of(
            input.data(), y, x, sum, lane, static_cast<double>(bias),
            [&](std::size_t tap, std::size_t channel) { return numbers[tap * made.part() + channel]; }, [](std::size_t) { return true; });
        wrong += !(std::abs(static_cast<double>(one) - expected.sum) <= expected.tolerance);
      }
    }
    BOOST_TEST(wrong == 0U, "seed " << seed << ": " << shape_text(made.shape));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_weight_is_visited_once_with_its_place, T, number_types) {
  for (std::uint64_t seed = 3000; seed < 3100; ++seed) {
    random_sums<T> made(seed);
    if (made.shape.groups != 1) continue;
    const model::weighted_sums<T> sums(made.shape);
    std::vector<int> seen(made.kernel.size(), 0);
    std::size_t wrong = 0;
    sums.for_each_weight([&](std::size_t tap, std::size_t sum, T weight) {
      const std::size_t at = tap * made.shape.sums + sum;
      ++seen.at(at);
      wrong += weight != made.kernel[at];
    });
    BOOST_TEST(wrong == 0U);
    BOOST_TEST(std::count(seen.begin(), seen.end(), 1) == static_cast<std::ptrdiff_t>(seen.size()));
    for (std::size_t sum = 0; sum < made.shape.sums; ++sum) BOOST_TEST(sums.bias(sum) == (made.bias.empty() ? T{0} : made.bias[sum]));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(tiles_that_are_chosen_fit, T, number_types) {
  const model::sum_tiles<T> tiles;
  for (std::size_t sums = 1; sums <= 80; ++sums)
    for (std::size_t positions = 1; positions <= 40; ++positions) {
      const auto [height, width] = model::sum_tiles<T>::choose(sums, positions);
      BOOST_TEST_REQUIRE((height >= 1 && height <= sums && width >= 1 && width <= positions));
      BOOST_TEST_REQUIRE((height <= 12 && width <= 4));
      // Also what is left at the ends: fewer sums, and half as many positions, and half of these.
      for (std::size_t wide = width; wide > 0; wide /= 2)
        for (std::size_t most = 1; most <= height; ++most) {
          const std::size_t high = model::sum_tiles<T>::height(most, wide);
          BOOST_TEST_REQUIRE((high >= 1 && high <= most));
          BOOST_TEST_REQUIRE(tiles.at(high, wide) != nullptr);
        }
      for (std::size_t wide = width; wide > 0; wide /= 2) BOOST_TEST_REQUIRE(tiles.at(height, wide) != nullptr);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(registers_do_what_their_lanes_do, T, number_types) {
  constexpr std::size_t width = dm::simd_width<T>;
  constexpr T nan = std::numeric_limits<T>::quiet_NaN(), infinity = std::numeric_limits<T>::infinity();
  std::array<T, width> a{}, b{}, c{}, result{};
  for (std::size_t i = 0; i < width; ++i) a[i] = static_cast<T>(i) - 3, b[i] = T{2} / static_cast<T>(i + 1), c[i] = static_cast<T>(i * i);
  auto sum = dm::simd_vector<T>::load(c.data());
  sum.add_product(dm::simd_vector<T>::load(a.data()), dm::simd_vector<T>::load(b.data()));
  sum.store(result.data());
  for (std::size_t i = 0; i < width; ++i)
    BOOST_TEST(std::abs(result[i] - (a[i] * b[i] + c[i])) <= 4 * std::numeric_limits<T>::epsilon() * (1 + std::abs(result[i])));
  for (const T one : {T{0}, T{-2.5}, infinity, std::numeric_limits<T>::lowest(), std::numeric_limits<T>::denorm_min()}) {
    dm::simd_vector<T>(one).store(result.data());
    for (std::size_t i = 0; i < width; ++i) BOOST_TEST(result[i] == one);
  }
  dm::simd_vector<T>(nan).store(result.data());
  for (std::size_t i = 0; i < width; ++i) BOOST_TEST(std::isnan(result[i]));
  a[0] = nan, a[1] = -infinity;
  dm::simd_vector<T>::load(a.data()).at_least(dm::simd_vector<T>(T{-1})).store(result.data());
  BOOST_TEST(std::isnan(result[0]));
  for (std::size_t i = 1; i < width; ++i) BOOST_TEST(result[i] == std::max(a[i], T{-1}));
  dm::simd_vector<T>::load(a.data()).at_least(dm::simd_vector<T>(-infinity)).store(result.data());
  for (std::size_t i = 1; i < width; ++i) BOOST_TEST(result[i] == a[i]);
  sum = dm::simd_vector<T>::load(b.data());
  sum.add(dm::simd_vector<T>::load(c.data()));
  sum.store(result.data());
  for (std::size_t i = 0; i < width; ++i) BOOST_TEST(result[i] == b[i] + c[i]);
  // NaN is equal to nothing.
  std::array<T, width> other = a;
  other[width - 1] += 1;
  dm::simd_vector<T>::where_equal(dm::simd_vector<T>::load(a.data()), dm::simd_vector<T>::load(other.data()),
                                  dm::simd_vector<T>::load(b.data()), dm::simd_vector<T>::load(c.data()))
      .store(result.data());
  for (std::size_t i = 0; i < width; ++i) BOOST_TEST(result[i] == (a[i] == other[i] ? b[i] : c[i]));
  BOOST_TEST(result[0] == c[0]);
}

BOOST_AUTO_TEST_CASE(exponentials_are_off_by_a_few_ulp_at_most) {
  double worst = 0;
  float before = 0, before_at = -87;
  std::size_t falls = 0;
  for (float x = -87; x <= 87; x += 0.00037F) {
    const float found = dm::bounded_exp(x);
    const long double exact = std::exp(static_cast<long double>(x));
    const float rounded = static_cast<float>(exact);
    const double ulp = static_cast<double>(std::nextafter(rounded, std::numeric_limits<float>::infinity()) - rounded);
    worst = std::max(worst, static_cast<double>(std::abs(static_cast<long double>(found) - exact)) / ulp);
    falls += x > before_at && found < before * (1 - 4e-7F);
    before = found, before_at = x;
    BOOST_TEST_REQUIRE(dm::branchless_exp(x) == found);
  }
  BOOST_TEST_MESSAGE("e^x is off by " << worst << " ulp at most");
  BOOST_TEST(worst < 3);
  BOOST_TEST(worst > 0.5);
  BOOST_TEST(falls == 0U);
  // Neighbours, near where the power of two changes and near 0.
  for (const float around : {0.0F, 0.34657359F, -0.34657359F, 1.0397208F, 20.0F, -86.9F, 86.9F}) {
    float x = around;
    for (int i = 0; i < 2000; ++i) {
      const float next = std::nextafter(x, 100.0F);
      BOOST_TEST_REQUIRE(dm::bounded_exp(next) >= dm::bounded_exp(x) * (1 - 4e-7F));
      x = next;
    }
  }
  BOOST_TEST(dm::bounded_exp(0.0F) == 1.0F);
}

BOOST_AUTO_TEST_CASE(exponentials_end_as_they_say) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  for (const float x : {87.001F, 88.8F, 1e10F, std::numeric_limits<float>::max(), infinity}) {
    BOOST_TEST(dm::bounded_exp(x) == dm::bounded_exp(87.0F));
    BOOST_TEST(dm::bounded_exp(-x) == dm::bounded_exp(-87.0F));
    BOOST_TEST(dm::branchless_exp(x) == infinity);
    BOOST_TEST(dm::branchless_exp(-x) == 0.0F);
  }
  BOOST_TEST(std::isfinite(dm::branchless_exp(87.0F)));
  BOOST_TEST(dm::branchless_exp(-87.0F) > 0.0F);
  BOOST_TEST(std::isnan(dm::bounded_exp(nan)));
  BOOST_TEST(std::isnan(dm::branchless_exp(nan)));
  // Others have what the mathematical library has.
  for (double x = -800; x < 800; x += 0.37) {
    BOOST_TEST_REQUIRE(dm::bounded_exp(x) == std::exp(x));
    BOOST_TEST_REQUIRE(dm::branchless_exp(x) == std::exp(x));
  }
  BOOST_TEST(std::isnan(dm::branchless_exp(std::numeric_limits<double>::quiet_NaN())));
}

BOOST_AUTO_TEST_CASE(activations_are_no_steeper_than_their_bounds) {
  namespace activations = dm::activation;
  std::vector<dm::unary_function> all;
  for (const auto& name : dm::activation_names()) {
    const auto function = dm::find_activation(name).value();
    if (const auto* unary = function.get_if<dm::unary_function>()) all.push_back(*unary);
  }
  for (const double slope : {0.0, 0.01, 0.5, 1.0, 1.7}) all.emplace_back(activations::leaky_relu{slope});
  std::vector<double> points;
  for (double x = -12; x <= 12; x += 0.037) points.push_back(x);
  for (double x = -0.5; x <= 0.5; x += 0.0007) points.push_back(x);
  std::sort(points.begin(), points.end());
  std::set<std::string> without;
  for (const auto& function : all)
    function.visit([&](const auto& one) {
      const auto bounds = model::bounds_of_slope(function);
      if (!bounds) {
        without.insert(one.name);
        return;
      }
      double least = std::numeric_limits<double>::infinity(), most = -least;
      for (const std::size_t apart : {1U, 2U, 7U, 40U, 333U})
        for (std::size_t i = 0; i + apart < points.size(); ++i) {
          const double a = points[i], b = points[i + apart];
          if (b - a < 1e-5) continue;  // rounding would be seen
          const double quotient = (one(b) - one(a)) / (b - a);
          least = std::min(least, quotient), most = std::max(most, quotient);
        }
      BOOST_TEST_CONTEXT(one.name) {
        BOOST_TEST(least >= bounds->least - 1e-9);
        BOOST_TEST(most <= bounds->most + 1e-9);
        // And hardly less steep.
        BOOST_TEST(least <= bounds->least + 0.01);
        BOOST_TEST(most >= bounds->most - 0.01);
      }
    });
  BOOST_TEST((without == std::set<std::string>{"clipped_relu", "elu", "selu", "gelu", "gelu_approximate", "silu", "hard_silu", "mish",
                                               "exponential"}));
}

BOOST_AUTO_TEST_SUITE_END()
