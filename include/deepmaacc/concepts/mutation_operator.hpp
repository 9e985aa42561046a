#pragma once

/// \file
/// The mutation operator slot: what is done to a neuron.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/self_description.hpp>
#include <deepmaacc/core/philox.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc {

/// One neuron's numbers, to be changed in place.
template <class T>
struct neuron_weights {
  std::span<T> incoming;  ///< Dense: one per input; convolutions: kernel positions, input channel, row-major
  std::span<T> bias;      ///< one number, or none where the layer has no bias
};

/// Which mutant is being made: all that a random operator may depend on.
struct mutation_site {
  std::uint64_t seed = 0;
  std::size_t layer = 0, neuron = 0, repeat = 0;
};

/// What an operator changes. Operators on whole layers will carry a level of their own.
enum class mutation_level { neuron };

/// Values of an operator's parameters, in the order of its constructor.
using parameter_list = std::vector<std::pair<std::string, double>>;

/// A function of a pre-activation: z becomes factor · z + shift.
template <class T>
struct affine_map {
  T factor = 1, shift = 0;
};

namespace detail {

/// Says that it changes neurons.
template <class Operator>
concept ActsOnNeurons = requires {
  requires Operator::level == mutation_level::neuron;
};

/// Has a name, parameters, and a line that says exactly what is done.
template <class Operator>
concept DescribesItself = NamesItself<Operator> && requires(const Operator op) {
  { op.parameters() } -> std::convertible_to<parameter_list>;
  { op.definition() } -> std::convertible_to<std::string>;
};

/// Changes a neuron's numbers in place, for float and double.
template <class Operator>
concept MutatesNeurons = requires(const Operator op, neuron_weights<float> in_float, neuron_weights<double> in_double,
                                  const mutation_site& site) {
  op.mutate(in_float, site);
  op.mutate(in_double, site);
};

}  // namespace detail

/// Changes a neuron.
///
/// Syntax: 1. `static constexpr mutation_level level`; 2. `name()`, the short name used in options and reports; 3. `parameters()`;
/// 4. `definition()`, one line that says exactly what is done; 5. `mutate(neuron_weights<T>, const mutation_site&)` for float and
/// double, in place.
/// Laws: the result depends on the weights, the parameters and the site only, so that it is the same on every thread and in every
/// order; `mutate` keeps no state; name and parameters tell it from every other operator of a set.
/// Complexity: linear in the neuron's weights. Optional: `affine_in_preactivation(T bias)`, const, for float and double: the
/// `affine_map<T>` of the neuron's pre-activation that `mutate` amounts to, whatever the weights; then an engine need not multiply the
/// neuron's inputs and weights again. Shipped: `mutation::change_weight`, `activation_inversion`, `effect_blocking`, `gaussian_fuzzing`.
template <class Operator>
concept MutationOperator =
    std::copyable<Operator> && detail::ActsOnNeurons<Operator> && detail::DescribesItself<Operator> && detail::MutatesNeurons<Operator>;

/// Whether an operator is known to act on the pre-activation by an affine map.
template <class Operator, class T>
concept AffineOperator = requires(const Operator op, T bias) {
  { op.affine_in_preactivation(bias) } -> std::same_as<affine_map<T>>;
};

/// Says at compile time what is wrong with a type that is meant to be a mutation operator.
template <class Operator>
constexpr void check_mutation_operator() {
  static_assert(detail::ActsOnNeurons<Operator>,
                "deepmaacc::operators: a mutation operator must have `static constexpr mutation_level level = "
                "mutation_level::neuron`; see docs/policies/mutation_operator.md");
  static_assert(
      detail::DescribesItself<Operator>,
      "deepmaacc::operators: a mutation operator must describe itself by const members name(), parameters() and definition(); see "
      "docs/policies/mutation_operator.md");
  static_assert(
      detail::MutatesNeurons<Operator>,
      "deepmaacc::operators: a mutation operator must have `template <class T> void mutate(neuron_weights<T>, const mutation_site&) "
      "const` for float and double; see docs/policies/mutation_operator.md");
  static_assert(
      !requires(const Operator op) { op.affine_in_preactivation(double{}); } ||
          (AffineOperator<Operator, float> && AffineOperator<Operator, double>),
      "deepmaacc::operators: a mutation operator's affine_in_preactivation must be `template <class T> affine_map<T> "
      "affine_in_preactivation(T bias) const`, or not be there; see docs/policies/mutation_operator.md");
  static_assert(std::copyable<Operator>,
                "deepmaacc::operators: a mutation operator must be copyable; see docs/policies/mutation_operator.md");
}

namespace archetype {

/// The least that is a mutation operator: it leaves the neuron as it is.
struct mutation_operator {
  static constexpr mutation_level level = mutation_level::neuron;
  const char* name() const { return "archetype"; }
  parameter_list parameters() const { return {}; }
  const char* definition() const { return "nothing changes"; }
  template <class T>
  void mutate(neuron_weights<T>, const mutation_site&) const {}
};
static_assert(MutationOperator<mutation_operator>);

}  // namespace archetype
}  // namespace deepmaacc
