#pragma once

/// \file
/// Several analyses of one model and test set, which share what they have in common.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/analysis/analysis_result.hpp>
#include <deepmaacc/analysis/analysis_subject.hpp>
#include <deepmaacc/analysis/exhaustive.hpp>
#include <deepmaacc/analysis/score.hpp>
#include <deepmaacc/analysis/selection.hpp>
#include <deepmaacc/analysis/subject_summary.hpp>
#include <deepmaacc/concepts/analysis_method.hpp>
#include <deepmaacc/concepts/evaluator.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/evaluators.hpp>
#include <deepmaacc/evaluation/golden.hpp>
#include <deepmaacc/evaluation/kill_cache.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/evaluation/worker_pool.hpp>
#include <deepmaacc/mutation/layer_selection.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace deepmaacc {

/// What a study does with mutants that it has run before.
enum class known_mutants {
  reuse,     ///< takes their kills from the cache: `seconds.evaluate` is then none
  run_again  ///< runs them again, past the cache: the time is what the method takes by itself
};

namespace detail {

/// \throws usage_error where one of several names is there twice.
[[gnu::cold]] inline void require_each_once(const std::string& kind, std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) throw usage_error("deepmaacc::analyze: the " + kind + " " + *twice + " is there twice; give each once");
}

}  // namespace detail

/// The first step of a method in two, and what it took: serves every method that differs in settings of the second step only.
template <class Fit>
struct method_fit {
  Fit fit;
  double seconds = 0;
};

/// A model, a test set, operators and kill rules, to be analysed by one method after the other. The original model runs once, each mutant
/// once, each fit once; results still report what a method would cost by itself. Refers to the model.
template <class Space, class Model, class T, class Operators = decltype(paper_operators()),
          class Rules = decltype(kill_rules(kill::predicted_class{})), class Evaluator = evaluator::local>
class study {
  using pool_type = worker_pool<Space, Model>;
  using adapter = typename pool_type::adapter_type;

 public:
  using subject_type = analysis_subject<Space, Model, T, Operators>;
  /// What evaluators are given.
  using request_type = evaluation_request<Space, Model, T, Operators, Rules>;

  /// Runs nothing yet: what is thrown for the original model's predictions is thrown by `analyze` or `golden`. Parameters as of `analyze`.
  /// \throws data_error where the test set does not fit the model
  /// \throws usage_error for options that make no sense, an operator or a rule that is given twice, an engine that the model cannot have, and
  ///         where Kokkos is not initialised
  study(const Space& space, Model& model, const test_set<T>& tests, Operators operators = paper_operators(),
        Rules rules = kill_rules(kill::predicted_class{}), const evaluation_options& options = {}, Evaluator evaluator = {});
  study(const Space&, const Model&&, const test_set<T>&, Operators = {}, Rules = {}, const evaluation_options& = {},
        Evaluator = {}) = delete;

  /// The same on an instance of the space that is made by default.
  study(Model& model, const test_set<T>& tests, Operators operators = paper_operators(), Rules rules = kill_rules(kill::predicted_class{}),
        const evaluation_options& options = {}, Evaluator evaluator = {})
      : study(Space{}, model, tests, std::move(operators), std::move(rules), options, std::move(evaluator)) {}
  study(const Model&&, const test_set<T>&, Operators = {}, Rules = {}, const evaluation_options& = {}, Evaluator = {}) = delete;

  /// What methods choose from. Refers to the study.
  subject_type subject() const& { return {space_, *model_, tests_, operators_, options_.seed}; }
  subject_type subject() const&& = delete;
  /// The original model's predictions; it is run if that has not been done.
  /// \throws as `analyze`.
  const golden_run& golden() {
    run_golden_once(options_);
    return golden_;
  }
  /// Mutants that are known, from all analyses so far.
  std::size_t known() const { return cache_.size(); }

  /// Takes the first step of a method in two.
  template <class Method>
  auto fit(const Method& method) const {
    check_analysis_method<Method, subject_type>();
    static_assert(
        FittingMethod<Method, subject_type>,
        "deepmaacc::study::fit: the analysis method must choose in two steps, by fit(subject) and choose(subject, fitted); analyze by it "
        "without a fit, or see docs/policies/analysis_method.md");
    const subject_type about = subject();
    const stopwatch clock;
    auto fitted = method.fit(about);
    return method_fit<decltype(fitted)>{std::move(fitted), clock.seconds()};
  }

  /// Analyses by a method.
  /// \throws as the constructor; data_error where no input is predicted correctly; stopped, when the observer asks for it.
  template <class Method>
  analysis_result analyze(const Method& method, known_mutants known = known_mutants::reuse) {
    check_analysis_method<Method, subject_type>();
    if constexpr (FittingMethod<Method, subject_type>) {
      return analyze(method, fit(method), known);
    } else {
      const subject_type about = subject();
      const stopwatch clock;
      mutant_selection chosen = method.choose(about);
      analysis_result result = describe(method);
      result.seconds.setup = clock.seconds();
      return evaluated(std::move(result), std::move(chosen), known);
    }
  }

  /// Analyses by a method in two steps, of which the first was taken before: by this method, or by one that differs in settings of the
  /// second step only.
  template <class Method, class Fit>
  analysis_result analyze(const Method& method, const method_fit<Fit>& fitted, known_mutants known = known_mutants::reuse) {
    check_analysis_method<Method, subject_type>();
    const subject_type about = subject();
    const stopwatch clock;
    mutant_selection chosen = method.choose(about, fitted.fit);
    analysis_result result = describe(method);
    result.seconds.cluster = fitted.seconds + clock.seconds();
    return evaluated(std::move(result), std::move(chosen), known);
  }

 private:
  void run_golden_once(const evaluation_options& how);
  void check_golden() const {
    if (golden_.correct == 0)
      throw data_error("the model predicts none of the inputs correctly, so no mutant can be judged; check labels and preparation");
  }

  void check_policies() const;

  std::vector<operator_description> described_operators() const {
    std::vector<operator_description> described;
    for (std::size_t i = 0; i < operators_.size(); ++i)
      operators_.visit(i, [&](const auto& one) { described.push_back({one.name(), one.parameters(), one.definition()}); });
    return described;
  }

  std::vector<std::string> rule_names() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < rules_.size(); ++i)
      names.push_back(rules_.visit(i, [](const auto& one) -> std::string { return one.name(); }));
    return names;
  }

  /// What all results are about; the original model has been run.
  subject_summary summary() const {
    return {.layers = model_->layers(),
            .operators = described_operators(),
            .kill_rules = rule_names(),
            .oracle = options_.oracle,
            .seed = options_.seed,
            .outcome = golden_.outcome,
            .inputs = tests_.size(),
            .decisions = golden_.decisions.size(),
            .correct = golden_.correct,
            .classes = golden_.classes,
            .classes_never_correct = golden_.classes_never_correct,
            .near_tie_tolerance = golden_.tolerance,
            .rounding_noise = golden_.noise};
  }

  /// \throws usage_error where an evaluator gave what was not asked for.
  void require_of_request(const evaluated_mutants& found, std::size_t mutants) const {
    const auto fail = [](const std::string& why) { throw usage_error("deepmaacc::study: the evaluator gave " + why); };
    if (found.kills.mutants() != mutants)
      fail(detail::text("the kills of ", found.kills.mutants(), " mutants, but was asked for ", mutants, "; return one row per mutant"));
    std::vector<std::string> names;
    for (std::size_t rule = 0; rule < found.kills.rules(); ++rule) names.push_back(found.kills.rule_name(rule));
    if (names != rule_names()) fail("kills by other rules than it was asked for");
    if (found.golden && found.golden->decisions.size() != tests_.size() * parts_)
      fail(detail::text("a golden run of ", found.golden->decisions.size(), " decisions, but there are ", tests_.size() * parts_));
  }

  /// All of a result that depends neither on the mutants nor on the original model.
  template <class Method>
  analysis_result describe(const Method& method) const {
    analysis_result result;
    result.method = method.name();
    if constexpr (requires { method.setting(); }) result.setting = method.setting();
    result.tier = tier_of<adapter>;
    result.execution_space = space_.name();
    const auto layers = model_->layers();
    if constexpr (requires { method.layers; }) {
      constexpr bool selects = std::is_convertible_v<decltype((method.layers)), layer_selection>;
      static_assert(
          selects,
          "deepmaacc::analyze: an analysis method must have `layers` that convert to a layer_selection, or no such member; take a "
          "population or names of layers, see docs/policies/analysis_method.md");
      if constexpr (selects) result.layers_mutated = resolved(method.layers, layers);
    }
    result.mutants_total = count_mutants(layers, operators_.size(), result.layers_mutated);
    return result;
  }

  analysis_result evaluated(analysis_result result, mutant_selection chosen, known_mutants known);

  Space space_;
  Model* model_;
  test_set<T> tests_;
  Operators operators_;
  Rules rules_;
  evaluation_options options_;
  Evaluator evaluator_;
  std::size_t parts_ = 1;  ///< decisions of an input
  golden_run golden_;
  kill_cache cache_;
  std::shared_ptr<const subject_summary> summary_;  // null until a first result needs it
};

/// A model that can be copied is not changed, however it is given: one type serves both.
template <class Space, class Model, class T, class Operators = decltype(paper_operators()),
          class Rules = decltype(kill_rules(kill::predicted_class{})), class Evaluator = evaluator::local>
study(const Space&, Model&, const test_set<T>&, Operators = paper_operators(), Rules = kill_rules(kill::predicted_class{}),
      const evaluation_options& = {}, Evaluator = {})
    -> study<Space, detail::given_model<Model>, T, operator_set<Operators>, kill_rule_set<Rules>, Evaluator>;

/// Without a space: on the default host space.
template <class Model, class T, class Operators = decltype(paper_operators()), class Rules = decltype(kill_rules(kill::predicted_class{})),
          class Evaluator = evaluator::local>
study(Model&, const test_set<T>&, Operators = paper_operators(), Rules = kill_rules(kill::predicted_class{}),
      const evaluation_options& = {}, Evaluator = {})
    -> study<Kokkos::DefaultHostExecutionSpace, detail::given_model<Model>, T, operator_set<Operators>, kill_rule_set<Rules>, Evaluator>;

template <class Space, class Model, class T, class Operators, class Rules, class Evaluator>
study<Space, Model, T, Operators, Rules, Evaluator>::study(const Space& space, Model& model, const test_set<T>& tests, Operators operators,
                                                           Rules rules, const evaluation_options& options, Evaluator evaluator)
    : space_(space),
      model_(&model),
      tests_(tests),
      operators_(std::move(operators)),
      rules_(std::move(rules)),
      options_(options),
      evaluator_(std::move(evaluator)) {
  check_execution_space<Space>();
  check_model_adapter<std::remove_cv_t<Model>>();
  check_evaluator<Evaluator, request_type>();
  require_kokkos("deepmaacc::analyze", space);
  check_policies();
  output_layer(model.layers());
  const output_description outputs = describe_outputs(model);
  const auto judge = rules_.outcome().judge(outputs);
  detail::check_fit(model, tests_, options_.oracle, detail::outcome_name(rules_.outcome(), outputs), judge);
  parts_ = detail::parts_of(judge);
  static_cast<void>(detail::engine_on(space, model, options_, {}, tests_.size(), parts_));  // throws for one that cannot run
}

template <class Space, class Model, class T, class Operators, class Rules, class Evaluator>
void study<Space, Model, T, Operators, Rules, Evaluator>::run_golden_once(const evaluation_options& how) {
  if (golden_.decisions.empty()) golden_ = run_golden(space_, *model_, tests_, how, rules_.outcome());
  check_golden();
}

template <class Space, class Model, class T, class Operators, class Rules, class Evaluator>
void study<Space, Model, T, Operators, Rules, Evaluator>::check_policies() const {
  if (operators_.empty()) throw usage_error("deepmaacc::analyze: the operator set is empty; give at least one operator");
  if (rules_.empty()) throw usage_error("deepmaacc::analyze: the set of kill rules is empty; give at least one rule");
  std::vector<std::string> operators;
  for (const operator_description& one : described_operators()) operators.push_back(one.text());
  detail::require_each_once("operator", operators);
  detail::require_each_once("kill rule", rule_names());
}

template <class Space, class Model, class T, class Operators, class Rules, class Evaluator>
analysis_result study<Space, Model, T, Operators, Rules, Evaluator>::evaluated(analysis_result result, mutant_selection chosen,
                                                                               known_mutants known) {
  result.mutants = std::move(chosen.mutants);
  result.clusters = std::move(chosen.clusters);
  result.cluster_of = std::move(chosen.cluster_of);
  if (result.mutants.empty())
    throw usage_error("deepmaacc::analyze: method " + result.method + " chose no mutant of " + layers_text(result.layers_mutated) +
                      "; choose at least one, or other layers");
  check_mutants(result.mutants, model_->layers(), operators_.size());
  for (std::size_t i = 0; i < result.mutants.size(); ++i)
    if (!(result.mutants[i].weight > 0) || std::isinf(result.mutants[i].weight))
      throw usage_error(detail::text("deepmaacc::analyze: method ", result.method, " gave mutant ", i, " the weight ",
                                     result.mutants[i].weight,
                                     "; a weight says how many mutants it stands for, so give a finite number above 0"));
  if (!result.cluster_of.empty() && result.cluster_of.size() != result.mutants.size())
    throw usage_error(detail::text("deepmaacc::analyze: method ", result.method, " chose ", result.mutants.size(),
                                   " mutants, but tells the cluster of ", result.cluster_of.size(), "; tell it of each, or of none"));
  evaluation_options how = options_;
  how.engine = result.engine = detail::engine_on(space_, *model_, options_, result.mutants, tests_.size(), parts_);
  if (const auto* delta = std::get_if<engine::delta>(&result.engine)) {
    result.work.skip = delta->skip.value_or(skip_nothing);
    result.work.skip.saturated = result.work.skip.saturated && !options_.by_input;
    result.threads = static_cast<std::size_t>(host_space(space_).concurrency());  // it copies its runner, not the model
  } else if (pool_type::is_parallel) {
    result.threads = static_cast<std::size_t>(space_.concurrency());
  }
  // Engine delta makes it along; else a model that predicts nothing right is seen before any mutant runs.
  if (!std::holds_alternative<engine::delta>(result.engine)) run_golden_once(how);
  const auto run = [&](std::span<const mutant> wanted) {
    evaluated_mutants found =
        evaluator_(request_type{space_, *model_, tests_, wanted, operators_, rules_, how, golden_.decisions.empty() ? nullptr : &golden_});
    require_of_request(found, wanted.size());
    if (found.golden && golden_.decisions.empty()) golden_ = std::move(*found.golden);
    const skip_options skip = found.work.pairs > 0 ? found.work.skip : result.work.skip;
    result.work = std::move(found.work);
    result.work.skip = skip;
    return std::move(found.kills);
  };
  kill_cache alone;
  kill_cache& cache = known == known_mutants::reuse ? cache_ : alone;
  const bool is_reused = cache.known(result.mutants) > 0, had_golden = !golden_.decisions.empty();
  const stopwatch clock;
  result.kills = cache.kills(result.mutants, run);
  // The seconds of a golden run that was made meanwhile are reported separately; they are 0 where it ran together with the mutants.
  if (!is_reused) result.seconds.evaluate = clock.seconds() - (had_golden ? 0 : golden_.seconds);
  run_golden_once(how);  // where an evaluator has not
  if (!summary_) summary_ = std::make_shared<const subject_summary>(summary());
  result.subject = summary_;
  result.seconds.golden = golden_.seconds;
  for (std::size_t rule = 0; rule < rules_.size(); ++rule) result.scores.push_back(score_of(result.kills, rule, result.mutants));
  return result;
}

}  // namespace deepmaacc
