#pragma once

/// \file
/// What tests of engines share: mutants of every kind, their kills, and how two matrices of kills differ.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <deepmaacc/mutation/scoped_mutation.hpp>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "support/engines.hpp"
#include "support/random_graphs.hpp"

namespace support {

// Rules that only add need no rank, and may be saturated; the others make the engine judge every input that it is told of.
inline const auto adding_rules =
    deepmaacc::kill_rules(deepmaacc::kill::predicted_class{}, deepmaacc::kill::true_class{}, deepmaacc::kill::any_flip{});
inline const auto other_rules =
    deepmaacc::kill_rules(deepmaacc::kill::predicted_class{}, deepmaacc::kill::true_class{}, deepmaacc::kill::any_flip{},
                          deepmaacc::kill::top_k{.k = 2}, deepmaacc::kill::accuracy_drop{.drop = 0.05});

inline constexpr std::uint64_t seed_of_operators = 11;

/// The last one is not affine: its neurons' sums are computed again.
inline auto four_operators() {
  return deepmaacc::operators(deepmaacc::mutation::change_weight{0.1}, deepmaacc::mutation::activation_inversion{},
                              deepmaacc::mutation::effect_blocking{}, deepmaacc::mutation::gaussian_fuzzing{0.5, 0.7});
}

/// Every single neuron by every operator, the random one three times; and clusters of every size from 2 to all neurons of the layer.
inline std::vector<deepmaacc::mutant> mutants_of(std::span<const deepmaacc::layer_description> layers, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  auto mutants = deepmaacc::single_neuron_mutants(layers, 4, deepmaacc::population::all);
  for (std::size_t i = 0, count = mutants.size(); i < count; ++i)
    for (std::size_t repeat = 1; mutants[i].operation == 3 && repeat < 3; ++repeat) {
      mutants.push_back(mutants[i]);
      mutants.back().repeat = repeat;
    }
  for (std::size_t layer = 0; layer < layers.size(); ++layer)
    for (std::size_t size = 2; size <= layers[layer].neurons; ++size) {
      deepmaacc::mutant one;
      one.layer = layer, one.operation = random() % 4;
      one.neurons.resize(layers[layer].neurons);
      std::iota(one.neurons.begin(), one.neurons.end(), std::size_t{0});
      std::shuffle(one.neurons.begin(), one.neurons.end(), random);
      one.neurons.resize(size);
      mutants.push_back(one);
    }
  return mutants;
}

template <class Space, class Adapter, class T, class Rules>
deepmaacc::kill_matrix kills_of(const Space& space, const Adapter& network, const deepmaacc::test_set<T>& tests,
                                std::span<const deepmaacc::mutant> mutants, const Rules& rules, const deepmaacc::any_engine& engine,
                                const deepmaacc::skip_options& skip = {}, deepmaacc::evaluation_work* work = nullptr,
                                std::size_t memory_limit = deepmaacc::default_memory_limit) {
  deepmaacc::evaluation_options options;
  options.engine = with_skips(engine, skip), options.block_inputs = 37, options.seed = seed_of_operators,
  options.memory_limit = memory_limit;
  const auto golden = deepmaacc::run_golden(space, network, tests, options);
  return deepmaacc::evaluate(space, network, tests, golden, mutants, four_operators(), rules, options, work);
}

/// Inputs for which the original model or a mutant is not sure.
template <class Adapter, class T>
std::size_t count_near_ties(Adapter network, const deepmaacc::test_set<T>& tests, const deepmaacc::mutant& mutant) {
  using value_type = typename Adapter::value_type;
  std::vector<value_type> scratch, before(tests.size() * deepmaacc::class_count(network)), after(before.size());
  const auto inputs = tests.template block<value_type>(0, tests.size(), scratch);
  const std::size_t classes = before.size() / tests.size();
  network.predict(inputs, deepmaacc::matrix<value_type>(before.data(), tests.size(), classes));
  {
    const auto operators = four_operators();
    const deepmaacc::scoped_mutation<Adapter> mutated(network, network.layers()[mutant.layer], mutant, operators, seed_of_operators);
    network.predict(inputs, deepmaacc::matrix<value_type>(after.data(), tests.size(), classes));
  }
  std::size_t count = 0;
  for (std::size_t at = 0; at < before.size(); at += classes)
    count += deepmaacc::decide(&before[at], classes).is_certain() && deepmaacc::decide(&after[at], classes).is_certain() ? 0 : 1;
  return count;
}

struct comparison {
  std::size_t mutants = 0, exact = 0, killed = 0, borderline = 0;
};

/// How two matrices differ, where neither calls a cell borderline; empty where they do not. Flips may differ by the inputs of which
/// `near_ties(mutant)` says how many there are.
template <class NearTies>
std::string difference(const deepmaacc::kill_matrix& left, const deepmaacc::kill_matrix& right, const NearTies& near_ties,
                       comparison* seen = nullptr) {
  for (std::size_t which = 0; which < left.mutants(); ++which) {
    bool is_settled = true;
    for (std::size_t rule = 0; rule < left.rules(); ++rule)
      for (std::size_t cell = 0; cell < left.cells(rule); ++cell) {
        if (seen) seen->killed += left.is_killed(rule, which, cell), seen->borderline += left.is_borderline(rule, which, cell);
        if (left.is_borderline(rule, which, cell) || right.is_borderline(rule, which, cell))
          is_settled = false;
        else if (left.is_killed(rule, which, cell) != right.is_killed(rule, which, cell))
          return deepmaacc::detail::text("mutant ", which, ", rule ", left.rule_name(rule), ", cell ", cell);
      }
    const auto one = left.flips(which), other = right.flips(which);
    if (one && other && std::max(*one, *other) - std::min(*one, *other) > (*one == *other ? 0 : near_ties(which)))
      return deepmaacc::detail::text("mutant ", which, ": ", *one, " and ", *other, " flips");
    if (seen) seen->exact += is_settled, ++seen->mutants;
  }
  return "";
}

/// Kills and borderline flags are the same; flips are, where both know them.
inline bool is_same(const deepmaacc::kill_matrix& left, const deepmaacc::kill_matrix& right) {
  for (std::size_t which = 0; which < left.mutants(); ++which) {
    for (std::size_t rule = 0; rule < left.rules(); ++rule)
      if (left.killed_cells(rule, which) != right.killed_cells(rule, which) ||
          left.borderline_cells(rule, which) != right.borderline_cells(rule, which))
        return false;
    if (left.flips(which) && right.flips(which) && left.flips(which) != right.flips(which)) return false;
  }
  return true;
}

/// The layers of a case, for messages.
inline std::string layers_of(const graph_case& made) {
  std::string list;
  for (std::size_t i = 0; i < made.graph.size(); ++i)
    list += " " + made.graph.made().layers()[i].name + deepmaacc::to_string(made.graph.shape_of(i));
  return list;
}

/// So much that all mutants of a layer go together; so little that each goes by itself, for one input; and what holds a few.
template <class Network>
std::vector<std::size_t> memory_limits(const Network& network) {
  std::size_t largest = 0;
  const auto layers = network.layers();
  for (std::size_t layer = 0; layer < layers.size(); ++layer)
    if (layers[layer].is_mutable()) largest = std::max(largest, network.bytes_per_mutant(layer, layers[layer].neurons));
  constexpr std::size_t judged = 200;  // at least what the few outputs and what is decided about them take
  const std::size_t one =
      std::max(network.bytes_per_input(), network.bytes_per_input(deepmaacc::activation_use::batching) + largest) + judged;
  return {deepmaacc::default_memory_limit, one, 40 * one};
}

/// How the engines' kills differ; empty where they do not.
template <class Storage>
std::string engines_differ(const graph_case& made, comparison& seen) {
  const deepmaacc::this_thread here;
  const auto network = network_of<Storage>(made);
  const auto tests = tests_of<typename Storage::value_type>(made);
  const auto mutants = mutants_of(network.layers(), made.graph.size());
  const auto resumable = kills_of(here, network, tests, mutants, other_rules, deepmaacc::engine::resumable{});
  const auto delta = kills_of(here, network, tests, mutants, other_rules, deepmaacc::engine::delta{});
  const auto whole = kills_of(here, network, tests, mutants, other_rules, deepmaacc::engine::whole{});
  const auto adding = kills_of(here, network, tests, mutants, adding_rules, deepmaacc::engine::delta{});
  const auto near_ties = [&](std::size_t which) { return count_near_ties(network, tests, mutants[which]); };
  std::string found = difference(delta, resumable, near_ties, &seen);
  if (!found.empty()) return "delta and resumable, " + found;
  found = difference(delta, whole, near_ties);
  if (!found.empty()) return "delta and whole, " + found;
  for (const std::size_t limit : memory_limits(network)) {
    const auto batched = kills_of(here, network, tests, mutants, other_rules, deepmaacc::engine::batched{}, {}, nullptr, limit);
    found = difference(batched, whole, near_ties);
    if (!found.empty()) return deepmaacc::detail::text("batched within ", limit, " bytes and whole, ", found);
  }
  found = difference(adding, resumable, near_ties);
  return found.empty() ? "" : "delta with fewer rules and resumable, " + found;
}

}  // namespace support
