#include "chosen_policies.hpp"

#include <deepmaacc/distance/pairwise.hpp>

#include "cluster_points.hpp"

namespace command_line {

deepmaacc::distance_matrix<double> pairwise_distances(const Kokkos::DefaultHostExecutionSpace& space, const xt::xtensor<double, 2>& points,
                                                      const chosen_metric& metric) {
  return std::visit([&](const auto& chosen) { return deepmaacc::pairwise_distances(space, points, chosen); }, metric.choice.policy);
}

deepmaacc::dendrogram agglomerate(const Kokkos::DefaultHostExecutionSpace&, const xt::xtensor<double, 2>& points,
                                  const chosen_metric& metric, const chosen_linkage& linkage) {
  return cluster_points(deepmaacc::matrix<const double>(points.data(), points.shape(0), points.shape(1)), metric.choice.policy,
                        linkage.choice.policy, {});
}

deepmaacc::ranged_dendrogram agglomerate_with_range(const Kokkos::DefaultHostExecutionSpace&, const xt::xtensor<double, 2>& points,
                                                    const chosen_metric& metric, const chosen_linkage& linkage) {
  return cluster_points_with_range(deepmaacc::matrix<const double>(points.data(), points.shape(0), points.shape(1)), metric.choice.policy,
                                   linkage.choice.policy, {});
}

deepmaacc::dendrogram agglomerate(const Kokkos::DefaultHostExecutionSpace& space, deepmaacc::distance_matrix<double>&& distances,
                                  const chosen_linkage& linkage) {
  return std::visit([&](const auto& rule) { return deepmaacc::agglomerate(space, std::move(distances), rule); }, linkage.choice.policy);
}

}  // namespace command_line
