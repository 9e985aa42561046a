#pragma once

/// \file
/// Studies of random small networks, and the methods' mutants as the independent verifier finds them.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <utility>
#include <vector>

#include "support/naive_methods.hpp"
#include "support/random_networks.hpp"

namespace support {

constexpr std::size_t paper_operator_count = 3;

/// A random network, its test set, and a study of both, on the calling thread.
struct small_study {
  using network_type = decltype(network_of(random_case{}));

  random_case made;
  network_type network;
  deepmaacc::test_set<float> tests;
  deepmaacc::study<deepmaacc::this_thread, const network_type, float> study;

  explicit small_study(random_case from, const deepmaacc::evaluation_options& options = {})
      : made(std::move(from)),
        network(network_of(made)),
        tests(tests_of(made)),
        study(deepmaacc::this_thread{}, network, tests, deepmaacc::paper_operators(),
              deepmaacc::kill_rules(deepmaacc::kill::predicted_class{}), options) {}
  explicit small_study(std::uint64_t seed, std::size_t inputs = 15) : small_study(make_case(seed, false, inputs)) {}
  small_study(const small_study&) = delete;
  small_study& operator=(const small_study&) = delete;
  ~small_study() = default;

  /// The network's layer i + 1 is the verifier's layer i. \return the network's layers with neurons
  std::vector<std::size_t> layers(deepmaacc::population chosen) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < made.network.size(); ++i)
      if (made.network[i].neurons > 0 && (chosen == deepmaacc::population::all || i + 1 < made.network.size())) found.push_back(i + 1);
    return found;
  }
  const naive::layer& layer(std::size_t of_network) const { return made.network.at(of_network - 1); }
};

/// The first seeds whose networks have hidden layers with neurons.
inline std::vector<std::uint64_t> seeds_of_hidden_layers(std::size_t count) {
  std::vector<std::uint64_t> seeds;
  for (std::uint64_t seed = 0; seeds.size() < count; ++seed) {
    const auto made = make_case(seed, false, 1);
    if (std::count_if(made.network.begin(), made.network.end(), [](const naive::layer& l) { return l.neurons > 0; }) > 1)
      seeds.push_back(seed);
  }
  return seeds;
}

/// How many inputs, or input channels, a neuron has at each position of its kernel.
inline std::size_t inputs_of(const naive::layer& l) { return l.weights.size() / l.neurons / (l.kernel_h * l.kernel_w); }

/// The paper's points of the neurons, not scaled: at each position of the kernel the weights, then the bias.
inline naive::rows neuron_points(const naive::layer& l) {
  naive::rows points(l.neurons);
  for (std::size_t j = 0; j < l.neurons; ++j)
    for (std::size_t position = 0; position < l.kernel_h * l.kernel_w; ++position) {
      for (std::size_t i = 0; i < inputs_of(l); ++i) points[j].push_back(l.weights[(position * inputs_of(l) + i) * l.neurons + j]);
      if (!l.bias.empty()) points[j].push_back(l.bias[j]);
    }
  return points;
}

/// The paper's points of the mutants: neuron by neuron, for each the operators in turn; the weights after the mutation, then the bias.
inline naive::rows mutant_points(const naive::layer& l) {
  naive::rows points;
  for (std::size_t j = 0; j < l.neurons; ++j)
    for (std::size_t operation = 0; operation < paper_operator_count; ++operation) {
      naive::layer mutated = l;
      naive::mutate(mutated, j, operation);
      auto& point = points.emplace_back();
      for (std::size_t i = j; i < l.weights.size(); i += l.neurons) point.push_back(static_cast<float>(mutated.weights[i]));
      if (!l.bias.empty()) point.push_back(static_cast<float>(mutated.bias[j]));
    }
  return points;
}

inline double euclidean(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t c = 0; c < a.size(); ++c) sum += (a[c] - b[c]) * (a[c] - b[c]);
  return std::sqrt(sum);
}

/// Distances of all pairs, and their least and largest: nothing where there is no pair.
struct all_distances {
  naive::rows between;
  double least = INFINITY, largest = 0;
  explicit all_distances(const naive::rows& points) : between(points.size(), std::vector<double>(points.size(), 0)) {
    for (std::size_t i = 0; i < points.size(); ++i)
      for (std::size_t j = 0; j < points.size(); ++j) {
        between[i][j] = euclidean(points[i], points[j]);
        if (i != j) least = std::min(least, between[i][j]), largest = std::max(largest, between[i][j]);
      }
  }
};

/// The paper's similarities of a layer's mutants.
inline naive::rows paper_similarities(const naive::layer& l) {
  const all_distances distances(mutant_points(l));
  naive::rows similarities = distances.between;
  for (auto& row : similarities)
    for (double& x : row) x = distances.largest > distances.least ? 1 - (x - distances.least) / (distances.largest - distances.least) : 1;
  return similarities;
}

/// The similarities of the published code, layer by layer: the neuron's number is a coordinate, and far is similar.
inline std::vector<naive::rows> artifact_similarities(const std::vector<const naive::layer*>& layers) {
  std::vector<all_distances> distances;
  double least = INFINITY, largest = 0;
  for (const naive::layer* l : layers) {
    naive::rows points = mutant_points(*l);
    for (std::size_t i = 0; i < points.size(); ++i) points[i].insert(points[i].begin(), static_cast<double>(i / paper_operator_count));
    const auto& one = distances.emplace_back(points);
    least = std::min(least, one.least), largest = std::max(largest, one.largest);
  }
  std::vector<naive::rows> similarities;
  for (const auto& one : distances) {
    auto& matrix = similarities.emplace_back(one.between);
    for (auto& row : matrix)
      for (double& x : row) x = (x - least) / (largest - least);
  }
  return similarities;
}

/// The mutants that a method chose, in the verifier's words.
inline std::vector<naive::joint_mutant> as_naive(const std::vector<deepmaacc::mutant>& mutants) {
  std::vector<naive::joint_mutant> found;
  for (const auto& one : mutants) found.push_back({one.layer, one.neurons, one.operation});
  return found;
}

/// Of each mutant the number of its killed cells.
inline std::vector<std::size_t> killed_cells(const deepmaacc::kill_matrix& kills) {
  std::vector<std::size_t> counts;
  for (std::size_t which = 0; which < kills.mutants(); ++which) counts.push_back(kills.killed_cells(0, which).size());
  return counts;
}

inline std::vector<double> weights_of(const std::vector<deepmaacc::mutant>& mutants) {
  std::vector<double> weights;
  for (const auto& one : mutants) weights.push_back(one.weight);
  return weights;
}

/// Whether two lists name the same mutants, and count them alike.
inline bool are_same(const std::vector<deepmaacc::mutant>& a, const std::vector<deepmaacc::mutant>& b) {
  return as_naive(a) == as_naive(b) && weights_of(a) == weights_of(b);
}

}  // namespace support
