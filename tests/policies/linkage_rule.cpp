// NO_MERGE
//   deepmaacc::agglomerate: a linkage rule must have `template <class T> auto merge(T size_i, T size_j, T d_ij) const`, which returns a
//   callable (T d_ik, T d_jk, T size_k) -> T; see docs/policies/linkage.md
// NOT_COPYABLE
//   deepmaacc::agglomerate: a linkage rule must be copy constructible; see docs/policies/linkage.md
// NO_SHARE
//   deepmaacc::agglomerate: a linkage rule with between() must be geometric: uses_squared_distances is true and it has share(size_i,
//   size_j); see docs/policies/linkage.md
// DIRECTED
//   deepmaacc::connectivity: the graph must be undirected; take boost::undirectedS
// NO_SHAPE
//   deepmaacc::agglomerate: a std::vector of points must come with its shape; write agglomerate(space, numbers, {points, coordinates})
// KEPT_DISTANCES
//   deepmaacc::agglomerate: a distance matrix must be given up, since clustering uses it up; write std::move(distances), or give the
//   points

#include <boost/graph/adjacency_list.hpp>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/clustering/connectivity.hpp>
#include <deepmaacc/linkage/check_rule.hpp>

namespace dm = deepmaacc;

#ifdef NO_SHARE
struct rule : dm::archetype::geometric_rule {
  void share() const = delete;
};
#else
struct rule : dm::archetype::linkage_rule {
#ifdef NO_MERGE
  void merge() const = delete;
#endif
#ifdef NOT_COPYABLE
  rule() = default;
  rule(const rule&) = delete;
#endif
};
#endif

// Every algorithm with the least that the slots allow.
template <class Metric, class Rule>
void run(const xt::xtensor<float, 2>& points, const Rule& one) {
  dm::agglomerate(Kokkos::DefaultHostExecutionSpace{}, points, Metric{}, one);
}

void run_all(const xt::xtensor<float, 2>& points, const rule& one) {
#ifdef NO_SHARE
  run<dm::distance::euclidean>(points, one);
#else
  run<dm::archetype::distance_metric>(points, one);
  run<dm::archetype::distance_metric>(points, dm::archetype::reducible_rule{});
  run<dm::distance::euclidean>(points, dm::archetype::geometric_rule{});
  static_cast<void>(dm::check_rule(dm::archetype::geometric_rule{}));
#ifdef DIRECTED
  const boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS> graph(2);
#else
  const boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS> graph(2);
#endif
  const dm::connectivity along(graph);
  dm::agglomerate(dm::this_thread{}, points, along, dm::archetype::distance_metric{}, one);
  dm::agglomerate(dm::this_thread{}, points, along, dm::distance::euclidean{}, dm::archetype::geometric_rule{});
#endif
}

auto run_numbers(const std::vector<float>& numbers) {
#ifdef NO_SHAPE
  return dm::agglomerate(dm::this_thread{}, numbers, dm::distance::euclidean{});
#else
  return dm::agglomerate(dm::this_thread{}, numbers, {4, 2}, dm::distance::euclidean{});
#endif
}

auto run_distances(dm::distance_matrix<float>& distances) {
#ifdef KEPT_DISTANCES
  return dm::agglomerate(dm::this_thread{}, distances, dm::archetype::linkage_rule{});
#else
  return dm::agglomerate(dm::this_thread{}, std::move(distances), dm::archetype::linkage_rule{});
#endif
}
