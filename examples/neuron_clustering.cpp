// The paper's neuron clustering: neurons whose weights are alike are mutated together, in fewer mutants the larger the clusters are.
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <iostream>
#include <string>

#include "expect.hpp"

namespace dm = deepmaacc;

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const auto network = dm::io::read_keras(data + "/digits-mlp.keras");
  const auto tests = dm::io::read_tests(data + "/digits-test.npz:images", data + "/digits-test.npz:labels");

  dm::study study(Kokkos::DefaultHostExecutionSpace{}, network, tests);
  dm::neuron_clustering<> method;
  const auto trees = study.fit(method);  // one tree per hidden layer serves every size of clusters
  for (const std::size_t size : {1U, 2U, 5U, 10U}) {
    method.neurons_per_cluster = size;
    const auto result = study.analyze(method, trees);
    std::cout << size << " neurons per cluster: " << result.mutants.size() << " mutants, score " << result.score() << '\n';
  }

  // Other questions of the same study: the second method of the paper, and what both are measured against.
  const auto clustered = study.analyze(dm::mutant_clustering<>{.threshold = 0.6});
  const auto all = study.analyze(dm::exhaustive{.layers = dm::population::hidden});
  std::cout << "mutant clustering: " << clustered.mutants.size() << " mutants, score " << clustered.score() << '\n';
  std::cout << "exhaustive: " << all.mutants.size() << " mutants, score " << all.score() << '\n';

  method.neurons_per_cluster = 1;
  expect(study.analyze(method, trees).kills == all.kills, "clusters of one neuron are the exhaustive analysis");
  expect(clustered.mutants.size() < all.mutants.size(), "a mutant runs for all that are similar to it");
  return expectations_failed();
}
