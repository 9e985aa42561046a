#pragma once

/// \file
/// NEB: cuts a neuron off from its inputs.

#include <deepmaacc/concepts/mutation_operator.hpp>
#include <string>

namespace deepmaacc::mutation {

/// NEB, "neuron effect blocking" as Lyons and Ghanbari (ICST 2025) define it: weights become 0, bias unchanged, so the
/// pre-activation z becomes b; the neuron still emits its activation of b.
struct effect_blocking {
  static constexpr mutation_level level = mutation_level::neuron;

  std::string name() const { return "neb"; }
  parameter_list parameters() const { return {}; }
  std::string definition() const { return "z -> b"; }

  template <class T>
  void mutate(neuron_weights<T> neuron, const mutation_site&) const {
    for (T& weight : neuron.incoming) weight = 0;
  }
  template <class T>
  affine_map<T> affine_in_preactivation(T bias) const {
    return {0, bias};
  }
};
static_assert(MutationOperator<effect_blocking> && AffineOperator<effect_blocking, float>);

}  // namespace deepmaacc::mutation
