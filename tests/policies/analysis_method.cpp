// NO_NAME
//   deepmaacc::analyze: an analysis method must have a const member name(); see docs/policies/analysis_method.md
// NO_CHOOSE
//   deepmaacc::analyze: an analysis method must have `template <class Subject> std::vector<mutant> choose(const Subject&) const`, or
//   `fit(subject)` and `choose(subject, fitted)`; see docs/policies/analysis_method.md
// WRONG_CHOICE
//   deepmaacc::analyze: an analysis method must have `template <class Subject> std::vector<mutant> choose(const Subject&) const`, or
//   `fit(subject)` and `choose(subject, fitted)`; see docs/policies/analysis_method.md
// FITS_ONLY
//   deepmaacc::analyze: an analysis method must have `template <class Subject> std::vector<mutant> choose(const Subject&) const`, or
//   `fit(subject)` and `choose(subject, fitted)`; see docs/policies/analysis_method.md
// NOT_COPYABLE
//   deepmaacc::analyze: an analysis method must be copy constructible; see docs/policies/analysis_method.md
// LAYERS_OF_NO_SELECTION
//   deepmaacc::analyze: an analysis method must have `layers` that convert to a layer_selection, or no such member; take a population or
//   names of layers, see docs/policies/analysis_method.md
// FIT_OF_ONE_STEP
//   deepmaacc::study::fit: the analysis method must choose in two steps, by fit(subject) and choose(subject, fitted); analyze by it without
//   a fit, or see docs/policies/analysis_method.md

#include <cstddef>
#include <deepmaacc/analysis/study.hpp>
#include <vector>

using host = Kokkos::DefaultHostExecutionSpace;
using model_type = deepmaacc::archetype::model_adapter;

struct method : deepmaacc::archetype::analysis_method {
#ifdef NO_NAME
  void name() const = delete;
#endif
#ifdef NO_CHOOSE
  void choose() const = delete;
#endif
#ifdef WRONG_CHOICE
  template <class Subject>
  std::vector<std::size_t> choose(const Subject&) const;
#endif
#ifdef FITS_ONLY
  template <class Subject>
  std::size_t fit(const Subject&) const;
  void choose() const = delete;
#endif
#ifdef LAYERS_OF_NO_SELECTION
  std::vector<std::size_t> layers;
#endif
#ifdef NOT_COPYABLE
  method() = default;
  method(const method&) = delete;
#endif
};

// The least that chooses in two steps.
struct two_steps {
  const char* name() const { return "two steps"; }
  template <class Subject>
  std::size_t fit(const Subject& subject) const {
    return subject.layers().size();
  }
  template <class Subject>
  std::vector<deepmaacc::mutant> choose(const Subject& subject, std::size_t) const {
    return subject.mutants();
  }
};

void run(deepmaacc::study<host, model_type, float>& study, const method& given) {
  study.analyze(given);
  study.analyze(two_steps{}, study.fit(two_steps{}));
#ifdef FIT_OF_ONE_STEP
  study.fit(given);
#endif
}
