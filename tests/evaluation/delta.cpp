#include <Kokkos_Core.hpp>
#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <deepmaacc/mutation/scoped_mutation.hpp>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/error_text.hpp"
#include "support/random_graphs.hpp"

namespace dm = deepmaacc;
namespace model = deepmaacc::model;
namespace activations = deepmaacc::model::activations;

namespace {

using single = dm::storage::xtensor_host<float>;
using twice = dm::storage::kokkos_view<double, Kokkos::HostSpace>;

// Rules that only add need no rank, and may be saturated; the others make the engine judge every input that it is told of.
const auto adding_rules = dm::kill_rules(dm::kill::predicted_class{}, dm::kill::true_class{}, dm::kill::any_flip{});
const auto other_rules = dm::kill_rules(dm::kill::predicted_class{}, dm::kill::true_class{}, dm::kill::any_flip{}, dm::kill::top_k{.k = 2},
                                        dm::kill::accuracy_drop{.drop = 0.05});

constexpr std::uint64_t seed_of_operators = 11;

/// The last one is not affine: its neurons' sums are computed again.
auto four_operators() {
  return dm::operators(dm::mutation::change_weight{0.1}, dm::mutation::activation_inversion{}, dm::mutation::effect_blocking{},
                       dm::mutation::gaussian_fuzzing{0.5, 0.7});
}

/// Every single neuron by every operator, the random one three times; and clusters of every size from 2 to all neurons of the layer.
std::vector<dm::mutant> mutants_of(std::span<const dm::layer_description> layers, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  auto mutants = dm::single_neuron_mutants(layers, 4, dm::population::all);
  for (std::size_t i = 0, count = mutants.size(); i < count; ++i)
    for (std::size_t repeat = 1; mutants[i].operation == 3 && repeat < 3; ++repeat) {
      mutants.push_back(mutants[i]);
      mutants.back().repeat = repeat;
    }
  for (std::size_t layer = 0; layer < layers.size(); ++layer)
    for (std::size_t size = 2; size <= layers[layer].neurons; ++size) {
      dm::mutant one;
      one.layer = layer, one.operation = random() % 4;
      one.neurons.resize(layers[layer].neurons);
      std::iota(one.neurons.begin(), one.neurons.end(), std::size_t{0});
      std::shuffle(one.neurons.begin(), one.neurons.end(), random);
      one.neurons.resize(size);
      mutants.push_back(one);
    }
  return mutants;
}

template <class Space, class Adapter, class T, class Rules>
dm::kill_matrix kills_of(const Space& space, const Adapter& network, const dm::test_set<T>& tests, std::span<const dm::mutant> mutants,
                         const Rules& rules, dm::engine_kind engine, const dm::skip_options& skip = {},
                         dm::evaluation_work* work = nullptr) {
  dm::evaluation_options options;
  options.engine = engine, options.skip = skip, options.block_inputs = 37, options.seed = seed_of_operators;
  const auto golden = dm::run_golden(space, network, tests, options);
  return dm::evaluate(space, network, tests, golden, mutants, four_operators(), rules, options, work);
}

/// Inputs for which the original model or a mutant is not sure.
template <class Adapter, class T>
std::size_t count_near_ties(Adapter network, const dm::test_set<T>& tests, const dm::mutant& mutant) {
  using value_type = typename Adapter::value_type;
  std::vector<value_type> scratch, before(tests.size() * dm::class_count(network)), after(before.size());
  const auto inputs = tests.template block<value_type>(0, tests.size(), scratch);
  const std::size_t classes = before.size() / tests.size();
  network.predict(inputs, dm::matrix<value_type>(before.data(), tests.size(), classes));
  {
    const auto operators = four_operators();
    const dm::scoped_mutation<Adapter> mutated(network, network.layers()[mutant.layer], mutant, operators, seed_of_operators);
    network.predict(inputs, dm::matrix<value_type>(after.data(), tests.size(), classes));
  }
  std::size_t count = 0;
  for (std::size_t at = 0; at < before.size(); at += classes)
    count += dm::decide(&before[at], classes).is_certain() && dm::decide(&after[at], classes).is_certain() ? 0 : 1;
  return count;
}

struct comparison {
  std::size_t mutants = 0, exact = 0, killed = 0, borderline = 0;
};

/// How two matrices differ, where neither calls a cell borderline; empty where they do not. Flips may differ by the inputs of which
/// `near_ties(mutant)` says how many there are.
template <class NearTies>
std::string difference(const dm::kill_matrix& left, const dm::kill_matrix& right, const NearTies& near_ties, comparison* seen = nullptr) {
  for (std::size_t which = 0; which < left.mutants(); ++which) {
    bool is_settled = true;
    for (std::size_t rule = 0; rule < left.rules(); ++rule)
      for (std::size_t cell = 0; cell < left.cells(rule); ++cell) {
        if (seen) seen->killed += left.is_killed(rule, which, cell), seen->borderline += left.is_borderline(rule, which, cell);
        if (left.is_borderline(rule, which, cell) || right.is_borderline(rule, which, cell))
          is_settled = false;
        else if (left.is_killed(rule, which, cell) != right.is_killed(rule, which, cell))
          return dm::detail::text("mutant ", which, ", rule ", left.rule_name(rule), ", cell ", cell);
      }
    const auto one = left.flips(which), other = right.flips(which);
    if (one && other && std::max(*one, *other) - std::min(*one, *other) > (*one == *other ? 0 : near_ties(which)))
      return dm::detail::text("mutant ", which, ": ", *one, " and ", *other, " flips");
    if (seen) seen->exact += is_settled, ++seen->mutants;
  }
  return "";
}

/// Kills and borderline flags are the same; flips are, where both know them.
bool is_same(const dm::kill_matrix& left, const dm::kill_matrix& right) {
  for (std::size_t which = 0; which < left.mutants(); ++which) {
    for (std::size_t rule = 0; rule < left.rules(); ++rule)
      if (left.killed_cells(rule, which) != right.killed_cells(rule, which) ||
          left.borderline_cells(rule, which) != right.borderline_cells(rule, which))
        return false;
    if (left.flips(which) && right.flips(which) && left.flips(which) != right.flips(which)) return false;
  }
  return true;
}

/// The layers of a case, for messages.
std::string layers_of(const support::graph_case& made) {
  std::string list;
  for (std::size_t i = 0; i < made.graph.size(); ++i) list += " " + made.graph[i].name + dm::to_string(made.graph[i].output_shape);
  return list;
}

/// How the engines' kills differ; empty where they do not.
template <class Storage>
std::string engines_differ(const support::graph_case& made, comparison& seen) {
  const dm::this_thread here;
  const auto network = support::network_of<Storage>(made);
  const auto tests = support::tests_of<typename Storage::value_type>(made);
  const auto mutants = mutants_of(network.layers(), made.graph.size());
  const auto resumable = kills_of(here, network, tests, mutants, other_rules, dm::engine_kind::resumable);
  const auto delta = kills_of(here, network, tests, mutants, other_rules, dm::engine_kind::delta);
  const auto whole = kills_of(here, network, tests, mutants, other_rules, dm::engine_kind::whole);
  const auto adding = kills_of(here, network, tests, mutants, adding_rules, dm::engine_kind::delta);
  const auto near_ties = [&](std::size_t which) { return count_near_ties(network, tests, mutants[which]); };
  std::string found = difference(delta, resumable, near_ties, &seen);
  if (!found.empty()) return "delta and resumable, " + found;
  found = difference(delta, whole, near_ties);
  if (!found.empty()) return "delta and whole, " + found;
  found = difference(adding, resumable, near_ties);
  return found.empty() ? "" : "delta with fewer rules and resumable, " + found;
}

constexpr std::array<dm::skip_options, 8> all_skips{{{false, false, false},
                                                     {true, false, false},
                                                     {false, true, false},
                                                     {true, true, false},
                                                     {false, false, true},
                                                     {true, false, true},
                                                     {false, true, true},
                                                     {true, true, true}}};

struct skipped {
  std::size_t dead = 0, certified = 0, saturated = 0;
};

/// Runs a case with every set of skips, and with none.
template <class Storage, class Rules>
void check_skips(const support::graph_case& made, const std::string& name, const Rules& rules, skipped& sum) {
  const dm::this_thread here;
  const auto network = support::network_of<Storage>(made);
  const auto tests = support::tests_of<typename Storage::value_type>(made);
  const auto mutants = mutants_of(network.layers(), made.graph.size());
  dm::evaluation_work work;
  const auto all = kills_of(here, network, tests, mutants, rules, dm::engine_kind::delta, dm::skip_nothing, &work);
  BOOST_TEST(work.pairs == mutants.size() * tests.size());
  BOOST_TEST(work.dead + work.certified + work.saturated == 0U);
  for (const dm::skip_options& skip : all_skips) {
    const auto some = kills_of(here, network, tests, mutants, rules, dm::engine_kind::delta, skip, &work);
    BOOST_TEST(is_same(some, all), name << ", skips " << skip.dead << skip.certified << skip.saturated << ":" << layers_of(made));
    BOOST_TEST(work.dead + work.certified + work.saturated <= work.pairs, name);
    BOOST_TEST((skip.dead || work.dead == 0));
    BOOST_TEST((skip.certified || work.certified == 0));
    BOOST_TEST((skip.saturated || work.saturated == 0));
    if (skip == dm::skip_options{}) sum.dead += work.dead, sum.certified += work.certified, sum.saturated += work.saturated;
  }
}

/// What two runners say of the same blocks, of which one may leave inputs out.
struct left_out {
  std::size_t pairs = 0, dead = 0, certified = 0, wrong = 0, other_outputs = 0;
};

template <class Storage>
void count_left_out(const support::graph_case& made, left_out& sum) {
  using T = typename Storage::value_type;
  const auto network = support::network_of<Storage>(made);
  const auto tests = support::tests_of<T>(made);
  const auto layers = network.layers();
  const auto mutants = mutants_of(layers, made.graph.size());
  const dm::mutant_changes<T> changes(network, layers, mutants, four_operators(), seed_of_operators);
  auto careful = network.delta(), fast = network.delta();
  careful.skip(false, false);
  fast.skip(true, true);
  dm::delta_worker<decltype(careful), T> all(careful), some(fast);
  const std::size_t classes = network.classes();
  std::vector<std::uint32_t> order(tests.size());
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  for (std::size_t first = 0; first < order.size(); first += all.lanes()) {
    const auto inputs = std::span<const std::uint32_t>(order).subspan(first, std::min(all.lanes(), order.size() - first));
    all.load(tests, inputs);
    some.load(tests, inputs);
    const auto original = all.runner().outputs();
    std::vector<dm::decision> decisions(tests.size());
    for (std::size_t lane = 0; lane < inputs.size(); ++lane)
      decisions[inputs[lane]] = dm::decide(all.column(original, lane).data(), classes);
    some.expect(decisions);
    some.protect();
    for (std::size_t which = 0; which < mutants.size(); ++which) {
      std::vector<std::vector<T>> found(inputs.size());
      all.runner().change(mutants[which].layer, changes.of(which), [&](const auto& outputs, std::span<const std::uint32_t> lanes) {
        for (std::size_t column = 0; column < lanes.size(); ++column) {
          const auto one = all.column(outputs, column);
          found[lanes[column]].assign(one.begin(), one.end());
        }
      });
      std::vector<int> is_seen(inputs.size(), 0);
      const std::size_t certified = some.runner().certified();
      some.runner().change(mutants[which].layer, changes.of(which), [&](const auto& outputs, std::span<const std::uint32_t> lanes) {
        for (std::size_t column = 0; column < lanes.size(); ++column) {
          ++is_seen[lanes[column]];
          const auto one = some.column(outputs, column);
          for (std::size_t c = 0; c < classes; ++c)
            if (one[c] != found[lanes[column]][c] && !(std::isnan(one[c]) && std::isnan(found[lanes[column]][c]))) ++sum.other_outputs;
        }
      });
      std::size_t skipped = 0;
      for (std::size_t lane = 0; lane < inputs.size(); ++lane) {
        BOOST_TEST_REQUIRE(found[lane].size() == classes);
        BOOST_TEST_REQUIRE(is_seen[lane] <= 1);
        if (is_seen[lane]) continue;
        ++skipped;
        const dm::decision before = decisions[inputs[lane]], after = dm::decide(found[lane].data(), classes);
        sum.wrong += before.winner != after.winner || before.rival != after.rival;
      }
      const std::size_t proved = some.runner().certified() - certified;
      BOOST_TEST_REQUIRE(proved <= skipped);
      sum.pairs += inputs.size(), sum.certified += proved, sum.dead += skipped - proved;
    }
  }
}

/// Dense networks of all sorts: activations whose slopes have bounds, and others; widths of 1 to 70; weights of several scales.
support::graph_case random_dense_network(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto pick = [&](std::size_t low, std::size_t high) { return std::uniform_int_distribution<std::size_t>(low, high)(random); };
  const std::vector<model::activation_function> kinds{activations::relu{},         activations::relu{},          activations::sigmoid{},
                                                      activations::tanh{},         activations::leaky_relu{0.2}, activations::relu6{},
                                                      activations::hard_sigmoid{}, activations::softsign{},      activations::softplus{},
                                                      activations::linear{},       activations::leaky_relu{1.5}, activations::silu{}};
  constexpr std::array<double, 8> scales{1, 1, 1.5, 1.5, 0.1, 1e-6, 30, 1e3};
  support::dense_choices chosen;
  const bool is_wide = seed % 9 == 0, is_mixed = pick(0, 1) == 1;
  const auto only = kinds[pick(0, 4)];
  for (std::size_t i = pick(1, 4); i > 0; --i) {
    chosen.widths.push_back(is_wide ? pick(20, 70) : pick(1, 14));
    chosen.activations.push_back(is_mixed ? kinds[pick(0, kinds.size() - 1)] : only);
  }
  if (is_wide && chosen.widths.size() > 2) chosen.widths.resize(2), chosen.activations.resize(2);
  chosen.features = pick(1, 8), chosen.classes = pick(1, 6);
  chosen.inputs = is_wide ? 30 : seed % 7 == 0 ? 300 : pick(1, 70);
  chosen.weight_scale = scales[pick(0, 7)];
  chosen.input_scale = scales[pick(0, 7)];
  auto made = support::dense_network(seed, chosen);
  if (seed % 5 == 0)  // outputs that are nearly the same: everything is close
    for (auto& one : made.parameters.back()) {
      const std::size_t classes = chosen.classes;
      for (std::size_t i = 0; i < one.size(); ++i)
        one[i] = static_cast<double>(static_cast<float>(one[i - i % classes] * (1 + 3e-6 * static_cast<double>(i % classes))));
    }
  return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(delta)

BOOST_AUTO_TEST_CASE(all_engines_give_the_same_kills_of_random_networks) {
  comparison precise, rounded;
  const std::size_t block = support::network_of<single>(support::random_graph(0, 1)).delta().lanes();
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const auto made = support::random_graph(seed, seed % 40 == 0 ? block + 3 : 1 + seed % 23);
    BOOST_TEST(engines_differ<twice>(made, precise) == "", "seed " << seed << " in double:" << layers_of(made));
    BOOST_TEST(engines_differ<single>(made, rounded) == "", "seed " << seed << " in float:" << layers_of(made));
  }
  BOOST_TEST_MESSAGE(precise.mutants << " mutants, " << precise.exact << " of them without near ties in double, " << rounded.exact
                                     << " in float, " << precise.killed << " cells killed");
  BOOST_TEST(precise.mutants > 10000U);
  BOOST_TEST(precise.exact > precise.mutants * 9 / 10);
  BOOST_TEST(rounded.exact > rounded.mutants * 8 / 10);
  BOOST_TEST(precise.killed > 10000U);
}

BOOST_AUTO_TEST_CASE(no_skip_changes_a_kill) {
  skipped graphs, dense;
  for (std::uint64_t seed = 1000; seed < 1120; ++seed) {
    const auto made = support::random_graph(seed, 1 + seed % 30);
    const std::string name = "seed " + std::to_string(seed);
    check_skips<single>(made, name, adding_rules, graphs);
    if (seed % 4 == 0) check_skips<single>(made, name, other_rules, graphs);
    if (seed % 4 == 1) check_skips<twice>(made, name + ", double", adding_rules, graphs);
  }
  for (std::uint64_t seed = 2000; seed < 2120; ++seed) {
    const auto made = random_dense_network(seed);
    const std::string name = "seed " + std::to_string(seed);
    check_skips<single>(made, name, adding_rules, dense);
    if (seed % 4 == 0 && seed % 9 != 0) check_skips<single>(made, name, other_rules, dense);
    if (seed % 4 == 1 && seed % 9 != 0) check_skips<twice>(made, name + ", double", adding_rules, dense);
  }
  BOOST_TEST_MESSAGE("skipped of random networks: " << graphs.dead << " dead, " << graphs.certified << " certified, " << graphs.saturated
                                                    << " saturated; of dense ones: " << dense.dead << ", " << dense.certified << ", "
                                                    << dense.saturated);
  for (const skipped& one : {graphs, dense}) {
    BOOST_TEST(one.dead > 1000U);
    BOOST_TEST(one.saturated > 1000U);
  }
  BOOST_TEST(graphs.certified > 500U);
  BOOST_TEST(dense.certified > 10000U);
}

// Each pair that is left out is computed by a runner that leaves nothing out, and must be decided like the original.
BOOST_AUTO_TEST_CASE(what_is_left_out_is_decided_as_the_original_is) {
  left_out rounded, precise;
  for (std::uint64_t seed = 3000; seed < 3150; ++seed) {
    const auto made = random_dense_network(seed);
    count_left_out<single>(made, rounded);
    count_left_out<twice>(made, precise);
  }
  for (std::uint64_t seed = 4000; seed < 4100; ++seed) {
    const auto made = support::random_graph(seed, 1 + seed % 50);
    count_left_out<single>(made, rounded);
    count_left_out<twice>(made, precise);
  }
  for (const left_out& one : {rounded, precise}) {
    BOOST_TEST_MESSAGE(one.pairs << " pairs, " << one.dead << " dead, " << one.certified << " certified");
    BOOST_TEST(one.wrong == 0U);
    BOOST_TEST(one.other_outputs == 0U);  // packing inputs of several groups together changes no bit
    BOOST_TEST(one.dead > 10000U);
    BOOST_TEST(one.certified > 10000U);
  }
}

// A block is full, or one short of it, or one input begins another; one thread has them all, or several do.
BOOST_AUTO_TEST_CASE(neither_blocks_nor_threads_matter) {
  for (const std::uint64_t seed : {0, 3, 7}) {
    auto made = support::random_graph(5000 + seed, 1);
    const std::size_t block = support::network_of<single>(made).delta().lanes();
    support::graph_maker more(seed);
    made = support::random_graph(5000 + seed, 2 * block + 5);
    const auto network = support::network_of<single>(made);
    const auto all_tests = support::tests_of<float>(made);
    const auto mutants = mutants_of(network.layers(), seed);
    for (const std::size_t inputs : {std::size_t{1}, block - 1, block, block + 1, 2 * block + 5}) {
      const auto tests = all_tests.first(inputs);
      const auto expected = kills_of(dm::this_thread{}, network, tests, mutants, other_rules, dm::engine_kind::resumable);
      const auto alone = kills_of(dm::this_thread{}, network, tests, mutants, other_rules, dm::engine_kind::delta);
      const auto near_ties = [&](std::size_t which) { return count_near_ties(network, tests, mutants[which]); };
      BOOST_TEST(difference(alone, expected, near_ties) == "", inputs << " inputs:" << layers_of(made));
      const Kokkos::DefaultHostExecutionSpace all;
      BOOST_TEST(is_same(kills_of(all, network, tests, mutants, other_rules, dm::engine_kind::delta), alone));
      BOOST_TEST(is_same(kills_of(all, network, tests, mutants, adding_rules, dm::engine_kind::delta),
                         kills_of(dm::this_thread{}, network, tests, mutants, adding_rules, dm::engine_kind::delta)));
#if defined(KOKKOS_ENABLE_OPENMP)
      for (const int threads : {1, 2, 3}) {
        const Kokkos::OpenMP some(threads);
        BOOST_TEST(is_same(kills_of(some, network, tests, mutants, other_rules, dm::engine_kind::delta), alone), threads << " threads");
      }
#endif
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
