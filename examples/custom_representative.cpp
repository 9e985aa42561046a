// A representative rule of one's own: the neuron with the strongest weights stands for its cluster.
#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/clustering/representatives.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <iostream>
#include <vector>

#include "expect.hpp"

namespace dm = deepmaacc;

// The member with the largest norm; on ties the one with the lowest number.
struct strongest {
  template <class T, class Metric>
  std::size_t operator()(const dm::cluster_view<T, Metric>& cluster) const {
    std::size_t best = cluster.members().front();
    for (const std::size_t i : cluster.members())
      if (square(cluster.point(i)) > square(cluster.point(best))) best = i;
    return best;
  }

 private:
  template <class T>
  static double square(dm::coordinates<T> point) {
    double sum = 0;
    for (const T x : point) sum += static_cast<double>(x) * static_cast<double>(x);
    return sum;
  }
};
static_assert(dm::RepresentativeRule<strongest>);

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const Kokkos::DefaultHostExecutionSpace space;
  const xt::xtensor<float, 2> neurons{{1, 1}, {1, 2}, {2, 1}, {5, 5}, {-7, 1}, {-6, 0}, {-8, 0}, {-8, 1}};
  const std::vector<std::size_t> labels{0, 0, 0, 0, 1, 1, 1, 1};

  const auto medoids = dm::representatives(space, neurons, labels);
  const auto chosen = dm::representatives(space, neurons, labels, strongest{});
  for (std::size_t cluster = 0; cluster < chosen.size(); ++cluster)
    std::cout << "cluster " << cluster << ": neuron " << chosen[cluster] << " is strongest, neuron " << medoids[cluster]
              << " is the medoid\n";

  // A rule with nothing to set can be a lambda.
  const auto last = dm::representatives(space, neurons, labels, [](const auto& cluster) { return cluster.members().back(); });

  expect(chosen == std::vector<std::size_t>{3, 7}, "the strongest neurons");
  expect(medoids == std::vector<std::size_t>{1, 4}, "the neurons in the middle");
  expect(last == std::vector<std::size_t>{3, 7}, "the last neurons");
  return expectations_failed();
}
