// A pipeline put together from parts: neurons that fire alike are one cluster, one of them is mutated, two kill rules judge.
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

  using pipeline =
      dm::neuron_clustering<dm::distance::cosine, dm::linkage::complete, dm::scaler::standard, dm::feature::activation_profile>;
  const pipeline method{.neurons_per_cluster = 3, .use = dm::cluster_use::representative};
  const auto operators = dm::operators(dm::mutation::change_weight{0.2}, dm::mutation::effect_blocking{});
  const auto rules = dm::kill_rules(dm::kill::true_class{}, dm::kill::any_flip{});

  // How near it comes to every mutant of the hidden layers, and whether random mutants, as many, come nearer.
  const dm::comparison found = dm::compare(Kokkos::DefaultHostExecutionSpace{}, network, tests, method, operators, rules);
  std::cout << found << '\n';

  expect(found.total == 2 * (40 + 30), "two operators for each neuron of the hidden layers");
  expect(found.executed == 2 * (14 + 10), "two operators for each cluster of three, the last ones smaller");
  expect(found.rules.size() == 2, "both rules judge the same mutants");
  return expectations_failed();
}
