#pragma once

/// \file
/// The analysis method slot: which mutants are run, and how much each counts.

#include <concepts>
#include <deepmaacc/concepts/self_description.hpp>

namespace deepmaacc {

/// Chooses in one step.
template <class Method, class Subject>
concept ChoosingMethod = requires(const Method method, const Subject& subject) {
  { method.choose(subject) } -> std::convertible_to<typename Subject::selection_type>;
};

/// Chooses in two steps, of which the first serves many settings of the second.
///
/// Law: what `fit` returns depends on none of the settings that `choose` reads, so that one fit serves methods that differ in those.
template <class Method, class Subject>
concept FittingMethod = requires(const Method method, const Subject& subject) {
  { method.choose(subject, method.fit(subject)) } -> std::convertible_to<typename Subject::selection_type>;
};

/// Mutants in, weighted mutants to run out.
///
/// Syntax: 1. `name()`; 2. `choose(subject)`: a `mutant_selection`, or a `std::vector<mutant>`; or, in two steps, `fit(subject)` and
/// `choose(subject, fitted)`. The `analysis_subject` (analysis/analysis_subject.hpp) tells everything about model, tests and operators; its
/// `mutants(layers)` are those to choose from or to build on. Optional: 3. `layers`, a `population` or `layer_selection`: whose mutants the
/// method stands for (default: all); 4. `setting()`, a `setting_list` for reports. Laws: the weights say how many mutants each stands for;
/// the choice depends on the subject and the method only, so random methods have a seed; nothing of the model changes. Shipped:
/// `exhaustive`, `neuron_clustering`, `mutant_clustering`, `random_sampling`.
template <class Method, class Subject>
concept AnalysisMethod = std::copy_constructible<Method> && detail::NamesItself<Method> &&
    (ChoosingMethod<Method, Subject> || FittingMethod<Method, Subject>);

/// Says at compile time what is wrong with a type that is meant to be an analysis method.
template <class Method, class Subject>
constexpr void check_analysis_method() {
  static_assert(detail::NamesItself<Method>,
                "deepmaacc::analyze: an analysis method must have a const member name(); see docs/policies/analysis_method.md");
  static_assert(
      ChoosingMethod<Method, Subject> || FittingMethod<Method, Subject>,
      "deepmaacc::analyze: an analysis method must have `template <class Subject> std::vector<mutant> choose(const Subject&) const`, "
      "or `fit(subject)` and `choose(subject, fitted)`; see docs/policies/analysis_method.md");
  static_assert(std::copy_constructible<Method>,
                "deepmaacc::analyze: an analysis method must be copy constructible; see docs/policies/analysis_method.md");
}

namespace archetype {

/// The least that is an analysis method: it runs every mutant.
struct analysis_method {
  analysis_method() = default;
  analysis_method(const analysis_method&) = default;
  analysis_method& operator=(const analysis_method&) = delete;
  ~analysis_method() = default;
  const char* name() const { return "archetype"; }
  template <class Subject>
  typename Subject::selection_type choose(const Subject& subject) const {
    return subject.mutants();
  }
};

}  // namespace archetype
}  // namespace deepmaacc
