#pragma once

/// \file
/// The trees that the clustering methods cut: one per layer, whatever the size or threshold.

#include <algorithm>
#include <array>
#include <cstddef>
#include <deepmaacc/analysis/analysis_subject.hpp>
#include <deepmaacc/analysis/features.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/concepts/feature_map.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/mutation/layer_selection.hpp>
#include <optional>
#include <type_traits>
#include <vector>

namespace deepmaacc {

/// A layer's neurons or mutants as points, and how they merge.
struct layer_tree {
  std::size_t layer = 0;          ///< position in the adapter's `layers()`
  xt::xtensor<double, 2> points;  ///< a row per neuron, or per mutant: neurons in their order, for each the operators in theirs; scaled
  dendrogram tree;
  double shortest = 0, longest = 1;  ///< heights that mean a similarity of 1 and of 0; for trees that are cut by similarity
};

namespace detail {

/// \throws usage_error where what was fitted is of other layers than a method is set to.
template <class Subject, class Fitted>
void check_layers(const Subject& subject, const layer_selection& layers, const std::vector<Fitted>& fitted) {
  const auto wanted = layers_of(layers, subject.layers());
  const bool is_same = std::equal(fitted.begin(), fitted.end(), wanted.begin(), wanted.end(),
                                  [](const Fitted& one, std::size_t layer) { return one.layer == layer; });
  if (!is_same)
    throw usage_error("deepmaacc::analyze: the fit is not of the layers that the method is set to (" + layers_text(layers) +
                      "); fit it again");
}

/// Does something about a layer, whose name faults of its data and of its features begin with.
template <class Function>
auto for_layer(const layer_description& layer, const Function& function) {
  const auto named = [&](const error& fault) { return "layer " + layer.name + ": " + fault.what(); };
  try {
    return function();
  } catch (const data_error& fault) {
    throw data_error(named(fault));
  } catch (const usage_error& fault) {
    throw usage_error(named(fault));
  }
}

/// The points of a layer's neurons, as a feature map and its operator make them.
/// \throws usage_error where the map does not give a row per neuron.
template <class Subject, class Feature>
xt::xtensor<double, 2> described_neurons(const Subject& subject, std::size_t layer, std::optional<std::size_t> operation,
                                         const Feature& feature) {
  const auto view = subject.layer(layer, operation);
  check_feature_map<Feature, std::remove_const_t<decltype(view)>>();
  return feature::detail::checked_points(view, feature(view));
}

/// The points of all mutants of a layer: neurons in their order, for each the operators in theirs.
template <class Subject, class Feature>
xt::xtensor<double, 2> described_mutants(const Subject& subject, std::size_t layer, const Feature& feature) {
  const std::size_t operations = subject.operators().size(), neurons = subject.layers()[layer].neurons;
  xt::xtensor<double, 2> all;
  for (std::size_t operation = 0; operation < operations; ++operation) {
    const auto points = described_neurons(subject, layer, operation, feature);
    const std::size_t d = points.shape(1);
    if (operation == 0) all = xt::xtensor<double, 2>(std::array<std::size_t, 2>{neurons * operations, d});
    if (d != all.shape(1))
      throw usage_error(text("the feature map gives ", all.shape(1), " coordinates for the first operator, but ", d,
                             " for another one; return as many for each"));
    for (std::size_t j = 0; j < neurons; ++j) std::copy_n(points.data() + j * d, d, all.data() + (j * operations + operation) * d);
  }
  return all;
}

}  // namespace detail
}  // namespace deepmaacc
