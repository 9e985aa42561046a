// Feature maps of one's own: what makes two neurons alike is up to a few lines.
#include <array>
#include <cmath>
#include <cstddef>
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <iostream>
#include <string>
#include <type_traits>

#include "expect.hpp"

namespace dm = deepmaacc;

// Two numbers of a neuron: how strong its weights are together, and its bias.
struct norm_and_bias {
  static constexpr const char* name() { return "norm-and-bias"; }
  template <class Layer>
  xt::xtensor<double, 2> operator()(const Layer& layer) const {
    const auto weights = layer.weights();  // a row per neuron: its weights, then its bias where there is one
    const std::size_t count = layer.description().weights_per_neuron;
    xt::xtensor<double, 2> points(std::array<std::size_t, 2>{layer.neurons(), 2});
    for (std::size_t j = 0; j < layer.neurons(); ++j) {
      double sum = 0;
      for (std::size_t i = 0; i < count; ++i) sum += weights(j, i) * weights(j, i);
      points(j, 0) = std::sqrt(sum);
      points(j, 1) = layer.description().has_bias ? weights(j, count) : 0;
    }
    return points;
  }
};

void print(const char* what, const dm::analysis_result& result) {
  std::cout << what << ": " << result.mutants.size() << " mutants, score " << result.score() << '\n';
}

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const auto network = dm::io::read_keras(data + "/digits-mlp.keras");
  const auto tests = dm::io::read_tests(data + "/digits-test.npz:images", data + "/digits-test.npz:labels");
  dm::study study(Kokkos::DefaultHostExecutionSpace{}, network, tests);

  using by_norm = dm::neuron_clustering<dm::distance::euclidean, dm::linkage::ward, dm::scaler::min_max, norm_and_bias>;
  const auto norms = study.analyze(by_norm{.neurons_per_cluster = 4});
  print("norm and bias", norms);

  // The same map describes mutants: a blocked neuron has norm 0, one with changed weights a larger norm.
  using mutants_by_norm = dm::mutant_clustering<dm::distance::euclidean, dm::linkage::average, dm::scaler::min_max, norm_and_bias>;
  const auto mutants = study.analyze(mutants_by_norm{.threshold = 0.8});
  print("mutants by norm and bias", mutants);

  // A map with nothing to set can be a lambda.
  const auto strongest_input = [](const auto& layer) {
    const auto weights = layer.weights();
    xt::xtensor<double, 2> points = xt::zeros<double>({layer.neurons(), std::size_t{1}});
    for (std::size_t j = 0; j < layer.neurons(); ++j)
      for (std::size_t i = 0; i < layer.description().weights_per_neuron; ++i)
        if (std::abs(weights(j, i)) > std::abs(points(j, 0))) points(j, 0) = weights(j, i);
    return points;
  };
  using lambda = std::remove_const_t<decltype(strongest_input)>;
  using by_strongest = dm::neuron_clustering<dm::distance::euclidean, dm::linkage::ward, dm::scaler::none, lambda>;
  const auto strongest = study.analyze(by_strongest{.neurons_per_cluster = 4, .feature = strongest_input});
  print("strongest input", strongest);

  expect(norms.mutants.size() == 3 * (10 + 8), "three operators for each cluster of four of 40 and 30 neurons");
  expect(strongest.mutants.size() == norms.mutants.size(), "as many clusters by another map");
  expect(mutants.mutants.size() < mutants.mutants_total, "similar mutants are there");
  return expectations_failed();
}
