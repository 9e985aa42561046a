#include <boost/test/unit_test.hpp>
#include <deepmaacc/io/layer_config.hpp>
#include <string>
#include <variant>
#include <vector>

#include "network/one_layer.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
using support::alone;
using support::read_layer;

BOOST_AUTO_TEST_SUITE(layer_configs)

BOOST_AUTO_TEST_CASE(layers_read_their_settings) {
  dm::io::layer_config config("c", "Conv2D");
  config.set("filters", 4.0);
  config.set("kernel_size", std::vector<double>{3, 2});
  config.set("strides", 2.0);
  config.set("padding", std::string("same"));
  config.set("activation", std::string("tanh"));
  config.set("use_bias", false);
  const dm::program made = alone(read_layer(config), {{5, 5, 2}});
  const auto& sums = made[1].does.as<dm::operation::weighted_sums>();
  BOOST_TEST(sums.sums == 4U);
  BOOST_TEST((sums.window == dm::sliding_window{{3, 2, 1, 1, 1}, {2, 2, 1, 0, 1}}));
  BOOST_TEST(!sums.has_bias);
  BOOST_TEST((made[2].does.as<dm::operation::unary>().function.holds<dm::activation::tanh>()));
  BOOST_TEST(made.layers()[1].parameters.size() == 1U);
}

BOOST_AUTO_TEST_CASE(faults_name_layer_and_class) {
  dm::io::layer_config unknown("odd", "Fancy");
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] {
                            alone(read_layer(unknown), {{4, 4, 2}}, unknown.name());
                          }),
                          "layer odd (Fancy): layers of this class are not supported"));
  dm::io::layer_config dense("d", "Dense");
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] {
                            alone(read_layer(dense), {{4, 4, 2}}, dense.name());
                          }),
                          "layer d (Dense): units is missing"));
  for (const double wrong : {0.0, -1.0, 2.5, 1e300}) {
    dense.set("units", wrong);
    BOOST_TEST(support::has(support::error_text<dm::model_error>([&] {
                              alone(read_layer(dense), {{4, 4, 2}}, dense.name());
                            }),
                            "units must be a whole number from 1"));
  }
  dense.set("units", 3.0);
  dense.set("activation", std::string("wavy"));
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] {
                            alone(read_layer(dense), {{4, 4, 2}}, dense.name());
                          }),
                          "activation 'wavy' is not supported; supported: linear, relu"));
  dense.set("activation", std::monostate{});
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] {
                            alone(read_layer(dense), {{4, 4, 2}}, dense.name());
                          }),
                          "activation must be a text"));
  dm::io::layer_config conv("c", "Conv2D");
  conv.set("filters", 1.0);
  conv.set("kernel_size", 3.0);
  conv.set("groups", 2.0);
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { alone(read_layer(conv), {{4, 4, 2}}, conv.name()); }), "groups"));
  conv.set("groups", 1.0);
  conv.set("data_format", std::string("channels_first"));
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] {
                            alone(read_layer(conv), {{4, 4, 2}}, conv.name());
                          }),
                          "channels_first"));
  dm::io::layer_config input("i", "InputLayer");
  input.set("batch_shape", std::vector<double>{-1, -1, 3});
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { input.batch_shape("batch_shape"); }), "leaves an extent open"));
}

BOOST_AUTO_TEST_SUITE_END()
