// A clusterer of one's own: k-medoids, which makes no dendrogram, for points and in place of a linkage rule in the methods that cluster.
#include <algorithm>
#include <cstddef>
#include <deepmaacc/clustering/cluster.hpp>
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "expect.hpp"

namespace dm = deepmaacc;

// Points go to the nearest of `count` medoids, each cluster makes the member in its middle its medoid, and so on until none changes.
struct k_medoids {
  std::size_t rounds = 100;  // at most

  static constexpr const char* name() { return "k-medoids"; }
  template <class Space, class Metric>
  std::vector<std::size_t> operator()(const Space& space, dm::matrix<const double> points, const Metric& metric, std::size_t count) const {
    const auto distances = dm::pairwise_distances(space, points, metric);
    const std::size_t n = distances.size();
    std::vector<std::size_t> everyone(n), labels(n);
    for (std::size_t i = 0; i < n; ++i) everyone[i] = i;
    // It begins in the middle of all points, and then with the one that is farthest from the medoids before it.
    std::vector<std::size_t> medoids{middle(everyone, distances)};
    while (medoids.size() < count) {
      std::size_t farthest = n;
      double reach = -1;
      for (std::size_t i = 0; i < n; ++i) {
        const double near = distances(i, nearest(i, medoids, distances));
        if (near > reach && std::find(medoids.begin(), medoids.end(), i) == medoids.end()) farthest = i, reach = near;
      }
      medoids.push_back(farthest);
    }
    for (std::size_t round = 0; round < rounds; ++round) {
      std::vector<std::vector<std::size_t>> clusters(count);
      for (std::size_t i = 0; i < n; ++i) {
        // A medoid stays in its own cluster, even where another one is as near: so no cluster is empty.
        const std::size_t medoid = nearest(i, medoids, distances);
        const bool is_medoid = std::find(medoids.begin(), medoids.end(), i) != medoids.end();
        const auto place = std::find(medoids.begin(), medoids.end(), is_medoid ? i : medoid) - medoids.begin();
        labels[i] = static_cast<std::size_t>(place);
        clusters[labels[i]].push_back(i);
      }
      const auto before = medoids;
      for (std::size_t c = 0; c < count; ++c) medoids[c] = middle(clusters[c], distances);
      if (medoids == before) break;
    }
    return labels;
  }

 private:
  // The medoid that is nearest to a point; the first of equals.
  static std::size_t nearest(std::size_t i, const std::vector<std::size_t>& medoids, const dm::distance_matrix<double>& distances) {
    return *std::min_element(medoids.begin(), medoids.end(),
                             [&](std::size_t a, std::size_t b) { return distances(i, a) < distances(i, b); });
  }
  // The member with the least sum of distances to the others; the first of equals.
  static std::size_t middle(const std::vector<std::size_t>& members, const dm::distance_matrix<double>& distances) {
    const auto sum = [&](std::size_t i) {
      double all = 0;
      for (const std::size_t j : members) all += distances(i, j);
      return all;
    };
    return *std::min_element(members.begin(), members.end(), [&](std::size_t a, std::size_t b) { return sum(a) < sum(b); });
  }
};
static_assert(dm::Clusterer<k_medoids, Kokkos::DefaultHostExecutionSpace, dm::distance::manhattan, dm::dendrogram>);

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const std::string data = argc > 1 ? argv[1] : "examples/data";
  const Kokkos::DefaultHostExecutionSpace space;
  const xt::xtensor<double, 2> points{{0, 0}, {9, 1}, {1, 0}, {5, 20}, {9, 0}, {0, 1}, {6, 20}};
  const auto labels = dm::cluster(space, points, 3, k_medoids{}, dm::distance::manhattan{});
  std::cout << "points:";
  for (const auto& cluster : dm::members(labels)) {
    std::cout << " {";
    for (const std::size_t point : cluster) std::cout << (point == cluster.front() ? "" : " ") << point;
    std::cout << '}';
  }
  std::cout << '\n';

  // In place of a linkage rule. There is no tree to cut, so the number of clusters is asked for: by a size, or by a rule that tells it.
  const auto network = dm::io::read_keras(data + "/digits-mlp.keras");
  const auto tests = dm::io::read_tests(data + "/digits-test.npz:images", data + "/digits-test.npz:labels");
  dm::study study(space, network, tests);
  const auto neurons = study.analyze(dm::neuron_clustering<dm::distance::manhattan, k_medoids>{.neurons_per_cluster = 4});
  const auto mutants = study.analyze(dm::mutant_clustering<dm::distance::manhattan, k_medoids>{.cut = dm::cut_rule::share{0.2}});
  std::cout << "neurons: " << neurons.clusters.size() << " clusters, " << neurons.mutants.size() << " mutants\n"
            << "mutants: " << mutants.clusters.size() << " clusters, " << mutants.mutants.size() << " mutants\n";

  expect(labels == std::vector<std::size_t>{0, 1, 0, 2, 1, 0, 2}, "three groups, numbered as they come");
  expect(neurons.mutants.size() == 3 * (10 + 8), "three operators for each cluster of four of 40 and 30 neurons");
  expect(mutants.mutants.size() == (40 + 30) * 3 / 5, "a mutant for each cluster, of which there are a fifth as many as mutants");
  return expectations_failed();
}
