#pragma once

/// \file
/// The feature map slot: where a neuron lies among those of its layer.

#include <concepts>
#include <cstddef>
#include <deepmaacc/core/tensor_view.hpp>
#include <deepmaacc/core/xtensor.hpp>

namespace deepmaacc {

namespace detail {

/// Takes a layer and gives a tensor of double.
template <class Map, class Layer>
concept TurnsLayerIntoPoints = requires(const Map map, const Layer& layer) {
  requires tensor_like<decltype(map(layer))>;
  requires std::same_as<typename decltype(map(layer))::value_type, double>;
};

}  // namespace detail

/// Turns the neurons of a layer into points, to be clustered: a callable of a layer, such as a lambda.
///
/// Syntax: 1. copy constructible; 2. `map(layer)`: a tensor of double, neurons × d, a row per neuron in their order. `layer` is a
/// `layer_view` (analysis/layer_view.hpp): the layer as it was trained, or with a mutation operator applied to each of its neurons. So one
/// map describes neurons and mutants: a mutant's point is its neuron's row after the mutation. Optional: 3. `name()`. Laws: d >= 1, the
/// same for a layer with and without a mutation; finite numbers; the result depends on the layer and the map only. Shipped:
/// `feature::incoming_weights`, `mutated_weights`, `activation_profile`, `outgoing_weights`, `neuron_index`, `concatenation`.
template <class Map, class Layer>
concept FeatureMap = std::copy_constructible<Map> && detail::TurnsLayerIntoPoints<Map, Layer>;

/// Says at compile time what is wrong with a type that is meant to be a feature map.
template <class Map, class Layer>
constexpr void check_feature_map() {
  static_assert(
      detail::TurnsLayerIntoPoints<Map, Layer>,
      "deepmaacc::analyze: a feature map must be callable with a layer and return a tensor of double, one row per neuron, as in `template "
      "<class Layer> xt::xtensor<double, 2> operator()(const Layer&) const`; see docs/policies/feature_map.md");
  static_assert(std::copy_constructible<Map>,
                "deepmaacc::analyze: a feature map must be copy constructible; see docs/policies/feature_map.md");
}

namespace archetype {

/// The least that is a feature map: all neurons are the same.
struct feature_map {
  feature_map() = default;
  feature_map(const feature_map&) = default;
  feature_map& operator=(const feature_map&) = delete;
  ~feature_map() = default;
  template <class Layer>
  xt::xtensor<double, 2> operator()(const Layer& layer) const {
    return xt::zeros<double>({layer.neurons(), std::size_t{1}});
  }
};

}  // namespace archetype
}  // namespace deepmaacc
