#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <deepmaacc/network/network.hpp>
#include <limits>
#include <string>
#include <vector>

#include "network/one_layer.hpp"
#include "support/error_text.hpp"
#include "support/spaces.hpp"

namespace dm = deepmaacc;
namespace model = support::layers;
namespace activations = deepmaacc::activation;
using support::tensor;

namespace {

/// A merge of all inputs of one place, by the layer's class.
double merged(const std::string& class_name, const std::vector<double>& values) {
  double sum = 0, product = 1;
  for (const double one : values) sum += one, product *= one;
  if (class_name == "Add") return sum;
  if (class_name == "Subtract") return values[0] - values[1];
  if (class_name == "Multiply") return product;
  if (class_name == "Average") return sum / static_cast<double>(values.size());
  if (class_name == "Maximum") return *std::max_element(values.begin(), values.end());
  return *std::min_element(values.begin(), values.end());
}

/// Random inputs of one shape but for extents of 1, which are repeated.
template <class Space>
double worst_difference(const Space& space, const support::layer& layer) {
  double worst = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    support::random_tensors random(seed);
    const bool takes_two = layer.kind == "Subtract";
    const std::size_t count = takes_two ? 2 : random.pick(2, 4), row_count = random.pick(1, 3);
    const dm::shape extents = random.extents(random.pick(1, 4));
    std::vector<std::vector<tensor>> inputs(count);
    for (auto& input : inputs) {
      dm::shape own = extents;
      for (std::size_t& extent : own)
        if (seed % 2 && random.pick(0, 2) == 0) extent = 1;
      for (std::size_t i = 0; i < row_count; ++i) input.push_back(random.of(own));
    }
    if (seed % 5 == 0) inputs[1] = inputs[0];
    dm::shape output(extents.size(), 1);
    for (const auto& input : inputs)
      for (std::size_t axis = 0; axis < output.size(); ++axis) output[axis] = std::max(output[axis], input[0].extents[axis]);
    const auto found = support::outputs_of(space, layer, inputs);
    for (std::size_t i = 0; i < row_count; ++i) {
      tensor expected(output);
      expected.for_each([&](const auto& index) {
        std::vector<double> values;
        for (const auto& input : inputs) {
          auto at = index;
          for (std::size_t axis = 0; axis < at.size(); ++axis) at[axis] = std::min(at[axis], input[i].extents[axis] - 1);
          values.push_back(input[i].at(at));
        }
        expected.at(index) = merged(layer.kind, values);
      });
      worst = std::max(worst, support::difference(found[i], expected));
    }
  }
  return worst;
}

std::string refusal(const support::layer& layer, const std::vector<dm::shape>& inputs) {
  return support::error_text<dm::error>([&] { support::alone(layer, inputs); });
}

using storage = dm::storage::xtensor_host<double>;

/// Adds a layer, and random numbers for its parameters.
struct builder {
  support::layer_graph graph;
  std::vector<std::vector<std::vector<double>>> parameters{{}};
  support::random_tensors random{7};

  std::size_t add(const std::string& name, const support::layer& layer, const std::vector<std::size_t>& inputs) {
    const std::size_t added = graph.add(name, layer, inputs);
    parameters.emplace_back();
    for (const auto& one : graph.parameters_of(added)) {
      std::vector<double> values = random.of(one.extents()).values;
      if (one.name() == "moving_variance")
        for (double& value : values) value *= value;
      parameters.back().push_back(std::move(values));
    }
    return added;
  }
};

/// Two branches that meet twice: a residual block, and channels weighted by what all of them say (squeeze and excitation).
builder residual_network() {
  builder made{support::layer_graph({4, 4, 3}, "in")};
  const std::size_t in = 0;
  const auto stem = made.add("stem", model::dense(4), {in});
  const auto normalised = made.add("normalised", model::batch_normalization(), {stem});
  const auto rectified = made.add("rectified", model::leaky_relu_layer(activations::leaky_relu{0.1}), {normalised});
  const auto inner = made.add("inner", model::dense(4, activations::tanh{}), {rectified});
  const auto sum = made.add("sum", model::add(), {inner, stem});
  const auto flat = made.add("flat", model::flatten(), {sum});
  const auto squeezed = made.add("squeezed", model::dense(4, activations::sigmoid{}), {flat});
  const auto shaped = made.add("shaped", model::reshape({1, 1, -1}), {squeezed});
  const auto weighted = made.add("weighted", model::multiply(), {sum, shaped});
  const auto both = made.add("both", model::concatenate(), {weighted, stem, weighted});
  const auto turned = made.add("turned", model::permute({3, 1, 2}), {both});
  const auto row = made.add("row", model::flatten(), {turned});
  const auto twice = made.add("twice", model::average(), {row, row});
  const auto out = made.add("out", model::dense(3), {twice});
  made.add("softmax", model::softmax_layer(activations::softmax{}), {out});
  return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(merges)

BOOST_AUTO_TEST_CASE_TEMPLATE(agree_with_plain_loops, Space, support::spaces) {
  BOOST_TEST(worst_difference(Space{}, model::add()) < 1e-14);
  BOOST_TEST(worst_difference(Space{}, model::subtract()) == 0);
  BOOST_TEST(worst_difference(Space{}, model::multiply()) < 1e-14);
  BOOST_TEST(worst_difference(Space{}, model::average()) < 1e-14);
  BOOST_TEST(worst_difference(Space{}, model::maximum()) == 0);
  BOOST_TEST(worst_difference(Space{}, model::minimum()) == 0);
}

BOOST_AUTO_TEST_CASE(not_a_number_stays_one) {
  const tensor number(dm::shape{2}, 1.0), none(dm::shape{2}, std::numeric_limits<double>::quiet_NaN());
  const auto is_nan = [&](const support::layer& layer, const tensor& left, const tensor& right) {
    return std::isnan(support::outputs_of(dm::this_thread{}, layer, {{left}, {right}})[0].values[1]);
  };
  BOOST_TEST(is_nan(model::maximum(), number, none));
  BOOST_TEST(is_nan(model::maximum(), none, number));
  BOOST_TEST(is_nan(model::minimum(), number, none));
  BOOST_TEST(is_nan(model::minimum(), none, number));
  BOOST_TEST(!is_nan(model::minimum(), number, number));
}

// Along every axis, counted from either end.
BOOST_AUTO_TEST_CASE_TEMPLATE(concatenating_puts_inputs_behind_each_other, Space, support::spaces) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    support::random_tensors random(seed);
    const std::size_t rank = random.pick(1, 4), axis = random.pick(0, rank - 1), row_count = random.pick(1, 3);
    dm::shape extents = random.extents(rank);
    std::vector<std::vector<tensor>> inputs(random.pick(2, 4));
    for (auto& input : inputs) {
      extents[axis] = random.pick(1, 4);
      for (std::size_t i = 0; i < row_count; ++i) input.push_back(random.of(extents));
    }
    dm::io::layer_config config("c", "Concatenate");
    config.set("axis", random.pick(0, 1) ? static_cast<double>(axis) + 1 : static_cast<double>(axis) - static_cast<double>(rank));
    const auto found = support::outputs_of(Space{}, support::read_layer(config), inputs);
    for (std::size_t i = 0; i < row_count; ++i) {
      std::size_t before = 0, same = 0;
      for (const auto& input : inputs) {
        input[i].for_each([&](auto index) {
          const double value = input[i].at(index);
          index[axis] += before;
          same += found[i].at(index) == value ? 1 : 0;
        });
        before += input[i].extents[axis];
      }
      BOOST_TEST(before == found[i].extents[axis]);
      BOOST_TEST(same == found[i].values.size());
    }
  }
}

BOOST_AUTO_TEST_CASE(inputs_that_do_not_fit_are_refused) {
  const dm::shape image{4, 4, 3};
  for (const support::layer& layer : {model::add(), model::maximum(), model::concatenate()}) {
    BOOST_TEST(support::has(refusal(layer, {image}), "takes two inputs or more, but the model gives it 1"));
    BOOST_TEST(support::has(refusal(layer, {image, {4, 3, 3}}), "do not fit"));
    BOOST_TEST(refusal(layer, {image, image, image}) == "no error");
  }
  BOOST_TEST(support::has(refusal(model::subtract(), {image, image, image}), "takes two inputs, but the model gives it 3"));
  BOOST_TEST(support::has(refusal(model::multiply(), {image, {3}}), "with as many axes, but gets shapes (4, 4, 3) and (3)"));
  BOOST_TEST(refusal(model::multiply(), {image, {1, 1, 3}}) == "no error");
  BOOST_TEST(support::has(refusal(model::add(), {dm::shape(9, 1), dm::shape(9, 1)}), "at most 8 axes"));
  BOOST_TEST(support::has(refusal(model::concatenate(), {image, {4, 3}}), "do not fit"));
  BOOST_TEST(support::has(refusal(model::concatenate(), {image, {1, 4, 3}}), "do not fit"));  // no repetition here
  BOOST_TEST(support::has(refusal(model::concatenate(0), {image, image}), "the batch is axis 0"));
  BOOST_TEST(support::has(refusal(model::concatenate(-4), {image, image}), "the batch is axis 0"));
  dm::program_builder huge({std::size_t{1} << 30});
  huge.from({0, 0, 0});
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { huge.concatenate("all"); }),
                          "layer all (Concatenate): its output has shape (3221225472), more than 2147483648 numbers"));
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { huge.from({}); }), "from() names none"));
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { huge.from({7}).add("sum"); }),
                          "layer sum (Add): it takes the output of node 7, but there are 1 so far"));
}

// The verifier of the network below: its layers written out for one input.
BOOST_AUTO_TEST_CASE(a_residual_network_is_its_layers) {
  auto made = residual_network();
  const auto parameters = made.parameters;
  dm::network<storage> network(made.graph.with(made.parameters));
  const tensor image = made.random.of({4, 4, 3});
  std::vector<double> found(3);
  network.predict(dm::matrix<const double>(image.values.data(), 1, 48), dm::matrix<double>(found.data(), 1, 3));

  const auto numbers = [&](std::size_t layer, std::size_t array) { return parameters[layer][array].data(); };
  const auto dense = [&](std::size_t layer, const std::vector<double>& x, std::size_t units) {
    std::vector<double> y(units);
    for (std::size_t k = 0; k < units; ++k) {
      y[k] = numbers(layer, 1)[k];
      for (std::size_t i = 0; i < x.size(); ++i) y[k] += x[i] * numbers(layer, 0)[i * units + k];
    }
    return y;
  };
  std::vector<std::vector<double>> stems, sums;
  std::vector<double> flat;
  for (std::size_t p = 0; p < 16; ++p) {
    const std::vector<double> pixel(image.values.begin() + static_cast<std::ptrdiff_t>(3 * p),
                                    image.values.begin() + static_cast<std::ptrdiff_t>(3 * p + 3));
    const auto stem = dense(1, pixel, 4);
    auto x = stem;
    for (std::size_t k = 0; k < 4; ++k) {
      x[k] = numbers(2, 0)[k] * (x[k] - numbers(2, 2)[k]) / std::sqrt(numbers(2, 3)[k] + 1e-3) + numbers(2, 1)[k];
      if (x[k] < 0) x[k] *= 0.1;
    }
    x = dense(4, x, 4);
    for (std::size_t k = 0; k < 4; ++k) flat.push_back(x[k] = std::tanh(x[k]) + stem[k]);
    stems.push_back(stem);
    sums.push_back(x);
  }
  auto weights = dense(7, flat, 4);
  std::vector<double> row(12 * 16);
  for (std::size_t k = 0; k < 4; ++k) weights[k] = 1 / (1 + std::exp(-weights[k]));
  for (std::size_t p = 0; p < 16; ++p)
    for (std::size_t k = 0; k < 4; ++k) {
      row[k * 16 + p] = row[(k + 8) * 16 + p] = sums[p][k] * weights[k];
      row[(k + 4) * 16 + p] = stems[p][k];
    }
  const auto expected = dense(14, row, 3);
  for (std::size_t k = 0; k < 3; ++k) BOOST_TEST(found[k] == expected[k], boost::test_tools::tolerance(1e-12));
}

// A mutated neuron in a branch: forward from the golden activations is predict, bit for bit, and leaves the activations alone.
BOOST_AUTO_TEST_CASE(resuming_in_a_branch_is_predicting) {
  auto made = residual_network();
  dm::network<storage> network(made.graph.with(made.parameters));
  std::vector<double> images, outputs(15), predicted(15), original(15);
  for (std::size_t i = 0; i < 5 * 48; ++i) images.push_back(made.random.number());
  const dm::matrix<const double> inputs(images.data(), 5, 48);
  dm::network<storage>::activations_type activations;
  network.predict(inputs, dm::matrix<double>(original.data(), 5, 3), activations);
  std::size_t mutated = 0;
  const auto layers = network.layers();
  for (std::size_t layer = 0; layer < layers.size(); ++layer)
    for (std::size_t neuron = 0; neuron < layers[layer].neurons; ++neuron) {
      std::vector<double> kept(layers[layer].numbers_per_neuron()), changed;
      network.read_neuron({layer, neuron}, kept);
      for (const double one : kept) changed.push_back(-one);
      network.write_neuron({layer, neuron}, changed);
      network.forward(layer, activations, dm::matrix<double>(outputs.data(), 5, 3));
      network.predict(inputs, dm::matrix<double>(predicted.data(), 5, 3));
      BOOST_TEST(outputs == predicted, boost::test_tools::per_element());
      BOOST_TEST((outputs != original));
      network.write_neuron({layer, neuron}, kept);
      network.forward(layer, activations, dm::matrix<double>(outputs.data(), 5, 3));
      BOOST_TEST(outputs == original, boost::test_tools::per_element());
      ++mutated;
    }
  BOOST_TEST(mutated == 15U);
}

BOOST_AUTO_TEST_SUITE_END()
