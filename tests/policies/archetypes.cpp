// No faults: algorithms are given the least that their concepts allow, so that they cannot quietly need more.

#include <deepmaacc/analysis/analyze.hpp>
#include <deepmaacc/model/network.hpp>

namespace archetype = deepmaacc::archetype;
using weights = archetype::weight_storage<float, Kokkos::HostSpace>;
using host = Kokkos::DefaultHostExecutionSpace;

template class deepmaacc::network<weights>;
template class deepmaacc::network<weights, host>;

template <class Model>
void run(Model& model, const deepmaacc::test_set<float>& tests) {
  const auto operators = deepmaacc::operators(archetype::mutation_operator{});
  const auto rules = deepmaacc::kill_rules(archetype::kill_rule{});
  deepmaacc::analyze(host{}, model, tests, deepmaacc::exhaustive{}, operators, rules);
  deepmaacc::analyze(deepmaacc::this_thread{}, model, tests, deepmaacc::exhaustive{}, operators, rules);
}

template void run(archetype::model_adapter&, const deepmaacc::test_set<float>&);
template void run(archetype::resumable_adapter&, const deepmaacc::test_set<float>&);
template void run(deepmaacc::network<weights>&, const deepmaacc::test_set<float>&);
