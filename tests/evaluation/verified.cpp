#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <deepmaacc/analysis/analyze.hpp>
#include <set>
#include <string>
#include <vector>

#include "support/engines.hpp"
#include "support/naive_kills.hpp"
#include "support/random_networks.hpp"
#include "support/sanitizer.hpp"

namespace dm = deepmaacc;

namespace {

const auto all_rules = dm::kill_rules(dm::kill::predicted_class{}, dm::kill::true_class{}, dm::kill::any_flip{});
constexpr naive::kill_rule naive_rules[] = {naive::kill_rule::predicted_class, naive::kill_rule::true_class, naive::kill_rule::any_flip};

std::set<std::size_t> as_set(const std::vector<std::size_t>& cells) { return {cells.begin(), cells.end()}; }

/// How a result differs from plain loops in double; empty where it does not. Kills may differ in borderline cells only.
/// \param is_exact  whether the borderline cells must be the verifier's too
std::string difference(const support::random_case& from, const dm::analysis_result& result, bool is_exact,
                       std::size_t* borderline = nullptr) {
  for (std::size_t which = 0; which < result.mutants.size(); ++which) {
    const dm::mutant& one = result.mutants[which];
    naive::network mutant = from.network;
    for (const std::size_t neuron : one.neurons) naive::mutate(mutant.at(one.layer - 1), neuron, one.operation);
    // Where three outputs or more tie, differences added to sums leave another order than sums made anew.
    if (support::is_delta(result.engine) && (naive::has_wide_tie(naive::all_outputs(from.network, from.inputs)) ||
                                             naive::has_wide_tie(naive::all_outputs(mutant, from.inputs))))
      continue;
    for (std::size_t rule = 0; rule < 3; ++rule) {
      const auto expected = naive::run_mutant(from.network, mutant, from.inputs, from.labels, naive_rules[rule]);
      const auto killed = as_set(result.kills.killed_cells(rule, which)), unsure = as_set(result.kills.borderline_cells(rule, which));
      const std::string where = "mutant " + std::to_string(which) + ", rule " + result.kills.rule_name(rule);
      for (std::size_t cell = 0; cell < result.kills.cells(rule); ++cell)
        if (killed.contains(cell) != expected.actual.contains(cell) && !unsure.contains(cell)) return where + ": kills differ";
      if (is_exact && killed != expected.actual) return where + ": kills differ in a borderline cell";
      if (is_exact && unsure != expected.borderline()) return where + ": borderline cells differ";
      if (borderline) *borderline += unsure.size();
    }
  }
  return "";
}

template <class Storage>
dm::analysis_result analyze(const support::random_case& from, const dm::any_engine& how, std::size_t block) {
  dm::evaluation_options options;
  options.engine = how, options.block_inputs = block;
  const auto network = support::network_of<Storage>(from);
  return dm::analyze(Kokkos::DefaultHostExecutionSpace{}, network, support::tests_of<typename Storage::value_type>(from), dm::exhaustive{},
                     dm::paper_operators(), all_rules, options);
}

using float_storage = dm::storage::xtensor_host<float>;
using double_storage = dm::storage::kokkos_view<double, Kokkos::HostSpace>;

}  // namespace

BOOST_AUTO_TEST_SUITE(verified)

BOOST_AUTO_TEST_CASE(every_mutant_of_random_networks) {
  std::size_t mutants = 0;
  for (std::uint64_t seed = 0; seed < 60; seed += support::next_case) {
    const auto made = support::make_case(seed, false, 20);
    const auto precise = analyze<double_storage>(made, dm::engine::resumable{}, 7);
    BOOST_TEST(difference(made, precise, true) == "", "seed " << seed);
    BOOST_TEST(difference(made, analyze<double_storage>(made, dm::engine::delta{}, 7), true) == "", "seed " << seed << ", delta in double");
    for (const auto& how : support::all_engines)
      BOOST_TEST(difference(made, analyze<float_storage>(made, how, 1 + seed % 25), false) == "",
                 "seed " << seed << ", " << to_string(how));
    mutants += precise.mutants.size();
  }
  BOOST_TEST(mutants > 1000U / support::next_case);
}

// Small integers: outputs tie all the time, and borderline cells are many.
BOOST_AUTO_TEST_CASE(networks_full_of_ties) {
  std::size_t borderline = 0;
  for (std::uint64_t seed = 100; seed < 160; seed += support::next_case) {
    const auto made = support::make_case(seed, true, 20);
    const auto precise = analyze<double_storage>(made, dm::engine::resumable{}, 6);
    BOOST_TEST(difference(made, precise, true, &borderline) == "", "seed " << seed);
    BOOST_TEST(difference(made, analyze<double_storage>(made, dm::engine::delta{}, 7), true) == "", "seed " << seed << ", delta in double");
    for (const auto& how : support::all_engines)
      BOOST_TEST(difference(made, analyze<float_storage>(made, how, 11), false) == "", "seed " << seed << ", " << to_string(how));
  }
  BOOST_TEST(borderline > 100U / support::next_case);
}

BOOST_AUTO_TEST_CASE(clusters_of_neurons) {
  for (std::uint64_t seed = 200; seed < 220; ++seed) {
    const auto made = support::make_case(seed, false, 15);
    const auto network = support::network_of<double_storage>(made);
    const auto tests = support::tests_of<double>(made);
    dm::analysis_result result;
    const auto layers = network.layers();
    result.engine = dm::engine::delta{};
    for (std::size_t layer = 0; layer < layers.size(); ++layer)
      for (std::size_t operation = 0; operation < 3; ++operation)
        for (std::size_t first = 0; first < layers[layer].neurons; ++first) {
          dm::mutant one;
          one.layer = layer, one.operation = operation;
          for (std::size_t neuron = first; neuron < layers[layer].neurons; ++neuron) one.neurons.push_back(neuron);
          result.mutants.push_back(one);
        }
    const Kokkos::DefaultHostExecutionSpace space;
    const auto golden = dm::run_golden(space, network, tests);
    result.kills = dm::evaluate(space, network, tests, golden, result.mutants, dm::paper_operators(), all_rules);
    BOOST_TEST(difference(made, result, true) == "", "seed " << seed);
  }
}

BOOST_AUTO_TEST_CASE(wrong_results_are_rejected) {
  const auto made = support::make_case(1, false, 20);
  const auto right = analyze<double_storage>(made, dm::engine::resumable{}, 7);
  BOOST_REQUIRE(difference(made, right, true) == "");
  for (std::size_t rule = 0; rule < 3; ++rule) {
    auto wrong = right;
    wrong.kills.set(rule, 2, 0, !right.kills.is_killed(rule, 2, 0), right.kills.is_borderline(rule, 2, 0));
    BOOST_TEST(difference(made, wrong, false) != "");
    wrong = right;
    wrong.kills.set(rule, 2, 0, right.kills.is_killed(rule, 2, 0), !right.kills.is_borderline(rule, 2, 0));
    BOOST_TEST(difference(made, wrong, true) != "");
  }
  // The kills of one mutant under another's name.
  std::size_t other = 1;
  while (right.kills.killed_cells(0, other) == right.kills.killed_cells(0, 0)) ++other;
  auto shifted = right;
  std::swap(shifted.mutants[0], shifted.mutants[other]);
  BOOST_TEST(difference(made, shifted, false) != "");
}

BOOST_AUTO_TEST_SUITE_END()
