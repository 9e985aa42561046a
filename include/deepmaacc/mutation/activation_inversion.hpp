#pragma once

/// \file
/// NAI: inverts what a neuron responds to.

#include <deepmaacc/concepts/mutation_operator.hpp>
#include <string>

namespace deepmaacc::mutation {

/// NAI, "neuron activation inversion" (Lyons and Ghanbari, ICST 2025; DeepMutation does the same): weights times −1, bias
/// unchanged, so the pre-activation z becomes 2b − z.
struct activation_inversion {
  static constexpr mutation_level level = mutation_level::neuron;

  std::string name() const { return "nai"; }
  parameter_list parameters() const { return {}; }
  std::string definition() const { return "z -> 2 b - z"; }

  template <class T>
  void mutate(neuron_weights<T> neuron, const mutation_site&) const {
    for (T& weight : neuron.incoming) weight = -weight;
  }
  template <class T>
  affine_map<T> affine_in_preactivation(T bias) const {
    return {-1, 2 * bias};
  }
};
static_assert(MutationOperator<activation_inversion> && AffineOperator<activation_inversion, float>);

}  // namespace deepmaacc::mutation
