// NO_METHOD
//   deepmaacc::analyze: operators and kill rules must stand behind a method; write analyze(space, model, tests, exhaustive{}, operators,
//   rules, options)
// NO_OPERATORS
//   deepmaacc::analyze: kill rules must stand behind the operators; write analyze(space, model, tests, method, paper_operators(), rules,
//   options)
// OPERATORS_SIDE_BY_SIDE
//   deepmaacc::analyze: several operators must be given as a set; write operators(a, b)
// RANGE_OF_OPERATORS
//   deepmaacc::analyze: several operators must be given as a set; write operators(a, b)
// RANGE_OF_RULES
//   deepmaacc::analyze: several kill rules must be given as a set; write kill_rules(a, b)
// OPTIONS_TOO_EARLY
//   deepmaacc::analyze: options must stand behind the kill rules, or alone behind the tests; write analyze(space, model, tests, method,
//   paper_operators(), kill_rules(kill::predicted_class{}), options)
// CONST_ADAPTER
//   deepmaacc::check_adapter: the model adapter must not be const, since its neurons are changed meanwhile; give a copy of it
// ADAPTER_ON_A_DEVICE
//   deepmaacc::check_adapter: the model adapter must take inputs in memory that the host can read; examine the one that on(space) makes for
//   a host space
// VECTOR_OF_POINTS
//   deepmaacc::check_metric: points must be an xtensor container or a Kokkos view, or a std::vector with its shape; write
//   check_metric(metric, numbers, {points, coordinates})

#include <deepmaacc/analysis/analyze.hpp>
#include <deepmaacc/distance/check_metric.hpp>
#include <deepmaacc/evaluation/check_adapter.hpp>
#include <utility>
#include <vector>

#include "device.hpp"

namespace dm = deepmaacc;

using model_type = dm::archetype::model_adapter;
struct device_model : model_type {
  using memory_space = device_memory;
  void predict(dm::matrix<const float, device_memory>, dm::matrix<float, device_memory>) {}
};
using some_operator = dm::mutation::effect_blocking;
using some_rule = dm::kill::any_flip;

void run(model_type& adapter, const dm::test_set<float>& tests, const std::vector<double>& numbers) {
  const dm::this_thread space;
#if defined(NO_METHOD)
  dm::analyze(space, adapter, tests, dm::operators(some_operator{}));
#elif defined(NO_OPERATORS)
  dm::analyze(space, adapter, tests, dm::exhaustive{}, dm::kill_rules(some_rule{}));
#elif defined(OPERATORS_SIDE_BY_SIDE)
  dm::analyze(space, adapter, tests, dm::exhaustive{}, some_operator{}, some_operator{});
#elif defined(RANGE_OF_OPERATORS)
  dm::analyze(space, adapter, tests, dm::exhaustive{}, std::vector<some_operator>(2));
#elif defined(RANGE_OF_RULES)
  dm::analyze(space, adapter, tests, dm::exhaustive{}, some_operator{}, std::vector<some_rule>(2));
#elif defined(OPTIONS_TOO_EARLY)
  dm::analyze(space, adapter, tests, dm::exhaustive{}, dm::evaluation_options{});
#else
  dm::analyze(space, adapter, tests, dm::exhaustive{}, some_operator{}, some_rule{}, dm::evaluation_options{});
#endif
#ifdef ADAPTER_ON_A_DEVICE
  device_model there;
  dm::check_adapter(there, tests);
#endif
#ifdef CONST_ADAPTER
  dm::check_adapter(std::as_const(adapter), tests);
#else
  dm::check_adapter(adapter, tests);
#endif
#ifdef VECTOR_OF_POINTS
  dm::check_metric(dm::archetype::distance_metric{}, numbers);
#else
  dm::check_metric(dm::archetype::distance_metric{}, numbers, {numbers.size(), 1});
#endif
}
