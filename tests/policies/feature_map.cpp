// NOT_CALLABLE
//   deepmaacc::analyze: a feature map must be callable with a layer and return a tensor of double, one row per neuron, as in `template
//   <class Layer> xt::xtensor<double, 2> operator()(const Layer&) const`; see docs/policies/feature_map.md
// WRONG_TYPE
//   deepmaacc::analyze: a feature map must be callable with a layer and return a tensor of double, one row per neuron, as in `template
//   <class Layer> xt::xtensor<double, 2> operator()(const Layer&) const`; see docs/policies/feature_map.md
// NO_TENSOR
//   deepmaacc::analyze: a feature map must be callable with a layer and return a tensor of double, one row per neuron, as in `template
//   <class Layer> xt::xtensor<double, 2> operator()(const Layer&) const`; see docs/policies/feature_map.md
// NOT_CONST
//   deepmaacc::analyze: a feature map must be callable with a layer and return a tensor of double, one row per neuron, as in `template
//   <class Layer> xt::xtensor<double, 2> operator()(const Layer&) const`; see docs/policies/feature_map.md
// NOT_COPYABLE
//   deepmaacc::analyze: a feature map must be copy constructible; see docs/policies/feature_map.md
// NOT_OBSERVABLE
//   deepmaacc::feature::activation_profile: the model adapter must be observable: `matrix<const T> layer_outputs(std::size_t layer, const
//   activations_type&, outputs) const`; see docs/policies/model_adapter.md
// NOTHING_TO_CONCATENATE
//   deepmaacc::feature::concatenate: there must be a feature map; see docs/policies/feature_map.md

#include <deepmaacc/analysis/analyze.hpp>
#include <deepmaacc/analysis/features.hpp>
#include <deepmaacc/analysis/mutant_clustering.hpp>
#include <deepmaacc/analysis/neuron_clustering.hpp>
#include <vector>

using host = Kokkos::DefaultHostExecutionSpace;

struct map : deepmaacc::archetype::feature_map {
  using deepmaacc::archetype::feature_map::operator();
#ifdef NOT_CALLABLE
  template <class Layer>
  void operator()(const Layer&) const = delete;
#endif
#ifdef WRONG_TYPE
  template <class Layer>
  xt::xtensor<float, 2> operator()(const Layer&) const;
#endif
#ifdef NO_TENSOR
  template <class Layer>
  std::vector<double> operator()(const Layer&) const;
#endif
#ifdef NOT_CONST
  template <class Layer>
  xt::xtensor<double, 2> operator()(const Layer&) const = delete;
  template <class Layer>
  xt::xtensor<double, 2> operator()(const Layer&);
#endif
#ifdef NOT_COPYABLE
  map() = default;
  map(const map&) = delete;
#endif
};

#ifdef NOT_OBSERVABLE
using model_type = deepmaacc::archetype::resumable_adapter;
#else
using model_type = deepmaacc::archetype::observable_adapter;
#endif

// A layer, and what looks at it, without what methods need besides.
template <class Map>
void look(model_type& adapter, const deepmaacc::test_set<float>& tests, const Map& feature) {
  const auto operators = deepmaacc::paper_operators();
  const deepmaacc::analysis_subject subject(host{}, adapter, tests, operators, 0);
  static_cast<void>(deepmaacc::detail::described_neurons(subject, 0, {}, feature));
}

void run(model_type& adapter, const deepmaacc::test_set<float>& tests, const map& feature) {
  look(adapter, tests, feature);
  look(adapter, tests, deepmaacc::feature::activation_profile{});
#ifdef NOTHING_TO_CONCATENATE
  look(adapter, tests, deepmaacc::feature::concatenate());
#endif
#ifndef NOT_COPYABLE
  look(adapter, tests, deepmaacc::feature::concatenate(feature));
#endif
}
