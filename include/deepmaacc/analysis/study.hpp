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
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/crew.hpp>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/evaluation/golden.hpp>
#include <deepmaacc/evaluation/kill_memory.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/mutation/layer_selection.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {

/// What a study does with mutants that it has run before.
enum class known_mutants {
  recall,    ///< takes their kills from memory: `seconds.evaluate` is then none
  run_again  ///< runs them again, and remembers nothing: the time is what the method takes by itself
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
/// once, each fit once; what a method costs by itself is told nevertheless. Refers to the model.
template <class Space, class Model, class T, class Operators = decltype(paper_operators()),
          class Rules = decltype(kill_rules(kill::predicted_class{}))>
class study {
  using team = crew<Space, Model>;
  using adapter = typename team::adapter_type;

 public:
  using subject_type = analysis_subject<Space, Model, T, Operators>;

  /// Runs the original model, unless it may run along with the first mutants (delta engine): then what is
  /// thrown for its predictions is thrown by `analyze` or `golden`. Parameters as of `analyze`.
  /// \throws data_error where the test set does not fit the model, or no input is predicted correctly; usage_error for options that make no
  ///         sense, an operator or a rule that is there twice, and where Kokkos is not initialised; stopped, when the watcher asks for it.
  study(const Space& space, Model& model, const test_set<T>& tests, Operators operators = paper_operators(),
        Rules rules = kill_rules(kill::predicted_class{}), const evaluation_options& options = {});
  study(const Space&, const Model&&, const test_set<T>&, Operators = {}, Rules = {}, const evaluation_options& = {}) = delete;

  /// The same on an instance of the space that is made by default.
  study(Model& model, const test_set<T>& tests, Operators operators = paper_operators(), Rules rules = kill_rules(kill::predicted_class{}),
        const evaluation_options& options = {})
      : study(Space{}, model, tests, std::move(operators), std::move(rules), options) {}
  study(const Model&&, const test_set<T>&, Operators = {}, Rules = {}, const evaluation_options& = {}) = delete;

  /// What methods choose from. Refers to the study.
  subject_type subject() const& { return {space_, *model_, tests_, operators_, options_.seed}; }
  subject_type subject() const&& = delete;
  /// The original model's predictions; it is run if that has not been done. \throws as the constructor.
  const golden_run& golden() {
    run_golden_once();
    return golden_;
  }
  /// Mutants that are known, from all analyses so far.
  std::size_t known() const { return memory_.size(); }

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

  /// Analyses by a method. \throws as the constructor.
  template <class Method>
  analysis_result analyze(const Method& method, known_mutants known = known_mutants::recall) {
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
  analysis_result analyze(const Method& method, const method_fit<Fit>& fitted, known_mutants known = known_mutants::recall) {
    check_analysis_method<Method, subject_type>();
    const subject_type about = subject();
    const stopwatch clock;
    mutant_selection chosen = method.choose(about, fitted.fit);
    analysis_result result = describe(method);
    result.seconds.cluster = fitted.seconds + clock.seconds();
    return evaluated(std::move(result), std::move(chosen), known);
  }

 private:
  void run_golden_once();
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
            .inputs = tests_.size(),
            .correct = golden_.correct,
            .classes = golden_.classes,
            .classes_never_correct = golden_.classes_never_correct,
            .near_tie_tolerance = golden_.tolerance,
            .rounding_noise = golden_.noise};
  }

  /// All of a result that depends neither on the mutants nor on the original model.
  template <class Method>
  analysis_result describe(const Method& method) const {
    analysis_result result;
    result.method = method.name();
    if constexpr (requires { method.setting(); }) result.setting = method.setting();
    result.engine = engine_;
    result.tier = tier_of<adapter>;
    result.work.skip = options_.skip.value_or(skip_nothing);
    result.execution_space = space_.name();
    result.threads = 1;
    if (engine_ == engine_kind::delta)  // it copies its runner, not the model
      result.threads = static_cast<std::size_t>(host_space(space_).concurrency());
    else if (team::is_parallel)
      result.threads = static_cast<std::size_t>(space_.concurrency());
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
  engine_kind engine_;
  golden_run golden_;
  kill_memory memory_;
  std::shared_ptr<const subject_summary> summary_;  // null until a first result needs it
};

/// A model that can be copied is not changed, however it is given: one type serves both.
template <class Space, class Model, class T, class Operators = decltype(paper_operators()),
          class Rules = decltype(kill_rules(kill::predicted_class{}))>
study(const Space&, Model&, const test_set<T>&, Operators = paper_operators(), Rules = kill_rules(kill::predicted_class{}),
      const evaluation_options& = {}) -> study<Space, detail::given_model<Model>, T, operator_set<Operators>, kill_rule_set<Rules>>;

/// Without a space: on the default host space.
template <class Model, class T, class Operators = decltype(paper_operators()), class Rules = decltype(kill_rules(kill::predicted_class{}))>
study(Model&, const test_set<T>&, Operators = paper_operators(), Rules = kill_rules(kill::predicted_class{}),
      const evaluation_options& = {})
    -> study<Kokkos::DefaultHostExecutionSpace, detail::given_model<Model>, T, operator_set<Operators>, kill_rule_set<Rules>>;

template <class Space, class Model, class T, class Operators, class Rules>
study<Space, Model, T, Operators, Rules>::study(const Space& space, Model& model, const test_set<T>& tests, Operators operators,
                                                Rules rules, const evaluation_options& options)
    : space_(space),
      model_(&model),
      tests_(tests),
      operators_(std::move(operators)),
      rules_(std::move(rules)),
      options_(options),
      engine_(detail::engine_on(space, model, options)) {
  check_execution_space<Space>();
  check_model_adapter<std::remove_cv_t<Model>>();
  require_kokkos("deepmaacc::analyze", space);
  check_policies();
  output_layer(model.layers());
  // Else it may run along: the mutants tell.
  if (engine_ == engine_kind::delta)
    detail::check_fit(model, tests_, options_.oracle);
  else
    run_golden_once();
}

template <class Space, class Model, class T, class Operators, class Rules>
void study<Space, Model, T, Operators, Rules>::run_golden_once() {
  if (golden_.decisions.empty()) golden_ = run_golden(space_, *model_, tests_, options_);
  check_golden();
}

template <class Space, class Model, class T, class Operators, class Rules>
void study<Space, Model, T, Operators, Rules>::check_policies() const {
  if (operators_.empty()) throw usage_error("deepmaacc::analyze: the operator set is empty; give at least one operator");
  if (rules_.empty()) throw usage_error("deepmaacc::analyze: the set of kill rules is empty; give at least one rule");
  std::vector<std::string> operators;
  for (const operator_description& one : described_operators()) operators.push_back(one.text());
  detail::require_each_once("operator", operators);
  detail::require_each_once("kill rule", rule_names());
}

template <class Space, class Model, class T, class Operators, class Rules>
analysis_result study<Space, Model, T, Operators, Rules>::evaluated(analysis_result result, mutant_selection chosen, known_mutants known) {
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
  const auto run = [&](std::span<const mutant> wanted) {
    if (engine_ == engine_kind::delta && golden_.decisions.empty() && !wanted.empty())
      return detail::evaluate_with_golden(space_, *model_, tests_, golden_, wanted, operators_, rules_, options_, &result.work);
    return evaluate(space_, *model_, tests_, golden(), wanted, operators_, rules_, options_, &result.work);
  };
  kill_memory alone;
  kill_memory& memory = known == known_mutants::recall ? memory_ : alone;
  const bool is_recalled = memory.known(result.mutants) > 0, had_golden = !golden_.decisions.empty();
  const stopwatch clock;
  result.kills = memory.kills(result.mutants, run);
  // A golden run that was made meanwhile is told by itself; its seconds are 0 where it ran along.
  if (!is_recalled) result.seconds.evaluate = clock.seconds() - (had_golden ? 0 : golden_.seconds);
  check_golden();
  if (!summary_) summary_ = std::make_shared<const subject_summary>(summary());
  result.subject = summary_;
  result.seconds.golden = golden_.seconds;
  for (std::size_t rule = 0; rule < rules_.size(); ++rule) result.scores.push_back(score_of(result.kills, rule, result.mutants));
  return result;
}

}  // namespace deepmaacc
