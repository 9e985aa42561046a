// A mutation operator of one's own: weight pruning.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include "expect.hpp"

namespace dm = deepmaacc;

// Sets the smallest of a neuron's weights to zero, as pruning a network does. Equal weights go in the order of their positions.
struct weight_pruning {
  static constexpr dm::mutation_level level = dm::mutation_level::neuron;
  double share = 0.5;

  std::string name() const { return "prune"; }
  dm::parameter_list parameters() const { return {{"share", share}}; }
  std::string definition() const { return "w -> 0 for the floor(n * share) weights of smallest magnitude, bias unchanged"; }

  template <class T>
  void mutate(dm::neuron_weights<T> neuron, const dm::mutation_site&) const {
    std::vector<std::size_t> order(neuron.incoming.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return std::abs(neuron.incoming[i]); });
    order.resize(static_cast<std::size_t>(std::floor(share * static_cast<double>(order.size()))));
    for (const std::size_t i : order) neuron.incoming[i] = 0;
  }
};
static_assert(dm::MutationOperator<weight_pruning>);

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const auto network = dm::io::read_keras(data + "/digits-cnn.keras");
  const auto tests = dm::io::read_tests(data + "/digits-test.npz:images", data + "/digits-test.npz:labels");
  const auto run = [&](const auto& operators) {
    return dm::analyze(Kokkos::DefaultExecutionSpace{}, network, tests, dm::exhaustive{}, operators);
  };

  for (const double share : {0.25, 0.5, 0.75}) {
    const auto result = run(dm::operators(weight_pruning{share}));
    std::cout << result.subject->operators[0].text() << ": " << result.scores[0].killed << " of " << result.scores[0].possible
              << " classes killed\n";
  }
  const auto mixed = run(dm::operators(dm::mutation::activation_inversion{}, weight_pruning{0.5}));
  std::cout << "nai and prune(0.5): " << mixed.mutants.size() << " mutants\n";

  expect(run(dm::operators(weight_pruning{0})).scores[0].killed == 0, "pruning nothing kills nothing");
  expect(run(dm::operators(weight_pruning{1})).kills == run(dm::operators(dm::mutation::effect_blocking{})).kills,
         "pruning everything is effect blocking");
  return expectations_failed();
}
