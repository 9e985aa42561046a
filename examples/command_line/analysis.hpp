#pragma once

/// \file
/// An analysis as `deepmaacc analyze` runs it. A source per precision instantiates it.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/analysis/comparison.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/philox.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <deepmaacc/mutation/layer_selection.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <deepmaacc/report/kill_matrix_file.hpp>
#include <deepmaacc/report/report.hpp>
#include <deepmaacc/report/settings.hpp>
#include <deepmaacc/storage/precision.hpp>
#include <deepmaacc/storage/xtensor_host.hpp>
#include <map>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "layer_options.hpp"
#include "method_plan.hpp"
#include "numbers.hpp"

namespace command_line {

/// Runs a method with each of its settings, all on one study and from one fit.
template <class Study>
class method_runs {
 public:
  /// Results are appended to `runs`. Refers to all three.
  method_runs(Study& about, const analysis_plan& plan, std::vector<deepmaacc::analysis_result>& runs)
      : about_(&about), plan_(&plan), runs_(&runs) {}

  void operator()(const deepmaacc::exhaustive& method) const {
    repeat([&](std::uint64_t) { return about_->analyze(method, known()); });
  }
  void operator()(const deepmaacc::random_sampling& wanted) const {
    auto method = wanted;
    repeat([&](std::uint64_t seed) {
      method.seed = seed;
      return about_->analyze(method, known());
    });
  }
  void operator()(const neuron_plan& wanted) const {
    auto method = wanted.method;
    const auto fitted = about_->fit(method);
    for (const std::size_t size : wanted.neurons_per_cluster) {
      method.neurons_per_cluster = size;
      repeat_fitted(method, fitted);
    }
  }
  template <class Linkage>
  void operator()(const mutant_plan<Linkage>& wanted) const {
    auto method = wanted.method;
    const auto fitted = about_->fit(method);
    for (const double threshold : wanted.thresholds) {
      method.threshold = threshold;
      repeat_fitted(method, fitted);
    }
  }

 private:
  deepmaacc::known_mutants known() const {
    return plan_->is_timed_alone ? deepmaacc::known_mutants::run_again : deepmaacc::known_mutants::reuse;
  }

  template <class Method, class Fit>
  void repeat_fitted(Method& method, const Fit& fitted) const {
    repeat([&](std::uint64_t seed) {
      method.representative.set_seed(seed);
      return about_->analyze(method, fitted, known());
    });
  }

  /// Once; or, where the method makes random choices, once for each repeat, which then is one of the settings.
  template <class Analyze>
  void repeat(const Analyze& analyze) const {
    const bool has_choices = is_random(plan_->method);
    for (std::size_t one = 0; one < (has_choices ? plan_->repeats : 1); ++one) {
      runs_->push_back(analyze(deepmaacc::derived_seed(plan_->how.seed, one)));
      if (has_choices) runs_->back().setting.emplace_back(deepmaacc::report::repeat_name, static_cast<double>(one));
    }
  }

  Study* about_;
  const analysis_plan* plan_;
  std::vector<deepmaacc::analysis_result>* runs_;
};

/// Appends the exhaustive run of the same layers, and, for clusterings that leave out the output layer, the one of all layers, which the
/// paper compares with. Then compares every run with them, and with random samples.
template <class Study>
void compare_runs(Study& about, const analysis_plan& plan, deepmaacc::report::report& report) {
  const std::size_t compared = report.runs.size();
  const deepmaacc::layer_selection layers = report.runs[0].layers_mutated;
  const bool is_published = layers == deepmaacc::population::hidden && !std::holds_alternative<deepmaacc::random_sampling>(plan.method);
  const auto known = plan.is_timed_alone ? deepmaacc::known_mutants::run_again : deepmaacc::known_mutants::reuse;
  report.runs.push_back(about.analyze(deepmaacc::exhaustive{.layers = layers}, known));
  if (is_published) report.runs.push_back(about.analyze(deepmaacc::exhaustive{}, known));

  // Samples depend on their size only: runs of as many mutants share them.
  std::map<std::size_t, std::size_t> sampled;
  for (std::size_t run = 0; run < compared; ++run) {
    deepmaacc::comparison_options how{.seed = plan.how.seed};
    const auto [first, is_new] = sampled.emplace(report.runs[run].mutants.size(), run);
    if (!is_new) how.samples = 1;
    deepmaacc::report::compared_run one{.run = run, .exhaustive_run = compared};
    one.found = deepmaacc::compare(report.runs[run], report.runs[compared], how);
    if (!is_new)
      for (std::size_t rule = 0; rule < one.found.rules.size(); ++rule) {
        const deepmaacc::rule_comparison& drawn = report.comparisons[first->second].found.rules[rule];
        one.found.rules[rule].sampling = drawn.sampling;
        one.found.rules[rule].stratified = drawn.stratified;
      }
    if (is_published) one.published = deepmaacc::compare_published(report.runs[run], report.runs[compared + 1]);
    report.comparisons.push_back(std::move(one));
  }
}

/// Sets a method to the layers of a model that its option means. \throws usage_error where there are none, or where features cannot be had
/// of all that are described.
inline void set_layers(method_plan& plan, const std::vector<deepmaacc::layer_description>& layers) {
  const auto set = [&](auto& method) {
    method.layers = layers_of_model(method.layers, layers);
    if constexpr (requires { method.feature; }) {
      auto described = layers_of(method.layers, layers);
      if constexpr (requires { method.mode; })
        if (method.mode == deepmaacc::similarity_mode::artifact) described = layers_of(deepmaacc::population::all, layers);
      const bool has_output = std::any_of(described.begin(), described.end(), [&](std::size_t layer) { return layers[layer].is_output; });
      if (has_output && method.feature.has_outgoing_weights())
        throw deepmaacc::usage_error(
            "--features: no weights go out of the output layer; take --layers hidden without --mode artifact, or other features");
    }
  };
  std::visit(
      [&](auto& one) {
        if constexpr (requires { one.method; })
          set(one.method);
        else
          set(one);
      },
      plan);
}

/// \throws usage_error where the model has fewer mutants than the sample, or a share of them rounds to none.
inline void check_sample(const std::vector<deepmaacc::layer_description>& layers, const analysis_plan& plan) {
  const auto* method = std::get_if<deepmaacc::random_sampling>(&plan.method);
  if (!method) return;
  const std::size_t total = deepmaacc::count_mutants(layers, plan.operators.size(), method->layers);
  try {
    method->sample_size(total);
  } catch (const deepmaacc::usage_error& fault) {
    throw deepmaacc::usage_error(std::string("--sample: ") + fault.what());
  }
}

/// Reads model and tests, and analyses by the method with each of its settings. Kokkos is initialised.
template <class PrecisionPolicy>
deepmaacc::report::report run_analysis(analysis_plan plan) {
  using T = typename PrecisionPolicy::value_type;
  const deepmaacc::stopwatch loading;
  const auto network = deepmaacc::io::read_keras<deepmaacc::storage::xtensor_host<T>>(plan.model).in_precision(PrecisionPolicy{});
  const auto layers = network.layers();
  set_layers(plan.method, layers);
  check_sample(layers, plan);
  const auto tests = deepmaacc::io::read_tests<T>(
      plan.images, plan.labels, plan.steps, plan.limit_inputs,
      plan.rules.outcome().takes_numbers() ? deepmaacc::io::label_kind::numbers : deepmaacc::io::label_kind::classes);
  deepmaacc::report::report report;
  report.model_file = plan.model;
  report.parameters = network.parameter_count();
  report.precision = network.precision_name();
  report.load_seconds = loading.seconds();
  const auto fail_for_memory = [&] {
    throw std::runtime_error(deepmaacc::detail::text("there is not enough memory to analyse ", plan.model, " (", report.parameters,
                                                     " parameters) with ", plan.images, " (", tests.size(), " inputs of ", tests.features(),
                                                     " numbers); try --limit-inputs, or fewer --threads"));
  };
  try {
    deepmaacc::study about(Kokkos::DefaultHostExecutionSpace{}, network, tests, plan.operators, plan.rules, plan.how);
    std::visit(method_runs(about, plan, report.runs), plan.method);
    if (plan.is_compared) compare_runs(about, plan, report);
    if (plan.kill_matrix) deepmaacc::report::write_kill_matrix(*plan.kill_matrix, report.runs.front(), about.golden());
  } catch (const deepmaacc::memory_limit_error& fault) {
    const bool is_double = std::is_same_v<T, double>;
    throw deepmaacc::usage_error(limit_text(fault) +
                                 (is_double && fault.needed() / 2 <= fault.limit() ? ", or take --precision float32, which fits" : "") +
                                 (std::holds_alternative<deepmaacc::engine::delta>(plan.how.engine) ? ", or --engine resumable" : ""));
  } catch (const std::bad_alloc&) {
    fail_for_memory();
  } catch (const std::length_error&) {  // of a container that could never be so large
    fail_for_memory();
  }
  return report;
}

extern template deepmaacc::report::report run_analysis<deepmaacc::precision::float32>(analysis_plan);
extern template deepmaacc::report::report run_analysis<deepmaacc::precision::float64>(analysis_plan);
extern template deepmaacc::report::report run_analysis<deepmaacc::precision::tf32>(analysis_plan);

}  // namespace command_line
