#pragma once

/// \file
/// Neuron clustering: similar neurons are mutated together, or one of them for all.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/analysis/analysis_subject.hpp>
#include <deepmaacc/analysis/features.hpp>
#include <deepmaacc/analysis/layer_clusters.hpp>
#include <deepmaacc/analysis/layer_tree.hpp>
#include <deepmaacc/analysis/selection.hpp>
#include <deepmaacc/clustering/cut.hpp>
#include <deepmaacc/clustering/cut_rules.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/representatives.hpp>
#include <deepmaacc/clustering/scalers.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/policy_name.hpp>
#include <deepmaacc/distance/euclidean.hpp>
#include <deepmaacc/linkage/rules.hpp>
#include <deepmaacc/mutation/layer_selection.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {

/// What is done with a cluster of neurons.
enum class cluster_use {
  joint,          ///< one mutant per cluster and operator, with all its neurons mutated together: the paper's
  representative  ///< one neuron is mutated alone, and counts for the whole cluster: an estimate of the exhaustive score
};

inline std::string to_string(cluster_use chosen) { return chosen == cluster_use::joint ? "joint" : "representative"; }

/// The first method of Lyons and Ghanbari (ICST 2025): the neurons of a layer are clustered by their weights, and mutated cluster by
/// cluster. The defaults are theirs. A joint mutant is not the sum of its neurons' mutants: its score is one of its own, no estimate.
///
/// \tparam Metric, Linkage, Scaler, Feature  how neurons become points, and points a tree, layer by layer, in double: by a linkage rule, a
///                 linkage on similarities, or a clusterer of any kind in its place
/// \tparam Cut             how trees become clusters where `neurons_per_cluster` does not say it; how many clusters there are, where the
///                 clusterer makes no trees
/// \tparam Representative  which neuron stands for a cluster
template <class Metric = distance::euclidean, class Linkage = linkage::ward, class Scaler = scaler::min_max,
          class Feature = feature::incoming_weights, class Cut = cut_rule::share, class Representative = representative::random>
struct neuron_clustering {
  layer_selection layers = population::hidden;  ///< whose neurons are clustered
  std::size_t neurons_per_cluster = 1;          ///< on average: ⌈neurons / this⌉ clusters per layer
  std::optional<Cut> cut = {};                  ///< takes the place of `neurons_per_cluster`
  cluster_use use = cluster_use::joint;
  Metric metric = {};
  Linkage linkage = {};  ///< or a clusterer
  Scaler scaler = {};
  Feature feature = {};
  Representative representative = {};

  std::string name() const { return "neuron-clustering"; }

  setting_list setting() const {
    setting_list list;
    if (cut)
      list.emplace_back("cut", policy_name(*cut));
    else
      list.emplace_back("neurons_per_cluster", static_cast<double>(neurons_per_cluster));
    list.emplace_back("use", to_string(use));
    for (auto& one : setting_list{{"features", policy_name(feature)},
                                  {"scaler", policy_name(scaler)},
                                  {"metric", policy_name(metric)},
                                  {"linkage", policy_name(linkage)}})
      list.push_back(std::move(one));
    if (use == cluster_use::representative) list.emplace_back("representative", policy_name(representative));
    return list;
  }

  /// A tree per layer, or its points where the clusterer makes no trees. O(n²·d) for n neurons of d coordinates with the default linkage.
  /// \throws data_error naming the layer where features are not finite, or the metric is not defined for a neuron.
  template <class Subject>
  std::vector<detail::layer_fit<Subject, Linkage, Metric>> fit(const Subject& subject) const {
    using fit_type = detail::layer_fit<Subject, Linkage, Metric>;
    const auto maker = detail::clusterer_for<Subject, Metric>(linkage);
    std::vector<fit_type> fitted;
    for (const std::size_t layer : layers_of(layers, subject.layers()))
      fitted.push_back(detail::for_layer(subject.layers()[layer], [&]() -> fit_type {
        auto points = scaled(detail::described_neurons(subject, layer, {}, feature), scaler);
        if constexpr (std::is_same_v<fit_type, layer_tree>) {
          dendrogram tree = detail::tree_of(maker, subject.space(), detail::rows_of(points), metric);
          return {layer, std::move(points), std::move(tree)};
        } else {
          return {layer, std::move(points)};
        }
      }));
    return fitted;
  }

  /// The mutants of the clusters: layers in their order, then clusters in the order of their first neurons, then operators.
  /// \throws usage_error for 0 neurons per cluster, where the fit is of other layers, and where a clusterer breaks a law.
  template <class Subject>
  mutant_selection choose(const Subject& subject, const std::vector<detail::layer_fit<Subject, Linkage, Metric>>& fitted) const {
    if (!cut && neurons_per_cluster == 0) throw usage_error("neuron_clustering: clusters of 0 neurons are asked for; ask for 1 or more");
    detail::check_layers(subject, layers, fitted);
    mutant_selection chosen;
    for (const auto& one : fitted) {
      const auto labels_by = [&](const auto& rule) { return detail::labels_of(subject, one, linkage, metric, rule); };
      const auto labels = cut ? labels_by(*cut) : labels_by(cut_rule::mean_size{static_cast<double>(neurons_per_cluster)});
      auto clusters = members(labels);
      std::vector<std::size_t> stand_ins;
      if (use == cluster_use::representative)
        stand_ins = representatives(subject.space(), one.points, labels, representative, metric, chosen.clusters.size());
      for (std::size_t c = 0; c < clusters.size(); ++c) {
        mutant_cluster cluster;
        cluster.layer = one.layer;
        cluster.neurons = std::move(clusters[c]);
        mutant model;
        model.layer = one.layer;
        model.neurons = cluster.neurons;
        if (use == cluster_use::representative) {
          const auto place = std::find(cluster.neurons.begin(), cluster.neurons.end(), stand_ins[c]) - cluster.neurons.begin();
          cluster.representative = static_cast<std::size_t>(place);
          model.neurons = {stand_ins[c]};
          model.weight = static_cast<double>(cluster.neurons.size());
        }
        for (model.operation = 0; model.operation < subject.operators().size(); ++model.operation) {
          chosen.mutants.push_back(model);
          chosen.cluster_of.push_back(chosen.clusters.size());
        }
        chosen.clusters.push_back(std::move(cluster));
      }
    }
    return chosen;
  }
};

}  // namespace deepmaacc
