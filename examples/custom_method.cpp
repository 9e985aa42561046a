// Analysis methods of one's own: which mutants to run is up to a few lines.
#include <algorithm>
#include <cstddef>
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "expect.hpp"

namespace dm = deepmaacc;

// Runs every k-th mutant, which counts for k.
struct every_kth {
  std::size_t k = 4;

  std::string name() const { return "every-kth"; }
  template <class Subject>
  std::vector<dm::mutant> choose(const Subject& subject) const {
    std::vector<dm::mutant> chosen;
    const auto all = subject.mutants();
    for (std::size_t i = 0; i < all.size(); i += k) {
      chosen.push_back(all[i]);
      chosen.back().weight = static_cast<double>(std::min(k, all.size() - i));
    }
    return chosen;
  }
};

// Mutates the neurons with the largest weights of each hidden layer. In two steps: one ranking serves every number of neurons.
struct strongest_neurons {
  dm::layer_selection layers = dm::population::hidden;
  std::size_t per_layer = 5;

  std::string name() const { return "strongest-neurons"; }
  dm::setting_list setting() const { return {{"per_layer", static_cast<double>(per_layer)}}; }

  // For each layer its neurons, the strongest first.
  template <class Subject>
  std::vector<std::vector<std::size_t>> fit(const Subject& subject) const {
    std::vector<std::vector<std::size_t>> ranked(subject.layers().size());
    for (const std::size_t layer : dm::layers_of(layers, subject.layers())) {
      const auto weights = subject.layer(layer).weights();
      std::vector<std::pair<double, std::size_t>> strengths;
      for (std::size_t neuron = 0; neuron < weights.shape(0); ++neuron) {
        double sum = 0;
        for (std::size_t i = 0; i < weights.shape(1); ++i) sum += weights(neuron, i) * weights(neuron, i);
        strengths.emplace_back(-sum, neuron);
      }
      std::sort(strengths.begin(), strengths.end());
      for (const auto& [strength, neuron] : strengths) ranked[layer].push_back(neuron);
    }
    return ranked;
  }

  // The neurons are no sample of the others, so each mutant counts for itself: the score is one of its own.
  template <class Subject>
  std::vector<dm::mutant> choose(const Subject& subject, const std::vector<std::vector<std::size_t>>& ranked) const {
    std::vector<dm::mutant> chosen = subject.mutants(layers);
    std::erase_if(chosen, [&](const dm::mutant& one) {
      const auto& neurons = ranked[one.layer];
      return std::find(neurons.begin(), neurons.end(), one.neurons[0]) - neurons.begin() >= static_cast<std::ptrdiff_t>(per_layer);
    });
    return chosen;
  }
};

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const auto network = dm::io::read_keras(data + "/digits-mlp.keras");
  const auto tests = dm::io::read_tests(data + "/digits-test.npz:images", data + "/digits-test.npz:labels");

  dm::study study(Kokkos::DefaultHostExecutionSpace{}, network, tests);
  const auto all = study.analyze(dm::exhaustive{});
  const auto sample = study.analyze(every_kth{.k = 4});
  std::cout << "exhaustive: " << all.mutants.size() << " mutants, score " << all.score() << '\n';
  std::cout << "every 4th: " << sample.mutants.size() << " mutants, score " << sample.score() << '\n';

  strongest_neurons strongest;
  const auto ranking = study.fit(strongest);
  for (strongest.per_layer = 5; strongest.per_layer <= 20; strongest.per_layer *= 2) {
    const auto result = study.analyze(strongest, ranking);
    std::cout << strongest.per_layer << " strongest neurons: " << result.mutants.size() << " mutants, score " << result.score() << '\n';
    expect(result.mutants.size() == 2 * 3 * strongest.per_layer, "three operators for so many neurons of two hidden layers");
  }

  expect(sample.mutants.size() == (all.mutants.size() + 3) / 4, "a quarter of the mutants is run");
  expect(sample.scores[0].possible == all.scores[0].possible, "and counts for all of them");
  return expectations_failed();
}
