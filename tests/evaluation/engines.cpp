#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <limits>
#include <string>
#include <vector>

#include "engine_cases.hpp"
#include "support/engines.hpp"
#include "support/error_text.hpp"
#include "support/random_graphs.hpp"
#include "support/sanitizer.hpp"

namespace dm = deepmaacc;
namespace model = support::layers;
namespace activations = deepmaacc::activation;
using support::adding_rules;
using support::comparison;
using support::count_near_ties;
using support::difference;
using support::engines_differ;
using support::is_same;
using support::kills_of;
using support::layers_of;
using support::mutants_of;
using support::other_rules;

namespace {

using single = dm::storage::xtensor_host<float>;
using twice = dm::storage::kokkos_view<double, Kokkos::HostSpace>;

}  // namespace

BOOST_AUTO_TEST_SUITE(engines)

BOOST_AUTO_TEST_CASE(all_engines_give_the_same_kills_of_random_networks) {
  comparison precise, rounded;
  const std::size_t block = support::network_of<single>(support::random_graph(0, 1)).delta().lanes();
  for (std::uint64_t seed = 0; seed < 400; seed += support::next_case) {
    const auto made = support::random_graph(seed, seed % 40 == 0 ? block + 3 : 1 + seed % 23);
    BOOST_TEST(engines_differ<twice>(made, precise) == "", "seed " << seed << " in double:" << layers_of(made));
    BOOST_TEST(engines_differ<single>(made, rounded) == "", "seed " << seed << " in float:" << layers_of(made));
  }
  BOOST_TEST_MESSAGE(precise.mutants << " mutants, " << precise.exact << " of them without near ties in double, " << rounded.exact
                                     << " in float, " << precise.killed << " cells killed");
  BOOST_TEST(precise.mutants > 10000U / support::next_case);
  BOOST_TEST(precise.exact > precise.mutants * 9 / 10);
  BOOST_TEST(rounded.exact > rounded.mutants * 8 / 10);
  BOOST_TEST(precise.killed > 10000U / support::next_case);
}

// A block is full, or one short of it, or one input begins another; one thread has them all, or several do.
BOOST_AUTO_TEST_CASE(neither_blocks_nor_threads_matter) {
  for (const std::uint64_t seed : {0U, 3U, 7U}) {
    auto made = support::random_graph(5000 + seed, 1);
    const std::size_t block = support::network_of<single>(made).delta().lanes();
    support::graph_maker more(seed);
    made = support::random_graph(5000 + seed, 2 * block + 5);
    const auto network = support::network_of<single>(made);
    const auto all_tests = support::tests_of<float>(made);
    const auto mutants = mutants_of(network.layers(), seed);
    for (const std::size_t inputs : {std::size_t{1}, block - 1, block, block + 1, 2 * block + 5}) {
      const auto tests = all_tests.first(inputs);
      const auto expected = kills_of(dm::this_thread{}, network, tests, mutants, other_rules, dm::engine::resumable{});
      const auto alone = kills_of(dm::this_thread{}, network, tests, mutants, other_rules, dm::engine::delta{});
      const auto near_ties = [&](std::size_t which) { return count_near_ties(network, tests, mutants[which]); };
      BOOST_TEST(difference(alone, expected, near_ties) == "", inputs << " inputs:" << layers_of(made));
      const Kokkos::DefaultHostExecutionSpace all;
      BOOST_TEST(is_same(kills_of(all, network, tests, mutants, other_rules, dm::engine::delta{}), alone));
      BOOST_TEST(is_same(kills_of(all, network, tests, mutants, adding_rules, dm::engine::delta{}),
                         kills_of(dm::this_thread{}, network, tests, mutants, adding_rules, dm::engine::delta{})));
      const auto batched = kills_of(dm::this_thread{}, network, tests, mutants, other_rules, dm::engine::batched{});
      BOOST_TEST(difference(batched, expected, near_ties) == "", inputs << " inputs:" << layers_of(made));
      BOOST_TEST(is_same(kills_of(all, network, tests, mutants, other_rules, dm::engine::batched{}), batched));
#if defined(KOKKOS_ENABLE_OPENMP)
      for (const int threads : {1, 2, 3}) {
        const Kokkos::OpenMP some(threads);
        BOOST_TEST(is_same(kills_of(some, network, tests, mutants, other_rules, dm::engine::delta{}), alone), threads << " threads");
      }
#endif
    }
  }
}

BOOST_AUTO_TEST_CASE(a_batch_needs_room_for_one_mutant) {
  const auto made = support::random_graph(11, 20);
  const auto network = support::network_of<single>(made);
  const auto tests = support::tests_of<float>(made);
  const auto mutants = mutants_of(network.layers(), 1);
  const auto fault = support::error_text<dm::usage_error>(
      [&] { kills_of(dm::this_thread{}, network, tests, mutants, adding_rules, dm::engine::batched{}, {}, nullptr, 1); });
  BOOST_TEST(support::has(fault, "take"));
  dm::evaluation_options options;
  options.memory_limit = network.bytes_per_input() + 1;
  options.engine = dm::engine::batched{};
  const auto golden = dm::run_golden(dm::this_thread{}, network, tests);
  BOOST_TEST(support::has(support::error_text<dm::usage_error>([&] {
                            dm::evaluate(dm::this_thread{}, network, tests, golden, mutants, support::four_operators(), adding_rules,
                                         options);
                          }),
                          "one input and one mutant of engine batched take"));
}

BOOST_AUTO_TEST_CASE(the_engine_needs_the_tier) {
  using basic = dm::archetype::model_adapter;
  using resumable = dm::archetype::resumable_adapter;
  BOOST_TEST(support::error_text<dm::usage_error>([] { dm::require_engine<basic>(dm::engine::delta{}); }) ==
             "engine delta needs a model adapter of the delta tier, this one is basic; choose auto or whole");
  BOOST_TEST(support::error_text<dm::usage_error>([] { dm::require_engine<resumable>(dm::engine::delta{}); }) ==
             "engine delta needs a model adapter of the delta tier, this one is resumable; choose auto or resumable");
  BOOST_TEST(support::error_text<dm::usage_error>([] { dm::require_engine<resumable>(dm::engine::batched{}); }) ==
             "engine batched needs a model adapter that runs many mutants at once, this one is resumable; choose auto or resumable");
  const std::vector<std::size_t> one_mutant{1};
  BOOST_TEST((dm::engine_for(resumable{}, {}, one_mutant, {1, 1, 1, 1}) == dm::any_engine(dm::engine::resumable{})));
  BOOST_TEST((dm::engine_for(dm::archetype::delta_adapter{}, {}, one_mutant, {1, 1, 1, 1}) == dm::any_engine(dm::engine::delta{})));
}

// Some numbers overflow, or are no numbers to begin with.
BOOST_AUTO_TEST_CASE(numbers_that_are_not_finite_give_the_same_kills) {
  constexpr double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<dm::activation_function> kinds{activations::exponential{}, activations::relu{}, activations::softmax{},
                                                   activations::sigmoid{},     activations::elu{},  activations::silu{}};
  std::size_t mutants = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    support::dense_choices chosen;
    chosen.inputs = 40;
    chosen.widths = {4, 5, 3}, chosen.weight_scale = 0.5;
    chosen.activations = {kinds[seed % 6], kinds[seed / 6 % 6], kinds[(seed + 1) % 6]};
    auto made = support::dense_network(seed, chosen);
    if (seed % 2)
      for (std::size_t i = 0; i < made.inputs.size(); i += 1 + seed % 5)
        made.inputs[i][i % chosen.features] = i % 4 == 0 ? infinity : i % 4 == 1 ? -infinity : i % 4 == 2 ? nan : 120;
    comparison seen;
    for (const std::string& differs : {engines_differ<single>(made, seen), engines_differ<twice>(made, seen)})
      BOOST_TEST(differs == "", "seed " << seed << ", " << differs << ":" << layers_of(made));
    mutants += seen.mutants;
  }
  BOOST_TEST(mutants > 1000U);
}

// A class is masked by a bias of minus infinity, or a weight is broken: then no map of the sums says what a mutant gives.
BOOST_AUTO_TEST_CASE(weights_that_are_not_finite_give_the_same_kills) {
  constexpr double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  for (const double number : {-infinity, infinity, nan})
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      support::dense_choices chosen;
      chosen.inputs = 20, chosen.widths = {4, 3}, chosen.activations = {activations::relu{}, activations::tanh{}};
      auto made = support::dense_network(seed, chosen);
      auto& arrays = made.parameters[1 + seed % 3];
      auto& array = arrays[seed % arrays.size()];
      array[seed % array.size()] = number;
      comparison seen;
      const std::string differs = engines_differ<twice>(made, seen);
      BOOST_TEST(differs == "", number << ", seed " << seed << ": " << differs << layers_of(made));
    }
}

// A sum is infinite, what is made of it is not: blocking its neuron gives its bias, not 0 times infinity.
BOOST_AUTO_TEST_CASE(a_neuron_whose_sum_overflows_can_be_blocked) {
  support::graph_maker make(1);
  const std::size_t hidden = make.add(model::dense(1, activations::sigmoid{}), {make.begin({1})});
  make.add(model::dense(3), {hidden});
  auto made = make.with_inputs(3);
  made.parameters[1] = {{3e38}, {-5}};
  made.parameters[2] = {{0, 0, -20}, {1, 0, 10}};
  made.inputs = {{10}, {20}, {30}};
  made.labels = {0, 0, 0};
  comparison seen;
  const std::string differs = engines_differ<single>(made, seen);
  BOOST_TEST(differs == "", differs);
}

BOOST_AUTO_TEST_SUITE_END()
