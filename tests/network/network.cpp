#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/graph/depth_first_search.hpp>
#include <boost/graph/topological_sort.hpp>
#include <boost/test/unit_test.hpp>
#include <deepmaacc/analysis/analyze_program.hpp>
#include <deepmaacc/model/program_builder.hpp>
#include <deepmaacc/model/program_graph.hpp>
#include <deepmaacc/mutation/effect_blocking.hpp>
#include <deepmaacc/mutation/scoped_mutation.hpp>
#include <deepmaacc/network/network.hpp>
#include <iterator>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "support/error_text.hpp"
#include "support/random_graphs.hpp"
#include "support/random_networks.hpp"

namespace dm = deepmaacc;
namespace layers = support::layers;
namespace activation = deepmaacc::activation;
using support::layer_graph;
using list = std::vector<std::vector<std::vector<float>>>;  // of each layer's arrays

namespace {

template <class Network>
std::vector<float> run(Network& network, const dm::test_set<float>& tests) {
  std::vector<float> scratch, outputs(tests.size() * network.classes());
  network.predict(tests.block<float>(0, tests.size(), scratch), dm::matrix<float>(outputs.data(), tests.size(), network.classes()));
  return outputs;
}

list zeros(const layer_graph& graph) {
  list parameters(graph.size());
  for (std::size_t i = 0; i < graph.size(); ++i)
    for (const auto& one : graph.parameters_of(i)) parameters[i].emplace_back(one.size());
  return parameters;
}

layer_graph small_graph() {
  layer_graph graph({4, 4, 1}, "in");
  graph.append("conv", layers::conv2d(2, {{3, 3}, {1, 1}}, activation::relu{}));
  graph.append("flat", layers::flatten());
  graph.append("out", layers::dense(3, activation::softmax{}));
  return graph;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(networks)

// What a search of Boost.Graph reaches is what the plan says depends on a layer.
BOOST_AUTO_TEST_CASE(boost_searches_operations) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const dm::network_plan plan(support::random_graph(seed, 1).graph.made());
    const auto graph = dm::program_graph(plan.model);
    std::vector<std::size_t> sorted;
    boost::topological_sort(graph, std::back_inserter(sorted));
    BOOST_TEST(sorted.size() == plan.model.size());
    for (std::size_t node = 0; node < plan.model.size(); ++node) {
      const auto& from = plan.model[node].inputs;
      BOOST_TEST(from.empty() == (node == 0));
      for (const std::size_t one : from) {
        const auto& readers = plan.model[one].readers;
        BOOST_TEST(std::count(readers.begin(), readers.end(), node) == std::count(from.begin(), from.end(), one));
      }
    }
    for (std::size_t layer = 0; layer < plan.layers.size(); ++layer) {
      const auto& of = plan.model.layers()[layer];
      const std::size_t first = of.neurons ? *plan.model.neurons()[*of.neurons].sums : of.output;
      std::vector<boost::default_color_type> colors(plan.model.size(), boost::white_color);
      boost::depth_first_visit(graph, first, boost::default_dfs_visitor(), colors.data());
      std::vector<std::size_t> reached;
      for (const std::size_t node : plan.order)
        if (colors[node] != boost::white_color || plan.model[node].layer == layer) reached.push_back(node);
      if (of.neurons) std::erase_if(reached, [&](std::size_t node) { return colors[node] == boost::white_color; });
      if (reached.empty()) {  // nothing is computed any more; then the outputs are, again
        BOOST_TEST(plan.affected[layer].back() == plan.output);
        continue;
      }
      BOOST_TEST(reached == plan.affected[layer], boost::test_tools::per_element());
    }
  }
}

// forward from layer L with changed weights of L gives, bit for bit, what predict gives; and leaves the activations as they were.
BOOST_AUTO_TEST_CASE(resuming_is_predicting) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const auto made = support::make_case(seed, false, 9);
    auto network = support::network_of(made);
    const auto tests = support::tests_of(made);
    const auto layers = network.layers();
    std::vector<float> scratch, outputs(9 * made.classes), original;
    const dm::matrix<float> into(outputs.data(), 9, made.classes);
    dm::network<>::activations_type activations;
    network.predict(tests.block<float>(0, 9, scratch), into, activations);
    original = outputs;
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
      if (!layers[layer].is_mutable()) continue;
      std::vector<float> kept(layers[layer].numbers_per_neuron()), changed(kept.size(), 0.25F);
      network.read_neuron({layer, 0}, kept);
      network.write_neuron({layer, 0}, changed);
      network.forward(layer, activations, into);
      BOOST_TEST(outputs == run(network, tests), boost::test_tools::per_element());
      network.write_neuron({layer, 0}, kept);
      network.forward(layer, activations, into);
      BOOST_TEST(outputs == original, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_batch_is_its_rows) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto made = support::make_case(seed, true, 12);  // small integers: exact whatever the order of sums
    auto network = support::network_of(made);
    const auto tests = support::tests_of(made);
    const auto whole = run(network, tests);
    std::vector<float> scratch, row(made.classes);
    for (std::size_t i = 0; i < tests.size(); ++i) {
      network.predict(tests.block<float>(i, 1, scratch), dm::matrix<float>(row.data(), 1, made.classes));
      for (std::size_t j = 0; j < made.classes; ++j) BOOST_TEST(row[j] == whole[i * made.classes + j], boost::test_tools::tolerance(1e-5F));
    }
  }
}

BOOST_AUTO_TEST_CASE(copies_share_nothing_that_changes) {
  const auto made = support::make_case(5, false, 3);
  auto network = support::network_of(made);
  const auto tests = support::tests_of(made);
  const auto before = run(network, tests);
  auto copy = network;
  for (std::size_t layer = 0; layer < copy.layers().size(); ++layer)
    for (std::size_t neuron = 0; neuron < copy.layers()[layer].neurons; ++neuron)
      copy.write_neuron({layer, neuron}, std::vector<float>(copy.layers()[layer].numbers_per_neuron()));
  BOOST_TEST(run(network, tests) == before, boost::test_tools::per_element());
  BOOST_TEST(run(copy, tests) != before, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(weights_come_with_layers_or_later) {
  const layer_graph graph = small_graph();
  auto parameters = zeros(graph);
  for (auto& layer : parameters)
    for (auto& one : layer)
      for (std::size_t i = 0; i < one.size(); ++i) one[i] = static_cast<float>(i % 7) - 2.5F;
  dm::program_builder net({4, 4, 1});
  net.conv2d("conv", {.filters = 2, .kernel = {3, 3}, .activation = activation::relu{}}, {parameters[1][0], parameters[1][1]});
  net.flatten();
  net.dense("out", {.units = 3, .activation = activation::softmax{}}, {std::span(parameters[3][0]), parameters[3][1]});
  dm::network<> later(graph.with(parameters)), given(std::move(net).finish());
  const dm::test_set tests(std::vector<float>(32, 0.5F), {2, 4, 4, 1});
  BOOST_TEST(run(given, tests) == run(later, tests), boost::test_tools::per_element());

  dm::program_builder plane({2}, "in");
  plane.dense("out", {.units = 2}, {std::vector<double>{1, 2, 3, 4}, std::vector<double>{5, 6}});
  const dm::network<dm::storage::xtensor_host<double>> listed(std::move(plane).finish());
  std::vector<double> neuron(3);
  listed.read_neuron({1, 1}, neuron);
  BOOST_TEST(neuron == (std::vector<double>{2, 4, 6}), boost::test_tools::per_element());

  parameters[3][1].pop_back();
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { graph.with(parameters); }),
                          "layer out (Dense): its bias has shape (3), but is given 2 numbers"));
}

BOOST_AUTO_TEST_CASE(a_mutant_by_hand) {
  layer_graph graph({2}, "plane");
  graph.append("output", layers::dense(2));
  dm::network<> network(graph.with(list{{}, {{1, 2, 3, 4}, {5, 6}}}));
  const dm::test_set tests(std::vector<float>{1, 1}, {1, 2});
  const auto layers = network.layers();
  std::vector<float> outputs;
  {
    const dm::scoped_mutation mutated(network, layers[1], {.layer = 1, .neurons = {0}}, dm::mutation::effect_blocking{}, 0);
    outputs = run(network, tests);
  }
  BOOST_TEST(outputs == (std::vector<float>{5, 12}), boost::test_tools::per_element());
  BOOST_TEST(run(network, tests) == (std::vector<float>{9, 12}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(neurons_are_columns) {
  auto graph = small_graph();
  auto parameters = zeros(graph);
  for (std::size_t i = 0; i < 18; ++i) parameters[1][0][i] = static_cast<float>(i);
  parameters[1][1][1] = 100;
  const dm::network<> network(graph.with(parameters));
  const auto layers = network.layers();
  BOOST_TEST(layers[1].neurons == 2U);
  BOOST_TEST(layers[1].weights_per_neuron == 9U);
  BOOST_TEST(layers[1].kernel_positions == 9U);
  BOOST_TEST(!layers[1].is_output);
  BOOST_TEST(layers[3].is_output);
  BOOST_TEST(layers[2].neurons == 0U);
  std::vector<float> numbers(10);
  network.read_neuron({1, 1}, numbers);
  BOOST_TEST(numbers == (std::vector<float>{1, 3, 5, 7, 9, 11, 13, 15, 17, 100}), boost::test_tools::per_element());
  BOOST_CHECK_THROW(network.read_neuron({1, 2}, numbers), dm::usage_error);
  BOOST_CHECK_THROW(network.read_neuron({2, 0}, numbers), dm::usage_error);
  BOOST_TEST(network.parameter_count() == 18U + 2U + 8U * 3U + 3U);
}

// The arg max needs no softmax, which makes ties in float that its inputs do not have; relu and tanh stay.
BOOST_AUTO_TEST_CASE(a_final_softmax_is_dropped_and_no_other) {
  const auto final_output = [](dm::activation_function kind, bool as_layer) {
    layer_graph graph({1}, "in");
    graph.append("out", layers::dense(2, as_layer ? activation::tanh{} : kind));
    if (as_layer) graph.append("last", layers::activation_layer(kind));
    graph.append("drop", layers::dropout());
    auto parameters = zeros(graph);
    parameters[1][1][0] = 100, parameters[1][1][1] = -200;
    dm::network<> network(graph.with(parameters));
    xt::xtensor<float, 2> inputs(std::array<std::size_t, 2>{1, 1});
    inputs(0, 0) = 1;
    return run(network, dm::test_set(inputs, std::vector<int>{0}));
  };
  namespace activations = deepmaacc::activation;
  for (const dm::activation_function dropped :
       {dm::activation_function(activations::softmax{}), dm::activation_function(activations::sigmoid{}),
        dm::activation_function(activations::linear{})}) {
    BOOST_TEST(final_output(dropped, false) == (std::vector<float>{100, -200}), boost::test_tools::per_element());
    BOOST_TEST(final_output(dropped, true) == (std::vector<float>{1, -1}), boost::test_tools::per_element());
  }
  BOOST_TEST(final_output(activations::relu{}, false) == (std::vector<float>{100, 0}), boost::test_tools::per_element());
  BOOST_TEST(final_output(activations::tanh{}, false) == (std::vector<float>{1, -1}), boost::test_tools::per_element());
}

// Softmax normalises the last axis: where that is only a part of the output's last axis, the arg max needs it.
BOOST_AUTO_TEST_CASE(a_softmax_over_a_part_of_the_output_stays) {
  layer_graph graph({1, 2, 1}, "in");
  graph.append("conv", layers::conv2d(2, {{1, 1}, {1, 1}}, activation::softmax{}));
  graph.append("flat", layers::flatten());
  auto parameters = zeros(graph);
  parameters[1][0][0] = 1;
  dm::network<> network(graph.with(parameters));
  xt::xtensor<float, 4> inputs(std::array<std::size_t, 4>{1, 1, 2, 1});
  inputs(0, 0, 0, 0) = 10, inputs(0, 0, 1, 0) = 1;
  const auto outputs = run(network, dm::test_set(inputs, std::vector<int>{0}));
  BOOST_TEST(outputs[0] + outputs[1] == 1, boost::test_tools::tolerance(1e-6F));
  BOOST_TEST(outputs[2] + outputs[3] == 1, boost::test_tools::tolerance(1e-6F));
}

// One activation is dropped, however often the network is placed anew.
BOOST_AUTO_TEST_CASE(placing_a_network_does_not_change_it) {
  layer_graph graph({1}, "in");
  graph.append("out", layers::dense(2, activation::sigmoid{}));
  graph.append("last", layers::activation_layer(activation::softmax{}));
  auto parameters = zeros(graph);
  parameters[1][0][0] = 1, parameters[1][0][1] = 2;
  dm::network<> network(graph.with(parameters));
  auto placed = network.on(dm::this_thread{});
  auto again = placed.on(Kokkos::DefaultHostExecutionSpace{});
  xt::xtensor<float, 2> inputs(std::array<std::size_t, 2>{1, 1});
  inputs(0, 0) = 30;
  const dm::test_set tests(inputs, std::vector<int>{0});
  BOOST_TEST(run(network, tests)[1] == 1);
  BOOST_TEST(run(placed, tests) == run(network, tests), boost::test_tools::per_element());
  BOOST_TEST(run(again, tests) == run(network, tests), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(extents_are_checked) {
  const auto graph = small_graph();
  dm::network<> network(graph.with(zeros(graph)));
  std::vector<float> numbers(64);
  const auto view = [&](std::size_t rows, std::size_t columns) { return dm::matrix<float>(numbers.data(), rows, columns); };
  network.predict(view(2, 16), view(2, 3));
  BOOST_CHECK_THROW(network.predict(view(2, 15), view(2, 3)), dm::usage_error);
  BOOST_CHECK_THROW(network.predict(view(2, 16), view(2, 4)), dm::usage_error);
  BOOST_CHECK_THROW(network.predict(view(2, 16), view(3, 3)), dm::usage_error);
  dm::network<>::activations_type activations;
  network.predict(view(2, 16), view(2, 3), activations);
  BOOST_CHECK_THROW(network.forward(1, activations, view(3, 3)), dm::usage_error);
  BOOST_CHECK_THROW(network.forward(4, activations, view(2, 3)), dm::usage_error);
  // What was not kept is not read.
  dm::network<>::activations_type nothing, few;
  const auto forward = [&](std::size_t layer, const dm::network<>::activations_type& from) {
    return support::error_text<dm::usage_error>([&] { network.forward(layer, from, view(2, 3)); });
  };
  few.use = dm::activation_use::resuming;
  network.predict(view(2, 16), view(2, 3), few);
  few.use = dm::activation_use::observing;
  BOOST_TEST(forward(3, few) == "no error");
  nothing.inputs = few.inputs;
  BOOST_TEST(support::has(forward(3, nothing), "the activations do not hold what layer out reads"));
  // No inputs give no outputs.
  network.predict(view(0, 16), view(0, 3));
  network.predict(view(0, 16), view(0, 3), activations);
  network.forward(1, activations, view(0, 3));
  BOOST_CHECK_THROW(network.write_neuron({1, 0}, std::span<const float>(numbers).first(9)), dm::usage_error);
  BOOST_CHECK_THROW(network.read_neuron({1, 0}, std::span<float>(numbers).first(11)), dm::usage_error);
}

BOOST_AUTO_TEST_CASE(the_graph_checks_shapes_and_names_the_layer) {
  layer_graph graph = small_graph();
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] {
                            graph.append("late", layers::conv2d(1, {{1, 1}, {1, 1}}));
                          }),
                          "layer late (Conv2D): it takes images"));
  dm::program model = graph.made();
  model.add_layer("odd", "Odd");
  const auto refusal = [&](dm::any_operation does, const std::vector<std::size_t>& inputs) {
    return support::error_text<dm::model_error>([&] { model.add(std::move(does), inputs); });
  };
  BOOST_TEST(
      support::has(refusal(dm::operation::input{{1}}, {}), "layer odd (Odd): a network begins with one input layer, and has no other"));
  BOOST_TEST(support::has(refusal(dm::operation::softmax{}, {99}), "layer odd (Odd): it takes its input from a layer that comes after it"));
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { model.add_layer("conv", "Conv2D"); }), "two layers are called conv"));
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] {
                            graph.add("two", layers::flatten(), {1, 2});
                          }),
                          "takes one input, but the model gives it 2"));
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { graph.append("none", layers::dense(0)); }),
                          "layer none (Dense): its kernel has shape (3, 0), which holds nothing"));
  layer_graph still({4, 4, 1}, "in");
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] {
                            still.append("conv", layers::conv2d(1, {{1, 1}, {0, 1}}));
                          }),
                          "count from 1"));
  layer_graph tiny({2, 2, 1}, "in");
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] {
                            tiny.append("conv", layers::conv2d(1, {{3, 3}, {1, 1}}));
                          }),
                          "window of 3 x 3 does not fit"));
}

BOOST_AUTO_TEST_CASE(weights_are_checked) {
  const layer_graph graph = small_graph();
  auto parameters = zeros(graph);
  parameters[3][0].resize(5);
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { graph.with(parameters); }),
                          "layer out (Dense): its kernel has shape (8, 3), but is given 5 numbers"));
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { dm::network<>(graph.made()); }),
                          "layer conv (Conv2D): its kernel has no numbers"));
  dm::program_builder net({2});
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { net.dense("out", {.units = 2}, {std::vector<float>(4)}); }),
                          "layer out (Dense): it has 2 weight arrays, but is given 1"));
  // Numbers of double that float cannot hold.
  net = dm::program_builder({2});
  net.dense("out", {.units = 1}, {std::vector<double>{1, -1e300}, std::vector<double>{0}});
  dm::program large = std::move(net).finish();
  large.set_origin("file");
  BOOST_TEST(support::error_text<dm::model_error>([&] { dm::network<>{large}; }) ==
             "file: layer out (Dense): its kernel holds -1e+300, which is too large for the network's type; take one of double");
  dm::network<dm::storage::xtensor_host<double>>{large};
  layer_graph idle({2}, "in");
  idle.append("flat", layers::flatten());
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { dm::network<>(idle.made()); }), "no output layer"));
  auto dangling = small_graph();
  dangling.add("loose", layers::flatten(), {1});
  dangling.add("end", layers::dense(2), {3});
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { dm::network<>(dangling.with(zeros(dangling))); }),
                          "layer loose leads nowhere"));
}

// What a precision rounds is copied: the inputs for each row, the kernel once.
BOOST_AUTO_TEST_CASE(memory_of_an_input_knows_no_kernels) {
  dm::program_builder net({1000});
  net.dense("wide", {.units = 3000}, {std::vector<float>(3'000'000), std::vector<float>(3000)});
  net.dense("out", {.units = 2}, {std::vector<float>(6000), std::vector<float>(2)});
  const dm::network<> single(std::move(net).finish());
  const std::size_t plain = single.bytes_per_input(), rounded = single.in_precision(dm::precision::tf32{}).bytes_per_input();
  BOOST_TEST(rounded - plain == 3000 * sizeof(float));
}

// Neurons whose pre-activations are no weighted sums: sums of squares, by an operation of one's own.
BOOST_AUTO_TEST_CASE(neurons_of_ones_own_are_resumed) {
  const auto squares = [](const auto& rows) {
    for (std::size_t i = 0; i < rows.output.extent(0); ++i)
      for (std::size_t j = 0; j < 2; ++j) {
        rows.output(i, j) = 0;
        for (std::size_t k = 0; k < 3; ++k)
          rows.output(i, j) += rows.parameters[0][j * 3 + k] * rows.inputs[0](i, k) * rows.inputs[0](i, k);
      }
  };
  dm::program_builder net({3});
  net.custom("squares", "Squares", {[](auto) { return dm::shape{2}; }, squares, {{2, 3}}}, {"weights"},
             {std::vector<float>{1, 2, 3, 4, 0, -1}});
  dm::neuron_group group;
  group.neurons = 2;
  group.weights = {{0, 3, 0, 3, 1}};
  net.made().add_neurons(group);
  net.dense("out", {.units = 2}, {std::vector<float>{1, -1, 0.5F, 1}, std::vector<float>{0, 0}});
  const dm::network<> network(std::move(net).finish());
  BOOST_TEST(network.layers()[1].neurons == 2U);
  BOOST_TEST(network.layers()[1].weights_per_neuron == 3U);
  const std::vector<float> inputs{1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 2, 0, 1};
  const dm::test_set<float> tests(inputs, {5, 3}, std::vector<int>{0, 0, 0, 0, 0});
  dm::evaluation_options options;
  options.oracle = dm::oracle_kind::predictions;
  const auto by = [&](const dm::any_engine& engine) {
    options.engine = engine;
    return dm::analyze(network, tests, options);
  };
  const auto chosen = by(dm::engine::automatic{}), whole = by(dm::engine::whole{});
  BOOST_TEST(!std::holds_alternative<dm::engine::delta>(chosen.engine));
  BOOST_TEST(chosen.scores[0].killed == whole.scores[0].killed);
  BOOST_TEST(chosen.mutants.size() == 12U);
  // Those neurons run one by one, the others at once.
  BOOST_TEST((by(dm::engine::batched{}).kills == whole.kills));
  BOOST_TEST((by(dm::engine::resumable{}).kills == whole.kills));
  BOOST_TEST(support::has(support::error_text<dm::usage_error>([&] { by(dm::engine::delta{}); }),
                          "engine delta cannot change the neurons of layer squares"));
}

// Lanes that a block has left over hold no numbers that nobody gave.
BOOST_AUTO_TEST_CASE(operations_of_ones_own_see_inputs_only) {
  const auto look_up = [](const auto& rows) {
    constexpr double table[] = {7, -3, 2};
    for (std::size_t i = 0; i < rows.output.extent(0); ++i) {
      const auto id = static_cast<double>(rows.inputs[0](i, 0));
      if (!(id == 1 || id == 2)) throw dm::data_error("there is no such id");
      rows.output(i, 0) = static_cast<std::decay_t<decltype(rows.output(0, 0))>>(table[static_cast<std::size_t>(id)]);
    }
  };
  dm::program_builder net({1});
  net.custom("look_up", "Embedding", {[](auto) { return dm::shape{1}; }, look_up});
  net.dense("out", {.units = 2}, {std::vector<float>{1, -1}, std::vector<float>{0, 0}});
  dm::evaluation_options options;
  options.engine = dm::engine::delta{};
  const dm::test_set<float> tests(std::vector<float>{1, 2, 2}, {3, 1}, std::vector<int>{1, 0, 0});
  const auto result = dm::analyze(std::move(net).finish(), tests, options);
  BOOST_TEST(result.subject->correct == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
