#pragma once

/// \file
/// Policies that are chosen when the program runs, each a policy itself: the methods are instantiated with these alone. Reports name them
/// as the command does.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/analysis/features.hpp>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/representatives.hpp>
#include <deepmaacc/clustering/similarity_linkages.hpp>
#include <deepmaacc/concepts/clusterer.hpp>
#include <deepmaacc/concepts/distance_metric.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/points.hpp>
#include <deepmaacc/core/policy_name.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/distance/distance_matrix.hpp>
#include <string>
#include <variant>
#include <vector>

#include "clustering_options.hpp"

namespace command_line {

using host_space = Kokkos::DefaultHostExecutionSpace;

/// Any metric of the toolkit.
struct chosen_metric {
  named<metric_choice> choice{"euclidean", {}, deepmaacc::distance::euclidean{}};

  std::string name() const { return choice.text(); }
  template <class T>
  T operator()(deepmaacc::coordinates<T> a, deepmaacc::coordinates<T> b) const {
    return std::visit([&](const auto& metric) { return static_cast<T>(metric(a, b)); }, choice.policy);
  }
  /// One switch for all distances, not one for each.
  deepmaacc::distance_matrix<double> pairwise(const host_space& space, deepmaacc::matrix<const double> points) const;
};

/// Any linkage rule of the toolkit. The traits of a rule are known to the compiler only, so this is none, but the clusterer that a rule
/// stands for.
struct chosen_linkage {
  named<linkage_choice> choice{"average", {}, deepmaacc::linkage::average{}};

  std::string name() const { return choice.text(); }
  deepmaacc::dendrogram operator()(const host_space& space, deepmaacc::matrix<const double> points, const chosen_metric& metric) const;
  deepmaacc::ranged_dendrogram with_range(const host_space& space, deepmaacc::matrix<const double> points,
                                          const chosen_metric& metric) const;
  deepmaacc::dendrogram of_distances(const host_space& space, deepmaacc::distance_matrix<double>&& distances) const;
};
static_assert(deepmaacc::DistanceMetric<chosen_metric> &&
              deepmaacc::Clusterer<chosen_linkage, host_space, chosen_metric, deepmaacc::dendrogram>);

/// Any linkage of the toolkit on similarities.
struct chosen_graph_linkage {
  std::variant<deepmaacc::linkage::graph_average, deepmaacc::linkage::graph_approximate> choice;

  std::string name() const {
    return std::visit([](const auto& linkage) { return deepmaacc::policy_name(linkage); }, choice);
  }
  template <class Space>
  deepmaacc::dendrogram cluster(const Space& space, deepmaacc::matrix<const double> similarities) const {
    return std::visit([&](const auto& linkage) { return linkage.cluster(space, similarities); }, choice);
  }
};

/// Any feature scaler of the toolkit.
struct chosen_scaler {
  named<scaler_choice> choice{"none", {}, deepmaacc::scaler::none{}};

  std::string name() const { return choice.name; }
  template <class T>
  void operator()(deepmaacc::matrix<T> points) const {
    std::visit([&](const auto& scaler) { scaler(points); }, choice.policy);
  }
};

/// Any feature maps of the toolkit: the coordinates of each, one after the other.
struct chosen_features {
  using map = std::variant<deepmaacc::feature::incoming_weights, deepmaacc::feature::mutated_weights,
                           deepmaacc::feature::activation_profile, deepmaacc::feature::outgoing_weights, deepmaacc::feature::neuron_index>;
  std::vector<map> maps;

  bool has_outgoing_weights() const {
    return std::any_of(maps.begin(), maps.end(),
                       [](const map& one) { return std::holds_alternative<deepmaacc::feature::outgoing_weights>(one); });
  }

  std::string name() const {
    std::string all;
    for (const map& one : maps)
      all += (all.empty() ? "" : "+") + std::visit([](const auto& chosen) { return deepmaacc::policy_name(chosen); }, one);
    return all;
  }
  template <class Layer>
  xt::xtensor<double, 2> operator()(const Layer& layer) const {
    std::vector<xt::xtensor<double, 2>> parts;
    for (const map& one : maps)
      parts.push_back(std::visit([&](const auto& chosen) -> xt::xtensor<double, 2> { return chosen(layer); }, one));
    return deepmaacc::feature::side_by_side(parts);
  }
};

/// Any representative rule of the toolkit.
struct chosen_representative {
  std::variant<deepmaacc::representative::random, deepmaacc::representative::medoid, deepmaacc::representative::nearest_to_centroid> choice;

  bool is_random() const { return std::holds_alternative<deepmaacc::representative::random>(choice); }
  void set_seed(std::uint64_t seed) {
    if (auto* random = std::get_if<deepmaacc::representative::random>(&choice)) random->seed = seed;
  }
  std::string name() const {
    return std::visit([](const auto& rule) { return std::string(rule.name()); }, choice);
  }
  template <class T, class Metric>
  std::size_t operator()(const deepmaacc::cluster_view<T, Metric>& cluster) const {
    return std::visit([&](const auto& rule) { return rule(cluster); }, choice);
  }
};

}  // namespace command_line
