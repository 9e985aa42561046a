#pragma once

/// \file
/// How an analysis compares with the exhaustive one of the same mutants, and with random sampling of equal cost.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/analysis/analysis_result.hpp>
#include <deepmaacc/analysis/random_sampling.hpp>
#include <deepmaacc/analysis/spread.hpp>
#include <deepmaacc/analysis/subject_summary.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/philox.hpp>
#include <deepmaacc/mutation/layer_selection.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <limits>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc {

/// Share of a cost that is saved: (exhaustive − method) / exhaustive, by the formula of Lyons and Ghanbari (ICST 2025). Negative where the
/// method costs more.
inline double speed_up(double exhaustive_cost, double method_cost) { return (exhaustive_cost - method_cost) / exhaustive_cost; }

/// How far a score is from the exhaustive one.
struct score_error {
  double exact = 0, score = 0;

  /// exact − score.
  double difference() const { return exact - score; }
  double absolute() const { return std::abs(difference()); }
  /// (exact − score) / exact, signed, by the formula of Lyons and Ghanbari (ICST 2025); 0 where both are 0.
  double relative() const { return score == exact ? 0 : difference() / exact; }
};

/// What random samples of some mutants give for one kill rule.
struct sampling_baseline {
  bool is_stratified = false;      ///< whether they are drawn by layer and operator
  std::size_t samples = 0;         ///< drawn, each with a seed of its own
  double mean = 0, deviation = 0;  ///< of their scores
  double mean_absolute_error = 0;  ///< of their scores
  double low = 0, high = 0;        ///< between which 95 % of their scores lie
  /// Of a plain sample, from the population: S √((1 − n/N) / n), S the deviation of the mutants' shares; none for stratified samples,
  /// which have no such formula.
  std::optional<double> standard_error;
};

/// How to compare.
struct comparison_options {
  std::size_t samples = 1000;  ///< random samples of equal cost
  std::uint64_t seed = 0;      ///< of the samples
};

/// One kill rule of a comparison.
struct rule_comparison {
  std::string rule;
  score_error error;
  sampling_baseline sampling;    ///< plain: from all mutants at once
  sampling_baseline stratified;  ///< by layer and operator: `random_sampling` as it is by default
};

/// A method beside the exhaustive analysis of the same layers, and beside random samples of as many mutants.
struct comparison {
  std::shared_ptr<const subject_summary> subject = std::make_shared<const subject_summary>();  ///< that of both results; never null
  std::string method;
  layer_selection layers_mutated = population::all;
  std::size_t executed = 0, total = 0;        ///< mutants
  double executed_speed_up = 0;               ///< by mutants
  std::optional<double> evaluation_speed_up;  ///< by the seconds of running mutants; none where they were not run for each alone
  std::optional<double> total_speed_up;       ///< by all seconds: golden run, clustering and choosing included
  std::vector<rule_comparison> rules;
};

namespace detail {

/// Scores of random samples by each kill rule, from the kills of all mutants. Each sample is drawn once, for all rules.
inline std::vector<sampling_baseline> sample_scores(const analysis_result& all, std::size_t executed, bool is_stratified,
                                                    const comparison_options& options) {
  const std::size_t total = all.mutants.size(), rules = all.kills.rules();
  std::vector<std::vector<double>> shares(rules), scores(rules);  // of killed cells: by rule and mutant, by rule and sample
  for (std::size_t rule = 0; rule < rules; ++rule)
    for (std::size_t which = 0; which < total; ++which)
      shares[rule].push_back(static_cast<double>(all.kills.killed_cells(rule, which).size()) / static_cast<double>(all.kills.cells(rule)));

  random_sampling sample;
  sample.count = executed;
  sample.is_stratified = is_stratified;
  // Seeds of their own: a result that is compared may come from repetitions by derived_seed(seed, repeat).
  const std::uint64_t seeds = derived_seed(options.seed, std::numeric_limits<std::uint32_t>::max());
  for (std::size_t repeat = 0; repeat < options.samples; ++repeat) {
    sample.seed = derived_seed(seeds, repeat);
    const auto positions = sample.drawn_positions(all.mutants);
    for (std::size_t rule = 0; rule < rules; ++rule) {
      double sum = 0;
      for (const std::size_t position : positions) sum += shares[rule][position];
      scores[rule].push_back(sum / static_cast<double>(positions.size()));
    }
  }

  std::vector<sampling_baseline> baselines(rules);
  for (std::size_t rule = 0; rule < rules; ++rule) {
    sampling_baseline& found = baselines[rule];
    found.is_stratified = is_stratified;
    found.samples = options.samples;
    const spread exact = spread_of(shares[rule]), summary = spread_of(scores[rule]);
    found.mean = summary.mean;
    found.deviation = summary.deviation;
    for (const double score : scores[rule])
      found.mean_absolute_error += std::abs(score - exact.mean) / static_cast<double>(options.samples);
    std::sort(scores[rule].begin(), scores[rule].end());
    const auto at = [&sorted = scores[rule]](double share) {
      return sorted[static_cast<std::size_t>(std::llround(share * static_cast<double>(sorted.size() - 1)))];
    };
    found.low = at(0.025);
    found.high = at(0.975);
    if (!is_stratified && total > 1) {
      const auto n = static_cast<double>(executed), count = static_cast<double>(total);
      found.standard_error = exact.deviation * std::sqrt((1 - n / count) / n);
    }
  }
  return baselines;
}

/// Whether two results are of the same kill rules, in the same order.
inline bool have_same_rules(const analysis_result& a, const analysis_result& b) {
  if (a.kills.rules() != b.kills.rules()) return false;
  for (std::size_t rule = 0; rule < a.kills.rules(); ++rule)
    if (a.kills.rule_name(rule) != b.kills.rule_name(rule)) return false;
  return true;
}

inline std::optional<double> speed_up_of(std::optional<double> exhaustive_cost, std::optional<double> method_cost) {
  if (!exhaustive_cost || !method_cost || *exhaustive_cost <= 0) return std::nullopt;
  return speed_up(*exhaustive_cost, *method_cost);
}

}  // namespace detail

/// Compares a result with the exhaustive result of the same layers.
/// \param all  what `exhaustive` found on the same model, tests, operators, rules and layers
/// \throws usage_error where the two are of different layers, rules, operators, inputs, oracles or seeds, or no samples are asked for.
/// O(samples · N log N) for N mutants.
inline comparison compare(const analysis_result& result, const analysis_result& all, const comparison_options& options = {}) {
  if (result.layers_mutated != all.layers_mutated)
    throw usage_error("deepmaacc::compare: " + result.method + " is of " + layers_text(result.layers_mutated) + ", but " + all.method +
                      " of " + layers_text(all.layers_mutated) +
                      "; errors are of the same layers only: see compare_published for the other comparison");
  if (all.mutants.size() != all.mutants_total)
    throw usage_error("deepmaacc::compare: " + all.method + " did not run every mutant; compare with the result of exhaustive");
  if (options.samples == 0) throw usage_error("deepmaacc::compare: 0 random samples are asked for; draw at least one");
  if (result.mutants.size() > all.mutants.size())
    throw usage_error(detail::text("deepmaacc::compare: ", result.method, " ran ", result.mutants.size(), " mutants of ",
                                   all.mutants.size(), "; there is no random sample of equal cost"));
  if (!result.subject->asks_the_same_as(*all.subject))
    throw usage_error(
        "deepmaacc::compare: the two results are not of the same model, inputs, oracle, operators and seed; analyse both by the same");
  if (!detail::have_same_rules(result, all))
    throw usage_error("deepmaacc::compare: the two results are not of the same kill rules; analyse both by the same");
  comparison found;
  found.subject = result.subject;
  found.method = result.method;
  found.layers_mutated = result.layers_mutated;
  found.executed = result.mutants.size();
  found.total = all.mutants.size();
  found.executed_speed_up = speed_up(static_cast<double>(found.total), static_cast<double>(found.executed));
  found.evaluation_speed_up = detail::speed_up_of(all.seconds.evaluate, result.seconds.evaluate);
  found.total_speed_up = detail::speed_up_of(all.seconds.total(), result.seconds.total());
  const auto plain = detail::sample_scores(all, found.executed, false, options);
  const auto stratified = detail::sample_scores(all, found.executed, true, options);
  for (std::size_t rule = 0; rule < all.kills.rules(); ++rule)
    found.rules.push_back(
        {all.kills.rule_name(rule), {all.scores[rule].value(), result.scores[rule].value()}, plain[rule], stratified[rule]});
  return found;
}

/// The errors that the tables published with Lyons and Ghanbari (ICST 2025) imply: of a method that leaves out the output layer against the
/// exhaustive score with it. Different populations, so part of the error is the output layer's.
/// \throws usage_error where the populations are not these, or the rules differ.
inline std::vector<score_error> compare_published(const analysis_result& hidden, const analysis_result& all) {
  if (hidden.layers_mutated != population::hidden || all.layers_mutated != population::all)
    throw usage_error("deepmaacc::compare_published: it compares a method on hidden layers with exhaustive on all; see compare");
  if (!hidden.subject->asks_the_same_as(*all.subject))
    throw usage_error(
        "deepmaacc::compare_published: the two results are not of the same model, inputs, oracle, operators and seed; analyse both by the "
        "same");
  if (!detail::have_same_rules(hidden, all))
    throw usage_error("deepmaacc::compare_published: the two results are not of the same kill rules; analyse both by the same");
  std::vector<score_error> errors;
  for (std::size_t rule = 0; rule < all.kills.rules(); ++rule) errors.push_back({all.scores[rule].value(), hidden.scores[rule].value()});
  return errors;
}

/// A line per kill rule: score and error, and what random samples of as many mutants give.
inline std::ostream& operator<<(std::ostream& out, const comparison& found) {
  std::string text =
      detail::text(found.method, ", ", layers_text(found.layers_mutated), ": ", found.executed, " of ", found.total, " mutants");
  for (const auto& one : found.rules)
    text +=
        detail::text("\n", one.rule, ": score ", one.error.score, ", exhaustive ", one.error.exact, ", error ", 100 * one.error.relative(),
                     " %, absolute ", one.error.absolute(), " · random samples of as many: mean absolute error ",
                     one.sampling.mean_absolute_error, " plain, ", one.stratified.mean_absolute_error,
                     " stratified; 95 % of the plain within ", one.sampling.low, " and ", one.sampling.high);
  return out << text;
}

}  // namespace deepmaacc
