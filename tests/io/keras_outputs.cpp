#include <algorithm>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/npy.hpp>
#include <deepmaacc/storage/xtensor_host.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "files.hpp"

namespace dm = deepmaacc;
using support::fixture;

namespace {

using precisions = boost::mpl::list<float, double>;

/// The models that Keras wrote outputs for.
std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(fixture("keras"))) names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keras_outputs)

// Keras computes in float32, in another order of additions: max |a - b| / max(1, |b|) is at most 1e-5.
BOOST_AUTO_TEST_CASE_TEMPLATE(outputs_agree_with_keras, T, precisions) {
  const auto names = model_names();
  const auto golden_file = dm::io::read_file(fixture("keras-golden.npz"));
  BOOST_REQUIRE_EQUAL(2 * names.size(), dm::io::zip_archive(golden_file).names().size());
  double largest = 0;
  for (const auto& name : names) {
    BOOST_TEST_CONTEXT("model " << name) {
      auto network = dm::io::read_keras<dm::storage::xtensor_host<T>>(fixture("keras/" + name + ".keras"));
      const auto inputs = dm::io::read_npz<T>(golden_file, name + ".inputs"), outputs = dm::io::read_npz<T>(golden_file, name + ".outputs");
      const std::size_t rows = inputs.extents.at(0), classes = outputs.values.size() / rows;
      BOOST_TEST(network.input_shape() == dm::shape(inputs.extents.begin() + 1, inputs.extents.end()), boost::test_tools::per_element());
      BOOST_TEST_REQUIRE(network.classes() == classes);
      BOOST_TEST(network.layers().back().output_shape == dm::shape(outputs.extents.begin() + 1, outputs.extents.end()),
                 boost::test_tools::per_element());
      std::vector<T> found(rows * classes);
      network.predict(dm::matrix<const T>(inputs.values.data(), rows, inputs.values.size() / rows),
                      dm::matrix<T>(found.data(), rows, classes));
      double worst = 0;
      for (std::size_t i = 0; i < found.size(); ++i) {
        const double difference = std::abs(static_cast<double>(found[i]) - static_cast<double>(outputs.values[i]));
        const double relative = difference / std::max(1.0, std::abs(static_cast<double>(outputs.values[i])));
        worst = std::isnan(relative) ? INFINITY : std::max(worst, relative);
      }
      BOOST_TEST(worst <= 1e-5);
      largest = std::max(largest, worst);
    }
  }
  BOOST_TEST_MESSAGE(names.size() << " models, largest difference " << largest);
}

BOOST_AUTO_TEST_CASE(layers_are_as_keras_describes_them) {
  const auto network = dm::io::read_keras(fixture("keras/lenet.keras"));
  struct expected {
    std::string kind;
    dm::shape output;
    std::size_t neurons, weights_per_neuron;
    bool is_output;
  };
  const std::vector<expected> all{{"InputLayer", {12, 12, 1}, 0, 0, false},
                                  {"Conv2D", {12, 12, 3}, 3, 9, false},
                                  {"AveragePooling2D", {6, 6, 3}, 0, 0, false},
                                  {"Conv2D", {4, 4, 4}, 4, 27, false},
                                  {"MaxPooling2D", {2, 2, 4}, 0, 0, false},
                                  {"Flatten", {16}, 0, 0, false},
                                  {"Dense", {8}, 8, 16, false},
                                  {"Dropout", {8}, 0, 0, false},
                                  {"Dense", {5}, 5, 8, true}};
  const auto layers = network.layers();
  BOOST_TEST_REQUIRE(layers.size() == all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    BOOST_TEST(layers[i].kind == all[i].kind);
    BOOST_TEST(layers[i].output_shape == all[i].output, boost::test_tools::per_element());
    BOOST_TEST(layers[i].neurons == all[i].neurons);
    if (all[i].neurons) BOOST_TEST(layers[i].weights_per_neuron == all[i].weights_per_neuron);
    BOOST_TEST(layers[i].is_output == all[i].is_output);
  }
  BOOST_TEST(network.parameter_count() == 3 * 10U + 4 * 28U + 8 * 17U + 5 * 9U);
  // Layers keep the names that they were given, whatever the folders of their weights are called.
  BOOST_TEST(dm::io::read_keras(fixture("keras/dense-twelve.keras")).layers()[1].name == "z12");
}

BOOST_AUTO_TEST_CASE(a_model_is_read_as_float_unless_double_is_asked_for) {
  const auto network = dm::io::read_keras(fixture("keras/dense-float64.keras"));
  static_assert(std::is_same_v<decltype(network)::value_type, float>);
  BOOST_TEST(network.classes() == 4U);
}

BOOST_AUTO_TEST_SUITE_END()
