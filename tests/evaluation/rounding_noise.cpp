// Near ties know how much a network's outputs are moved by rounding.
#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/philox.hpp>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/evaluation/golden.hpp>
#include <deepmaacc/evaluation/rounding_noise.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <deepmaacc/network/network.hpp>
#include <deepmaacc/storage/precision.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/engines.hpp"
#include "support/error_text.hpp"
#include "support/layers.hpp"
#include "support/random_networks.hpp"

namespace dm = deepmaacc;
namespace model = support::layers;
using support::error_text;
using support::has;

namespace {

constexpr std::size_t features = 24, pairs = 12, classes = 5;

/// A network whose hidden neurons come in pairs that are large and nearly the same, and whose outputs are their differences.
template <class T>
dm::network<dm::storage::xtensor_host<T>> cancelling(double magnitude) {
  support::layer_graph graph(dm::shape{features});
  graph.append("hidden", model::dense(2 * pairs, model::activation::linear{}));
  graph.append("output", model::dense(classes, model::activation::linear{}));
  std::vector<std::vector<std::vector<T>>> parameters(graph.size());
  for (std::size_t i = 1; i < 3; ++i)
    for (const auto& one : graph.parameters_of(i)) parameters[i].emplace_back(one.size());
  const dm::random_source random(3);
  for (std::size_t p = 0; p < pairs; ++p) {
    for (std::size_t f = 0; f < features; ++f) {
      const double large = magnitude * random.normal({0, p, f}), small = random.normal({1, p, f});
      parameters[1][0].data()[f * 2 * pairs + 2 * p] = static_cast<T>(static_cast<float>(large + small));
      parameters[1][0].data()[f * 2 * pairs + 2 * p + 1] = static_cast<T>(static_cast<float>(large));
    }
    for (std::size_t c = 0; c < classes; ++c) {
      const auto weight = static_cast<T>(static_cast<float>(random.normal({2, p, c})));
      parameters[2][0].data()[2 * p * classes + c] = weight;
      parameters[2][0].data()[(2 * p + 1) * classes + c] = -weight;
    }
  }
  for (const std::size_t i : {1U, 2U}) std::fill_n(parameters[i][1].data(), parameters[i][1].size(), T(0));
  return dm::network<dm::storage::xtensor_host<T>>(graph.with(parameters));
}

dm::test_set<float> random_inputs(std::size_t count, std::uint64_t seed = 4) {
  xt::xtensor<float, 2> inputs(std::array<std::size_t, 2>{count, features});
  const dm::random_source random(seed);
  for (std::size_t i = 0; i < inputs.size(); ++i) inputs.data()[i] = static_cast<float>(random.normal({0, 0, i}));
  return dm::test_set<float>(std::move(inputs));
}

const auto rules = dm::kill_rules(dm::kill::predicted_class{}, dm::kill::any_flip{});

/// \param tolerance  in place of the one that follows from the noise
template <class Network>
dm::kill_matrix kills_of(const Network& network, const dm::test_set<float>& tests, const dm::any_engine& engine, dm::skip_options skip = {},
                         std::optional<double> tolerance = {}) {
  dm::evaluation_options options;
  options.engine = support::with_skips(engine, skip), options.oracle = dm::oracle_kind::predictions;
  auto golden = dm::run_golden(dm::this_thread{}, network, tests, options);
  golden.tolerance = tolerance.value_or(golden.tolerance);
  const auto mutants = dm::single_neuron_mutants(network.layers(), 3, dm::population::all);
  return dm::evaluate(dm::this_thread{}, network, tests, golden, mutants, dm::paper_operators(), rules, options);
}

/// Cells that two results judge otherwise: those that one calls borderline, and the others.
std::pair<std::size_t, std::size_t> differences(const dm::kill_matrix& a, const dm::kill_matrix& b) {
  std::size_t excused = 0, wrong = 0;
  for (std::size_t which = 0; which < a.mutants(); ++which)
    for (std::size_t rule = 0; rule < a.rules(); ++rule)
      for (std::size_t cell = 0; cell < a.cells(rule); ++cell)
        if (a.is_killed(rule, which, cell) != b.is_killed(rule, which, cell))
          ++(a.is_borderline(rule, which, cell) || b.is_borderline(rule, which, cell) ? excused : wrong);
  return {excused, wrong};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rounding_noise)

BOOST_AUTO_TEST_CASE(usual_networks_keep_the_usual_tolerance) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto made = support::make_case(seed, false, 30);
    const auto network = support::network_of(made);
    const auto tests = support::tests_of(made);
    dm::evaluation_options options;
    for (const dm::any_engine& engine :
         {dm::any_engine(dm::engine::delta{}), dm::any_engine(dm::engine::whole{}), dm::any_engine(dm::engine::batched{})}) {
      options.engine = engine;
      const auto golden = dm::run_golden(dm::this_thread{}, network, tests, options);
      BOOST_TEST(golden.noise.value() < 5e-6, seed);
      BOOST_TEST(golden.noise.value() > 0, seed);
      BOOST_TEST(golden.tolerance == dm::near_tie_tolerance, seed);
    }
  }
}

// Each engine in float, with and without skips, against double. Few inputs, so that one of them decides a cell.
BOOST_AUTO_TEST_CASE(what_rounding_decides_is_borderline) {
  constexpr double magnitude = 1e6;
  const auto network = cancelling<float>(magnitude);
  const auto in_double = cancelling<double>(magnitude);
  std::size_t excused = 0, wrong = 0, wrong_before = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const auto tests = random_inputs(5, seed);
    const auto exact = kills_of(in_double, tests, dm::engine::delta{});
    for (const auto& engine : support::all_engines)
      for (const auto skip : {dm::skip_options{}, dm::skip_nothing}) {
        const auto found = differences(kills_of(network, tests, engine, skip), exact);
        excused += found.first, wrong += found.second;
        wrong_before += differences(kills_of(network, tests, engine, skip, dm::near_tie_tolerance), exact).second;
      }
  }
  BOOST_TEST(excused > 0U);
  BOOST_TEST(wrong_before > 0U);
  BOOST_TEST(10 * wrong <= wrong_before, wrong << " of " << wrong_before);  // it is a mean, no bound
}

BOOST_AUTO_TEST_CASE(the_tolerance_follows_from_the_noise) {
  const auto tests = random_inputs(50);
  double before = 0;
  for (const double magnitude : {1e3, 1e4, 1e5, 1e6}) {
    const auto network = cancelling<float>(magnitude);
    const double noise = dm::rounding_noise(network, tests, dm::judge::arg_max{network.classes()});
    BOOST_TEST(noise > 3 * before, magnitude);
    before = noise;
    const auto golden = dm::run_golden(dm::this_thread{}, network, tests, {.oracle = dm::oracle_kind::predictions});
    BOOST_TEST(golden.noise.value() == noise);
    BOOST_TEST(golden.tolerance == std::max(1e-5, 2 * noise));
  }
  BOOST_TEST(before > 1e-3);
  const auto in_double = cancelling<double>(1e6);
  const auto twice = dm::run_golden(dm::this_thread{}, in_double, tests, {.oracle = dm::oracle_kind::predictions});
  BOOST_TEST(twice.tolerance == dm::near_tie_tolerance);
}

BOOST_AUTO_TEST_CASE(it_is_measured_where_nothing_is_rounded_on_purpose) {
  const auto tests = random_inputs(20);
  const auto network = cancelling<float>(1e6);
  const auto rounded = network.in_precision(dm::precision::tf32{});
  static_assert(!dm::has_rounding_noise<std::remove_cv_t<decltype(rounded)>>);
  static_assert(!dm::has_rounding_noise<dm::archetype::resumable_adapter> && dm::has_rounding_noise<dm::network<>>);
  const auto golden = dm::run_golden(dm::this_thread{}, rounded, tests, {.oracle = dm::oracle_kind::predictions});
  BOOST_TEST(!golden.noise.has_value());
  BOOST_TEST(golden.tolerance == dm::near_tie_tolerance);
}

// Numbers that overflow say nothing.
BOOST_AUTO_TEST_CASE(infinite_outputs_are_left_out) {
  const auto tests = random_inputs(20);
  BOOST_TEST(std::isfinite(dm::rounding_noise(cancelling<float>(1e38), tests, dm::judge::arg_max{cancelling<float>(1e38).classes()})));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(memory_limit)

BOOST_AUTO_TEST_CASE(blocks_and_the_engine_follow_from_it) {
  const auto made = support::make_case(1, false, 40);
  const auto network = support::network_of(made);
  const auto tests = support::tests_of(made);
  dm::evaluation_options options;
  const auto mutants = dm::single_neuron_mutants(network.layers(), 3, dm::population::all);
  const auto chosen = [&] { return dm::detail::engine_on(dm::this_thread{}, network, options, mutants, tests.size()); };
  BOOST_TEST((chosen() == dm::any_engine(dm::engine::delta{})));
  options.memory_limit = network.delta_bytes() - 1;
  BOOST_TEST(!support::is_delta(chosen()));
  BOOST_TEST(dm::detail::rows_of_block(network, options, 40) >= 1U);
  options.memory_limit = 3 * network.bytes_per_input();
  BOOST_TEST(dm::detail::rows_of_block(network, options, 40) == 3U);
  BOOST_TEST(dm::detail::rows_of_block(network, options, 2) == 2U);

  // The results are the same.
  const auto run = [&](const dm::evaluation_options& how) {
    const auto golden = dm::run_golden(dm::this_thread{}, network, tests, how);
    return dm::evaluate(dm::this_thread{}, network, tests, golden, mutants, dm::paper_operators(), rules, how);
  };
  BOOST_TEST(differences(run(options), run({})).second == 0U);

  options.engine = dm::engine::delta{};
  options.memory_limit = network.delta_bytes() - 1;
  BOOST_TEST(has(error_text<dm::usage_error>([&] { run(options); }), "engine delta takes"));
  options.engine = dm::engine::whole{};
  options.memory_limit = network.bytes_per_input() - 1;
  BOOST_TEST(has(error_text<dm::usage_error>([&] { run(options); }), "the activations of one input take"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(chosen_skips)

// Many mutants of a network of dense layers pay for bounds and a golden run; few do not.
BOOST_AUTO_TEST_CASE(they_follow_from_what_is_to_be_run) {
  support::layer_graph graph(dm::shape{64});
  for (const std::size_t width : {200U, 200U, 10U})
    graph.append("dense_" + std::to_string(graph.size()), model::dense(width, model::activation::relu{}));
  std::vector<std::vector<std::vector<float>>> parameters(graph.size());
  for (std::size_t i = 1; i < graph.size(); ++i)
    for (const auto& one : graph.parameters_of(i)) parameters[i].emplace_back(one.size());
  const dm::network<> network(graph.with(parameters));
  const auto all = dm::single_neuron_mutants(network.layers(), 3, dm::population::all);
  const auto chosen = [&](std::span<const dm::mutant> mutants, std::size_t inputs, bool has_golden) {
    return dm::detail::skips_for({}, network.delta(), network.layers().size(), mutants, inputs, has_golden);
  };
  BOOST_TEST((chosen(all, 100'000, false) == dm::skip_options{}));
  BOOST_TEST((chosen(std::span(all).first(1), 100'000, false) == dm::skip_nothing));
  BOOST_TEST((chosen(all, 1, true) == dm::skip_nothing));
  BOOST_TEST((chosen({}, 100'000, true) == dm::skip_nothing));
  const dm::skip_options asked{true, false, false};
  BOOST_TEST((dm::detail::skips_for(asked, network.delta(), network.layers().size(), all, 1, true) == asked));
}

BOOST_AUTO_TEST_CASE(a_layer_without_neurons_cannot_be_changed) {
  const auto network = cancelling<float>(1);
  const auto tests = random_inputs(3);
  auto runner = network.delta();
  std::vector<const float*> rows;
  for (std::size_t i = 0; i < 3; ++i) rows.push_back(tests.row<float>(i, nullptr));
  runner.load(rows);
  dm::neuron_change<float> change;
  for (const std::size_t layer : {0U, 17U})
    BOOST_TEST(has(error_text<dm::usage_error>(
                       [&] { runner.change(layer, std::span<const dm::neuron_change<float>>(&change, 1), dm::archetype::output_sink{}); }),
                   "has no neurons to change"));
}

BOOST_AUTO_TEST_SUITE_END()
