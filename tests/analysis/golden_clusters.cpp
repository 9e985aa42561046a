/// \file
/// The clusters of the paper's models, as scikit-learn and SciPy find them (tests/fixtures/make_neuron_cluster_fixtures.py).

#include <Kokkos_Core.hpp>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <deepmaacc/analysis/mutant_clustering.hpp>
#include <deepmaacc/analysis/neuron_clustering.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/npy.hpp>
#include <filesystem>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace dm = deepmaacc;
using labels_type = std::vector<std::size_t>;

namespace {

constexpr std::size_t operators = 3;
const std::vector<std::string> models{"fcnn-emnist", "fcnn-fmnist", "fcnn-mnist", "lenet5-emnist", "lenet5-fmnist", "lenet5-mnist"};

std::string data_dir() {
  const char* named = std::getenv("DEEPMAACC_DATA_DIR");
  return named ? named : "";
}

/// Passes a test over, and says so, where the data is not there.
boost::test_tools::assertion_result has_data(boost::unit_test::test_unit_id) {
  const bool is_there = !data_dir().empty() && std::filesystem::is_directory(data_dir() + "/models");
  if (!is_there)
    std::cout << "skipped: the paper's models are not there; set DEEPMAACC_DATA_DIR to their folder (docs/data.md)" << std::endl;
  return is_there;
}

const dm::io::file_bytes& fixture() {
  static const dm::io::file_bytes file = dm::io::read_file(DEEPMAACC_FIXTURES_DIR "/neuron-clusters.npz");
  return file;
}

dm::io::array<double> expected(const std::string& name) { return dm::io::read_npz<double>(fixture(), name); }

labels_type row_of(const dm::io::array<double>& rows, std::size_t which) {
  const auto n = static_cast<std::ptrdiff_t>(rows.extents.at(1));
  const auto begin = rows.values.begin() + static_cast<std::ptrdiff_t>(which) * n;
  return labels_type(begin, begin + n);
}

/// One of the paper's models. What it says of its inputs is right, so that a few random ones do.
struct paper_model {
  using network_type = decltype(dm::io::read_keras(""));
  std::string name;
  network_type network;
  dm::test_set<float> tests;
  dm::study<Kokkos::DefaultHostExecutionSpace, const network_type, float> study;

  explicit paper_model(const std::string& called)
      : name(called),
        network(dm::io::read_keras(data_dir() + "/models/" + called + ".keras")),
        tests(noise()),
        study({}, network, tests, dm::paper_operators(), dm::kill_rules(dm::kill::predicted_class{}), options()) {}
  paper_model(const paper_model&) = delete;
  paper_model& operator=(const paper_model&) = delete;
  ~paper_model() = default;

  /// The labels of each layer's neurons or mutants, by the layer's name.
  std::map<std::string, labels_type> labels_of(const dm::mutant_selection& chosen) const {
    std::map<std::string, labels_type> labels;
    const auto layers = network.layers();
    std::map<std::size_t, std::size_t> clusters;  // so far, of each layer
    for (const auto& cluster : chosen.clusters) {
      auto& of_layer = labels[layers[cluster.layer].name];
      const bool is_of_neurons = !cluster.neurons.empty();
      of_layer.resize(layers[cluster.layer].neurons * (is_of_neurons ? 1 : operators), layers.size() * 1000);
      const std::size_t number = clusters[cluster.layer]++;
      for (const std::size_t neuron : cluster.neurons) of_layer.at(neuron) = number;
      for (const auto& one : cluster.mutants) of_layer.at(one.neurons.at(0) * operators + one.operation) = number;
    }
    return labels;
  }

 private:
  static dm::test_set<float> noise() {
    xt::xtensor<float, 4> inputs(std::array<std::size_t, 4>{2, 32, 32, 3});
    std::mt19937 random(1);
    for (float& x : inputs) x = static_cast<float>(random() % 256) / 255;
    return dm::test_set<float>(std::move(inputs));
  }
  static dm::evaluation_options options() {
    dm::evaluation_options chosen;
    chosen.oracle = dm::oracle_kind::predictions;
    return chosen;
  }
};

template <class Visitor>
void for_each_model(const Visitor& visit) {
  for (const auto& name : models) BOOST_TEST_CONTEXT(name) {
      visit(paper_model(name));
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_clusters, *boost::unit_test::precondition(has_data))

BOOST_AUTO_TEST_CASE(neurons_cluster_as_in_scikit_learn) {
  std::size_t compared = 0;
  for_each_model([&](const paper_model& model) {
    dm::neuron_clustering<> method;
    const auto subject = model.study.subject();
    const auto trees = method.fit(subject);
    BOOST_TEST(trees.size() == (model.name[0] == 'f' ? 3U : 4U));
    for (method.neurons_per_cluster = 1; method.neurons_per_cluster <= 10; ++method.neurons_per_cluster)
      for (const auto& [layer, labels] : model.labels_of(method.choose(subject, trees))) {
        BOOST_TEST_CONTEXT(layer << " by " << method.neurons_per_cluster) {
          BOOST_TEST(labels == row_of(expected(model.name + "/" + layer + "/ward"), method.neurons_per_cluster - 1),
                     boost::test_tools::per_element());
          ++compared;
        }
      }
  });
  BOOST_TEST(compared == 10U * (3 * 3 + 3 * 4));
}

BOOST_AUTO_TEST_CASE(scaled_points_are_those_of_scikit_learn) {
  std::size_t compared = 0;
  for_each_model([&](const paper_model& model) {
    for (const auto& tree : dm::neuron_clustering<>().fit(model.study.subject())) {
      const auto& points = tree.points;
      const std::size_t n = points.shape(0), d = points.shape(1);
      const auto checks = expected(model.name + "/" + model.network.layers()[tree.layer].name + "/checks").values;
      double squares = 0, first = 0, last = 0;
      for (const double x : points) squares += x * x;
      for (std::size_t c = 0; c < d; ++c) {
        const double weight = static_cast<double>(c + 1) / static_cast<double>(d);
        first += points(0, c) * weight;
        last += points(n - 1, c) * weight;
      }
      BOOST_TEST(squares == checks.at(0), boost::test_tools::tolerance(1e-12));
      BOOST_TEST(first == checks.at(1), boost::test_tools::tolerance(1e-12));
      BOOST_TEST(last == checks.at(2), boost::test_tools::tolerance(1e-12));
      ++compared;
    }
  });
  BOOST_TEST(compared == 21U);
}

BOOST_AUTO_TEST_CASE(mutants_cluster_as_in_scipy) {
  const auto thresholds = expected("thresholds").values;
  std::size_t compared = 0;
  for_each_model([&](const paper_model& model) {
    for (const auto mode : {dm::similarity_mode::paper, dm::similarity_mode::artifact}) {
      dm::mutant_clustering<> method;
      method.layers = dm::population::all;
      method.mode = mode;
      const auto subject = model.study.subject();
      const auto trees = method.fit(subject);
      for (std::size_t i = 0; i < thresholds.size(); ++i) {
        method.threshold = thresholds[i];
        for (const auto& [layer, labels] : model.labels_of(method.choose(subject, trees))) {
          BOOST_TEST_CONTEXT(layer << ", " << to_string(mode) << " at " << method.threshold) {
            BOOST_TEST(labels == row_of(expected(model.name + "/" + layer + "/" + to_string(mode)), i), boost::test_tools::per_element());
            ++compared;
          }
        }
      }
    }
  });
  BOOST_TEST(compared == 2U * 14 * (3 * 4 + 3 * 5));
}

BOOST_AUTO_TEST_SUITE_END()
