#pragma once

/// \file
/// What an analysis is about: all that a method can ask while it chooses mutants.

#include <cstddef>
#include <cstdint>
#include <deepmaacc/analysis/layer_view.hpp>
#include <deepmaacc/analysis/selection.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/mutation/layer_selection.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <optional>
#include <vector>

namespace deepmaacc {

/// A model, a test set, and the operators that mutate the model. Refers to what it is made of.
template <class Space, class Model, class T, class Operators>
class analysis_subject {
 public:
  using space_type = Space;
  using model_type = Model;
  using selection_type = mutant_selection;

  /// \param operators  an `operators(…)` set
  /// \param seed  of random operators
  analysis_subject(const Space& space, Model& model, const test_set<T>& tests, const Operators& operators, std::uint64_t seed)
      : space_(space), model_(&model), tests_(&tests), operators_(&operators), layers_(model.layers()), seed_(seed) {}
  analysis_subject(const Space&, Model&, const test_set<T>&&, const Operators&, std::uint64_t) = delete;
  analysis_subject(const Space&, Model&, const test_set<T>&, const Operators&&, std::uint64_t) = delete;

  /// Where to compute.
  const Space& space() const { return space_; }
  /// A model adapter; leave it as it is.
  Model& model() const { return *model_; }
  const test_set<T>& tests() const { return *tests_; }
  const Operators& operators() const { return *operators_; }
  /// All layers, in the order of the forward pass.
  const std::vector<layer_description>& layers() const { return layers_; }
  /// Of random operators.
  std::uint64_t seed() const { return seed_; }

  /// Every mutant of one neuron: layers in their order, then neurons, then operators.
  /// \throws usage_error as `layers_of`.
  std::vector<mutant> mutants(const layer_selection& chosen = population::all) const {
    return single_neuron_mutants(layers_, operators_->size(), chosen);
  }

  /// A layer for feature maps: as it was trained, or with an operator applied to each of its neurons. Refers to the subject.
  layer_view<analysis_subject> layer(std::size_t layer, std::optional<std::size_t> operation = {}) const& {
    return {*this, layer, operation};
  }
  layer_view<analysis_subject> layer(std::size_t, std::optional<std::size_t> = {}) const&& = delete;

 private:
  Space space_;
  Model* model_;
  const test_set<T>* tests_;
  const Operators* operators_;
  std::vector<layer_description> layers_;
  std::uint64_t seed_;
};

}  // namespace deepmaacc
