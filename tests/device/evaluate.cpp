/// \file
/// Mutants on a device find what they find on the host.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/analysis/analyze.hpp>
#include <iostream>
#include <type_traits>
#include <vector>

#include "support/random_networks.hpp"

namespace dm = deepmaacc;

BOOST_AUTO_TEST_SUITE(device)

BOOST_AUTO_TEST_CASE(kills_are_the_hosts) {
  const support::device space;
  std::size_t cells = 0, borderline = 0, dense_networks = 0, convolutional_networks = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto made = support::make_case(seed, seed % 2 == 0, 40);
    ++(std::any_of(made.network.begin(), made.network.end(), [](const auto& layer) { return layer.kind == "conv2d"; })
           ? convolutional_networks
           : dense_networks);
    const auto network = support::network_of(made);
    const auto tests = support::tests_of(made);
    const auto rules = dm::kill_rules(dm::kill::predicted_class{}, dm::kill::true_class{}, dm::kill::any_flip{}, dm::kill::top_k{.k = 2},
                                      dm::kill::accuracy_drop{.drop = 0.05});
    const auto expected = dm::analyze(dm::this_thread{}, network, tests, dm::exhaustive{}, dm::paper_operators(), rules);
    for (const dm::any_engine& how : {dm::any_engine(dm::engine::whole{}), dm::any_engine(dm::engine::resumable{}),
                                      dm::any_engine(dm::engine::batched{}), dm::any_engine(dm::engine::automatic{})}) {
      dm::evaluation_options options;
      options.engine = how, options.block_inputs = 16;
      const auto found = dm::analyze(space, network, tests, dm::exhaustive{}, dm::paper_operators(), rules, options);
      BOOST_TEST((found.tier == dm::adapter_tier::resumable));
      for (std::size_t rule = 0; rule < rules.size(); ++rule)
        for (std::size_t which = 0; which < found.mutants.size(); ++which)
          for (std::size_t cell = 0; cell < found.kills.cells(rule); ++cell) {
            const bool is_same = found.kills.is_killed(rule, which, cell) == expected.kills.is_killed(rule, which, cell);
            BOOST_REQUIRE((is_same || found.kills.is_borderline(rule, which, cell) || expected.kills.is_borderline(rule, which, cell)));
            ++cells;
            borderline += found.kills.is_borderline(rule, which, cell);
          }
    }
  }
  std::cout << space.name() << ": " << cells << " cells equal to the host's, " << borderline << " of them borderline" << std::endl;
  BOOST_TEST(cells > 10000U);
  BOOST_TEST(dense_networks > 1U);
  BOOST_TEST(convolutional_networks > 1U);
}

BOOST_AUTO_TEST_CASE(weights_go_there_and_come_back) {
  const support::device space;
  const auto network = support::network_of(support::make_case(2, false, 1));
  auto placed = network.on(space);
  using memory = dm::adapter_memory_space<decltype(placed)>;
  BOOST_TEST((std::is_same_v<memory, support::device::memory_space> && !dm::is_host_accessible<memory>));
  const auto layers = network.layers();
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    std::vector<float> here(layers[layer].numbers_per_neuron()), there(here.size());
    const auto are_equal = [&](const auto& changed) {
      for (std::size_t neuron = 0; neuron < layers[layer].neurons; ++neuron) {
        changed.read_neuron({layer, neuron}, here), placed.read_neuron({layer, neuron}, there);
        BOOST_TEST(here == there);
      }
    };
    are_equal(network);
    if (layers[layer].neurons == 0) continue;
    auto changed = network;
    const dm::neuron_id last{layer, layers[layer].neurons - 1};
    changed.read_neuron(last, here);
    for (std::size_t i = 0; i < here.size(); ++i) here[i] += static_cast<float>(i + 1);
    const auto before = placed;
    changed.write_neuron(last, here), placed.write_neuron(last, here);
    are_equal(changed);
    placed = before;
    are_equal(network);
  }
}

BOOST_AUTO_TEST_SUITE_END()
