#pragma once

/// \file
/// The experiments of Lyons and Ghanbari (ICST 2025) on one model, and those that tell which method to take.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/similarity_linkages.hpp>
#include <deepmaacc/deepmaacc.hpp>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reproduce {

namespace dm = deepmaacc;

/// One model, method and setting; several scores where it was repeated.
struct experiment {
  std::string model, precision, method;
  double setting = 0;  ///< neurons per cluster, threshold, or share of the mutants
  std::vector<double> scores;
  double executed = 0;  ///< mutants, mean over the repetitions
  std::size_t total = 0, borderline = 0;
  double killed = 0, possible = 0;  ///< of the last repetition
  std::optional<double> seconds;    ///< of running the mutants

  double mean() const {
    double sum = 0;
    for (const double one : scores) sum += one;
    return sum / static_cast<double>(scores.size());
  }

  void add(const dm::analysis_result& result) {
    scores.push_back(result.score());
    const auto count = static_cast<double>(scores.size());
    executed += (static_cast<double>(result.mutants.size()) - executed) / count;
    total = result.mutants_total;
    borderline = result.scores[0].borderline;
    killed = result.scores[0].killed;
    possible = result.scores[0].possible;
    if (result.seconds.evaluate) seconds = result.seconds.evaluate;
  }
};

/// How far a method's scores by one kill rule are from the exhaustive one at a cost, in the mean over its random choices.
struct decision {
  std::string model, method, rule;
  double share = 0;
  double error = 0;      ///< mean absolute error
  double noise = 0;      ///< standard error of that mean; 0 without random choices
  double deviation = 0;  ///< of the scores, over the random choices; 0 without
  std::size_t executed = 0;
};

inline const std::vector<double>& thresholds() {
  static const std::vector<double> all{0.1, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8, 0.9, 0.99};
  return all;
}

inline const std::vector<double>& shares() {
  static const std::vector<double> all{0.05, 0.10, 0.20, 0.35, 0.65};
  return all;
}

constexpr std::size_t published_repeats = 6, largest_size = 10;

/// The published experiments: exhaustive, neuron clustering by size, mutant clustering by threshold and mode.
template <class Study>
std::vector<experiment> run_published(Study& study, const std::string& model, const std::string& precision, bool is_timed) {
  std::vector<experiment> done;
  const auto begin = [&](const std::string& method, double setting) -> experiment& {
    experiment fresh;
    fresh.model = model;
    fresh.precision = precision;
    fresh.method = method;
    fresh.setting = setting;
    return done.emplace_back(std::move(fresh));
  };
  const auto timing = is_timed ? dm::known_mutants::run_again : dm::known_mutants::reuse;
  begin("exhaustive, all layers", 0).add(study.analyze(dm::exhaustive{}));
  begin("exhaustive, hidden layers", 0).add(study.analyze(dm::exhaustive{.layers = dm::population::hidden}, timing));

  dm::neuron_clustering<> neurons;
  const auto neuron_trees = study.fit(neurons);
  for (neurons.neurons_per_cluster = 1; neurons.neurons_per_cluster <= largest_size; ++neurons.neurons_per_cluster)
    begin("neuron clustering, joint", static_cast<double>(neurons.neurons_per_cluster)).add(study.analyze(neurons, neuron_trees, timing));

  const auto sweep = [&](auto mutants, const std::string& name) {
    const auto trees = study.fit(mutants);
    for (const double threshold : thresholds()) {
      mutants.threshold = threshold;
      experiment& one = begin(name, threshold);
      for (std::size_t repeat = 0; repeat < published_repeats; ++repeat) {
        mutants.representative.seed = dm::derived_seed(0, repeat);
        one.add(study.analyze(mutants, trees));
      }
    }
  };
  dm::mutant_clustering<> exact;
  sweep(exact, "mutant clustering, paper");
  exact.mode = dm::similarity_mode::artifact;
  sweep(exact, "mutant clustering, artifact, exact linkage");
  dm::mutant_clustering<dm::distance::euclidean, dm::linkage::graph_approximate> approximate;
  approximate.mode = dm::similarity_mode::artifact;
  sweep(approximate, "mutant clustering, artifact, approximate linkage");
  return done;
}

/// Errors of the methods at the same costs, on the hidden layers. \param draws  repetitions of random choices
template <class Study>
std::vector<decision> run_decision(Study& study, const std::string& model, std::size_t draws) {
  const auto all = study.analyze(dm::exhaustive{.layers = dm::population::hidden});
  const std::size_t rules = all.kills.rules();
  std::vector<decision> table;
  const auto measure = [&](const std::string& method, double share, std::size_t repeats, const auto& analyze) {
    std::vector<std::vector<double>> scores(rules);
    std::size_t executed = 0;
    for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
      const dm::analysis_result result = analyze(dm::derived_seed(0, repeat));
      for (std::size_t rule = 0; rule < rules; ++rule) scores[rule].push_back(result.scores[rule].value());
      executed = result.mutants.size();
    }
    for (std::size_t rule = 0; rule < rules; ++rule) {
      std::vector<double> errors;
      for (const double score : scores[rule]) errors.push_back(std::abs(score - all.scores[rule].value()));
      const dm::spread spread = dm::spread_of(errors);
      decision one;
      one.model = model;
      one.method = method;
      one.rule = all.kills.rule_name(rule);
      one.share = share;
      one.error = spread.mean;
      one.noise = spread.deviation / std::sqrt(static_cast<double>(repeats));
      one.deviation = dm::spread_of(scores[rule]).deviation;
      one.executed = executed;
      table.push_back(std::move(one));
    }
  };

  dm::neuron_clustering<> joint;
  const auto neuron_trees = study.fit(joint);
  auto one_each = joint;
  one_each.use = dm::cluster_use::representative;
  for (const double share : shares()) {
    joint.cut = one_each.cut = dm::cut_rule::share{share};
    measure("neuron clustering, joint", share, 1, [&](std::uint64_t) { return study.analyze(joint, neuron_trees); });
    measure("neuron clustering, representative", share, draws, [&](std::uint64_t seed) {
      one_each.representative.seed = seed;
      return study.analyze(one_each, neuron_trees);
    });
  }
  const auto cluster = [&](auto mutants, const std::string& name) {
    const auto trees = study.fit(mutants);
    for (const double share : shares()) {
      mutants.cut = dm::cut_rule::share{share};
      measure("mutant clustering, " + name, share, draws, [&](std::uint64_t seed) {
        mutants.representative.seed = seed;
        return study.analyze(mutants, trees);
      });
    }
  };
  using metric = dm::distance::euclidean;
  cluster(dm::mutant_clustering<metric, dm::linkage::average>{}, "weights, average");
  cluster(dm::mutant_clustering<metric, dm::linkage::ward>{}, "weights, Ward");
  cluster(dm::mutant_clustering<metric, dm::linkage::average, dm::scaler::none, dm::feature::activation_profile>{}, "activations, average");
  cluster(dm::mutant_clustering<metric, dm::linkage::ward, dm::scaler::none, dm::feature::activation_profile>{}, "activations, Ward");
  for (const bool is_stratified : {true, false})
    for (const double share : shares()) {
      dm::random_sampling sample{.layers = dm::population::hidden, .share = share, .is_stratified = is_stratified};
      measure(is_stratified ? "random sampling, stratified" : "random sampling, plain", share, draws, [&](std::uint64_t seed) {
        sample.seed = seed;
        return study.analyze(sample);
      });
    }
  return table;
}

}  // namespace reproduce
