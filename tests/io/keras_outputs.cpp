#include <algorithm>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/npy.hpp>
#include <deepmaacc/storage/xtensor_host.hpp>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "files.hpp"

namespace dm = deepmaacc;
using support::fixture;

namespace {

using precisions = boost::mpl::list<float, double>;

/// max |a - b| / max(1, |b|) may be this much: Keras computes in float32, in another order of additions.
constexpr double tolerance = 1e-5;
/// For these it may be ten times as much.
const std::set<std::string> tenfold{};

/// The names of the entries of a NumPy archive that end with ".outputs", without this.
std::vector<std::string> golden_names(const dm::io::file_bytes& golden) {
  const std::string end = ".outputs.npy";
  std::vector<std::string> names;
  for (const auto& name : dm::io::zip_archive(golden).names())
    if (name.ends_with(end)) names.push_back(name.substr(0, name.size() - end.size()));
  std::sort(names.begin(), names.end());
  return names;
}

/// Compares a model's outputs with those that Keras wrote for the same inputs. \return max |a - b| / max(1, |b|)
template <class T>
double check_outputs(const std::string& path, const dm::io::file_bytes& golden, const std::string& name) {
  double worst = 0;
  BOOST_TEST_CONTEXT("model " << name) {
    auto network = dm::io::read_keras<dm::storage::xtensor_host<T>>(path);
    const auto inputs = dm::io::read_npz<T>(golden, name + ".inputs"), outputs = dm::io::read_npz<T>(golden, name + ".outputs");
    const std::size_t rows = inputs.extents.at(0), classes = outputs.values.size() / rows;
    BOOST_TEST(network.input_shape() == dm::shape(inputs.extents.begin() + 1, inputs.extents.end()), boost::test_tools::per_element());
    BOOST_TEST(network.layers().back().output_shape == dm::shape(outputs.extents.begin() + 1, outputs.extents.end()),
               boost::test_tools::per_element());
    if (network.classes() != classes) {
      BOOST_ERROR("it has " << network.classes() << " classes, but Keras gives " << classes << " outputs");
      return INFINITY;
    }
    std::vector<T> found(rows * classes);
    network.predict(dm::matrix<const T>(inputs.values.data(), rows, inputs.values.size() / rows),
                    dm::matrix<T>(found.data(), rows, classes));
    for (std::size_t i = 0; i < found.size(); ++i) {
      const double difference = std::abs(static_cast<double>(found[i]) - static_cast<double>(outputs.values[i]));
      const double relative = difference / std::max(1.0, std::abs(static_cast<double>(outputs.values[i])));
      worst = std::isnan(relative) ? INFINITY : std::max(worst, relative);
    }
    BOOST_TEST(worst <= tolerance * (tenfold.contains(name) ? 10 : 1));
  }
  return worst;
}

/// The same for many models: one that cannot be read is reported, and the others are compared.
template <class T, class PathOf>
void check_all_outputs(const std::string& golden_file, const PathOf& path_of) {
  const auto golden = dm::io::read_file(fixture(golden_file));
  const auto names = golden_names(golden);
  double largest = 0;
  for (const auto& name : names) {
    if (name.starts_with("keras2.12-")) continue;  // a layout of its own, which is not read: keras_errors.cpp has what is said of it
    try {
      largest = std::max(largest, check_outputs<T>(path_of(name), golden, name));
    } catch (const dm::error& fault) {
      BOOST_ERROR(name << " is not read: " << fault.what());
    }
  }
  BOOST_TEST_MESSAGE(names.size() << " models, largest difference " << largest);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keras_outputs)

BOOST_AUTO_TEST_CASE_TEMPLATE(outputs_agree_with_keras, T, precisions) {
  check_all_outputs<T>("keras-golden.npz", [](const std::string& name) { return fixture("keras/" + name + ".keras"); });
}

/// Models in the forms of older versions of Keras: each wrote the outputs of its own files.
BOOST_AUTO_TEST_CASE_TEMPLATE(outputs_agree_with_the_version_that_wrote_the_file, T, precisions) {
  const support::scratch_folder folder;
  const dm::io::zip_archive archive(dm::io::read_file(fixture("h5.zip")));
  check_all_outputs<T>("h5-golden.npz", [&](const std::string& name) { return folder.write(name, support::text_of(archive.entry(name))); });
}

BOOST_AUTO_TEST_CASE(every_model_has_outputs_to_compare_with) {
  const auto golden = golden_names(dm::io::read_file(fixture("keras-golden.npz")));
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(fixture("keras"))) names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  BOOST_TEST(names == golden, boost::test_tools::per_element());

  const auto old = golden_names(dm::io::read_file(fixture("h5-golden.npz")));
  names.clear();
  for (const auto& name : dm::io::zip_archive(dm::io::read_file(fixture("h5.zip"))).names())
    if (!name.starts_with("refused-") && !name.starts_with("kills-")) names.push_back(name);
  std::sort(names.begin(), names.end());
  BOOST_TEST(names == old, boost::test_tools::per_element());
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

// A model within a model is taken apart: the mutants of its layers are those of the whole network.
BOOST_AUTO_TEST_CASE(layers_of_nested_models_are_layers_of_the_network) {
  const auto network = dm::io::read_keras(fixture("keras/nested-counts.keras"));
  std::vector<std::size_t> neurons;
  std::set<std::string> names;
  for (const auto& layer : network.layers()) {
    if (layer.neurons > 0) neurons.push_back(layer.neurons);
    BOOST_TEST(names.insert(layer.name).second, "two layers are called " << layer.name);
  }
  BOOST_TEST(neurons == (std::vector<std::size_t>{4, 4, 3, 4, 5, 4, 3}), boost::test_tools::per_element());
  BOOST_TEST(network.layers().back().is_output);
}

BOOST_AUTO_TEST_CASE(a_model_is_read_as_float_unless_double_is_asked_for) {
  const auto network = dm::io::read_keras(fixture("keras/dense-float64.keras"));
  static_assert(std::is_same_v<decltype(network)::value_type, float>);
  BOOST_TEST(network.classes() == 4U);
}

BOOST_AUTO_TEST_SUITE_END()
