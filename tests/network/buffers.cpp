#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deepmaacc/network/network.hpp>
#include <deepmaacc/network/plan.hpp>
#include <deepmaacc/network/rows/buffers.hpp>
#include <deepmaacc/network/rows/executor.hpp>
#include <deepmaacc/network/rows/forward.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/layers.hpp"
#include "support/random_graphs.hpp"

namespace dm = deepmaacc;
namespace by_rows = deepmaacc::by_rows;
namespace layers = support::layers;
namespace operation = deepmaacc::operation;
using list = std::vector<float>;
using storage = dm::storage::xtensor_host<float>;

namespace {

constexpr std::size_t none = dm::network_plan::none;

/// Whether an operation reads an element of each input for the last time when it writes the output's element of that place.
bool is_elementwise(const dm::network_plan& plan, std::size_t node) {
  const auto& does = plan.model[node].does;
  const auto* merged = does.get_if<operation::binary>();
  const auto& shapes = plan.input_shapes[node];
  return does.holds<operation::unary>() || does.holds<operation::scale_and_shift>() || does.holds<operation::standardization>() ||
         (merged && shapes.size() == 2 && shapes[0] == shapes[1]);
}

/// What a pass does, in its order: who writes, whose operation it is, and what it reads.
struct pass {
  std::size_t written, does;
};
std::vector<pass> passes_of(const dm::network_plan& plan) {
  std::vector<pass> all;
  std::vector<bool> is_done(plan.model.size(), false);
  for (const std::size_t node : plan.order) {
    if (is_done[node]) continue;
    const std::size_t written = plan.then[node] == none ? node : plan.then[node];
    is_done[written] = true;
    all.push_back({written, node});
  }
  return all;
}

/// Every number of the buffers says whose it is: whoever reads must find all of what it reads, and write to no place that it still reads.
std::string fault_of(const dm::network_plan& plan, const by_rows::buffer_layout& layout) {
  std::vector<std::size_t> owner(layout.width, none);
  for (const auto [written, does] : passes_of(plan)) {
    const auto range = [&](std::size_t node) { return std::pair(layout.offsets[node], layout.offsets[node] + plan.widths[node]); };
    const auto [begin, end] = range(written);
    const std::string name = "node " + std::to_string(written);
    if (written != plan.output && end > layout.width) return name + " leaves the buffers";
    for (const std::size_t from : plan.sources[does]) {
      if (from == 0) continue;
      const auto [first, last] = range(from);
      for (std::size_t at = first; at < last; ++at)
        if (owner.at(at) != from) return name + " does not find node " + std::to_string(from);
      if (written == plan.output || end <= first || last <= begin) continue;
      if (!is_elementwise(plan, does) || first != begin || last != end) return name + " writes where it reads node " + std::to_string(from);
    }
    if (written != plan.output)
      std::fill(owner.begin() + static_cast<std::ptrdiff_t>(begin), owner.begin() + static_cast<std::ptrdiff_t>(end), written);
  }
  return "none";
}

/// The most numbers that are needed at once: of tensors that somebody still reads, and of the one that is being written, unless that takes
/// the place of one that is read for the last time.
std::size_t most_alive(const dm::network_plan& plan) {
  const auto passes = passes_of(plan);
  std::vector<std::size_t> last_use(plan.model.size(), 0);
  for (std::size_t at = 0; at < passes.size(); ++at)
    for (const std::size_t from : plan.sources[passes[at].does]) last_use[from] = at;
  std::size_t most = 0;
  std::vector<std::size_t> alive;
  for (std::size_t at = 0; at < passes.size(); ++at) {
    const std::size_t from = plan.sources[passes[at].does].front();
    const bool is_in_place = is_elementwise(plan, passes[at].does) && from != 0 && last_use[from] == at;
    if (is_in_place) std::erase(alive, from);
    if (passes[at].written != plan.output) alive.push_back(passes[at].written);
    std::size_t sum = 0;
    for (const std::size_t one : alive) sum += plan.widths[one];
    most = std::max(most, sum);
    std::erase_if(alive, [&](std::size_t one) { return last_use[one] <= at; });
  }
  return most;
}

/// Blocks whose every layer reads all before it.
dm::program dense_net() {
  support::layer_graph graph({7, 5, 3});
  std::size_t at = graph.append("stem", layers::conv2d(4, {{3, 3}, {1, 1}, layers::padding::same}));
  for (int block = 0; block < 2; ++block) {
    for (int i = 0; i < 4; ++i) {
      const std::string name = std::to_string(block) + "_" + std::to_string(i);
      const std::size_t normalised = graph.add("norm_" + name, layers::batch_normalization(), {at});
      const std::size_t rectified = graph.add("relu_" + name, layers::relu_layer(layers::activation::relu{}), {normalised});
      const std::size_t grown = graph.add("conv_" + name, layers::dense(3), {rectified});
      at = graph.add("both_" + name, layers::concatenate(), {at, grown});
    }
    at = graph.add("pool_" + std::to_string(block), layers::average_pooling2d({{2, 2}, {2, 2}}), {at});
  }
  graph.append("flat", layers::flatten());
  graph.append("out", layers::dense(3));
  return graph.made();
}

/// Every tensor by itself, and every operation by itself: nothing shares a place, nothing is done at once.
std::vector<list> tensors_of(const dm::network_plan& plan, const list& inputs, std::size_t rows) {
  std::vector<list> arrays, tensors(plan.model.size());
  for (const auto& one : plan.model.parameters())
    one.visit([&](const auto& from) {
      auto& array = arrays.emplace_back();
      for (const auto number : from) array.push_back(static_cast<float>(number));
    });
  tensors[0] = inputs;
  for (const std::size_t node : plan.order) {
    const auto& shapes = plan.input_shapes[node];
    std::vector<dm::matrix<const float>> sources;
    for (std::size_t i = 0; i < shapes.size(); ++i)
      sources.emplace_back(tensors[plan.sources[node][i]].data(), rows, dm::element_count(shapes[i]));
    std::vector<const float*> parameters;
    for (const std::size_t one : plan.model[node].parameters) parameters.push_back(arrays[one].data());
    tensors[node].resize(rows * plan.widths[node]);
    list scratch(by_rows::scratch_of(plan.model[node].does, shapes, rows));
    by_rows::run(plan.model[node].does,
                 by_rows::context<dm::this_thread, float>{{},
                                                          sources,
                                                          shapes,
                                                          dm::matrix<float>(tensors[node].data(), rows, plan.widths[node]),
                                                          plan.model[node].output_shape,
                                                          parameters,
                                                          scratch.data(),
                                                          nullptr});
  }
  return tensors;
}

/// Also where both are the same NaN.
bool are_same(const float* found, const list& expected) {
  return std::memcmp(found, expected.data(), expected.size() * sizeof(float)) == 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(buffers)

BOOST_AUTO_TEST_CASE(tensors_that_are_needed_at_once_share_no_place) {
  std::size_t placed = 0, shared = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const dm::network_plan plan(support::random_graph(seed, 1).graph.made());
    const by_rows::buffer_layout layout(plan);
    BOOST_TEST(fault_of(plan, layout) == "none", "seed " << seed << ": " << fault_of(plan, layout));
    std::size_t sum = 0;
    for (const auto [written, does] : passes_of(plan)) sum += written == plan.output ? 0 : plan.widths[written];
    BOOST_TEST(layout.width <= sum);
    BOOST_TEST(layout.width >= most_alive(plan));
    placed += sum, shared += sum - layout.width;
  }
  BOOST_TEST(shared > placed / 3);  // so there was something to overlap
}

// The check above sees what it is for.
BOOST_AUTO_TEST_CASE(the_simulation_notices_an_overlap) {
  std::size_t noticed = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const dm::network_plan plan(support::random_graph(seed, 1).graph.made());
    by_rows::buffer_layout layout(plan);
    for (std::size_t& offset : layout.offsets) offset = 0;
    noticed += fault_of(plan, layout) != "none";
  }
  BOOST_TEST(noticed > 50U);
}

BOOST_AUTO_TEST_CASE(dense_nets_take_what_is_alive_at_once) {
  const auto plan = std::make_shared<const dm::network_plan>(dense_net());
  const by_rows::buffer_layout layout(*plan);
  BOOST_TEST(fault_of(*plan, layout) == "none");
  BOOST_TEST(layout.width == most_alive(*plan));
  // The widest moment is the last layer of the first block, 7 x 5 positions: 13 channels and 3 more are put together.
  const by_rows::executor<storage, dm::precision::float32> executor(plan);
  std::size_t scratch = 0;
  for (const std::size_t node : plan->order)
    scratch = std::max(scratch, by_rows::scratch_of(plan->model[node].does, plan->input_shapes[node], 1));
  BOOST_TEST(executor.bytes_per_row() == (7U * 5 * (13 + 3 + 16) + scratch) * sizeof(float));
  std::size_t sum = 0;
  for (const std::size_t width : plan->widths) sum += width;
  BOOST_TEST(layout.width * 3 < sum);
}

// However a pass is made, it gives the bits that its operations give one by one.
BOOST_AUTO_TEST_CASE(all_passes_agree) {
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    const std::size_t rows = 1 + seed % 5;
    const auto made = support::random_graph(seed, rows);
    const dm::program model = made.graph.with(made.parameters);
    const dm::network_plan plan(model);
    list inputs;
    for (const auto& one : made.inputs)
      for (const double value : one) inputs.push_back(static_cast<float>(value));
    const auto tensors = tensors_of(plan, inputs, rows);
    const list& expected = tensors[plan.output];

    dm::network<storage> network(model);
    const dm::matrix<const float> from(inputs.data(), rows, inputs.size() / rows);
    list outputs(expected.size());
    const dm::matrix<float> into(outputs.data(), rows, network.classes());
    const auto holds = [&](const char* what) {
      BOOST_TEST(are_same(outputs.data(), expected), what << " of seed " << seed);
      std::fill(outputs.begin(), outputs.end(), -1.0F);
    };
    network.predict(from, into);
    holds("predict");
    dm::network<storage>::activations_type kept, for_resuming;
    for_resuming.use = dm::activation_use::resuming;
    network.predict(from, into, for_resuming);
    holds("predict for resuming");
    network.predict(from, into, kept);
    for (std::size_t layer = 0; layer < model.layers().size(); ++layer) {
      const auto given = network.layer_outputs(layer, kept, into);
      const std::size_t node = plan.computed_by[model.layers()[layer].output];
      BOOST_TEST(are_same(given.data(), tensors[node]), "layer " << layer << " of seed " << seed);
    }
    holds("predict with activations");
    for (std::size_t layer = 0; layer < model.layers().size(); ++layer) {
      network.forward(layer, kept, into);
      holds("forward");
      if (!network.layers()[layer].is_mutable()) continue;
      network.forward(layer, for_resuming, into);
      holds("forward from what is kept for resuming");
    }
  }
}

// Arrays with equal numbers share them until they are in a network; there each neuron is its own.
BOOST_AUTO_TEST_CASE(equal_arrays_are_mutated_alone) {
  const std::vector<float> kernel{1, 2, 3, 4}, bias{5, 6};
  dm::program_builder net({2});
  net.dense("first", {2}, {kernel, bias});
  net.dense("second", {2}, {kernel, bias});
  net.dense("out", {2}, {kernel, bias});
  const dm::program model = std::move(net).finish(), copy = model;
  const auto numbers_of = [](const dm::program& from, std::size_t which) {
    const void* place = nullptr;
    from.parameters()[which].visit([&](const auto& given) { place = given.data(); });
    return place;
  };
  BOOST_TEST(numbers_of(copy, 0) == numbers_of(model, 0));  // stored once
  dm::network<storage> network(model), other(copy);
  const auto neuron_of = [](const dm::network<storage>& of, std::size_t layer, std::size_t neuron) {
    list read(3);
    of.read_neuron({layer, neuron}, read);
    return read;
  };
  const auto is = boost::test_tools::per_element();
  for (std::size_t layer = 1; layer <= 3; ++layer) {
    const list kept = neuron_of(network, layer, 0);
    network.write_neuron({layer, 0}, list{7, 8, 9});
    for (std::size_t each = 1; each <= 3; ++each) {
      BOOST_TEST(neuron_of(network, each, 0) == (each == layer ? list{7, 8, 9} : list{1, 3, 5}), is);
      BOOST_TEST(neuron_of(network, each, 1) == (list{2, 4, 6}), is);
      BOOST_TEST(neuron_of(other, each, 0) == (list{1, 3, 5}), is);
    }
    network.write_neuron({layer, 0}, kept);
  }
  for (std::size_t which = 0; which < model.parameters().size(); ++which)
    model.parameters()[which].visit([&](const auto& given) { BOOST_TEST(given[0] == (which % 2 ? 5.0F : 1.0F)); });
}

BOOST_AUTO_TEST_SUITE_END()
