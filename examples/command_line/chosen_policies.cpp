#include "chosen_policies.hpp"

#include <deepmaacc/distance/pairwise.hpp>
#include <utility>
#include <variant>

#include "cluster_points.hpp"

namespace command_line {

deepmaacc::distance_matrix<double> chosen_metric::pairwise(const host_space& space, deepmaacc::matrix<const double> points) const {
  return std::visit([&](const auto& chosen) { return deepmaacc::pairwise_distances(space, points, chosen); }, choice.policy);
}

deepmaacc::dendrogram chosen_linkage::operator()(const host_space&, deepmaacc::matrix<const double> points,
                                                 const chosen_metric& metric) const {
  return cluster_points(points, metric.choice.policy, choice.policy, {});
}

deepmaacc::ranged_dendrogram chosen_linkage::with_range(const host_space&, deepmaacc::matrix<const double> points,
                                                        const chosen_metric& metric) const {
  return cluster_points_with_range(points, metric.choice.policy, choice.policy, {});
}

deepmaacc::dendrogram chosen_linkage::of_distances(const host_space& space, deepmaacc::distance_matrix<double>&& distances) const {
  return std::visit([&](const auto& rule) { return deepmaacc::agglomerate(space, std::move(distances), rule); }, choice.policy);
}

}  // namespace command_line
