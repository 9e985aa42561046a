#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <random>
#include <string>
#include <vector>

#include "support/engines.hpp"
#include "support/naive_kills.hpp"
#include "support/random_networks.hpp"

namespace dm = deepmaacc;

namespace {

const auto rules = dm::kill_rules(dm::kill::top_k{1}, dm::kill::top_k{2}, dm::kill::top_k{}, dm::kill::accuracy_drop{.drop = 0},
                                  dm::kill::accuracy_drop{.drop = 0.1}, dm::kill::true_class{});
const std::vector<naive::threshold_rule> naive_rules{{true, 1, 0}, {true, 2, 0}, {true, 3, 0}, {false, 0, 0}, {false, 0, 0.1}};
constexpr std::size_t true_class_at = 5;

/// A case whose outputs tie exactly: each odd class has the weights of the class before it.
support::random_case with_twin_outputs(support::random_case made) {
  naive::layer& output = made.network.back();
  for (std::size_t i = 0; i < output.weights.size(); i += output.neurons)
    for (std::size_t j = 1; j < output.neurons; j += 2) output.weights[i + j] = output.weights[i + j - 1];
  for (std::size_t j = 1; j < output.bias.size(); j += 2) output.bias[j] = output.bias[j - 1];
  return made;
}

struct run_result {
  std::vector<dm::mutant> mutants;
  dm::kill_matrix kills;
};

template <class Storage>
run_result run(const support::random_case& from, dm::oracle_kind oracle, const dm::any_engine& how, std::size_t block,
               const dm::skip_options& skip = {}) {
  const dm::this_thread space;  // threads are another test's matter: evaluate.cpp
  const auto network = support::network_of<Storage>(from);
  const auto tests = support::tests_of<typename Storage::value_type>(from);
  dm::evaluation_options options;
  options.engine = support::with_skips(how, skip), options.block_inputs = block, options.oracle = oracle;
  run_result made;
  made.mutants = dm::single_neuron_mutants(network.layers(), 3, dm::population::all);
  const auto golden = dm::run_golden(space, network, tests, options);
  made.kills = dm::evaluate(space, network, tests, golden, made.mutants, dm::paper_operators(), rules, options);
  return made;
}

bool is_saturated(const dm::kill_matrix& kills, std::size_t mutant) {
  for (std::size_t rule = 0; rule < kills.rules(); ++rule)
    for (std::size_t cell = 0; cell < kills.cells(rule); ++cell)
      if (!kills.is_killed(rule, mutant, cell) || kills.is_borderline(rule, mutant, cell)) return false;
  return true;
}

struct tally {
  std::size_t killed = 0, borderline = 0;
};

/// How a result differs from plain loops in double; empty where it does not.
/// \param is_exact  whether all must be the verifier's. Else kills may differ in borderline cells, and flips by near ties; mutants with
/// ties
///                  of more than two outputs are left out.
std::string difference(const support::random_case& from, const run_result& result, dm::oracle_kind oracle, bool is_exact,
                       tally* seen = nullptr) {
  const auto labels = oracle == dm::oracle_kind::labels ? from.labels : std::vector<std::size_t>{};
  const auto originals = naive::all_outputs(from.network, from.inputs);
  for (std::size_t which = 0; which < result.mutants.size(); ++which) {
    const dm::mutant& one = result.mutants[which];
    naive::network mutant = from.network;
    for (const std::size_t neuron : one.neurons) naive::mutate(mutant.at(one.layer - 1), neuron, one.operation);
    const auto mutated = naive::all_outputs(mutant, from.inputs);
    if (!is_exact && (naive::has_wide_tie(originals) || naive::has_wide_tie(mutated))) continue;
    const std::string name = "mutant " + std::to_string(which);
    const auto flips = naive::count_flips(originals, mutated, labels);
    const auto counted = result.kills.flips(which);
    if (!counted && !is_saturated(result.kills, which)) return name + ": flips are not known";
    const std::size_t found = counted.value_or(flips.actual);
    if (is_exact ? found != flips.actual : found < flips.least || found > flips.most) return name + ": flips differ";
    for (std::size_t rule = 0; rule < naive_rules.size(); ++rule) {
      const auto expected = naive::judge(originals, mutated, labels, naive_rules[rule]);
      const std::string where = name + ", rule " + result.kills.rule_name(rule);
      if (result.kills.cells(rule) != expected.size()) return where + ": other cells";
      for (std::size_t cell = 0; cell < expected.size(); ++cell) {
        const bool is_killed = result.kills.is_killed(rule, which, cell), is_unsure = result.kills.is_borderline(rule, which, cell);
        if (is_killed != expected[cell].is_killed && (is_exact || !is_unsure)) return where + ": kills differ";
        if (is_exact && is_unsure != expected[cell].is_borderline) return where + ": borderline cells differ";
        if (seen) seen->killed += is_killed, seen->borderline += is_unsure;
      }
    }
    // top-k=1 asks what true-class asks.
    for (std::size_t cell = 0; cell < from.classes; ++cell)
      if (result.kills.is_killed(0, which, cell) != result.kills.is_killed(true_class_at, which, cell) ||
          result.kills.is_borderline(0, which, cell) != result.kills.is_borderline(true_class_at, which, cell))
        return name + ": top-k=1 is not true-class";
  }
  return "";
}

using float_storage = dm::storage::xtensor_host<float>;
using double_storage = dm::storage::kokkos_view<double, Kokkos::HostSpace>;
constexpr auto oracles = {dm::oracle_kind::labels, dm::oracle_kind::predictions};

/// \param is_exact  whether double is so exact here that it finds the verifier's numbers also where outputs tie
tally check(const support::random_case& made, std::uint64_t seed, bool is_exact) {
  tally seen;
  for (const auto oracle : oracles) {
    const auto precise = run<double_storage>(made, oracle, dm::engine::resumable{}, 7);
    BOOST_TEST(difference(made, precise, oracle, is_exact, &seen) == "", "seed " << seed << ", oracle " << to_string(oracle));
    for (const auto& how : support::all_engines)
      BOOST_TEST(difference(made, run<float_storage>(made, oracle, how, 1 + seed % 25), oracle, false) == "",
                 "seed " << seed << ", " << to_string(how) << ", oracle " << to_string(oracle));
    for (const dm::skip_options& skip : {dm::skip_nothing, dm::skip_options{}})
      BOOST_TEST(difference(made, run<double_storage>(made, oracle, dm::engine::delta{}, 7, skip), oracle, is_exact) == "",
                 "seed " << seed << ", delta in double, oracle " << to_string(oracle));
  }
  return seen;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(verified_rules)

BOOST_AUTO_TEST_CASE(every_mutant_of_random_networks) {
  tally all;
  for (std::uint64_t seed = 300; seed < 325; ++seed) all.killed += check(support::make_case(seed, false, 20), seed, true).killed;
  BOOST_TEST(all.killed > 1000U);
}

// Small integers: many outputs tie, and double is exact.
BOOST_AUTO_TEST_CASE(networks_full_of_ties) {
  tally all;
  for (std::uint64_t seed = 400; seed < 425; ++seed)
    for (const bool has_twins : {false, true}) {
      const auto made = support::make_case(seed, true, 15);
      const tally one = check(has_twins ? with_twin_outputs(made) : made, seed, true);
      all.killed += one.killed, all.borderline += one.borderline;
    }
  BOOST_TEST(all.killed > 500U);
  BOOST_TEST(all.borderline > 500U);
}

// Twins' outputs are the same, but how they are summed may not be.
BOOST_AUTO_TEST_CASE(classes_with_the_same_weights) {
  tally all;
  for (std::uint64_t seed = 500; seed < 515; ++seed)
    all.borderline += check(with_twin_outputs(support::make_case(seed, false, 15)), seed, false).borderline;
  BOOST_TEST(all.borderline > 500U);
}

BOOST_AUTO_TEST_CASE(wrong_results_are_rejected) {
  const auto made = support::make_case(301, false, 20);
  const auto right = run<double_storage>(made, dm::oracle_kind::labels, dm::engine::resumable{}, 7);
  BOOST_REQUIRE(difference(made, right, dm::oracle_kind::labels, true) == "");
  BOOST_TEST(difference(made, right, dm::oracle_kind::predictions, false) != "");
  for (std::size_t rule = 0; rule < rules.size(); ++rule) {
    auto wrong = right;
    wrong.kills.set(rule, 2, 0, !right.kills.is_killed(rule, 2, 0), right.kills.is_borderline(rule, 2, 0));
    BOOST_TEST(difference(made, wrong, dm::oracle_kind::labels, false) != "");
    wrong = right;
    wrong.kills.set(rule, 2, 0, right.kills.is_killed(rule, 2, 0), !right.kills.is_borderline(rule, 2, 0));
    BOOST_TEST(difference(made, wrong, dm::oracle_kind::labels, true) != "");
  }
  auto wrong = right;
  wrong.kills.set_flips(1, right.kills.flips(1).value() + 1);
  BOOST_TEST(difference(made, wrong, dm::oracle_kind::labels, false) != "");
}

BOOST_AUTO_TEST_SUITE_END()
