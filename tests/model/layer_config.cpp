#include <boost/test/unit_test.hpp>
#include <deepmaacc/model/layer.hpp>
#include <string>
#include <variant>
#include <vector>

#include "support/error_text.hpp"

namespace dm = deepmaacc;
namespace model = deepmaacc::model;

BOOST_AUTO_TEST_SUITE(layer_configs)

BOOST_AUTO_TEST_CASE(layers_read_their_settings) {
  model::layer_config config("c", "Conv2D");
  config.set("filters", 4.0);
  config.set("kernel_size", std::vector<double>{3, 2});
  config.set("strides", 2.0);
  config.set("padding", std::string("same"));
  config.set("activation", std::string("tanh"));
  config.set("use_bias", false);
  const auto made = model::make_layer(config);
  const auto& conv = *made.get_if<model::conv2d>();
  BOOST_TEST(conv.filters == 4U);
  BOOST_TEST((conv.window.extent == std::array<std::size_t, 2>{3, 2}));
  BOOST_TEST((conv.window.stride == std::array<std::size_t, 2>{2, 2}));
  BOOST_TEST((conv.window.padding == model::window_padding::same));
  BOOST_TEST(!conv.use_bias);
  BOOST_TEST((std::holds_alternative<model::activations::tanh>(conv.activation)));
  BOOST_TEST(conv.parameters({5, 5, 2}).size() == 1U);
}

BOOST_AUTO_TEST_CASE(faults_name_layer_and_class) {
  model::layer_config unknown("odd", "Fancy");
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { model::make_layer(unknown); }),
                          "layer odd (Fancy): layers of this class are not supported"));
  model::layer_config dense("d", "Dense");
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { model::make_layer(dense); }), "layer d (Dense): units is missing"));
  for (const double wrong : {0.0, -1.0, 2.5, 1e300}) {
    dense.set("units", wrong);
    BOOST_TEST(
        support::has(support::error_text<dm::model_error>([&] { model::make_layer(dense); }), "units must be a whole number from 1"));
  }
  dense.set("units", 3.0);
  dense.set("activation", std::string("wavy"));
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { model::make_layer(dense); }),
                          "activation 'wavy' is not supported; supported: linear, relu"));
  dense.set("activation", std::monostate{});
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { model::make_layer(dense); }), "activation must be a text"));
  model::layer_config conv("c", "Conv2D");
  conv.set("filters", 1.0);
  conv.set("kernel_size", 3.0);
  conv.set("groups", 2.0);
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { model::make_layer(conv); }), "groups"));
  conv.set("groups", 1.0);
  conv.set("data_format", std::string("channels_first"));
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { model::make_layer(conv); }), "channels_first"));
  model::layer_config input("i", "InputLayer");
  input.set("batch_shape", std::vector<double>{-1, -1, 3});
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { model::make_layer(input); }), "leaves an extent open"));
}

BOOST_AUTO_TEST_SUITE_END()
