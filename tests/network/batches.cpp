#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/network/batches/channel_path.hpp>
#include <deepmaacc/network/network.hpp>
#include <deepmaacc/network/plan.hpp>
#include <deepmaacc/network/work.hpp>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/error_text.hpp"
#include "support/layers.hpp"
#include "support/random_graphs.hpp"
#include "support/sanitizer.hpp"

namespace dm = deepmaacc;
namespace layers = support::layers;
using storage = dm::storage::kokkos_view<double, Kokkos::HostSpace>;
using network_type = dm::network<storage>;
using altered = dm::neuron_change<double>;
using view = dm::matrix<double>;
using const_view = dm::matrix<const double>;
using batch = std::vector<std::vector<altered>>;

namespace {

std::vector<std::span<const altered>> spans_of(const batch& mutants) {
  return std::vector<std::span<const altered>>(mutants.begin(), mutants.end());
}

/// Changes of a layer's neurons: maps of the sums, and new numbers, of one neuron or several.
struct random_batch {
  batch mutants;
  std::vector<std::vector<double>> numbers;  ///< that changes refer to

  random_batch(const dm::layer_description& layer, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> any(-2, 2);
    numbers.reserve(100);
    for (std::size_t mutant = 0; mutant < 5; ++mutant) {
      std::vector<std::size_t> neurons(layer.neurons);
      for (std::size_t i = 0; i < neurons.size(); ++i) neurons[i] = i;
      std::shuffle(neurons.begin(), neurons.end(), random);
      neurons.resize(1 + random() % std::min<std::size_t>(neurons.size(), 4));
      mutants.emplace_back();
      for (const std::size_t neuron : neurons) {
        altered one;
        one.neuron = neuron;
        if (mutant % 2 == 0) {
          one.factor = mutant == 2 ? 0 : any(random);
          one.shift = layer.has_bias ? any(random) : 0;  // else no weights give that sum
        } else {
          numbers.emplace_back(layer.numbers_per_neuron());
          for (double& number : numbers.back()) number = any(random);
          one.numbers = numbers.back();
        }
        mutants.back().push_back(one);
      }
    }
  }
};

/// The outputs of a mutant, by its weights.
std::vector<double> predicted(network_type network, std::size_t layer, const std::vector<altered>& mutant, const_view inputs) {
  const dm::layer_description of = network.layers()[layer];
  for (const altered& one : mutant) {
    std::vector<double> numbers(of.numbers_per_neuron());
    network.read_neuron({layer, one.neuron}, numbers);
    for (double& number : numbers) number *= one.factor;
    if (one.numbers.empty() && of.has_bias) numbers.back() += one.shift;
    if (!one.numbers.empty()) numbers.assign(one.numbers.begin(), one.numbers.end());
    network.write_neuron({layer, one.neuron}, numbers);
  }
  std::vector<double> outputs(inputs.extent(0) * network.classes());
  network.predict(inputs, view(outputs.data(), inputs.extent(0), network.classes()));
  return outputs;
}

struct dense_chain {
  network_type network;
  std::vector<double> inputs{1, 2, 3, -1, 0.5, 2};
  dense_chain() : network(made()) {}
  const_view batch() const { return const_view(inputs.data(), 2, 3); }

 private:
  static dm::program made() {
    dm::program_builder net({3});
    net.dense("a", {.units = 4, .activation = dm::activation::relu{}}, {std::vector<float>(12, 0.5F), std::vector<float>(4, 0.1F)});
    net.dense("b", {.units = 2}, {std::vector<float>(8, -0.5F), std::vector<float>(2, 0.0F)});
    return std::move(net).finish();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(batches)

BOOST_AUTO_TEST_CASE(many_mutants_give_what_each_of_them_predicts) {
  std::size_t compared = 0, added = 0, put_beside = 0, stepped = 0;
  for (std::uint64_t seed = 0; seed < 300; seed += support::next_case) {
    const auto made = support::random_graph(seed, 1 + seed % 5);
    network_type network = support::network_of<storage>(made);
    const auto tests = support::tests_of<double>(made);
    std::vector<double> scratch;
    const auto inputs = tests.block<double>(0, tests.size(), scratch);
    const dm::network_plan plan(network.model());
    network_type::activations_type kept;
    kept.use = dm::activation_use::batching;
    std::vector<double> original(inputs.extent(0) * network.classes());
    network.predict(inputs, view(original.data(), inputs.extent(0), network.classes()), kept);
    for (std::size_t layer = 0; layer < network.layers().size(); ++layer) {
      if (!network.layers()[layer].is_mutable()) continue;
      const dm::by_batches::channel_path path(plan, layer);
      ++(path.next == dm::by_batches::channel_path::none ? put_beside : added);
      stepped += path.steps.size();
      const random_batch random(network.layers()[layer], seed);
      std::vector<double> outputs(random.mutants.size() * original.size());
      network.forward(layer, kept, spans_of(random.mutants),
                      view(outputs.data(), random.mutants.size() * inputs.extent(0), network.classes()));
      for (std::size_t which = 0; which < random.mutants.size(); ++which) {
        const auto expected = predicted(network, layer, random.mutants[which], inputs);
        for (std::size_t i = 0; i < expected.size(); ++i, ++compared) {
          const double found = outputs[which * expected.size() + i];
          const bool is_near = std::abs(found - expected[i]) <= 1e-9 * std::max(1.0, std::abs(expected[i]));
          BOOST_REQUIRE_MESSAGE(is_near || (std::isnan(found) && std::isnan(expected[i])) || found == expected[i],
                                "seed " << seed << ", layer " << network.layers()[layer].name << ", mutant " << which << ": " << found
                                        << " for " << expected[i]);
        }
      }
    }
  }
  BOOST_TEST_MESSAGE(compared << " outputs; " << added << " layers whose channels were added to sums, " << put_beside
                              << " whose channels were put beside others, after " << stepped << " steps");
  BOOST_TEST(added > 100U / support::next_case);
  BOOST_TEST(put_beside > 100U / support::next_case);
  BOOST_TEST(stepped > 100U / support::next_case);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused) {
  dense_chain of;
  network_type::activations_type kept;
  std::vector<double> outputs(6 * 2);
  const view room(outputs.data(), 6, 2);
  const batch three(3, {altered{1, 2.0, 0.0}});
  of.network.predict(of.batch(), view(outputs.data(), 2, 2), kept);
  const auto text = [&](std::size_t layer, const batch& mutants, view into) {
    return support::error_text<dm::usage_error>([&] { of.network.forward(layer, kept, spans_of(mutants), into); });
  };
  BOOST_TEST(support::has(text(1, three, room), "kept for batching"));
  kept.use = dm::activation_use::batching;  // too late
  BOOST_TEST(support::has(text(1, three, room), "do not hold what many mutants of layer a read"));
  kept = {};
  kept.use = dm::activation_use::batching;
  of.network.predict(of.batch(), view(outputs.data(), 2, 2), kept);
  BOOST_TEST(support::has(text(9, three, room), "there is no layer 9"));
  BOOST_TEST(support::has(text(1, three, view(outputs.data(), 5, 2)), "outputs of 5 x 2 do not fit 3 mutants of 2 inputs"));
  BOOST_TEST(support::has(text(1, {{altered{4}}}, view(outputs.data(), 2, 2)), "there is no neuron 4"));
  const std::vector<double> numbers(3);
  BOOST_TEST(support::has(text(1, {{altered{0, 1.0, 0.0, numbers}}}, view(outputs.data(), 2, 2)), "of 3 numbers in layer a"));
  of.network.forward(1, kept, spans_of(three), room);
  of.network.forward(1, kept, {}, view(outputs.data(), 0, 2));  // none at all
}

// Whose tensors are read: of a residual block the block's input, which is repeated for each mutant.
BOOST_AUTO_TEST_CASE(paths_end_where_channels_meet) {
  support::graph_maker make(1);
  const layers::window2d three{{3, 3}, {1, 1}, layers::padding::same};
  const std::size_t input = make.begin({4, 4, 2});
  const std::size_t first = make.add(layers::conv2d(2, three, layers::activation::relu{}), {input});
  const std::size_t second = make.add(layers::conv2d(2, three), {first});
  const std::size_t both = make.add(layers::add(), {second, input});
  make.add(layers::dense(3), {make.flat(both)});
  const auto network = support::network_of<storage>(make.with_inputs(1));
  const dm::network_plan plan(network.model());
  const auto path_of = [&](std::size_t which) {
    std::size_t layer = 0;
    for (std::size_t seen = 0; layer < plan.layers.size(); ++layer)
      if (plan.layers[layer].is_mutable() && seen++ == which) break;
    return dm::by_batches::channel_path(plan, layer);
  };
  const auto none = dm::by_batches::channel_path::none;
  BOOST_TEST(path_of(0).next != none);
  BOOST_TEST(path_of(0).steps.size() == 1U);
  BOOST_TEST((path_of(0).across == std::vector<std::size_t>{0}));
  BOOST_TEST(path_of(1).next == none);
  BOOST_TEST(path_of(1).steps.empty());
  BOOST_TEST((path_of(1).across == std::vector<std::size_t>{0}));
  BOOST_TEST(path_of(2).rest.empty());
}

// Multiplications of weighted sums, counted by hand; and what costs more is told apart from what costs less.
BOOST_AUTO_TEST_CASE(the_estimate_counts_what_is_computed) {
  dm::program_builder net({4, 4, 1});
  net.conv2d("c", {.filters = 8, .kernel = {3, 3}, .padding = dm::padding::same},
             {std::vector<float>(72, 0.1F), std::vector<float>(8, 0.0F)});
  net.flatten("f");
  net.dense("d", {.units = 5}, {std::vector<float>(128 * 5, 0.1F), std::vector<float>(5, 0.0F)});
  const network_type network(std::move(net).finish());
  const dm::network_plan plan(network.model());
  const dm::by_batches::batch_plan paths(plan);
  const dm::network_work work(plan, paths.paths, 16);
  constexpr double of_conv = 16 * 9 * 8, of_dense = 128 * 5;
  BOOST_TEST(work.whole().of_row.products == of_conv + of_dense);
  const auto& conv = work.of(1);
  BOOST_TEST(conv.resumed.of_row.products == of_conv + of_dense);
  BOOST_TEST(conv.delta.of_row.products == 0);
  BOOST_TEST(conv.delta.of_row.added == of_dense / 8);
  BOOST_TEST(conv.batched.of_row.added == of_dense / 8);
  BOOST_TEST(work.of(3).resumed.of_row.products == of_dense);
  BOOST_TEST(work.of(3).delta.of_row.products == 0);
  BOOST_TEST(!work.of(2).has_sums);

  const std::vector<std::size_t> mutants{0, 24, 0, 0}, at_once(4, 24);
  const auto few = work.costs(mutants, {1, 1, 1, 0}, at_once), many = work.costs(mutants, {10000, 128, 128, 0}, at_once);
  BOOST_TEST(few.whole >= *few.resumable);
  BOOST_TEST(*few.batched < *few.resumable);
  BOOST_TEST(*many.delta < *many.batched);
  BOOST_TEST(*many.batched < *many.resumable);
  BOOST_TEST(many.whole > 1000 * few.whole);
}

BOOST_AUTO_TEST_SUITE_END()
