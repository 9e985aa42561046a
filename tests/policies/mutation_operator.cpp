// NO_LEVEL
//   deepmaacc::operators: a mutation operator must have `static constexpr mutation_level level = mutation_level::neuron`; see
//   docs/policies/mutation_operator.md
// NO_PARAMETERS
//   deepmaacc::operators: a mutation operator must describe itself by const members name(), parameters() and definition(); see
//   docs/policies/mutation_operator.md
// FLOAT_ONLY
//   deepmaacc::operators: a mutation operator must have `template <class T> void mutate(neuron_weights<T>, const mutation_site&)
//   const` for float and double; see docs/policies/mutation_operator.md
// STRANGE_MAP
//   deepmaacc::operators: a mutation operator's affine_in_preactivation must be `template <class T> affine_map<T>
//   affine_in_preactivation(T bias) const`, or not be there; see docs/policies/mutation_operator.md
// NOT_COPYABLE
//   deepmaacc::operators: a mutation operator must be copyable; see docs/policies/mutation_operator.md
// EMPTY_SET
//   deepmaacc::operators: the set must have at least one operator; see docs/policies/mutation_operator.md

#include <deepmaacc/mutation/operators.hpp>

struct operation : deepmaacc::archetype::mutation_operator {
#ifdef NO_LEVEL
  void level() const = delete;
#endif
#ifdef NO_PARAMETERS
  void parameters() const = delete;
#endif
#ifdef FLOAT_ONLY
  void mutate(deepmaacc::neuron_weights<float>, const deepmaacc::mutation_site&) const {}
#endif
#ifdef STRANGE_MAP
  double affine_in_preactivation(double bias) const { return bias; }
#endif
#ifdef NOT_COPYABLE
  operation() = default;
  operation(operation&&) = default;
#endif
};

#ifdef EMPTY_SET
void run() { static_cast<void>(deepmaacc::operators()); }
#else
void run() { static_cast<void>(deepmaacc::operators(operation{})); }
#endif
