#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/analysis/compare.hpp>
#include <deepmaacc/analysis/comparison.hpp>
#include <deepmaacc/analysis/neuron_clustering.hpp>
#include <deepmaacc/analysis/random_sampling.hpp>
#include <deepmaacc/analysis/repeats.hpp>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "small_study.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
using support::error_text;
using support::has;
using support::small_study;

namespace {

/// The result of mutants of so many killed cells of 4 each, in two layers, under one rule.
dm::analysis_result result_of(const std::vector<std::size_t>& killed, const std::vector<double>& weights = {}) {
  dm::analysis_result result;
  result.method = weights.empty() ? "exhaustive" : "ours";
  result.mutants.resize(killed.size());
  result.mutants_total = killed.size();
  result.kills = dm::kill_matrix(killed.size());
  result.kills.add_rule("true-class", 4);
  for (std::size_t which = 0; which < killed.size(); ++which) {
    result.mutants[which].layer = which % 2;
    if (!weights.empty()) result.mutants[which].weight = weights[which];
    for (std::size_t cell = 0; cell < killed[which]; ++cell) result.kills.set(0, which, cell, true, false);
  }
  result.scores.push_back(dm::score_of(result.kills, 0, result.mutants));
  return result;
}

/// The scores of all samples of n mutants, each as likely.
std::vector<double> all_sample_scores(const std::vector<std::size_t>& killed, std::size_t n) {
  std::vector<double> scores;
  for (unsigned chosen = 0; chosen < 1U << killed.size(); ++chosen) {
    std::size_t count = 0;
    double sum = 0;
    for (std::size_t which = 0; which < killed.size(); ++which)
      if (chosen >> which & 1U) ++count, sum += static_cast<double>(killed[which]) / 4;
    if (count == n) scores.push_back(sum / static_cast<double>(n));
  }
  return scores;
}

double mean_of(const std::vector<double>& numbers) {
  double sum = 0;
  for (const double one : numbers) sum += one;
  return sum / static_cast<double>(numbers.size());
}

const auto nearly = boost::test_tools::tolerance(1e-12);

}  // namespace

BOOST_AUTO_TEST_SUITE(comparison)

BOOST_AUTO_TEST_CASE(errors_are_signed_and_relative_to_the_exact_score) {
  auto ours = result_of({4, 1}, {1, 3});
  auto all = result_of({4, 2, 2, 1, 3});
  ours.seconds.golden = 0.5, ours.seconds.cluster = 0.25, ours.seconds.evaluate = 1;
  all.seconds.golden = 0.5, all.seconds.setup = 0.5, all.seconds.evaluate = 4;
  const auto found = dm::compare(ours, all);
  BOOST_TEST(found.method == "ours");
  BOOST_TEST(found.executed == 2U);
  BOOST_TEST(found.total == 5U);
  BOOST_TEST(found.executed_speed_up == 0.6, nearly);
  BOOST_TEST(found.evaluation_speed_up.value() == 0.75, nearly);
  BOOST_TEST(found.total_speed_up.value() == 1 - 1.75 / 5, nearly);
  BOOST_TEST_REQUIRE(found.rules.size() == 1U);
  BOOST_TEST(found.rules[0].rule == "true-class");
  const dm::score_error& error = found.rules[0].error;
  BOOST_TEST(error.exact == 0.6, nearly);
  BOOST_TEST(error.score == 7.0 / 16, nearly);
  BOOST_TEST(error.difference() == 0.6 - 7.0 / 16, nearly);
  BOOST_TEST(error.absolute() == 0.6 - 7.0 / 16, nearly);
  BOOST_TEST(error.relative() == (0.6 - 7.0 / 16) / 0.6, nearly);
  BOOST_TEST((dm::score_error{0.25, 0.5}.relative()) == -1);
  BOOST_TEST((dm::score_error{0.25, 0.5}.absolute()) == 0.25);
  BOOST_TEST((dm::score_error{0, 0}.relative()) == 0);
  BOOST_TEST(dm::speed_up(4, 6) == -0.5);
}

BOOST_AUTO_TEST_CASE(a_comparison_takes_the_short_forms) {
  const small_study of(support::seeds_of_hidden_layers(1)[0], 30);
  const dm::random_sampling half{.share = 0.5};
  const auto given = dm::compare(Kokkos::DefaultHostExecutionSpace{}, of.network, of.tests, half,
                                 dm::operators(dm::mutation::activation_inversion{}), dm::kill_rules(dm::kill::true_class{}));
  const auto check = [&](const dm::comparison& found) {
    BOOST_TEST(found.total == given.total);
    BOOST_TEST_REQUIRE(found.rules.size() == 1U);
    BOOST_TEST(found.rules[0].rule == "true-class");
    BOOST_TEST(found.rules[0].error.exact == given.rules[0].error.exact);
    BOOST_TEST(found.rules[0].error.score == given.rules[0].error.score);
  };
  check(dm::compare(Kokkos::DefaultHostExecutionSpace{}, of.network, of.tests, half, dm::mutation::activation_inversion{},
                    dm::kill::true_class{}));
  check(dm::compare(of.network, of.tests, half, dm::mutation::activation_inversion{}, dm::kill::true_class{}));
}

BOOST_AUTO_TEST_CASE(speed_ups_need_the_times_of_each_alone) {
  auto ours = result_of({4, 1}, {1, 1}), all = result_of({4, 2, 2, 1, 3});
  all.seconds.evaluate = 4;
  BOOST_TEST(!dm::compare(ours, all).evaluation_speed_up.has_value());
  BOOST_TEST(!dm::compare(ours, all).total_speed_up.has_value());
  all.seconds.evaluate.reset(), ours.seconds.evaluate = 1;
  BOOST_TEST(!dm::compare(ours, all).evaluation_speed_up.has_value());
}

BOOST_AUTO_TEST_CASE(the_standard_error_is_that_of_all_samples) {
  const std::vector<std::size_t> killed{4, 2, 2, 1, 3, 0, 0, 1, 4};
  const auto all = result_of(killed);
  for (std::size_t n = 1; n <= killed.size(); ++n) {
    const auto scores = all_sample_scores(killed, n);
    const double mean = mean_of(scores);
    std::vector<double> squares, absolutes;
    for (const double score : scores) squares.push_back((score - mean) * (score - mean)), absolutes.push_back(std::abs(score - mean));
    const double deviation = std::sqrt(mean_of(squares));
    const auto found = dm::compare(result_of(std::vector<std::size_t>(killed.begin(), killed.begin() + static_cast<std::ptrdiff_t>(n)),
                                             std::vector<double>(n, 1)),
                                   all)
                           .rules[0]
                           .sampling;
    BOOST_TEST(found.samples == 1000U);
    if (n < killed.size()) {
      BOOST_TEST(found.standard_error.value() == deviation, boost::test_tools::tolerance(1e-10));
    } else {
      BOOST_TEST(found.standard_error.value() == 0);
      BOOST_TEST(found.low == found.high);
    }
    // What 1000 samples give is near what all give: within 4 of its own standard errors.
    BOOST_TEST(std::abs(found.mean - mean) <= 4 * deviation / std::sqrt(1000.0) + 1e-12);
    BOOST_TEST(std::abs(found.deviation - deviation) <= 0.12 * deviation + 1e-12);
    BOOST_TEST(std::abs(found.mean_absolute_error - mean_of(absolutes)) <= 0.12 * deviation + 1e-12);
    auto sorted = scores;
    std::sort(sorted.begin(), sorted.end());
    const auto at = [&](double share) { return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))]; };
    BOOST_TEST(found.low >= at(0.0) - 1e-12);
    BOOST_TEST(found.low <= at(0.06) + 1e-12);
    BOOST_TEST(found.high >= at(0.94) - 1e-12);
    BOOST_TEST(found.high <= at(1.0) + 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(stratified_samples_know_the_strata) {
  // Mutants of layer 0 have no killed cell, those of layer 1 all: half of each is always right.
  const auto all = result_of({0, 4, 0, 4, 0, 4, 0, 4});
  const auto ours = result_of({4, 4, 4, 4}, {1, 1, 1, 1});
  const auto stratified = dm::compare(ours, all, {.samples = 50}).rules[0].stratified;
  BOOST_TEST(stratified.samples == 50U);
  BOOST_TEST(stratified.mean == 0.5, nearly);
  BOOST_TEST(stratified.deviation < 1e-12);
  BOOST_TEST(stratified.mean_absolute_error < 1e-12);
  BOOST_TEST(dm::compare(ours, all, {.samples = 50}).rules[0].sampling.deviation > 0.1);
  BOOST_TEST(dm::compare(ours, all, {.samples = 50, .seed = 1}).rules[0].sampling.mean !=
             dm::compare(ours, all, {.samples = 50, .seed = 2}).rules[0].sampling.mean);
}

BOOST_AUTO_TEST_CASE(samples_are_not_those_of_repetitions) {
  // A baseline that draws what is compared with it would always find it as good as itself.
  small_study of(support::seeds_of_hidden_layers(1)[0], 20);
  const auto all = of.study.analyze(dm::exhaustive{});
  dm::random_sampling sample{.count = all.mutants.size() / 2, .is_stratified = false};
  std::size_t equal = 0;
  for (std::size_t repeat = 0; repeat < 20; ++repeat) {
    sample.seed = dm::derived_seed(0, repeat);
    const auto result = of.study.analyze(sample);
    const auto baseline = dm::compare(result, all, {.samples = repeat + 1}).rules[0].sampling;
    const auto before = repeat ? dm::compare(result, all, {.samples = repeat}).rules[0].sampling : dm::sampling_baseline{};
    const double drawn = baseline.mean * static_cast<double>(repeat + 1) - before.mean * static_cast<double>(repeat);
    equal += std::abs(drawn - result.score()) < 1e-9;
  }
  BOOST_TEST(equal < 15U);
}

BOOST_AUTO_TEST_CASE(one_sample_has_no_deviation) {
  const auto found = dm::compare(result_of({4, 1}, {1, 1}), result_of({4, 2, 2, 1, 3}), {.samples = 1}).rules[0].sampling;
  BOOST_TEST(found.deviation == 0);
  BOOST_TEST(found.low == found.high);
  BOOST_TEST(found.mean == found.low);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_compared_is_refused) {
  const auto usage = [](const auto& ours, const auto& all, const dm::comparison_options& how = {}) {
    return error_text<dm::usage_error>([&] { dm::compare(ours, all, how); });
  };
  const auto all = result_of({4, 2, 2, 1, 3});
  const auto ours = result_of({4, 1}, {1, 1});
  BOOST_TEST(usage(ours, all) == "no error");
  BOOST_TEST((dm::compare(ours, all).subject == ours.subject));
  BOOST_TEST(has(usage(ours, all, {.samples = 0}), "0 random samples are asked for"));
  BOOST_TEST(has(usage(result_of({1, 1, 1, 1, 1, 1}, std::vector<double>(6, 1)), all), "ours ran 6 mutants of 5"));
  auto hidden = ours;
  hidden.layers_mutated = dm::population::hidden;
  BOOST_TEST(has(usage(hidden, all), "ours is of hidden layers, but exhaustive of all layers; errors are of the same layers only"));
  hidden.layers_mutated = {"dense", "dense_1"};
  BOOST_TEST(has(usage(hidden, all), "ours is of layers dense, dense_1, but exhaustive of all layers"));
  auto others = all;
  others.layers_mutated = {"dense"};
  BOOST_TEST(has(usage(hidden, others), "ours is of layers dense, dense_1, but exhaustive of layers dense;"));
  others.layers_mutated = {"dense", "dense_1"};
  BOOST_TEST(usage(hidden, others) == "no error");
  auto part = all;
  part.mutants_total = 6;
  BOOST_TEST(has(usage(ours, part), "exhaustive did not run every mutant"));
  const auto about = [&](const dm::subject_summary& subject) {
    auto other = all;
    other.subject = std::make_shared<const dm::subject_summary>(subject);
    return other;
  };
  const auto other_oracle = about({.oracle = dm::oracle_kind::predictions});
  BOOST_TEST(has(usage(ours, other_oracle), "not of the same model, inputs, oracle, operators and seed"));
  const auto other_operators = about({.operators = {{"neb", {}, ""}}});
  BOOST_TEST(has(usage(ours, other_operators), "not of the same model, inputs, oracle, operators and seed"));
  const auto with_rule = [](dm::analysis_result result, const char* name) {
    result.kills.add_rule(name, 1);
    result.scores.push_back(dm::score_of(result.kills, 1, result.mutants));
    return result;
  };
  BOOST_TEST(has(usage(ours, with_rule(all, "any-flip")), "not of the same kill rules"));
  BOOST_TEST(has(usage(with_rule(ours, "any-flip"), all), "not of the same kill rules"));
  BOOST_TEST(has(usage(with_rule(ours, "any-flip"), with_rule(all, "other")), "not of the same kill rules"));
  BOOST_TEST(usage(with_rule(ours, "any-flip"), with_rule(all, "any-flip")) == "no error");
}

BOOST_AUTO_TEST_CASE(published_errors_are_of_two_populations) {
  const auto all = result_of({4, 2, 2, 1, 3});
  auto hidden = result_of({4, 1}, {1, 3});
  BOOST_CHECK_THROW(dm::compare_published(hidden, all), dm::usage_error);
  hidden.layers_mutated = dm::population::hidden;
  const auto errors = dm::compare_published(hidden, all);
  BOOST_TEST_REQUIRE(errors.size() == 1U);
  BOOST_TEST(errors[0].relative() == (0.6 - 7.0 / 16) / 0.6, nearly);
  BOOST_CHECK_THROW(dm::compare_published(all, hidden), dm::usage_error);
  auto more = all;
  more.kills.add_rule("any-flip", 1);
  more.scores.push_back({});
  BOOST_CHECK_THROW(dm::compare_published(hidden, more), dm::usage_error);
  auto other = result_of({4, 1}, {1, 3});
  other.layers_mutated = dm::population::hidden;
  other.kills = dm::kill_matrix(2);
  other.kills.add_rule("predicted-class", 4);
  BOOST_CHECK_THROW(dm::compare_published(other, all), dm::usage_error);
}

BOOST_AUTO_TEST_CASE(a_comparison_prints_itself) {
  std::ostringstream out;
  out << dm::compare(result_of({4, 4}, {1, 1}), result_of({4, 4, 4, 4}));
  BOOST_TEST(out.str() ==
             "ours, all layers: 2 of 4 mutants\ntrue-class: score 1, exhaustive 1, error 0 %, absolute 0 · random samples of as many: mean "
             "absolute error "
             "0 plain, 0 stratified; 95 % of the plain within 1 and 1");
}

BOOST_AUTO_TEST_CASE(one_call_compares_a_method) {
  const auto seed = support::seeds_of_hidden_layers(1)[0];
  small_study of(seed, 20);
  const dm::neuron_clustering<> method{.neurons_per_cluster = 2, .use = dm::cluster_use::representative};
  const auto found = dm::compare(dm::this_thread{}, of.network, of.tests, method);
  const auto ours = of.study.analyze(method), all = of.study.analyze(dm::exhaustive{.layers = dm::population::hidden});
  BOOST_TEST((found.layers_mutated == dm::population::hidden));
  BOOST_TEST(found.executed == ours.mutants.size());
  BOOST_TEST(found.total == all.mutants.size());
  BOOST_TEST(found.rules.at(0).error.score == ours.score());
  BOOST_TEST(found.rules.at(0).error.exact == all.score());
  BOOST_TEST(found.evaluation_speed_up.has_value());
  BOOST_TEST(found.total_speed_up.has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(repeats)

// numpy.mean(x), numpy.std(x, ddof=1), scipy.stats.t.interval(0.95, len(x) - 1, loc=numpy.mean(x), scale=scipy.stats.sem(x)).
BOOST_AUTO_TEST_CASE(summaries_are_those_of_scipy) {
  const auto check = [](const std::vector<double>& numbers, double mean, double deviation, double low, double high) {
    const auto found = dm::repeat_summary::of(numbers);
    BOOST_TEST(found.repeats == numbers.size());
    BOOST_TEST(found.mean == mean, nearly);
    BOOST_TEST(found.deviation == deviation, nearly);
    BOOST_TEST(found.low == low, boost::test_tools::tolerance(1e-10));
    BOOST_TEST(found.high == high, boost::test_tools::tolerance(1e-10));
  };
  check({0.1, 0.25, 0.3, 0.7}, 0.33749999999999997, 0.2561737691489899, -0.07012963256940224, 0.7451296325694021);
  check({1, 4}, 2.5, 2.1213203435596424, -16.55930710426204, 21.55930710426204);
  check({0.26, 0.31, 0.29, 0.27, 0.30, 0.28, 0.33, 0.25, 0.29, 0.30}, 0.288, 0.023944379994757292, 0.2708712224115645, 0.30512877758843543);
}

BOOST_AUTO_TEST_CASE(equal_numbers_have_no_spread) {
  const auto found = dm::repeat_summary::of(std::vector<double>{2, 2, 2, 2});
  BOOST_TEST(found.deviation == 0);
  BOOST_TEST(found.low == 2);
  BOOST_TEST(found.high == 2);
}

BOOST_AUTO_TEST_CASE(a_single_number_says_nothing_of_the_mean) {
  const auto found = dm::repeat_summary::of(std::vector<double>{3});
  BOOST_TEST(found.mean == 3);
  BOOST_TEST(found.deviation == 0);
  BOOST_TEST(found.low == -INFINITY);
  BOOST_TEST(found.high == INFINITY);
  BOOST_CHECK_THROW(dm::repeat_summary::of(std::vector<double>{}), dm::usage_error);
}

BOOST_AUTO_TEST_CASE(derived_seeds_differ) {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    seeds.insert(seed);
    for (std::size_t repeat = 0; repeat < 30; ++repeat) seeds.insert(dm::derived_seed(seed, repeat));
  }
  BOOST_TEST(seeds.size() == 30U + 30 * 30);
  BOOST_TEST(dm::derived_seed(5, 2) == dm::derived_seed(5, 2));
}

BOOST_AUTO_TEST_CASE(the_average_error_rate_is_a_weighted_mean_of_flips) {
  auto result = result_of({4, 1, 0}, {1, 3, 4});
  result.subject = std::make_shared<const dm::subject_summary>(dm::subject_summary{.correct = 20});
  result.kills.set_flips(0, 10);
  result.kills.set_flips(1, 2);
  BOOST_TEST(result.average_error_rate().value() == (0.5 * 1 + 0.1 * 3) / 8, nearly);
  BOOST_TEST(dm::analysis_result{}.average_error_rate().value() == 0);
}

BOOST_AUTO_TEST_CASE(the_average_error_rate_is_the_verifiers) {
  dm::evaluation_options options;
  options.engine = dm::engine::delta{dm::skip_nothing};  // else mutants may not be run to the end
  small_study of(support::make_case(3, false, 25), options);
  const auto result = of.study.analyze(dm::exhaustive{});
  double changed = 0;
  for (const auto& one : result.mutants) {
    naive::network mutated = of.made.network;
    naive::mutate(mutated.at(one.layer - 1), one.neurons.at(0), one.operation);
    for (std::size_t i = 0; i < of.made.inputs.size(); ++i) {
      const auto class_of = [&](const naive::network& net) {
        return naive::possible_classes(naive::outputs(net, of.made.inputs[i])).front();
      };
      changed += class_of(of.made.network) == of.made.labels[i] && class_of(mutated) != of.made.labels[i];
    }
  }
  BOOST_TEST(result.average_error_rate().value() == changed / static_cast<double>(result.mutants.size() * result.subject->correct), nearly);
}

BOOST_AUTO_TEST_SUITE_END()
