#pragma once

/// \file
/// The feature maps that the toolkit ships.

#include <algorithm>
#include <array>
#include <cstddef>
#include <deepmaacc/concepts/feature_map.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/policy_name.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/core/tensor_view.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace deepmaacc::feature {

namespace detail {

using points = xt::xtensor<double, 2>;

inline points points_of(std::size_t neurons, std::size_t coordinates) { return points(std::array<std::size_t, 2>{neurons, coordinates}); }

/// What a map gives for a layer, row-major.
/// \throws usage_error where it is no matrix with a row per neuron.
template <class Layer, class Tensor>
points checked_points(const Layer& layer, const Tensor& given) {
  const auto tensor = deepmaacc::detail::view_of(given);
  if (tensor.extents.size() != 2 || tensor.extents[0] != layer.neurons())
    throw usage_error("the feature map gives a tensor of shape " + to_string(tensor.extents) +
                      deepmaacc::detail::text(" for ", layer.neurons(), " neurons; return a matrix with a row per neuron"));
  points rows = points_of(tensor.extents[0], tensor.extents[1]);
  for (std::size_t j = 0; j < rows.shape(0); ++j) tensor.pack(j, rows.data() + j * rows.shape(1));
  return rows;
}

}  // namespace detail

/// A neuron's incoming weights and its bias: how Lyons and Ghanbari (ICST 2025) cluster neurons. For a convolution the bias follows the
/// weights of each position of the kernel, kh · kw · (in + 1) coordinates: there it weighs as much as an input channel.
struct incoming_weights {
  static constexpr const char* name() { return "incoming-weights"; }
  template <class Layer>
  xt::xtensor<double, 2> operator()(const Layer& layer) const {
    const auto& described = layer.description();
    const auto weights = layer.weights();
    if (!described.has_bias || described.kernel_positions == 1) return weights;
    const std::size_t positions = described.kernel_positions, inputs = described.weights_per_neuron / positions;
    auto tiled = detail::points_of(described.neurons, positions * (inputs + 1));
    for (std::size_t j = 0; j < described.neurons; ++j)
      for (std::size_t p = 0; p < positions; ++p) {
        std::copy_n(&weights(j, p * inputs), inputs, &tiled(j, p * (inputs + 1)));
        tiled(j, p * (inputs + 1) + inputs) = weights(j, described.weights_per_neuron);
      }
    return tiled;
  }
};

/// A neuron's incoming weights, then its bias once: of a mutant, as they are after the mutation. How Lyons and Ghanbari (ICST 2025) cluster
/// mutants.
struct mutated_weights {
  static constexpr const char* name() { return "mutated-weights"; }
  template <class Layer>
  xt::xtensor<double, 2> operator()(const Layer& layer) const {
    return layer.weights();
  }
};

/// What a neuron gives for some inputs of the test set, the mean over an image's positions: neurons that fire alike are near, whatever
/// their weights. Costs a forward pass over these inputs for each layer and operator. Needs an observable model adapter.
struct activation_profile {
  std::size_t inputs = 100;  ///< spread evenly over the test set

  static constexpr const char* name() { return "activation-profile"; }
  std::string text() const { return std::string(name()) + "=" + std::to_string(inputs); }
  /// \throws usage_error for 0 inputs.
  template <class Layer>
  xt::xtensor<double, 2> operator()(const Layer& layer) const {
    return layer.activations(inputs);
  }
};

/// The weights from a neuron to the next layer: what it can do, whatever makes it fire. The same for all mutants of a neuron.
struct outgoing_weights {
  static constexpr const char* name() { return "outgoing-weights"; }
  /// \throws usage_error for the output layer.
  template <class Layer>
  xt::xtensor<double, 2> operator()(const Layer& layer) const {
    return layer.outgoing_weights();
  }
};

/// A neuron's number in its layer, from 0. Says nothing of a neuron; the code published with the paper has it among a mutant's coordinates.
struct neuron_index {
  static constexpr const char* name() { return "neuron-index"; }
  template <class Layer>
  xt::xtensor<double, 2> operator()(const Layer& layer) const {
    auto numbers = detail::points_of(layer.neurons(), 1);
    for (std::size_t j = 0; j < layer.neurons(); ++j) numbers(j, 0) = static_cast<double>(j);
    return numbers;
  }
};

/// The coordinates of several maps of a layer as those of one.
/// \param parts  at least one, each with a row per neuron
inline xt::xtensor<double, 2> side_by_side(const std::vector<xt::xtensor<double, 2>>& parts) {
  std::size_t width = 0;
  for (const auto& part : parts) width += part.shape(1);
  auto whole = detail::points_of(parts.front().shape(0), width);
  double* to = whole.data();
  for (std::size_t i = 0; i < whole.shape(0); ++i)
    for (const auto& part : parts) to = std::copy_n(part.data() + i * part.shape(1), part.shape(1), to);
  return whole;
}

/// The coordinates of several maps, one after the other. Made by `concatenate`.
template <class... Maps>
struct concatenation {
  std::tuple<Maps...> maps;

  std::string name() const {
    std::string all;
    std::apply([&](const auto&... map) { ((all += (all.empty() ? "" : "+") + policy_name(map)), ...); }, maps);
    return all;
  }
  template <class Layer>
  xt::xtensor<double, 2> operator()(const Layer& layer) const {
    (check_feature_map<Maps, Layer>(), ...);
    return std::apply([&](const auto&... map) { return side_by_side({detail::checked_points(layer, map(layer))...}); }, maps);
  }
};

/// `concatenate(incoming_weights{}, outgoing_weights{})`: what a neuron reads, and what it tells. Scale them: a distance adds up both.
template <class... Maps>
concatenation<Maps...> concatenate(Maps... maps) {
  static_assert(sizeof...(Maps) > 0, "deepmaacc::feature::concatenate: there must be a feature map; see docs/policies/feature_map.md");
  return {std::tuple<Maps...>(std::move(maps)...)};
}

}  // namespace deepmaacc::feature
