// No faults: algorithms are given the least that their concepts allow, so that they cannot quietly need more.

#include <deepmaacc/analysis/analyze.hpp>
#include <deepmaacc/analysis/compare.hpp>
#include <deepmaacc/analysis/mutant_clustering.hpp>
#include <deepmaacc/analysis/neuron_clustering.hpp>
#include <deepmaacc/analysis/random_sampling.hpp>
#include <deepmaacc/network/network.hpp>

namespace archetype = deepmaacc::archetype;
using weights = archetype::weight_storage<float, Kokkos::HostSpace>;
using host = Kokkos::DefaultHostExecutionSpace;

// Methods that cluster take six policies, and ask no more of them than this.
template <template <class...> class Method>
using least = Method<archetype::distance_metric, archetype::linkage_rule, archetype::feature_scaler, archetype::feature_map,
                     archetype::cut_rule, archetype::representative_rule>;

template class deepmaacc::network<weights>;
template class deepmaacc::network<weights, host>;
template class deepmaacc::network<weights, deepmaacc::this_thread, archetype::precision<float>>;
template class deepmaacc::network<weights, deepmaacc::this_thread, archetype::rounding_precision<float>>;

template <class Model>
void run(Model& model, const deepmaacc::test_set<float>& tests) {
  const auto operators = deepmaacc::operators(archetype::mutation_operator{});
  const auto rules = deepmaacc::kill_rules(archetype::outcome{}, archetype::kill_rule{});
  deepmaacc::analyze(host{}, model, tests, deepmaacc::exhaustive{}, operators, rules);
  deepmaacc::analyze(deepmaacc::this_thread{}, model, tests, deepmaacc::exhaustive{}, operators, rules);
  deepmaacc::analyze(host{}, model, tests, archetype::analysis_method{}, operators, rules);
  deepmaacc::analyze(host{}, model, tests, least<deepmaacc::neuron_clustering>{}, operators, rules);
  deepmaacc::analyze(host{}, model, tests, least<deepmaacc::mutant_clustering>{}, operators, rules);
  deepmaacc::compare(host{}, model, tests, deepmaacc::random_sampling{}, operators, rules);
  deepmaacc::analyze(model, tests, deepmaacc::exhaustive{}, archetype::mutation_operator{}, archetype::kill_rule{});
}

template void run(archetype::model_adapter&, const deepmaacc::test_set<float>&);
template void run(archetype::resumable_adapter&, const deepmaacc::test_set<float>&);
template void run(deepmaacc::network<weights>&, const deepmaacc::test_set<float>&);
