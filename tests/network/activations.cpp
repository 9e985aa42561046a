#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <deepmaacc/io/layer_config.hpp>
#include <functional>
#include <limits>
#include <map>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include <deepmaacc/network/plan.hpp>

#include "network/one_layer.hpp"
#include "support/error_text.hpp"
#include "support/spaces.hpp"

namespace dm = deepmaacc;
namespace layers = support::layers;
using support::read_layer;
namespace activations = deepmaacc::activation;
using support::tensor;

namespace {

using real = long double;
constexpr double infinity = std::numeric_limits<double>::infinity();

real normal_distribution(real z) { return std::erfc(-z / std::numbers::sqrt2_v<real>) / 2; }
real logistic(real z) { return 1 / (1 + std::exp(-z)); }
real log_one_plus_exp(real z) { return z > 0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z)); }

/// Every elementwise activation as its definition says, written without the library.
const std::map<std::string, real (*)(real)> definitions{
    {"linear", [](real z) { return z; }},
    {"relu", [](real z) { return z > 0 ? z : real{0}; }},
    {"relu6", [](real z) { return std::min(std::max(z, real{0}), real{6}); }},
    {"leaky_relu", [](real z) { return z > 0 ? z : real{0.2} * z; }},
    {"clipped_relu", [](real z) { return z > 0 ? z : real{0}; }},
    {"elu", [](real z) { return z > 0 ? z : std::expm1(z); }},
    {"selu",
     [](real z) {
       return real{1.0507009873554804934193349852946L} * (z > 0 ? z : real{1.6732632423543772848170429916717L} * std::expm1(z));
     }},
    {"gelu", [](real z) { return z * normal_distribution(z); }},
    {"gelu_approximate",
     [](real z) { return z * logistic(2 * std::sqrt(2 / std::numbers::pi_v<real>) * (z + real{0.044715L} * z * z * z)); }},
    {"sigmoid", logistic},
    {"hard_sigmoid", [](real z) { return std::min(std::max(z / 6 + real{0.5}, real{0}), real{1}); }},
    {"hard_sigmoid_of_keras2", [](real z) { return std::min(std::max(z / 5 + real{0.5}, real{0}), real{1}); }},
    {"tanh", [](real z) { return std::tanh(z); }},
    {"softplus", log_one_plus_exp},
    {"softsign", [](real z) { return z / (1 + std::abs(z)); }},
    {"silu", [](real z) { return z * logistic(z); }},
    {"hard_silu", [](real z) { return z * std::min(std::max(z / 6 + real{0.5}, real{0}), real{1}); }},
    {"mish", [](real z) { return z * std::tanh(log_one_plus_exp(z)); }},
    {"exponential", [](real z) { return std::exp(z); }},
};

/// Calls `check(name, function)` for every activation that is a function of one number. Of one type, so that a check is compiled once.
template <class T>
void for_each_function(const std::function<void(const std::string&, const std::function<T(T)>&)>& check) {
  dm::unary_function::for_each_kind([&]<class Kind>() { check(std::string(Kind::name), Kind{}); });
}

/// Largest difference to the definition, in units of max(1, |value|) and of the value itself where it is not tiny.
template <class T>
void compare(double tolerance) {
  for_each_function<T>([&](const std::string& name, const std::function<T(T)>& function) {
    BOOST_REQUIRE(definitions.contains(name));
    double worst = 0, worst_relative = 0;
    for (double z = -40; z <= 40; z += 0.01171875) {
      const T rounded = static_cast<T>(z);
      const double expected = static_cast<double>(definitions.at(name)(static_cast<real>(rounded)));
      const double off = std::abs(static_cast<double>(function(rounded)) - expected);
      worst = std::max(worst, off / std::max(1.0, std::abs(expected)));
      // The rounding of an exponent z is |z| times as large in e^z.
      if (std::abs(z) < 5 && std::abs(expected) > 1e-6) worst_relative = std::max(worst_relative, off / std::abs(expected));
    }
    BOOST_TEST(worst < (name == "exponential" ? 50 : 1) * tolerance, name << " is off by " << worst);
    BOOST_TEST(worst_relative < 60 * tolerance, name << " is off by its share " << worst_relative);
  });
}

template <class T>
void check_limits() {
  const T most = std::numeric_limits<T>::max(), endless = std::numeric_limits<T>::infinity();
  for_each_function<T>([&](const std::string& name, const std::function<T(T)>& function) {
    BOOST_TEST(std::isnan(function(std::numeric_limits<T>::quiet_NaN())), name);
    // The largest numbers overflow only where the function does.
    for (const T z : {most, -most, T{1000}, T{-1000}, T{1e10}, T{-1e10}}) {
      const T found = function(z);
      BOOST_TEST(!std::isnan(found), name << " of " << z);
      const real expected = definitions.at(name)(static_cast<real>(z));
      if (expected <= static_cast<real>(most) && expected >= static_cast<real>(-most))
        BOOST_TEST(std::abs(static_cast<double>(found) - static_cast<double>(expected)) <=
                       1e-5 * std::max(1.0, std::abs(static_cast<double>(expected))),
                   name << " of " << z << " is " << found);
    }
    const bool is_nan_below = name == "silu" || name == "hard_silu" || name == "mish" || name.starts_with("gelu") || name == "softsign";
    BOOST_TEST(std::isnan(function(-endless)) == is_nan_below, name);
    BOOST_TEST(std::isnan(function(endless)) == (name == "softsign"), name);
  });
}

std::string refusal(const dm::io::layer_config& config, const dm::shape& input = {3}) {
  return support::error_text<dm::model_error>([&] { support::alone(read_layer(config), {input}, config.name()); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(activation_functions)

BOOST_AUTO_TEST_CASE(are_their_definitions) {
  compare<float>(3e-7);
  compare<double>(6e-16);
}

BOOST_AUTO_TEST_CASE(are_right_at_the_limits) {
  check_limits<float>();
  check_limits<double>();
  BOOST_TEST(activations::softplus{}(-infinity) == 0);
  BOOST_TEST(activations::softplus{}(infinity) == infinity);
  BOOST_TEST(activations::sigmoid{}(-infinity) == 0);
  BOOST_TEST(activations::elu{2.0}(-infinity) == -2);
  BOOST_TEST(activations::clipped_relu{}(-infinity) == 0);
  BOOST_TEST((activations::clipped_relu{0, 1, 6}(-infinity)) == 0);
  BOOST_TEST((activations::clipped_relu{0, 1, 6}(infinity)) == 6);
}

// Keras' ReLU: above the threshold the number, clipped; at it and below, the slope from it.
BOOST_AUTO_TEST_CASE(rectifiers_have_a_threshold_and_a_limit) {
  for (const double slope : {0.0, 0.25})
    for (const double threshold : {0.0, 1.0, 4.0})
      for (const double limit : {0.0, 2.0, 6.0, infinity})
        for (double z = -8; z <= 8; z += 0.25) {
          const double kept = z > threshold ? std::min(z, limit) : 0, below = slope * std::max(threshold - z, 0.0);
          BOOST_TEST((activations::clipped_relu{slope, threshold, limit}(z)) == kept - below);
        }
}

BOOST_AUTO_TEST_CASE(layers_read_their_parameters) {
  // The function of a layer, alone.
  const auto function_of = [](const dm::io::layer_config& config) {
    const dm::program made = support::alone(read_layer(config), {{3}});
    if (made[1].does.holds<dm::operation::softmax>()) return dm::activation_function(activations::softmax{});
    return dm::activation_function(made[1].does.as<dm::operation::unary>().function);
  };
  const auto is = [&]<class Kind>(const dm::io::layer_config& config, const Kind&) {
    const auto function = function_of(config);
    if constexpr (std::is_same_v<Kind, activations::softmax>)
      return function.holds<activations::softmax>();
    else
      return function.as<dm::unary_function>().holds<Kind>();
  };
  dm::io::layer_config rectifier("r", "ReLU");
  BOOST_TEST(is(rectifier, activations::relu{}));
  rectifier.set("max_value", 6.0);
  rectifier.set("negative_slope", 0.5);
  rectifier.set("threshold", 1.0);
  const auto general = function_of(rectifier).as<dm::unary_function>().as<activations::clipped_relu>();
  BOOST_TEST(general.max_value == 6);
  BOOST_TEST(general.negative_slope == 0.5);
  BOOST_TEST(general.threshold == 1);
  for (const char* key : {"max_value", "negative_slope", "threshold"}) {
    dm::io::layer_config wrong("r", "ReLU");
    wrong.set(key, -1.0);
    BOOST_TEST(support::has(refusal(wrong), std::string(key) + " must not be negative"));
    wrong.set(key, NAN);
    BOOST_TEST(support::has(refusal(wrong), std::string(key) + " must be finite"));
  }
  dm::io::layer_config leaky("l", "LeakyReLU");
  BOOST_TEST(function_of(leaky).as<dm::unary_function>().as<activations::leaky_relu>().negative_slope == 0.3);
  leaky.set("negative_slope", -0.1);
  BOOST_TEST(support::has(refusal(leaky), "layer l (LeakyReLU): negative_slope must not be negative"));
  dm::io::layer_config exponential("e", "ELU");
  BOOST_TEST(function_of(exponential).as<dm::unary_function>().as<activations::elu>().alpha == 1);
  exponential.set("alpha", 0.5);
  BOOST_TEST(function_of(exponential).as<dm::unary_function>().as<activations::elu>().alpha == 0.5);
  dm::io::layer_config named("a", "Activation");
  named.set("activation", std::string("swish"));
  BOOST_TEST(is(named, activations::silu{}));
  named.set("activation", std::string("softmax"));
  BOOST_TEST(is(named, activations::softmax{}));

  dm::io::layer_config softmax("s", "Softmax");
  BOOST_TEST(is(softmax, activations::softmax{}));
  for (const double axis : {-1.0, 2.0}) {  // both are the last one of a sequence
    softmax.set("axis", std::vector<double>{axis});
    BOOST_TEST(refusal(softmax, {4, 3}) == "no error");
  }
  softmax.set("axis", 1.0);
  BOOST_TEST(support::has(refusal(softmax, {4, 3}), "layer s (Softmax): its axis must be -1, the last one"));
  BOOST_TEST(refusal(softmax, {3}) == "no error");
  softmax.set("axis", 0.0);
  BOOST_TEST(support::has(refusal(softmax, {3}), "the batch is axis 0"));
}

// A softmax over the last axis, sigmoid and linear are left out before an arg max; others are not.
BOOST_AUTO_TEST_CASE(final_ones_are_left_out) {
  const auto is_left_out = [](const support::layer& layer, const dm::shape& input) {
    dm::program_builder net(input);
    net.dense("sums", {.units = input.back()});
    layer.add(net, "last");
    return dm::network_plan(net.made()).output == 1;  // the sums
  };
  const auto softmax = layers::softmax_layer();
  BOOST_TEST(is_left_out(softmax, {3}));
  BOOST_TEST(is_left_out(softmax, {1, 3}));
  BOOST_TEST(is_left_out(softmax, {2, 3}));
  BOOST_TEST(is_left_out(layers::activation_layer(activations::sigmoid{}), {2, 3}));
  BOOST_TEST(!is_left_out(layers::relu_layer(activations::relu{}), {3}));
  BOOST_TEST(!is_left_out(layers::leaky_relu_layer(activations::leaky_relu{}), {3}));
  BOOST_TEST(!is_left_out(layers::elu_layer(activations::elu{}), {3}));
  const std::vector<dm::shape> inputs{{3}};
  BOOST_TEST(!dm::keeps_channels(dm::operation::softmax{}, inputs));
  BOOST_TEST(dm::keeps_channels(dm::operation::unary{activations::relu{}}, inputs));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(layers_apply_them, Space, support::spaces) {
  double worst = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    support::random_tensors random(seed);
    const std::vector<tensor> rows{random.of(random.extents(1 + seed % 4))};
    tensor expected = rows[0], rectified = rows[0];
    expected.for_each([&](const auto& index) {
      double sum = 0;
      auto other = index;
      for (other.back() = 0; other.back() < rows[0].extents.back(); ++other.back()) sum += std::exp(rows[0].at(other));
      expected.at(index) = std::exp(rows[0].at(index)) / sum;
      rectified.at(index) = rows[0].at(index) < 0 ? 0.25 * rows[0].at(index) : rows[0].at(index);
    });
    worst = std::max(worst, support::difference(support::outputs_of(Space{}, layers::softmax_layer(), {rows})[0], expected));
    worst = std::max(
        worst,
        support::difference(support::outputs_of(Space{}, layers::leaky_relu_layer(activations::leaky_relu{0.25}), {rows})[0], rectified));
  }
  BOOST_TEST(worst < 1e-14);
}

// Trained slopes, some of them shared along axes.
BOOST_AUTO_TEST_CASE_TEMPLATE(parametric_rectifiers_are_their_formula, Space, support::spaces) {
  double worst = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    support::random_tensors random(seed);
    const dm::shape extents = random.extents(1 + seed % 4);
    dm::shape slope_extents = extents;
    std::vector<double> shared;
    for (std::size_t axis = 0; axis < extents.size(); ++axis)
      if (random.pick(0, 1)) shared.push_back(static_cast<double>(axis) + 1), slope_extents[axis] = 1;
    dm::io::layer_config config("p", "PReLU");
    if (!shared.empty()) config.set("shared_axes", shared);
    const tensor slopes = random.of(slope_extents);
    const std::vector<tensor> rows{random.of(extents), random.of(extents)};
    const auto found = support::outputs_of(Space{}, read_layer(config), {rows}, {slopes});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      tensor expected(extents);
      expected.for_each([&](const auto& index) {
        auto of_slope = index;
        for (std::size_t axis = 0; axis < extents.size(); ++axis) of_slope[axis] = slope_extents[axis] == 1 ? 0 : index[axis];
        const double x = rows[i].at(index);
        expected.at(index) = std::max(x, 0.0) + slopes.at(of_slope) * std::min(x, 0.0);
      });
      worst = std::max(worst, support::difference(found[i], expected));
    }
  }
  BOOST_TEST(worst == 0);
  dm::io::layer_config config("p", "PReLU");
  for (const double axis : {0.0, 3.0, -1.0}) {
    config.set("shared_axes", std::vector<double>{axis});
    BOOST_TEST(support::has(refusal(config, {2, 3}), "is none of its input of shape (2, 3)"));
  }
  BOOST_TEST(support::has(refusal(dm::io::layer_config("p", "PReLU"), dm::shape(9, 1)), "at most 8 axes"));
}

BOOST_AUTO_TEST_SUITE_END()
