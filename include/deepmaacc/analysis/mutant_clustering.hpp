#pragma once

/// \file
/// Mutant clustering: one mutant is run for all that are similar to it.

#include <algorithm>
#include <array>
#include <cstddef>
#include <deepmaacc/analysis/analysis_subject.hpp>
#include <deepmaacc/analysis/features.hpp>
#include <deepmaacc/analysis/layer_clusters.hpp>
#include <deepmaacc/analysis/layer_tree.hpp>
#include <deepmaacc/analysis/selection.hpp>
#include <deepmaacc/clustering/clusterers.hpp>
#include <deepmaacc/clustering/cut.hpp>
#include <deepmaacc/clustering/cut_rules.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/representatives.hpp>
#include <deepmaacc/clustering/scalers.hpp>
#include <deepmaacc/concepts/linkage_rule.hpp>
#include <deepmaacc/concepts/similarity_linkage.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/policy_name.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/distance/distance_matrix.hpp>
#include <deepmaacc/distance/distance_range.hpp>
#include <deepmaacc/distance/euclidean.hpp>
#include <deepmaacc/distance/pairwise.hpp>
#include <deepmaacc/linkage/rules.hpp>
#include <deepmaacc/mutation/layer_selection.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {

/// What two mutants' similarity is.
enum class similarity_mode {
  paper,    ///< 1 − distance, scaled over the pairs of the layer
  artifact  ///< what the code published with the paper computes: see `mutant_clustering`
};

inline std::string to_string(similarity_mode chosen) { return chosen == similarity_mode::paper ? "paper" : "artifact"; }

/// The second method of Lyons and Ghanbari (ICST 2025): the mutants of a layer are clustered by their weights after the mutation, and one
/// of each cluster is run for all. The defaults are theirs. An estimate of the exhaustive score of the same layers.
///
/// Mode `paper`: the similarity of two mutants is 1 − their distance, which is scaled so that it goes from 0 to 1 over the pairs of a
/// layer; clusters merge while their similarity reaches the threshold. Mode `artifact`, to reproduce the published tables: a mutant's
/// coordinates begin with its neuron's index, distances are scaled over the pairs of all layers, output layer included, and the scaled
/// distance is taken for the similarity: mutants that are far apart merge first.
///
/// \tparam Metric, Linkage, Scaler, Feature  how mutants become points, and points a tree, layer by layer, in double: by a linkage rule, a
///                 linkage on similarities, or a clusterer of any kind in its place
/// \tparam Cut             how trees become clusters where `threshold` does not say it; how many clusters there are, where the clusterer
///                 makes no trees
/// \tparam Representative  which mutant stands for a cluster
template <class Metric = distance::euclidean, class Linkage = linkage::average, class Scaler = scaler::none,
          class Feature = feature::mutated_weights, class Cut = cut_rule::share, class Representative = representative::random>
struct mutant_clustering {
  layer_selection layers = population::hidden;  ///< whose mutants are clustered
  double threshold = 0.6;                       ///< least similarity at which clusters merge, from 0 to 1
  std::optional<Cut> cut = {};                  ///< takes the place of `threshold`
  similarity_mode mode = similarity_mode::paper;
  Metric metric = {};
  Linkage linkage = {};  ///< or a clusterer
  Scaler scaler = {};
  Feature feature = {};
  Representative representative = {};

  std::string name() const { return "mutant-clustering"; }

  setting_list setting() const {
    setting_list list;
    if (cut)
      list.emplace_back("cut", policy_name(*cut));
    else
      list.emplace_back("threshold", threshold);
    for (auto& one : setting_list{{"mode", to_string(mode)},
                                  {"features", policy_name(feature)},
                                  {"scaler", policy_name(scaler)},
                                  {"metric", policy_name(metric)},
                                  {"linkage", policy_name(linkage)},
                                  {"representative", policy_name(representative)}})
      list.push_back(std::move(one));
    return list;
  }

  /// A tree per layer, or its points where the clusterer makes no trees. O(m²·d) for m mutants of d coordinates with the default linkage,
  /// and one matrix of m² distances; mode artifact has those of all layers at once. Distances are taken once, for the tree and for the
  /// scale of similarities.
  /// \throws data_error naming the layer where features are not finite, or the metric is not defined for a mutant; usage_error where the
  ///         mode does not allow the linkage or clusterer.
  template <class Subject>
  std::vector<detail::layer_fit<Subject, Linkage, Metric>> fit(const Subject& subject) const {
    return mode == similarity_mode::paper ? fit_paper(subject) : fit_artifact(subject);
  }

  /// The representatives: layers in their order, then clusters in the order of their first mutants.
  /// \throws usage_error for a threshold that is not from 0 to 1, or has no tree to cut, where the fit is of other layers, and where a
  /// clusterer breaks a law.
  template <class Subject>
  mutant_selection choose(const Subject& subject, const std::vector<detail::layer_fit<Subject, Linkage, Metric>>& fitted) const {
    if (!cut && !(threshold >= 0 && threshold <= 1))
      throw usage_error(detail::text("mutant_clustering: the threshold is ", threshold, "; a similarity is from 0 to 1"));
    detail::check_layers(subject, layers, fitted);
    const std::size_t operations = subject.operators().size();
    mutant_selection chosen;
    for (const auto& one : fitted) {
      const auto labels = cut ? detail::labels_of(subject, one, linkage, metric, *cut) : labels_at_threshold(one);
      const auto clusters = members(labels);
      const auto stand_ins = representatives(subject.space(), one.points, labels, representative, metric, chosen.clusters.size());
      for (std::size_t c = 0; c < clusters.size(); ++c) {
        mutant_cluster cluster;
        cluster.layer = one.layer;
        for (const std::size_t row : clusters[c]) {
          if (row == stand_ins[c]) cluster.representative = cluster.mutants.size();
          mutant member;
          member.layer = one.layer;
          member.neurons = {row / operations};
          member.operation = row % operations;
          cluster.mutants.push_back(std::move(member));
        }
        chosen.mutants.push_back(cluster.mutants[*cluster.representative]);
        chosen.mutants.back().weight = static_cast<double>(cluster.mutants.size());
        chosen.cluster_of.push_back(chosen.clusters.size());
        chosen.clusters.push_back(std::move(cluster));
      }
    }
    return chosen;
  }

 private:
  std::vector<std::size_t> labels_at_threshold(const layer_tree& one) const {
    return deepmaacc::cut(one.tree, cut_rule::similarity{threshold, one.shortest, one.longest});
  }
  /// \throws usage_error: there is no tree.
  [[noreturn]] std::vector<std::size_t> labels_at_threshold(const layer_points&) const {
    throw usage_error("mutant_clustering: a threshold cuts dendrograms, but clusterer " + policy_name(linkage) +
                      " makes none; say how many clusters there are, as by .cut = cut_rule::share{0.3}");
  }

  /// Heights are distances, which a straight line turns into similarities: so linkage rules see distances, whatever their scale.
  template <class Subject>
  auto fit_paper(const Subject& subject) const {
    using fit_type = detail::layer_fit<Subject, Linkage, Metric>;
    const auto maker = detail::clusterer_for<Subject, Metric>(linkage);
    std::vector<fit_type> fitted;
    for (const std::size_t layer : layers_of(layers, subject.layers()))
      fitted.push_back(detail::for_layer(subject.layers()[layer], [&]() -> fit_type {
        auto points = scaled(detail::described_mutants(subject, layer, feature), scaler);
        if constexpr (std::is_same_v<fit_type, layer_tree>) {
          auto [tree, range] = detail::tree_with_range(maker, subject.space(), detail::rows_of(points), metric);
          return {layer, std::move(points), std::move(tree), range.shortest, range.longest};
        } else {
          return {layer, std::move(points)};
        }
      }));
    return fitted;
  }

  template <class Subject>
  static constexpr bool clusters_similarities =
      !LinkageRule<Linkage> && SimilarityLinkage<Linkage, typename Subject::space_type, dendrogram>;

  template <class Subject>
  std::vector<detail::layer_fit<Subject, Linkage, Metric>> fit_artifact(const Subject& subject) const {
    using space_type = typename Subject::space_type;
    constexpr bool makes_trees = std::is_same_v<detail::layer_fit<Subject, Linkage, Metric>, layer_tree>;
    constexpr bool takes_distances = detail::ClustersDistances<detail::clusterer_type<Linkage, space_type>, space_type>;
    if constexpr (linkage_traits<Linkage>::uses_squared_distances)
      throw usage_error(detail::text("mutant_clustering: linkage ", policy_name(linkage),
                                     " works on Euclidean distances, but mode artifact has similarities; take average linkage"));
    else if constexpr (clusters_similarities<Subject> || (makes_trees && takes_distances))
      return fit_similarities(subject);
    else
      throw usage_error(
          "mutant_clustering: clusterer " + policy_name(linkage) +
          " makes no dendrograms of distances, but mode artifact has similarities and no points; take a linkage rule, or mode paper");
  }

  /// Mode artifact: similarities are what the distances of all layers are, scaled.
  template <class Subject>
  std::vector<layer_tree> fit_similarities(const Subject& subject) const {
    std::vector<xt::xtensor<double, 2>> points;
    std::vector<distance_matrix<double>> distances;
    double shortest = std::numeric_limits<double>::max(), longest = 0;
    const auto all_layers = layers_of(population::all, subject.layers());
    for (const std::size_t layer : all_layers)
      detail::for_layer(subject.layers()[layer], [&] {
        // The index of the layer stands before that of the neuron; within a layer it makes no difference.
        const std::size_t operations = subject.operators().size();
        const auto described = detail::described_mutants(subject, layer, feature);
        auto& indexed = points.emplace_back(std::array<std::size_t, 2>{described.shape(0), described.shape(1) + 1});
        for (std::size_t i = 0; i < described.shape(0); ++i) {
          const std::size_t neuron = i / operations;
          indexed(i, 0) = static_cast<double>(neuron);
          std::copy_n(&described(i, 0), described.shape(1), &indexed(i, 1));
        }
        indexed = scaled(indexed, scaler);
        const auto& pairs = distances.emplace_back(pairwise_distances(subject.space(), indexed, metric));
        if (pairs.size() < 2) return;
        const distance_range found = range_of(pairs);
        shortest = std::min(shortest, found.shortest);
        longest = std::max(longest, found.longest);
      });
    const double length = longest - shortest;
    const auto scaled_distance = [&](double distance) { return length > 0 ? (distance - shortest) / length : 1; };

    const auto wanted = layers_of(layers, subject.layers());
    [[maybe_unused]] const auto maker = detail::clusterer_for<Subject, Metric>(linkage);
    std::vector<layer_tree> trees;
    for (std::size_t i = 0; i < all_layers.size(); ++i) {
      if (std::find(wanted.begin(), wanted.end(), all_layers[i]) == wanted.end()) continue;
      if constexpr (clusters_similarities<Subject>) {
        trees.push_back(
            {all_layers[i], std::move(points[i]), detail::tree_of_similarities(linkage, subject.space(), distances[i], scaled_distance)});
      } else {
        distance_matrix<double>& turned = distances[i];
        for (std::size_t a = 0; a < turned.size(); ++a)
          for (std::size_t b = 0; b < turned.size(); ++b) turned.row(a)[b] = a == b ? 0 : 1 - scaled_distance(turned(a, b));
        trees.push_back({all_layers[i], std::move(points[i]), maker.of_distances(subject.space(), std::move(turned))});
      }
    }
    return trees;
  }
};

}  // namespace deepmaacc
