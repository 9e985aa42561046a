// NO_CALL
//   deepmaacc::study: an evaluator must have `template <class Request> typename Request::result_type operator()(const Request&) const`; see
//   docs/policies/evaluator.md
// NOT_CONST
//   deepmaacc::study: an evaluator must have `template <class Request> typename Request::result_type operator()(const Request&) const`; see
//   docs/policies/evaluator.md
// RETURNS_KILLS
//   deepmaacc::study: an evaluator must have `template <class Request> typename Request::result_type operator()(const Request&) const`; see
//   docs/policies/evaluator.md
// NOT_COPYABLE
//   deepmaacc::study: an evaluator must be copy constructible; see docs/policies/evaluator.md

#include <deepmaacc/analysis/study.hpp>
#include <utility>

namespace dm = deepmaacc;
using host = Kokkos::DefaultHostExecutionSpace;
using model_type = dm::archetype::model_adapter;
using least = dm::archetype::evaluator<dm::evaluator::local>;
using rules_type = dm::kill_rule_set<dm::kill::any_flip>;
using operators_type = dm::shipped_operators;

struct evaluator : least {
  using least::least;
#ifdef NO_CALL
  void operator()() const = delete;
#endif
#ifdef NOT_CONST
  template <class Request>
  typename Request::result_type operator()(const Request& request) {
    return least::operator()(request);
  }
#endif
#ifdef RETURNS_KILLS
  template <class Request>
  dm::kill_matrix operator()(const Request& request) const {
    return least::operator()(request).kills;
  }
#endif
#ifdef NOT_COPYABLE
  evaluator(const evaluator&) = delete;
  evaluator(evaluator&&) = default;
#endif
};

using study = dm::study<host, model_type, float, operators_type, rules_type, evaluator>;
static_assert(dm::MutantEvaluator<dm::evaluator::local, study::request_type>);
static_assert(dm::MutantEvaluator<least, study::request_type>);

void run(model_type& model, const dm::test_set<float>& tests, const operators_type& operators, const rules_type& rules) {
  study about(host{}, model, tests, operators, rules, {}, evaluator(dm::evaluator::local{}));
}
