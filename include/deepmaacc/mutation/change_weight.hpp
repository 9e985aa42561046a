#pragma once

/// \file
/// CW: scales a neuron.

#include <cmath>
#include <deepmaacc/concepts/mutation_operator.hpp>
#include <deepmaacc/core/error.hpp>
#include <string>

namespace deepmaacc::mutation {

/// CW(p), "change weight" (Lyons and Ghanbari, ICST 2025): weights and bias times 1 + p, so the pre-activation z becomes
/// (1 + p)·z. The factor is formed in float, whatever the model's precision.
class change_weight {
 public:
  static constexpr mutation_level level = mutation_level::neuron;

  /// \throws usage_error where p is not finite.
  explicit change_weight(double p = 0.1) : p_(p) {
    if (!std::isfinite(p)) throw usage_error("operator cw: the share p must be a finite number, as in cw=0.1");
  }

  std::string name() const { return "cw"; }
  parameter_list parameters() const { return {{"p", p_}}; }
  std::string definition() const { return "z -> (1 + p) z"; }

  template <class T>
  void mutate(neuron_weights<T> neuron, const mutation_site&) const {
    for (T& weight : neuron.incoming) weight *= factor<T>();
    for (T& bias : neuron.bias) bias *= factor<T>();
  }
  template <class T>
  affine_map<T> affine_in_preactivation(T) const {
    return {factor<T>(), 0};
  }

 private:
  template <class T>
  T factor() const {
    return static_cast<T>(1.0F + static_cast<float>(p_));
  }

  double p_;
};
static_assert(MutationOperator<change_weight> && AffineOperator<change_weight, float>);

}  // namespace deepmaacc::mutation
