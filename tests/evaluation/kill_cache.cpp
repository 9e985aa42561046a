#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/evaluation/kill_cache.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/error_text.hpp"
#include "support/random_networks.hpp"

namespace dm = deepmaacc;

namespace {

dm::mutant make(std::size_t layer, std::vector<std::size_t> neurons, std::size_t operation = 0, std::size_t repeat = 0) {
  dm::mutant one;
  one.layer = layer, one.neurons = std::move(neurons), one.operation = operation, one.repeat = repeat;
  return one;
}

/// Kills by a formula that tells mutants apart; keeps what it was asked for.
struct fake_evaluation {
  std::vector<std::vector<dm::mutant>> calls;

  static std::size_t flips_of(const dm::mutant& one) {
    std::size_t sum = one.layer * 1000 + one.operation * 100 + one.repeat * 10000;
    for (const std::size_t neuron : one.neurons) sum += neuron + 1;
    return sum;
  }

  dm::kill_matrix operator()(std::span<const dm::mutant> mutants) {
    calls.emplace_back(mutants.begin(), mutants.end());
    dm::kill_matrix kills(mutants.size());
    kills.add_rule("fake", 2);
    for (std::size_t i = 0; i < mutants.size(); ++i) {
      kills.set_flips(i, flips_of(mutants[i]));
      kills.set(0, i, flips_of(mutants[i]) % 2, true, false);
    }
    return kills;
  }
};

void check(const dm::kill_matrix& kills, const std::vector<dm::mutant>& wanted) {
  BOOST_TEST_REQUIRE(kills.mutants() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    BOOST_TEST((kills.flips(i) == fake_evaluation::flips_of(wanted[i])));
    BOOST_TEST(kills.is_killed(0, i, fake_evaluation::flips_of(wanted[i]) % 2));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kill_memories)

BOOST_AUTO_TEST_CASE(each_mutant_is_run_once) {
  dm::kill_cache cache;
  fake_evaluation evaluate;
  const std::vector<dm::mutant> first{make(1, {0}), make(1, {2, 1}), make(1, {0}, 1), make(1, {0})};
  BOOST_TEST(cache.known(first) == 0U);
  check(cache.kills(first, evaluate), first);
  BOOST_TEST_REQUIRE(evaluate.calls.size() == 1U);
  BOOST_TEST(evaluate.calls[0].size() == 3U);
  BOOST_TEST(cache.size() == 3U);
  BOOST_TEST(cache.known(first) == 4U);

  // Neurons are a set and the weight does not matter; layer, operation, repeat and the other neurons do.
  std::vector<dm::mutant> second{make(2, {0}), make(1, {1, 2}), make(1, {0}, 0, 1), make(1, {0}, 1), make(1, {1}), make(1, {2, 1, 0})};
  second[1].weight = 7;
  BOOST_TEST(cache.known(second) == 2U);
  check(cache.kills(second, evaluate), second);
  BOOST_TEST_REQUIRE(evaluate.calls.size() == 2U);
  BOOST_TEST(evaluate.calls[1].size() == 4U);
  BOOST_TEST(cache.size() == 7U);

  check(cache.kills(first, evaluate), first);
  BOOST_TEST(evaluate.calls.size() == 2U);
}

BOOST_AUTO_TEST_CASE(without_mutants_there_are_rules_still) {
  dm::kill_cache cache;
  fake_evaluation evaluate;
  BOOST_TEST(cache.kills({}, evaluate).rules() == 1U);
  BOOST_TEST(cache.kills({}, evaluate).mutants() == 0U);
  BOOST_TEST(evaluate.calls.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_fails_leaves_nothing_behind) {
  dm::kill_cache cache;
  fake_evaluation evaluate;
  const std::vector<dm::mutant> first{make(0, {0})}, more{make(0, {0}), make(0, {1})};
  cache.kills(first, evaluate);
  const auto fails = [](std::span<const dm::mutant>) -> dm::kill_matrix { throw std::runtime_error("framework went away"); };
  BOOST_CHECK_THROW(cache.kills(more, fails), std::runtime_error);
  const auto forgets = [](std::span<const dm::mutant>) { return dm::kill_matrix(); };
  BOOST_TEST(
      support::has(support::error_text<dm::usage_error>([&] { cache.kills(more, forgets); }), "kills of 0 mutants, but was given 1"));
  const auto others = [](std::span<const dm::mutant> mutants) {
    dm::kill_matrix kills(mutants.size());
    kills.add_rule("other", 2);
    return kills;
  };
  BOOST_CHECK_THROW(cache.kills(more, others), dm::usage_error);
  BOOST_TEST(cache.size() == 1U);
  check(cache.kills(more, evaluate), more);
  BOOST_TEST(evaluate.calls.back().size() == 1U);
}

BOOST_AUTO_TEST_CASE(cache_says_what_running_says) {
  const auto made = support::make_case(3, true, 30);
  const auto network = support::network_of(made);
  const auto tests = support::tests_of(made);
  const dm::this_thread space;
  const auto operators = dm::operators(dm::mutation::change_weight{}, dm::mutation::gaussian_fuzzing{0.5, 0.6});
  const auto rules = dm::kill_rules(dm::kill::predicted_class{}, dm::kill::top_k{.k = 2}, dm::kill::accuracy_drop{});
  const auto golden = dm::run_golden(space, network, tests);
  const auto evaluate = [&](std::span<const dm::mutant> mutants) {
    return dm::evaluate(space, network, tests, golden, mutants, operators, rules);
  };
  const auto layers = network.layers();
  auto all = dm::single_neuron_mutants(layers, 2, dm::population::all);
  // Pairs of neighbours, in both orders: a joint mutation depends on its neurons as a set.
  std::size_t pairs = 0;
  for (std::size_t layer = 0; layer < layers.size(); ++layer)
    for (std::size_t neuron = 1; neuron < layers[layer].neurons; ++neuron)
      for (std::size_t operation = 0; operation < 2; ++operation, ++pairs) {
        all.push_back(make(layer, {neuron - 1, neuron}, operation));
        all.push_back(make(layer, {neuron, neuron - 1}, operation));
      }
  BOOST_TEST(pairs > 5U);
  const auto expected = evaluate(all);
  dm::kill_cache cache;
  const std::span<const dm::mutant> wanted(all);
  std::vector<std::size_t> half;
  for (std::size_t i = 0; i < all.size() / 2; ++i) half.push_back(i);
  BOOST_TEST((cache.kills(wanted.first(half.size()), evaluate) == expected.selected(half)));
  BOOST_TEST((cache.kills(wanted, evaluate) == expected));
  BOOST_TEST(cache.size() == all.size() - pairs);
  // A neuron that is named twice is refused, also where the mutant without the repetition is known.
  BOOST_CHECK_THROW(cache.kills(std::vector{make(all[0].layer, {0, 0})}, evaluate), dm::usage_error);
}

BOOST_AUTO_TEST_SUITE_END()
