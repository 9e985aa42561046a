// Clusters of a similarity graph: eleven mutants, and which of them fail the same tests.
#include <array>
#include <bitset>
#include <cstddef>
#include <deepmaacc/clustering/cut.hpp>
#include <deepmaacc/clustering/cut_rules.hpp>
#include <deepmaacc/clustering/graph_affinity.hpp>
#include <deepmaacc/clustering/graph_approximate.hpp>
#include <deepmaacc/clustering/graph_average.hpp>
#include <deepmaacc/clustering/graph_components.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "expect.hpp"

namespace dm = deepmaacc;

// Prints the members of each cluster: [0 1 2] [3].
void print(const std::string& title, const std::vector<std::size_t>& labels) {
  std::cout << title << ":";
  for (const auto& cluster : dm::members(labels)) {
    std::cout << " [";
    for (const std::size_t member : cluster) std::cout << (member == cluster.front() ? "" : " ") << member;
    std::cout << "]";
  }
  std::cout << '\n';
}

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);

  // One bit per test: does it kill the mutant?
  const std::array<std::bitset<12>, 11> killed_by{0b111100000000, 0b111000000000, 0b110100000000, 0b000011110000,
                                                  0b000011100000, 0b000001111000, 0b000000000111, 0b000000000011,
                                                  0b000000001110, 0b000000000000, 0b110011000000};
  // Jaccard similarity: of the tests that kill one of the two, the share that kill both.
  const auto similarity = [&](std::size_t i, std::size_t j) {
    const auto either = (killed_by[i] | killed_by[j]).count();
    return either == 0 ? 0.0 : static_cast<double>((killed_by[i] & killed_by[j]).count()) / static_cast<double>(either);
  };

  // Each pair that is similar at all is an edge.
  const dm::similarity_graph graph = dm::threshold_graph(killed_by.size(), similarity, 0.01);
  // Average linkage, as long as two clusters are similar enough; the trees of the forest are the clusters.
  const dm::dendrogram forest = dm::graph_average(graph, {.threshold = 0.4});
  const std::vector<std::size_t> exact = dm::cut(forest, dm::cut_rule::count{forest.trees()});
  print("average", exact);

  // The same, each merge within 10 % of the best: for many threads and many edges.
  const dm::dendrogram nearly =
      dm::graph_approximate(Kokkos::DefaultHostExecutionSpace{}, graph, {.epsilon = 0.1, .threshold = 0.4, .seed = 1});
  const std::vector<std::size_t> approximate = dm::cut(nearly, dm::cut_rule::count{nearly.trees()});
  print("approximate", approximate);

  // Single linkage: whatever a chain of edges of at least 0.3 holds together.
  print("components", dm::graph_components(graph, {.threshold = 0.3}));

  // Everybody joins the most similar neighbour, round after round.
  const dm::affinity_clusters affinity = dm::graph_affinity(graph, {.linkage = dm::affinity_linkage::average});
  for (std::size_t round = 1; round < affinity.rounds.size(); ++round)
    print("affinity, round " + std::to_string(round), affinity.rounds[round]);

  expect(forest.trees() == 6, "three groups, and three mutants that fit nowhere");
  expect(exact == approximate, "so few clusters are told apart by both");
  expect(affinity.rounds.back() == dm::graph_components(graph, {.threshold = 0}), "affinity ends at what is connected");
  return expectations_failed();
}
