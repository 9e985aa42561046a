#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include <deepmaacc/model/program_builder.hpp>
#include <deepmaacc/network/describe.hpp>

#include "network/image_cases.hpp"

namespace dm = deepmaacc;

namespace {

/// Random windows over an image of h × w, larger than it now and then; `valid` ones fit. Keras wants stride or dilation; the loops know
/// both.
naive::image_windows random_windows(support::choices& random, std::size_t rank, std::size_t h, std::size_t w, bool may_be_causal) {
  naive::image_windows windows;
  windows.padding = std::vector<std::string>{"valid", "same", "causal"}[random.pick(0, may_be_causal ? 2 : 1)];
  const bool must_fit = windows.padding == "valid";
  const auto axis = [&](std::size_t input, std::size_t& taps, std::size_t& stride, std::size_t& dilation) {
    taps = random.pick(1, must_fit ? std::min<std::size_t>(4, input) : 6);
    stride = random.pick(1, 3);
    dilation = random.pick(1, 3);
    if (must_fit)
      while ((taps - 1) * dilation + 1 > input) --dilation;
  };
  if (rank == 2) axis(h, windows.h, windows.stride_h, windows.dilation_h);
  axis(w, windows.w, windows.stride_w, windows.dilation_w);
  return windows;
}

void configure(dm::io::layer_config& config, std::size_t rank, const naive::image_windows& windows, bool has_bias) {
  config.set("kernel_size", support::sizes(rank, windows.h, windows.w));
  config.set("strides", support::sizes(rank, windows.stride_h, windows.stride_w));
  config.set("dilation_rate", support::sizes(rank, windows.dilation_h, windows.dilation_w));
  config.set("padding", windows.padding);
  config.set("data_format", std::string("channels_last"));
  config.set("use_bias", has_bias);
  config.set("activation", std::string("tanh"));
}

naive::tensor activated(naive::tensor values) {
  naive::activate("tanh", values);
  return values;
}

support::image_case random_case(support::choices& random, const std::string& kind, std::size_t rank) {
  const std::size_t h = rank == 1 ? 1 : random.pick(1, 7), w = random.pick(1, 8), groups = random.pick(1, 3),
                    c = groups * random.pick(1, 2);
  const std::size_t filters = groups * random.pick(1, 3), multiplier = random.pick(1, 3);
  const bool has_bias = random.pick(0, 2) > 0;
  const std::string rank_name = rank == 1 ? "1D" : "2D";
  support::image_case made(kind + rank_name, rank, h, w, c);
  const auto windows = random_windows(random, rank, h, w, kind == "Conv" && rank == 1);
  configure(made.config, rank, windows, has_bias);
  // Enough images for several blocks now and then.
  made.images = random.images(random.pick(0, 9) == 0 ? 1100 / (h * w) + 2 : random.pick(1, 3), h, w, c);
  const std::size_t taps = windows.h * windows.w;
  if (kind == "Conv") {
    made.config.set("filters", static_cast<double>(filters));
    made.config.set("groups", static_cast<double>(groups));
    made.weights = {random.numbers(taps * (c / groups) * filters)};
    if (has_bias) made.weights.push_back(random.numbers(filters));
  } else {
    made.config.set("depth_multiplier", static_cast<double>(multiplier));
    made.weights = {random.numbers(taps * c * multiplier)};
    if (kind == "SeparableConv") {
      made.config.set("filters", static_cast<double>(filters));
      made.weights.push_back(random.numbers(c * multiplier * filters));
    }
    if (has_bias) made.weights.push_back(random.numbers(kind == "SeparableConv" ? filters : c * multiplier));
  }
  const auto weights = made.weights;
  made.expected = [=](const naive::tensor& image) {
    const std::vector<double> bias = has_bias ? weights.back() : std::vector<double>{};
    if (kind == "Conv") return activated(naive::convolved(image, windows, weights[0], filters, groups, bias));
    if (kind == "DepthwiseConv") return activated(naive::convolved_by_channel(image, windows, weights[0], multiplier, bias));
    return activated(
        naive::convolved(naive::convolved_by_channel(image, windows, weights[0], multiplier, {}), {}, weights[1], filters, 1, bias));
  };
  return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(convolutions)

// Every layer, odd and even sizes, strides, dilation, groups, all paddings, windows larger than the image.
BOOST_AUTO_TEST_CASE(agree_with_plain_loops) {
  for (const char* kind : {"Conv", "DepthwiseConv", "SeparableConv"})
    for (const std::size_t rank : {1U, 2U})
      support::check_cases(40, [&](support::choices& random) { return random_case(random, kind, rank); });
}

BOOST_AUTO_TEST_CASE(the_plain_loops_notice_a_wrong_kernel) {
  for (const char* kind : {"Conv", "DepthwiseConv", "SeparableConv"}) {
    support::choices random(7);
    auto one = random_case(random, kind, 2);
    one.weights[0].back() += 0.5;
    one.weights[0].front() += 0.5;
    for (const auto& runner : support::image_runners()) BOOST_TEST(support::worst_difference(one, runner) > 1e-3);
  }
}

// What mutation sees: output channels, with the weights of their own group, of their own channel, or of the mixing part.
BOOST_AUTO_TEST_CASE(neurons_are_described) {
  dm::program_builder net({9, 8, 4}, "in");
  net.depthwise_conv2d("depthwise", {.kernel = {2, 2}, .multiplier = 2});
  net.separable_conv2d("separable", {.filters = 4, .kernel = {1, 2}});
  net.conv2d("grouped", {.filters = 6, .kernel = {3, 2}, .strides = {2, 2}, .groups = 2});
  const auto layers = dm::describe(net.made());
  BOOST_TEST(layers[1].neurons == 8U);
  BOOST_TEST(layers[1].weights_per_neuron == 4U);
  BOOST_TEST(layers[1].kernel_positions == 4U);
  BOOST_TEST(layers[1].output_shape == (dm::shape{8, 7, 8}), boost::test_tools::per_element());
  BOOST_TEST(layers[2].neurons == 4U);
  BOOST_TEST(layers[2].weights_per_neuron == 8U);
  BOOST_TEST(layers[2].kernel_positions == 1U);
  BOOST_TEST(layers[3].neurons == 6U);
  BOOST_TEST(layers[3].weights_per_neuron == 3U * 2U * 2U);
  BOOST_TEST(layers[3].kernel_positions == 6U);

  dm::program_builder sequence({9, 4}, "in");
  sequence.conv1d("conv", {.filters = 5, .kernel = {3}, .padding = dm::padding::causal});
  const auto described = dm::describe(sequence.made());
  BOOST_TEST(described[1].neurons == 5U);
  BOOST_TEST(described[1].weights_per_neuron == 12U);
  BOOST_TEST(described[1].kernel_positions == 3U);
  BOOST_TEST(described[1].output_shape == (dm::shape{9, 5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
