#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/analysis/analyze.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <exception>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/engines.hpp"
#include "support/error_text.hpp"
#include "support/naive_outcomes.hpp"
#include "support/random_networks.hpp"
#include "support/sanitizer.hpp"

namespace dm = deepmaacc;
using support::has;

namespace {

/// A random network whose outputs suit an outcome, what is right for its inputs, and the outcome both as the verifier and the library
/// know it.
struct outcome_case {
  support::random_case made;
  naive::outcome naive_outcome;
  dm::any_outcome outcome;
  std::vector<naive::question> questions;
  std::vector<double> targets;
};

/// \param ties  whether all numbers are small integers
outcome_case make_outcome_case(const std::string& name, std::uint64_t seed, bool ties) {
  outcome_case one{support::make_case(seed, ties, 20), {name}, {}, {}, {}};
  std::mt19937_64 random(seed + 1000);
  const auto pick = [&](std::size_t low, std::size_t high) { return std::uniform_int_distribution<std::size_t>(low, high)(random); };
  auto& layers = one.made.network;
  if (name == "arg-max") {            // as it is
  } else if (name == "per-position")  // an image of classes: without what makes vectors
    while (!layers.empty() && (layers.back().kind == "dense" || layers.back().kind == "dropout" || layers.back().kind == "flatten"))
      layers.pop_back();
  else
    layers.pop_back();
  const auto shape_behind = [&] {
    naive::tensor x = one.made.inputs[0];
    for (const naive::layer& l : layers) x = naive::run(l, x);
    return x;
  };
  while (name == "per-position" && !layers.empty() && shape_behind().h * shape_behind().w < 2) layers.pop_back();
  const naive::tensor x = shape_behind();
  naive::layer last;
  last.kind = "dense";
  last.neurons = name == "threshold" ? 1 : name == "arg-max" ? one.made.classes : name == "per-position" ? pick(2, 4) : pick(1, 4);
  last.activation = name == "per-position" ? (pick(0, 1) ? "softmax" : "linear") : ties || pick(0, 1) ? "linear" : "sigmoid";
  std::normal_distribution<double> normal;
  for (std::size_t i = 0; i < x.c * last.neurons; ++i)
    last.weights.push_back(ties ? static_cast<double>(pick(0, 2)) - 1 : static_cast<double>(static_cast<float>(normal(random))));
  if (name != "arg-max") layers.push_back(last);
  one.made.classes = last.neurons;
  one.naive_outcome.positions = x.h * x.w;
  const bool is_probability = last.activation == "sigmoid";
  for (std::size_t i = 0; i < one.made.inputs.size(); ++i) {
    const naive::tensor& input = one.made.inputs[i];
    naive::values z = naive::outputs(layers, input);
    if (name == "within" && is_probability)
      for (double& number : z) number = 1 / (1 + std::exp(-number));
    naive::question right = naive::predicted(one.naive_outcome, z);
    if (name == "within")
      for (double& number : right.numbers) number += ties ? static_cast<double>(pick(0, 2)) - 1 : 0.2 * normal(random);
    if (name == "arg-max") right.classes = {{static_cast<long>(one.made.labels[i])}};
    if (name == "threshold") right.classes = {{pick(0, 4) == 0 ? static_cast<long>(pick(0, 1)) : z[0] >= 0 ? 1L : 0L}};
    if (name == "multi-label")
      for (double& number : right.numbers) number = (number >= 0) != (pick(0, 4) == 0) ? 1 : 0;
    if (name == "per-position")
      for (auto& ways : right.classes) ways = {pick(0, 9) == 0 ? static_cast<long>(pick(0, last.neurons - 1)) : ways.front()};
    if (name != "within" && name != "multi-label")
      for (const auto& ways : right.classes) one.targets.push_back(static_cast<double>(ways.front()));
    else
      one.targets.insert(one.targets.end(), right.numbers.begin(), right.numbers.end());
    one.questions.push_back(std::move(right));
  }
  if (name == "within") one.naive_outcome.number = ties ? 1 : 0.15;
  if (name == "per-position") one.naive_outcome.number = pick(0, 1) ? 1 : 0.75;
  if (name == "arg-max") one.outcome = dm::outcome::arg_max{};
  if (name == "within") one.outcome = dm::outcome::within{one.naive_outcome.number};
  if (name == "threshold") one.outcome = dm::outcome::threshold{};
  if (name == "multi-label") one.outcome = dm::outcome::multi_label{};
  if (name == "per-position") one.outcome = dm::outcome::per_position{one.naive_outcome.number};
  return one;
}

auto rules_of(const outcome_case& from) {
  dm::shipped_kill_rules rules;
  if (from.naive_outcome.has_classes()) rules.add(dm::kill::predicted_class{}).add(dm::kill::true_class{});
  rules.add(dm::kill::any_flip{}).add(dm::kill::accuracy_drop{0.05});
  return dm::kill_criteria<dm::shipped_kill_rules>(rules, from.outcome);
}

template <class T>
dm::test_set<T> targeted_tests(const outcome_case& from) {
  const auto tests = support::tests_of<T>(from.made);
  if (!from.naive_outcome.has_labels()) return tests.with_targets(from.targets);
  std::vector<std::size_t> labels;
  for (const double one : from.targets) labels.push_back(static_cast<std::size_t>(one));
  auto labelled = from.made;
  labelled.labels = labels;
  return support::tests_of<T>(labelled);
}

template <class Storage, class Space = dm::this_thread>
dm::kill_matrix run(const outcome_case& from, dm::oracle_kind oracle, const dm::any_engine& how, std::size_t block,
                    const Space& space = {}) {
  const auto network = support::network_of<Storage>(from.made);
  const auto tests = targeted_tests<typename Storage::value_type>(from);
  dm::evaluation_options options;
  options.engine = how, options.block_inputs = block, options.oracle = oracle, options.by_input = true;
  const auto rules = rules_of(from);
  const auto mutants = dm::single_neuron_mutants(network.layers(), 3, dm::population::all);
  const auto golden = dm::run_golden(space, network, tests, options, rules.outcome());
  return dm::evaluate(space, network, tests, golden, mutants, dm::paper_operators(), rules, options);
}

struct counts {
  std::size_t killed = 0, borderline = 0;
};

/// How kills differ from plain loops; empty where they do not.
/// \param is_exact  whether all must be the verifier's: borderline cells too, and how near ties fell
/// \param is_double  whether borderline cells must be the same
std::string difference(const outcome_case& from, const dm::kill_matrix& kills, dm::oracle_kind oracle, bool is_exact, bool is_double,
                       counts* seen = nullptr) {
  const auto& layers = from.made.network;
  const auto outputs_of = [&](const naive::network& net) {
    std::vector<naive::values> all;
    for (const naive::tensor& input : from.made.inputs) {
      all.push_back(naive::outputs(net, input));
      if (from.naive_outcome.name == "within" && layers.back().activation == "sigmoid")
        for (double& number : all.back()) number = 1 / (1 + std::exp(-number));
    }
    return all;
  };
  const auto originals = outputs_of(layers);
  const bool is_predicted = oracle == dm::oracle_kind::predictions;
  std::vector<naive::question> questions = from.questions;
  if (is_predicted)
    for (std::size_t i = 0; i < questions.size(); ++i) questions[i] = naive::predicted(from.naive_outcome, originals[i]);
  std::size_t which = 0;
  for (std::size_t layer = 0; layer < layers.size(); ++layer)
    for (std::size_t neuron = 0; neuron < layers[layer].neurons; ++neuron)
      for (std::size_t operation = 0; operation < 3; ++operation, ++which) {
        naive::network mutant = layers;
        naive::mutate(mutant[layer], neuron, operation);
        const auto mutated = outputs_of(mutant);
        const std::string name = "mutant " + std::to_string(which);
        const auto changed = kills.inputs(which), unsure = kills.borderline_inputs(which);
        for (std::size_t i = 0; i < originals.size(); ++i) {
          const auto [is_changed, is_borderline] = naive::change_of(from.naive_outcome, originals[i], mutated[i], questions[i]);
          const bool found = std::binary_search(changed.begin(), changed.end(), i),
                     is_unsure = std::binary_search(unsure.begin(), unsure.end(), i);
          if (found != is_changed && (is_exact || !is_unsure)) return name + ": another change of input " + std::to_string(i);
          if (is_double && is_unsure != is_borderline) return name + ": input " + std::to_string(i) + " is borderline, or is not";
        }
        for (std::size_t rule = 0; rule < kills.rules(); ++rule) {
          const std::string named = kills.rule_name(rule), known = named.substr(0, named.find('='));
          for (std::size_t cell = 0; cell < kills.cells(rule); ++cell) {
            const auto expected =
                naive::judge(from.naive_outcome, known, static_cast<long>(cell), originals, mutated, questions, is_predicted);
            const bool is_killed = kills.is_killed(rule, which, cell), is_unsure = kills.is_borderline(rule, which, cell);
            const std::string where = name + ", " + named + ", cell " + std::to_string(cell);
            if (is_killed != expected.is_killed && (is_exact || !is_unsure)) return where + ": kills differ";
            if (is_double && is_unsure != expected.is_borderline) return where + ": borderline cells differ";
            if (seen) seen->killed += is_killed, seen->borderline += is_unsure;
          }
        }
      }
  return which == kills.mutants() ? "" : "another number of mutants";
}

using float_storage = dm::storage::xtensor_host<float>;
using double_storage = dm::storage::kokkos_view<double, Kokkos::HostSpace>;

counts check(const std::string& name, bool ties) {
  std::vector<dm::any_engine> engines(support::all_engines.begin(), support::all_engines.end());
  engines.push_back(dm::engine::delta{dm::skip_options{}});
  counts seen;
  for (std::uint64_t seed = 700; seed < 715; seed += SUPPORT_ADDRESS_SANITIZER ? 3 : 1) {
    const auto made = make_outcome_case(name, seed, ties);
    for (const auto oracle : {dm::oracle_kind::labels, dm::oracle_kind::predictions})
      for (const auto& how : engines) {
        // Saturated mutants are run to the end where inputs are asked for.
        const std::string what = "seed " + std::to_string(seed) + ", " + to_string(how) + ", oracle " + to_string(oracle);
        const std::string precise = difference(made, run<double_storage>(made, oracle, how, 7), oracle, ties, true, &seen);
        BOOST_TEST(precise == "", name << ", " << what << ": " << precise);
        const std::string rough = difference(made, run<float_storage>(made, oracle, how, 1 + seed % 25), oracle, false, false);
        BOOST_TEST(rough == "", name << ", " << what << ", float: " << rough);
      }
  }
  return seen;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(outcomes)

BOOST_AUTO_TEST_CASE(every_mutant_of_random_networks) {
  for (const std::string name : {"arg-max", "threshold", "within", "multi-label", "per-position"})
    BOOST_TEST(check(name, false).killed > 100U, name);
}

BOOST_AUTO_TEST_CASE(networks_full_of_ties) {
  for (const std::string name : {"arg-max", "threshold", "within", "multi-label", "per-position"}) {
    const counts seen = check(name, true);
    BOOST_TEST(seen.killed > 100U, name);
    BOOST_TEST(seen.borderline > 100U, name);
  }
}

// The delta engine makes the original model's decisions, and what they are held against, together with the mutants.
BOOST_AUTO_TEST_CASE(what_is_right_is_found_along_the_way) {
  for (const std::string name : {"arg-max", "threshold", "within", "multi-label", "per-position"})
    for (std::uint64_t seed = 740; seed < 744; ++seed)
      for (const auto oracle : {dm::oracle_kind::labels, dm::oracle_kind::predictions}) {
        const auto made = make_outcome_case(name, seed, seed % 2 == 0);
        const dm::engine::delta along{dm::skip_nothing};
        const auto network = support::network_of<double_storage>(made.made);
        const auto tests = targeted_tests<double>(made);
        dm::study about(dm::this_thread{}, network, tests, dm::paper_operators(), rules_of(made),
                        {.engine = along, .oracle = oracle, .by_input = true});
        BOOST_TEST((about.analyze(dm::exhaustive{}).kills == run<double_storage>(made, oracle, along, 7)), name << ", seed " << seed);
        BOOST_TEST(about.golden().seconds == 0);  // so it was
      }
}

BOOST_AUTO_TEST_CASE(outputs_suggest_an_outcome) {
  using form = dm::output_form;
  const auto suggested = [](const dm::output_description& outputs) { return dm::any_outcome().resolved(outputs).name(); };
  BOOST_TEST(suggested({{3}, 3, form::unknown}) == "arg-max");
  BOOST_TEST(suggested({{1}, 1, form::before_sigmoid}) == "threshold=0.5");
  const auto refusal = [&](const dm::any_outcome& outcome, const dm::output_description& outputs) {
    return support::error_text<dm::model_error>([&] { static_cast<void>(outcome.judge(outputs)); });
  };
  const std::string either = refusal({}, {{1}, 1, form::numbers});
  BOOST_TEST(has(either, "threshold"));
  BOOST_TEST(has(either, "within"));
  BOOST_TEST(has(refusal({}, {{1}, 1, form::activated}), "does not say what is predicted"));
  BOOST_TEST(has(refusal({}, {{2, 3}, 6, form::before_softmax}), "choose outcome per-position"));
  BOOST_TEST(has(refusal(dm::outcome::threshold{}, {{1}, 1, form::unknown}), "output_form() const"));
  BOOST_TEST(has(refusal(dm::outcome::threshold{}, {{1}, 1, form::activated}), "another activation"));
  BOOST_TEST(has(refusal(dm::outcome::multi_label{}, {{3}, 3, form::before_softmax}), "choose outcome arg-max"));
  BOOST_TEST(has(refusal(dm::outcome::within{1}, {{3}, 3, form::before_softmax}), "makes classes"));
  BOOST_TEST(has(refusal(dm::outcome::per_position{}, {{2, 1}, 2, form::numbers}), "several classes at each position"));
  BOOST_TEST(has(refusal(dm::outcome::arg_max{}, {{1}, 1, form::before_sigmoid}), "choose outcome threshold or within"));
}

BOOST_AUTO_TEST_CASE(probabilities_are_cut_where_they_are) {
  const double probability = 0.7, below = 0.69;
  for (const auto form : {dm::output_form::probabilities, dm::output_form::before_sigmoid}) {
    const auto judge = dm::outcome::threshold{0.7}.judge({{1}, 1, form});
    const auto decided = [&](double p) {
      const double output = form == dm::output_form::probabilities ? p : std::log(p / (1 - p));
      return judge.decide(&output, nullptr, 0, 1e-5);
    };
    BOOST_TEST((decided(below) == dm::decision{0, 0}));
    BOOST_TEST((decided(0.71) == dm::decision{1, 1}));
    BOOST_TEST(!decided(probability).is_certain());
    BOOST_TEST(!decided(std::nan("")).is_certain());
  }
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused) {
  const dm::this_thread space;
  const auto fault_of = [&](const std::string& name, const auto& rules, const auto& tests) {
    const auto network = support::network_of(make_outcome_case(name, 705, false).made);
    try {
      dm::analyze(space, network, tests, dm::exhaustive{}, dm::paper_operators(), rules);
    } catch (const std::exception& fault) {
      return std::string(fault.what());
    }
    return std::string("no error");
  };
  const auto made = make_outcome_case("within", 705, false), bits = make_outcome_case("multi-label", 705, false);
  const auto tests = targeted_tests<float>(made);
  const auto by = [](const dm::any_outcome& outcome, const auto& rule) { return dm::kill_rules(outcome, rule); };
  const dm::outcome::within within{1.5};
  BOOST_TEST(fault_of("within", by(within, dm::kill::any_flip{}), tests) == "no error");
  for (const auto& text :
       {fault_of("within", by(within, dm::kill::predicted_class{}), tests), fault_of("within", by(within, dm::kill::top_k{}), tests)})
    BOOST_TEST(has(text, "counts classes, but outcome within=1.5 only says whether an input is right"));
  BOOST_TEST(has(fault_of("within", by(dm::outcome::within{-1}, dm::kill::any_flip{}), tests), "must be a number above 0"));
  BOOST_TEST(has(fault_of("within", by(within, dm::kill::any_flip{}), tests.with_targets(std::vector<double>(7 * tests.size(), 0))),
                 "has 7 target numbers per input"));
  auto infinite = made.targets;
  infinite.back() = INFINITY;
  BOOST_TEST(has(fault_of("within", by(within, dm::kill::any_flip{}), tests.with_targets(infinite)), "input 19: its target is not finite"));
  auto half = bits.targets;
  half.front() = 0.5;
  BOOST_TEST(
      has(fault_of("multi-label", by(dm::outcome::multi_label{}, dm::kill::any_flip{}), targeted_tests<float>(bits).with_targets(half)),
          "input 0: its target 0.5 is no whole number from 0 to 1"));
  const auto classes = make_outcome_case("arg-max", 705, false);
  BOOST_TEST(
      has(fault_of("arg-max", by(dm::outcome::arg_max{}, dm::kill::any_flip{}), support::tests_of(classes.made).with_targets(made.targets)),
          "numbers as targets, but outcome arg-max takes a class per input"));
  // Kills by input are there where they were asked for.
  const auto network = support::network_of(classes.made);
  const auto result = dm::analyze(network, support::tests_of(classes.made));
  BOOST_TEST(has(support::error_text<dm::usage_error>([&] { result.kills.inputs(0); }), "by_input = true"));
  const auto other = support::network_of(bits.made);
  const auto labelled = targeted_tests<float>(bits);
  const auto golden = dm::run_golden(space, other, labelled, {}, dm::outcome::multi_label{});
  const auto mutants = dm::single_neuron_mutants(other.layers(), 3, dm::population::all);
  BOOST_TEST(has(support::error_text<dm::usage_error>([&] {
                   dm::evaluate(space, other, labelled, golden, mutants, dm::paper_operators(),
                                by(dm::outcome::multi_label{0.4}, dm::kill::any_flip{}));
                 }),
                 "was judged by outcome multi-label=0.5, but the rules are about multi-label=0.4"));
}

// One input at a time says of it what all together do.
BOOST_AUTO_TEST_CASE(a_row_is_a_run_with_one_input) {
  const auto made = support::make_case(720, false, 40);
  const auto network = support::network_of(made);
  const auto tests = support::tests_of(made);
  const Kokkos::DefaultHostExecutionSpace space;
  const auto run = [&](const dm::test_set<float>& some) {
    return dm::analyze(space, network, some, dm::exhaustive{}, dm::paper_operators(), dm::kill::any_flip{},
                       {.oracle = dm::oracle_kind::predictions, .by_input = true})
        .kills;
  };
  const auto all = run(tests);
  const std::vector<std::size_t> picked{39, 0, 17, 17};
  const auto some = run(tests.subset(picked));
  for (std::size_t which = 0; which < all.mutants(); ++which)
    for (std::size_t i = 0; i < picked.size(); ++i)
      BOOST_TEST(some.by_input()->changed(which, i) == all.by_input()->changed(which, picked[i]));
  for (const std::size_t one : picked) {
    const auto alone = run(tests.subset({one}));
    for (std::size_t which = 0; which < all.mutants(); ++which)
      BOOST_TEST(alone.is_killed(0, which, 0) == all.by_input()->changed(which, one));
  }
  BOOST_TEST(support::error_text<dm::usage_error>([&] { static_cast<void>(tests.subset({40})); }).find("no input 40") != std::string::npos);
  BOOST_TEST(support::error_text<dm::usage_error>([&] { static_cast<void>(tests.subset({})); }).find("at least one") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
