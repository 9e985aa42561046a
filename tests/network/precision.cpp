#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <deepmaacc/analysis/analyze.hpp>
#include <type_traits>
#include <utility>
#include <vector>

#include "network/observed.hpp"
#include "support/random_networks.hpp"
#include "support/spaces.hpp"

namespace dm = deepmaacc;
using dm::precision::float32, dm::precision::float64, dm::precision::tf32;

namespace {

/// 10 mantissa bits, ties away from zero; for numbers that are neither tiny nor huge.
double rounded(double x) {
  if (x == 0) return x;
  const int exponent = std::ilogb(x);
  return std::scalbn(std::round(std::scalbn(x, 10 - exponent)), exponent - 10);
}

double relative(double found, double expected) { return std::abs(found - expected) / std::max(1.0, std::abs(expected)); }

/// Storage that counts the arrays that are made.
struct counted : dm::storage::xtensor_host<float> {
  counted() = default;
  explicit counted(std::size_t size) : dm::storage::xtensor_host<float>(size) { ++made; }
  static inline int made = 0;
};

template <class Network>
std::vector<std::vector<typename Network::value_type>> weights_of(const Network& network) {
  std::vector<std::vector<typename Network::value_type>> all;
  const auto layers = network.layers();
  for (std::size_t layer = 0; layer < layers.size(); ++layer)
    for (std::size_t neuron = 0; neuron < layers[layer].neurons; ++neuron) {
      all.emplace_back(layers[layer].numbers_per_neuron());
      network.read_neuron({layer, neuron}, all.back());
    }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(network_precision)

// Each layer is compared by itself, with what the layer before gave: sums in double would now and then round to another factor behind it.
BOOST_AUTO_TEST_CASE_TEMPLATE(factors_are_rounded_and_nothing_else, Space, support::spaces) {
  const Space space;
  double worst = 0;
  std::size_t products = 0, moved_products = 0;
  for (std::uint64_t seed = 0; seed < 25; ++seed) {
    const auto made = support::make_case(seed, false, 1 + seed % 5);
    auto network =
        support::network_of<dm::storage::kokkos_view<float, typename Space::memory_space>, Space>(made, space).in_precision(tf32{});
    const auto found = support::observed(space, network, made);
    naive::tensor x = made.inputs[0];  // its shape; the numbers are those found
    for (std::size_t layer = 0; layer < made.network.size(); ++layer) {
      const naive::layer l = support::as_run(made.network, layer);
      naive::layer exact = l, factored = l;
      for (double& weight : factored.weights) weight = rounded(weight);
      double moved = 0;
      naive::tensor next;
      for (std::size_t i = 0; i < made.inputs.size(); ++i) {
        x.values = found[layer][i];
        const auto unrounded = naive::run(exact, x);
        if (l.neurons > 0)
          for (double& value : x.values) value = rounded(value);
        next = naive::run(factored, x);
        const auto& given = found[layer + 1][i];
        BOOST_REQUIRE(given.size() == next.values.size());
        for (std::size_t j = 0; j < given.size(); ++j) {
          worst = std::max(worst, relative(given[j], next.values[j]));
          moved = std::max(moved, relative(unrounded.values[j], next.values[j]));
        }
      }
      products += l.neurons > 0;
      moved_products += moved > 1e-5;
      x = next;
    }
  }
  BOOST_TEST(worst < 2e-6);
  BOOST_TEST(moved_products > products * 3 / 4);  // so what was compared can tell
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_network_in_double_is_the_verifiers, Space, support::spaces) {
  const Space space;
  double worst = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const auto made = support::make_case(seed, false, 3);
    auto network =
        support::network_of<dm::storage::kokkos_view<float, typename Space::memory_space>, Space>(made, space).in_precision(float64{});
    const auto found = support::observed(space, network, made);
    for (std::size_t i = 0; i < made.inputs.size(); ++i) {
      const auto expected = naive::outputs(made.network, made.inputs[i]);
      for (std::size_t j = 0; j < expected.size(); ++j) worst = std::max(worst, relative(found.back()[i][j], expected[j]));
    }
  }
  BOOST_TEST(worst < 1e-13);
}

// Small integers have few bits: rounding changes nothing, bit for bit, whatever the order of sums.
BOOST_AUTO_TEST_CASE(small_integers_stay) {
  const dm::this_thread space;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    auto made = support::make_case(seed, true, 5);
    for (auto& l : made.network)
      if (l.activation != "relu") l.activation = "linear";
    auto network = support::network_of(made);
    auto rounding = network.in_precision(tf32{});
    bool is_small = true;
    const auto expected = support::observed(space, network, made);
    for (const auto& layer : expected)
      for (const auto& row : layer)
        for (const double value : row) is_small &= std::abs(value) <= 2048;
    if (is_small) BOOST_TEST((support::observed(space, rounding, made) == expected));
  }
}

BOOST_AUTO_TEST_CASE(a_network_keeps_its_space_and_its_precision) {
  const auto network = support::network_of(support::make_case(1, false, 1));
  const auto rounding = network.in_precision(tf32{});
  const auto twice = network.in_precision(float64{});
  const auto placed = rounding.on(Kokkos::DefaultHostExecutionSpace{});
  using storage = dm::storage::xtensor_host<float>;
  BOOST_TEST((std::is_same_v<decltype(network), const dm::network<storage, dm::this_thread, float32>>));
  BOOST_TEST((std::is_same_v<decltype(rounding), const dm::network<storage, dm::this_thread, tf32>>));
  BOOST_TEST((std::is_same_v<decltype(placed), const dm::network<storage, dm::this_thread, tf32>>));
  BOOST_TEST((std::is_same_v<decltype(twice), const dm::network<dm::storage::xtensor_host<double>>>));
  BOOST_TEST((std::is_same_v<decltype(twice.in_precision(float32{})), dm::network<>>));
  const dm::network<dm::storage::kokkos_view<float>, Kokkos::DefaultExecutionSpace> on_space([&] {
    dm::program model = network.model();
    for (std::size_t i = 0; i < model.parameters().size(); ++i) model.fill(i, std::vector<float>(model.parameters()[i].size()));
    return model;
  }());
  BOOST_TEST((std::is_same_v<decltype(on_space.in_precision(float64{})),
                             dm::network<dm::storage::kokkos_view<double>, Kokkos::DefaultExecutionSpace, float64>>));
  BOOST_TEST((weights_of(rounding) == weights_of(network)));
  BOOST_TEST((weights_of(twice.in_precision(float32{})) == weights_of(network)));
}

// Mutation reads and writes what is stored, which is never rounded.
BOOST_AUTO_TEST_CASE(weights_are_stored_as_they_are) {
  const auto made = support::make_case(2, false, 4);
  auto network = support::network_of(made).in_precision(tf32{});
  const auto before = support::observed(dm::this_thread{}, network, made);
  const auto layers = network.layers();
  for (std::size_t layer = 0; layer < layers.size(); ++layer)
    for (std::size_t neuron = 0; neuron < layers[layer].neurons; ++neuron) {
      std::vector<float> kept(layers[layer].numbers_per_neuron()), read(kept.size());
      network.read_neuron({layer, neuron}, kept);
      std::vector<float> changed(kept.size(), 1 + 0x1p-20F);
      network.write_neuron({layer, neuron}, changed);
      BOOST_TEST((support::observed(dm::this_thread{}, network, made) != before));
      network.read_neuron({layer, neuron}, read);
      BOOST_TEST(std::memcmp(read.data(), changed.data(), sizeof(float) * read.size()) == 0);
      network.write_neuron({layer, neuron}, kept);
    }
  BOOST_TEST((support::observed(dm::this_thread{}, network, made) == before));
}

BOOST_AUTO_TEST_CASE(passes_allocate_nothing_after_reserve) {
  for (const std::uint64_t seed : {0U, 3U, 8U, 11U}) {
    const auto made = support::make_case(seed, false, 6);
    auto network = support::network_of<counted>(made).in_precision(tf32{});
    const auto tests = support::tests_of(made);
    std::vector<float> scratch, outputs(6 * made.classes);
    const dm::matrix<float> into(outputs.data(), 6, made.classes);
    decltype(network)::activations_type activations;
    network.reserve(6);
    network.reserve(activations, 6);
    const int made_before = counted::made;
    network.predict(tests.block<float>(0, 6, scratch), into, activations);
    network.forward(network.layers().size() - 1, activations, into);
    network.predict(tests.block<float>(0, 6, scratch), into);
    BOOST_TEST(counted::made == made_before);
  }
}

BOOST_AUTO_TEST_CASE(kills_depend_on_neither_threads_nor_engine) {
  const auto rules = dm::kill_rules(dm::kill::predicted_class{}, dm::kill::true_class{}, dm::kill::any_flip{});
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const auto made = support::make_case(seed, false, 60);
    const auto network = support::network_of(made).in_precision(tf32{});
    const auto tests = support::tests_of(made);
    dm::evaluation_options options;
    options.block_inputs = 9;
    options.engine = dm::engine::resumable{};  // engine delta sums in another order: rounded factors may differ then
    const auto run = [&](const auto& space) {
      return dm::analyze(space, network, tests, dm::exhaustive{}, dm::paper_operators(), rules, options);
    };
    const auto on_one = run(dm::this_thread{});
    const auto on_threads = run(Kokkos::DefaultHostExecutionSpace{});
    options.engine = dm::engine::whole{};
    const auto whole = run(Kokkos::DefaultHostExecutionSpace{});
    BOOST_TEST((on_threads.kills == on_one.kills));
    BOOST_TEST((whole.kills == on_one.kills));
    BOOST_TEST((on_one.engine == dm::any_engine(dm::engine::resumable{})));
  }
}

BOOST_AUTO_TEST_SUITE_END()
