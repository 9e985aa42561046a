#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/io/layer_config.hpp>
#include <limits>
#include <string>
#include <vector>

#include "network/image_cases.hpp"
#include "network/one_layer.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
namespace layers = support::layers;

namespace {

using list = std::vector<double>;

/// A border in each of the ways that Keras has of writing it.
support::image_case random_border(support::choices& random, bool crops, std::size_t rank) {
  const std::size_t h = rank == 1 ? 1 : random.pick(5, 8), w = random.pick(5, 9), c = random.pick(1, 3);
  support::image_case made(std::string(crops ? "Cropping" : "ZeroPadding") + (rank == 1 ? "1D" : "2D"), rank, h, w, c);
  std::size_t top = random.pick(0, 2), bottom = random.pick(0, 2), left = random.pick(0, 2), right = random.pick(0, 2);
  const auto number = [](std::size_t one) { return static_cast<double>(one); };
  const char* key = crops ? "cropping" : "padding";
  switch (random.pick(0, 2)) {
    case 0:
      top = bottom = right = left;
      made.config.set(key, number(left));
      break;
    case 1:
      if (rank == 2) bottom = top, right = left;
      made.config.set(key, rank == 2 ? list{number(top), number(left)} : list{number(left), number(right)});
      break;
    default:
      made.config.set(key, rank == 2 ? list{number(top), number(bottom), number(left), number(right)} : list{number(left), number(right)});
  }
  if (rank == 1) top = bottom = 0;
  made.images = random.images(random.pick(1, 3), h, w, c);
  made.expected = [=](const naive::tensor& image) {
    return crops ? naive::cropped(image, top, bottom, left, right) : naive::bordered(image, top, bottom, left, right, 0);
  };
  return made;
}

support::image_case random_upsampling(support::choices& random, std::size_t rank) {
  const std::size_t h = rank == 1 ? 1 : random.pick(1, 5), w = random.pick(1, 5), c = random.pick(1, 3);
  support::image_case made(rank == 1 ? "UpSampling1D" : "UpSampling2D", rank, h, w, c);
  std::size_t times_h = 1, times_w = random.pick(1, 3);
  if (rank == 2) {
    times_h = random.pick(1, 3);
    made.config.set("size", support::sizes(rank, times_h, times_w));
    made.config.set("interpolation", std::string("nearest"));
  } else {
    made.config.set("size", static_cast<double>(times_w));
  }
  made.images = random.images(random.pick(1, 3), h, w, c);
  made.expected = [=](const naive::tensor& image) { return naive::enlarged(image, times_h, times_w); };
  return made;
}

/// What a layer with these settings says of an input of this shape, read from a file and put behind it.
std::string refusal(const std::string& class_name, const std::vector<std::pair<std::string, dm::io::layer_config::value>>& settings,
                    dm::shape input) {
  return support::error_text<dm::model_error>([&] {
    dm::io::layer_config config("l", class_name);
    for (const auto& [key, value] : settings) config.set(key, value);
    support::alone(support::read_layer(config), {std::move(input)}, "l");
  });
}

#define CHECK_REFUSED(part, ...) BOOST_TEST(support::has(refusal(__VA_ARGS__), part), refusal(__VA_ARGS__))

}  // namespace

BOOST_AUTO_TEST_SUITE(image_shapes)

BOOST_AUTO_TEST_CASE(borders_and_sizes_agree_with_plain_loops) {
  for (const std::size_t rank : {1U, 2U}) {
    for (const bool crops : {false, true})
      support::check_cases(40, [&](support::choices& random) { return random_border(random, crops, rank); });
    support::check_cases(30, [&](support::choices& random) { return random_upsampling(random, rank); });
  }
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused_by_class_and_shape) {
  CHECK_REFUSED("layer l (Conv1D): its window of 3, dilated by 4 does not fit into its input of shape (8, 2)", "Conv1D",
                {{"filters", 1.0}, {"kernel_size", 3.0}, {"dilation_rate", 4.0}}, {8, 2});
  CHECK_REFUSED("window of 5 x 5 does not fit into its input of shape (4, 9, 2)", "MaxPooling2D", {{"pool_size", 5.0}}, {4, 9, 2});
  CHECK_REFUSED("layer l (DepthwiseConv2D): it takes images (height, width, channels), but its input has shape (4, 9)", "DepthwiseConv2D",
                {{"kernel_size", 1.0}}, {4, 9});
  CHECK_REFUSED("layer l (GlobalMaxPooling1D): it takes sequences (steps, channels), but its input has shape (4, 9, 1)",
                "GlobalMaxPooling1D", {}, {4, 9, 1});
  CHECK_REFUSED("layer l (Conv2D): its 2 groups must divide its 4 filters and the channels of its input of shape (4, 4, 3)", "Conv2D",
                {{"filters", 4.0}, {"kernel_size", 1.0}, {"groups", 2.0}}, {4, 4, 3});
  CHECK_REFUSED("groups must divide the filters, but 2 do not divide 3", "Conv2D",
                {{"filters", 3.0}, {"kernel_size", 1.0}, {"groups", 2.0}}, {4, 4, 4});
  CHECK_REFUSED("layer l (Cropping2D): it cuts off 2 and 2 of an axis of 4; nothing is left of its input of shape (5, 4, 1)", "Cropping2D",
                {{"cropping", list{0, 0, 2, 2}}}, {5, 4, 1});
  CHECK_REFUSED("padding must be one number, one per axis, or two per axis", "ZeroPadding2D", {{"padding", list{1, 2, 3}}}, {5, 4, 1});
  CHECK_REFUSED("padding must be made of whole numbers from 0", "ZeroPadding2D", {{"padding", list{1, -2}}}, {5, 4, 1});
  const std::vector<dm::shape> no_channels{{4, 4, 0}};
  const dm::operation::pooling pooling{dm::operation::pooling::reduction::maximum, dm::sliding_window(2)};
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { pooling.output_shape(no_channels); }),
                          "its input has shape (4, 4, 0), which holds nothing"));
}

BOOST_AUTO_TEST_CASE(what_is_not_supported_is_refused_by_name) {
  for (const char* one :
       {"Conv1D", "Conv2D", "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D", "AveragePooling1D",
        "AveragePooling2D", "MaxPooling1D", "MaxPooling2D", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D",
        "GlobalMaxPooling2D", "ZeroPadding2D", "Cropping2D", "UpSampling2D"}) {
    const std::string text =
        refusal(one, {{"filters", 1.0}, {"kernel_size", 1.0}, {"data_format", std::string("channels_first")}}, {4, 4, 2});
    BOOST_TEST(support::has(text, std::string("layer l (") + one + "): data_format 'channels_first' is not supported"), text);
  }
  CHECK_REFUSED("interpolation 'bilinear' is not supported; supported: nearest", "UpSampling2D",
                {{"interpolation", std::string("bilinear")}}, {4, 4, 2});
  CHECK_REFUSED("padding 'causal' is not supported; supported: valid, same", "Conv2D",
                {{"filters", 1.0}, {"kernel_size", 1.0}, {"padding", std::string("causal")}}, {4, 4, 2});
}

// Sizes whose products wrap, or which no machine has memory for.
BOOST_AUTO_TEST_CASE(huge_sizes_are_refused) {
  constexpr double huge = 0x1p52;
  const std::string same = "same";
  for (const char* kind : {"Conv1D", "Conv2D", "SeparableConv1D", "SeparableConv2D"}) {
    const dm::shape input = kind[std::string(kind).size() - 2] == '1' ? dm::shape{4, 2} : dm::shape{4, 4, 2};
    CHECK_REFUSED("than a machine's memory holds", kind, {{"filters", huge}, {"kernel_size", 1.0}}, input);
    CHECK_REFUSED("than a machine's memory holds", kind, {{"filters", 1.0}, {"kernel_size", huge}, {"padding", same}}, input);
    CHECK_REFUSED("than a machine's memory holds", kind,
                  {{"filters", 1.0}, {"kernel_size", 2.0}, {"dilation_rate", huge}, {"padding", same}}, input);
    CHECK_REFUSED("strides are too large", kind, {{"filters", 1.0}, {"kernel_size", 1.0}, {"strides", huge}}, input);
  }
  // Each alone would do.
  CHECK_REFUSED("window of shape (67108864, 67108864)", "Conv2D", {{"filters", 1.0}, {"kernel_size", 0x1p26}, {"padding", same}},
                {4, 4, 2});
  CHECK_REFUSED("layer l (Conv2D): its window at every position,", "Conv2D", {{"filters", 1.0}, {"kernel_size", 0x1p21}, {"padding", same}},
                {4, 4, 2});
  CHECK_REFUSED("kernel of shape (131072, 4294967296)", "Conv1D", {{"filters", 0x1p32}, {"kernel_size", 0x1p16}, {"padding", same}},
                {1, 2});
  CHECK_REFUSED("output channels of shape (2, 4503599627370496)", "DepthwiseConv2D", {{"kernel_size", 1.0}, {"depth_multiplier", huge}},
                {4, 4, 2});
  CHECK_REFUSED("output channels of shape (2, 4503599627370496)", "SeparableConv2D",
                {{"filters", 1.0}, {"kernel_size", 1.0}, {"depth_multiplier", huge}}, {4, 4, 2});
  CHECK_REFUSED("than a machine's memory holds", "MaxPooling2D", {{"pool_size", huge}, {"strides", 1.0}, {"padding", same}}, {4, 4, 2});
  CHECK_REFUSED("than a machine's memory holds", "UpSampling2D", {{"size", huge}}, {4, 4, 2});
  CHECK_REFUSED("than a machine's memory holds", "UpSampling1D", {{"size", huge}}, {4, 2});
  CHECK_REFUSED("is too large", "ZeroPadding2D", {{"padding", huge}}, {4, 4, 2});
  CHECK_REFUSED("output of shape", "ZeroPadding2D", {{"padding", 0x1p26}}, {4, 4, 2});
  CHECK_REFUSED("nothing is left", "Cropping2D", {{"cropping", huge}}, {4, 4, 2});
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  const auto check = [](const support::layer& layer, const dm::shape& input) {
    BOOST_CHECK_THROW(support::output_shape_of(layer, {input}), dm::model_error);
  };
  check(layers::max_pooling1d({{2}, {2}}), {std::size_t{1} << 52, 2});
  check(layers::cropping2d({{{most, 2}, {0, 0}}}), {4, 4, 2});
  check(layers::zero_padding2d({{{most, 2}, {0, 0}}}), {4, 4, 2});
  check(layers::upsampling2d({most, most}), {4, 4, 2});
  check(layers::max_pooling2d({{most, most}, {most, most}}), {4, 4, 2});
}

// What changes nothing is not run.
BOOST_AUTO_TEST_CASE(borders_and_sizes_without_effect_are_left_out) {
  const dm::shape image{4, 4, 2};
  BOOST_TEST(support::is_identity(layers::zero_padding2d({}), image));
  BOOST_TEST(!support::is_identity(layers::cropping1d({{{0, 1}}}), {4, 2}));
  BOOST_TEST(support::is_identity(layers::upsampling2d({1, 1}), image));
  BOOST_TEST(!support::is_identity(layers::upsampling2d({1, 2}), image));
}

BOOST_AUTO_TEST_SUITE_END()
