#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "network/image_cases.hpp"
#include "network/one_layer.hpp"

namespace dm = deepmaacc;
namespace layers = support::layers;

namespace {

support::image_case random_pooling(support::choices& random, bool is_max, std::size_t rank) {
  const std::size_t h = rank == 1 ? 1 : random.pick(1, 8), w = random.pick(1, 9), c = random.pick(1, 4);
  support::image_case made(std::string(is_max ? "MaxPooling" : "AveragePooling") + (rank == 1 ? "1D" : "2D"), rank, h, w, c);
  naive::image_windows windows;
  windows.padding = random.pick(0, 1) == 0 ? "valid" : "same";
  const std::size_t largest = windows.padding == "valid" ? 4 : 11;
  if (rank == 2) windows.h = random.pick(1, windows.padding == "valid" ? std::min(largest, h) : largest);
  windows.w = random.pick(1, windows.padding == "valid" ? std::min(largest, w) : largest);
  windows.stride_h = windows.h, windows.stride_w = windows.w;
  made.config.set("pool_size", support::sizes(rank, windows.h, windows.w));
  if (random.pick(0, 2) > 0) {  // else as far as the window is large
    if (rank == 2) windows.stride_h = random.pick(1, 4);
    windows.stride_w = random.pick(1, 4);
    made.config.set("strides", support::sizes(rank, windows.stride_h, windows.stride_w));
  }
  made.config.set("padding", windows.padding);
  made.images = random.images(random.pick(1, 3), h, w, c);
  made.expected = [=](const naive::tensor& image) { return naive::pooled(image, windows, is_max); };
  return made;
}

support::image_case random_global_pooling(support::choices& random, bool is_max, std::size_t rank) {
  const std::size_t h = rank == 1 ? 1 : random.pick(1, 8), w = random.pick(1, 9), c = random.pick(1, 4);
  support::image_case made(std::string(is_max ? "GlobalMaxPooling" : "GlobalAveragePooling") + (rank == 1 ? "1D" : "2D"), rank, h, w, c);
  made.config.set("keepdims", random.pick(0, 1) == 1);
  made.images = random.images(random.pick(1, 3), h, w, c);
  made.expected = [=](const naive::tensor& image) {
    naive::image_windows all;
    all.h = h, all.w = w;
    return naive::pooled(image, all, is_max);
  };
  return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pooling)

// Odd and even sizes, strides, both paddings, windows larger than the image.
BOOST_AUTO_TEST_CASE(agrees_with_plain_loops) {
  for (const bool is_max : {false, true})
    for (const std::size_t rank : {1U, 2U}) {
      support::check_cases(50, [&](support::choices& random) { return random_pooling(random, is_max, rank); });
      support::check_cases(20, [&](support::choices& random) { return random_global_pooling(random, is_max, rank); });
    }
}

BOOST_AUTO_TEST_CASE(global_pooling_keeps_its_axes_where_asked) {
  const std::vector<dm::shape> image{{5, 6, 3}}, sequence{{5, 3}};
  const auto is = boost::test_tools::per_element();
  BOOST_TEST(support::output_shape_of(layers::global_average_pooling2d(), image) == (dm::shape{3}), is);
  BOOST_TEST(support::output_shape_of(layers::global_average_pooling2d(true), image) == (dm::shape{1, 1, 3}), is);
  BOOST_TEST(support::output_shape_of(layers::global_max_pooling1d(), sequence) == (dm::shape{3}), is);
  BOOST_TEST(support::output_shape_of(layers::global_max_pooling1d(true), sequence) == (dm::shape{1, 3}), is);
}

BOOST_AUTO_TEST_SUITE_END()
