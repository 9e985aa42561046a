#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <set>
#include <string>
#include <vector>

#include "support/error_text.hpp"
#include "support/random_networks.hpp"

namespace dm = deepmaacc;

namespace {

const auto rules = dm::kill_rules(dm::kill::predicted_class{}, dm::kill::true_class{}, dm::kill::any_flip{}, dm::kill::top_k{.k = 2},
                                  dm::kill::accuracy_drop{.drop = 0.05});

dm::test_set<float> without_labels(const support::random_case& from) {
  xt::xtensor<float, 4> inputs(std::array<std::size_t, 4>{from.inputs.size(), from.h, from.w, from.c});
  std::size_t at = 0;
  for (const auto& input : from.inputs)
    for (const double value : input.values) inputs.data()[at++] = static_cast<float>(value);
  return dm::test_set<float>(std::move(inputs));
}

template <class Network>
dm::kill_matrix run(const Network& network, const dm::test_set<float>& tests, dm::oracle_kind oracle) {
  const Kokkos::DefaultHostExecutionSpace space;
  const auto golden = dm::run_golden(space, network, tests, {.oracle = oracle, .block_inputs = 7});
  const auto mutants = dm::single_neuron_mutants(network.layers(), 3, dm::population::all);
  dm::evaluation_options options;
  options.block_inputs = 7, options.oracle = oracle;
  return dm::evaluate(space, network, tests, golden, mutants, dm::paper_operators(), rules, options);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(oracles)

// Except that with labels a near tie of the original leaves the label where it is.
BOOST_AUTO_TEST_CASE(predictions_are_labels_that_the_original_gives) {
  std::size_t killed = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    auto made = support::make_case(seed, seed % 2 == 0, 40);
    const auto network = support::network_of(made);
    const auto golden = dm::run_golden(dm::this_thread{}, network, without_labels(made), {.oracle = dm::oracle_kind::predictions});
    for (std::size_t i = 0; i < made.inputs.size(); ++i) made.labels[i] = golden.decisions[i].winner;
    const auto kills = run(network, without_labels(made), dm::oracle_kind::predictions);
    const auto labelled = run(network, support::tests_of(made), dm::oracle_kind::labels);
    BOOST_TEST((kills == run(network, support::tests_of(made), dm::oracle_kind::predictions)));
    for (std::size_t which = 0; which < kills.mutants(); ++which) {
      BOOST_TEST((kills.flips(which) == labelled.flips(which)));
      for (std::size_t rule = 0; rule < rules.size(); ++rule) {
        BOOST_TEST(kills.killed_cells(rule, which) == labelled.killed_cells(rule, which), boost::test_tools::per_element());
        killed += kills.killed_cells(rule, which).size();
      }
    }
  }
  BOOST_TEST(killed > 500U);
}

BOOST_AUTO_TEST_CASE(every_input_is_correct_by_its_own_prediction) {
  auto made = support::make_case(2, false, 30);
  const auto network = support::network_of(made);
  for (auto& label : made.labels) label = 77;  // no class, but nobody looks
  const auto golden = dm::run_golden(dm::this_thread{}, network, support::tests_of(made), {.oracle = dm::oracle_kind::predictions});
  BOOST_TEST(golden.correct == 30U);
  std::set<std::size_t> predicted;
  for (const auto& one : golden.decisions) predicted.insert(one.winner);
  BOOST_TEST(golden.classes_never_correct.size() == golden.classes - predicted.size());
  for (const std::size_t c : golden.classes_never_correct) BOOST_TEST(!predicted.contains(c));
}

BOOST_AUTO_TEST_CASE(a_near_tie_of_the_original_moves_the_right_class_with_it) {
  const dm::decision original{2, 5};
  const auto by_labels = dm::expect_of(dm::oracle_kind::labels, original, 2);
  BOOST_TEST(by_labels.label == 2U);
  BOOST_TEST(by_labels.label_of_rival == 2U);
  const auto by_predictions = dm::expect_of(dm::oracle_kind::predictions, original, 9);
  BOOST_TEST(by_predictions.label == 2U);
  BOOST_TEST(by_predictions.label_of_rival == 5U);
  // The mutant says 5 for certain: a flip unless the original meant 5 too. Where the label is 2, the original is right or wrong with it.
  std::int32_t sum = 0, less = 0, excess = 0;
  dm::count_input(dm::kill::any_flip{}, by_predictions, {5, 5}, nullptr, 10, {&sum, &less, &excess});
  BOOST_TEST((sum == 1 && less == 1 && excess == 0));
  sum = less = excess = 0;
  dm::count_input(dm::kill::any_flip{}, by_predictions, {7, 7}, nullptr, 10, {&sum, &less, &excess});
  BOOST_TEST((sum == 1 && less == 0 && excess == 0));
  sum = less = excess = 0;
  dm::count_input(dm::kill::any_flip{}, by_labels, {7, 7}, nullptr, 10, {&sum, &less, &excess});
  BOOST_TEST((sum == 1 && less == 1 && excess == 0));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
  const auto made = support::make_case(4, false, 10);
  const auto network = support::network_of(made);
  const dm::this_thread space;
  using support::error_text, support::has;
  BOOST_TEST(has(error_text<dm::data_error>([&] { dm::run_golden(space, network, without_labels(made)); }), "has no labels"));
  const auto golden = dm::run_golden(space, network, without_labels(made), {.oracle = dm::oracle_kind::predictions});
  const std::vector<dm::mutant> none;
  BOOST_TEST(has(
      error_text<dm::usage_error>([&] { dm::evaluate(space, network, without_labels(made), golden, none, dm::paper_operators(), rules); }),
      "judged by predictions, but the oracle is labels"));
  const auto labelled = dm::run_golden(space, network, support::tests_of(made));
  const auto bad = dm::kill_rules(dm::kill::top_k{.k = 0});
  BOOST_TEST(has(error_text<dm::usage_error>(
                     [&] { dm::evaluate(space, network, support::tests_of(made), labelled, none, dm::paper_operators(), bad); }),
                 "top-k=0"));
  BOOST_TEST(to_string(dm::oracle_kind::labels) == "labels");
  BOOST_TEST(to_string(dm::oracle_kind::predictions) == "predictions");
}

BOOST_AUTO_TEST_SUITE_END()
