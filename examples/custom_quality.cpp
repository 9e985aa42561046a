// A clustering quality of one's own: Dunn's index chooses where a dendrogram is cut.
#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstddef>
#include <deepmaacc/clustering/best_cut.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/distance/euclidean.hpp>
#include <iostream>
#include <limits>
#include <vector>

#include "expect.hpp"

namespace dm = deepmaacc;

// The least distance of two points of different clusters over the largest of two points of the same (Dunn 1974).
struct dunn {
  static constexpr bool larger_is_better = true;

  template <class Space, class T>
  double operator()(const Space&, dm::matrix<const T> points, const dm::partition& clusters) const {
    if (clusters.clusters() < 2 || clusters.clusters() == clusters.size())
      throw dm::data_error("Dunn's index needs two clusters, and one of two points; cut elsewhere");
    const dm::distance::euclidean metric;
    const auto point = [&](std::size_t i) { return dm::coordinates<T>(&points(i, 0), points.extent(1)); };
    double apart = std::numeric_limits<double>::infinity(), wide = 0;
    for (std::size_t i = 0; i < clusters.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const auto distance = static_cast<double>(metric(point(i), point(j)));
        if (clusters.labels()[i] == clusters.labels()[j])
          wide = std::max(wide, distance);
        else
          apart = std::min(apart, distance);
      }
    }
    return apart / wide;
  }
};
static_assert(dm::ClusteringQuality<dunn>);

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const Kokkos::DefaultHostExecutionSpace space;
  // Three groups, one beside the others; and the tree that single linkage makes of them.
  const xt::xtensor<double, 2> points{{0, 0}, {0, 1}, {1, 0}, {9, 0}, {9, 2}, {9, 30}, {10, 30}, {11, 30}};
  const dm::dendrogram tree(8, {{0, 1, 1, 2}, {2, 8, 1, 3}, {5, 6, 1, 2}, {7, 10, 1, 3}, {3, 4, 2, 2}, {9, 12, 8, 5}, {11, 13, 28, 8}});

  for (std::size_t clusters = 2; clusters <= 5; ++clusters) {
    const auto labels = dm::cut(tree, dm::cut_rule::count{.clusters = clusters});
    std::cout << clusters << " clusters: Dunn " << dm::clustering_quality(space, points, labels, dunn{}) << ", silhouette "
              << dm::clustering_quality(space, points, labels) << '\n';
  }
  const auto best = dm::best_cut(space, tree, points, dunn{}, 2, 7);
  std::cout << "best by Dunn: " << best.clusters << " clusters\n";

  expect(best.clusters == 3 && best.score == 4, "three groups: 8 apart, and 2 wide");
  expect(best.labels == std::vector<std::size_t>{0, 0, 0, 1, 1, 2, 2, 2}, "the groups");
  return expectations_failed();
}
