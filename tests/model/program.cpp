#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/model/program.hpp>
#include <deepmaacc/model/program_builder.hpp>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/error_text.hpp"

namespace dm = deepmaacc;
namespace operation = deepmaacc::operation;

namespace {

constexpr std::size_t most = std::numeric_limits<std::size_t>::max(), half = std::size_t{1} << 63, root = std::size_t{1} << 32;
constexpr const char* layer = "layer odd (Fancy): ";

/// A network of one input, and a layer that has begun.
dm::program begun(dm::shape input = {4, 5, 2}) {
  dm::program made;
  made.add_layer("in", "InputLayer");
  made.add(operation::input{std::move(input)});
  made.add_layer("odd", "Fancy");
  return made;
}

/// What a network says to a change of it.
std::string said(dm::program made, const std::function<void(dm::program&)>& change) {
  return support::error_text<dm::model_error>([&] { change(made); });
}

/// What it says to an operation that reads the input, with arrays of these shapes.
std::string refusal(const dm::any_operation& does, const dm::shape& input = {4, 5, 2}, const std::vector<dm::shape>& arrays = {},
                    const std::vector<std::size_t>& from = {0}) {
  return said(begun(input), [&](dm::program& made) {
    std::vector<std::size_t> parameters;
    for (const auto& one : arrays) parameters.push_back(made.add_parameter("array" + std::to_string(parameters.size()), one));
    made.add(does, from, parameters);
  });
}

#define CHECK_SAYS(text, ...) BOOST_TEST(__VA_ARGS__ == std::string(layer) + (text))

operation::weighted_sums sums_of(std::size_t sums, dm::sliding_window window, std::size_t groups = 1, bool is_depthwise = false) {
  return {sums, std::move(window), groups, true, is_depthwise};
}

operation::rearrangement moved(dm::shape output, std::vector<operation::rearrangement::box> boxes) {
  return {std::move(output), {{4, 5, 2}}, std::move(boxes)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(programs)

BOOST_AUTO_TEST_CASE(layers_come_first_and_have_names_of_their_own) {
  BOOST_TEST(said({}, [](auto& made) { made.add(operation::input{{1}}); }) == "a network begins with a layer; add_layer comes first");
  BOOST_TEST(said({}, [](auto& made) { made.add_parameter("kernel", {1}); }) == "a network begins with a layer; add_layer comes first");
  BOOST_TEST(said({}, [](auto& made) { made.add_constant("one", {1}, {1}); }) == "a network begins with a layer; add_layer comes first");
  BOOST_TEST(said({}, [](auto& made) { made.add_neurons({}); }) == "a network begins with a layer; add_layer comes first");
  BOOST_TEST(said({}, [](auto& made) { made.set_output(0); }) == "a network begins with a layer; add_layer comes first");
  BOOST_TEST(said(begun(), [](auto& made) { made.add_layer("in", "Dense"); }) == "two layers are called in; give each a name of its own");
  CHECK_SAYS("a network begins with one input layer, and has no other", refusal(operation::input{{1}}, {3}, {}, {}));
  dm::program empty;
  empty.add_layer("odd", "Fancy");
  CHECK_SAYS("a network begins with one input layer, and has no other", said(empty, [](auto& made) { made.add(operation::softmax{}); }));
  CHECK_SAYS("its output must come from a node that there is", said(begun(), [](auto& made) { made.set_output(1); }));
}

BOOST_AUTO_TEST_CASE(operations_that_do_not_fit_are_refused) {
  CHECK_SAYS("it takes its input from a layer that comes after it", refusal(operation::softmax{}, {3}, {}, {1}));
  CHECK_SAYS("it takes one input, but is given 2", refusal(operation::softmax{}, {3}, {}, {0, 0}));
  CHECK_SAYS("its operation needs at least one input", refusal(operation::unary{}, {3}, {}, {}));
  CHECK_SAYS("it needs an input with at least one axis", refusal(operation::softmax{}, {}));
  CHECK_SAYS("it needs 2 weight arrays, but is given 1", refusal(sums_of(3, {}), {2}, {{2, 3}}));
  CHECK_SAYS("its array0 should have shape (2, 3), but has (3, 2)", refusal(sums_of(3, {}), {2}, {{3, 2}, {3}}));
  // An array is one operation's, of its own layer.
  const std::string others = "its kernel is another operation's; declare an array for each, which may share numbers";
  CHECK_SAYS(others, said(begun({2}), [](auto& made) {
               const std::size_t kernel = made.add_parameter("kernel", {2, 3});
               const std::size_t bias = made.add_parameter("bias", {3}), other = made.add_parameter("other", {3});
               made.add(sums_of(3, {}), {0}, {kernel, bias});
               made.add(sums_of(3, {}), {0}, {kernel, other});
             }));
  CHECK_SAYS(others, said({}, [](auto& made) {
               made.add_layer("in", "InputLayer");
               made.add(operation::input{{2}});
               const std::size_t kernel = made.add_parameter("kernel", {2, 3}), bias = made.add_parameter("bias", {3});
               made.add_layer("odd", "Fancy");
               made.add(sums_of(3, {}), {0}, {kernel, bias});
             }));
  CHECK_SAYS("there is no weight array 1; add_parameter comes first", said(begun({2}), [](auto& made) {
               made.add(sums_of(3, {}), {0}, {made.add_parameter("kernel", {2, 3}), 1});
             }));
  // Sums.
  CHECK_SAYS("its output needs at least one channel", refusal(sums_of(0, {})));
  CHECK_SAYS("its output needs at least one channel", refusal(sums_of(0, {{}, {}})));
  CHECK_SAYS("sums without a window have one group", refusal(sums_of(2, {}, 2)));
  CHECK_SAYS("sums without a window have one group", refusal(sums_of(2, {}, 1, true)));
  CHECK_SAYS("its window must have one axis or two, but has 3", refusal(sums_of(2, {{}, {}, {}}), {2, 4, 5, 2}));
  CHECK_SAYS("it takes sequences (steps, channels), but its input has shape (4, 5, 2)", refusal(sums_of(2, {{}})));
  CHECK_SAYS("its window, strides and dilation count from 1", refusal(sums_of(2, {{0}, {1}})));
  CHECK_SAYS("its window, strides and dilation count from 1", refusal(sums_of(2, {{1, 0}, {1}})));
  CHECK_SAYS("its window, strides and dilation count from 1", refusal(sums_of(2, {{1, 1, 0}, {1}})));
  CHECK_SAYS("its window of 3 x 3, dilated by 2 x 1 does not fit into its input of shape (4, 5, 2)", refusal(sums_of(2, {{3, 1, 2}, {3}})));
  CHECK_SAYS("its 3 groups must divide its 3 filters and the channels of its input of shape (4, 5, 2)", refusal(sums_of(3, {{}, {}}, 3)));
  CHECK_SAYS("its 0 groups must divide its 3 filters and the channels of its input of shape (4, 5, 2)", refusal(sums_of(3, {{}, {}}, 0)));
  CHECK_SAYS("its 3 sums must be as many for each channel of its input of shape (4, 5, 2)", refusal(sums_of(3, {{}, {}}, 1, true)));
  // Pooling.
  const auto pooling = [](dm::sliding_window window) { return operation::pooling{{}, std::move(window)}; };
  CHECK_SAYS("its window has no dilation", refusal(pooling({{2, 1, 2}, {2}})));
  CHECK_SAYS("its padding must be less than its window", refusal(pooling({{2, 1, 1, 2}, {2}})));
  CHECK_SAYS("its padding must be less than its window", refusal(pooling({{2, 1, 1, 0, 2}, {2}})));
  CHECK_SAYS("its window must have one axis or two, but has 0", refusal(pooling({}), {4}));
  CHECK_SAYS("its window must have one axis or two, but has 3", refusal(pooling({{}, {}, {}}), {2, 4, 5, 2}));
  // By places along axes.
  for (const dm::axis_range axes : {dm::axis_range{2, 1}, dm::axis_range{1, 4}, dm::axis_range{most, most}}) {
    const std::string text =
        "its axes from " + std::to_string(axes.first) + " to " + std::to_string(axes.end) + " are none of its input of shape (4, 5, 2)";
    CHECK_SAYS(text, refusal(operation::scale_and_shift{axes}));
    CHECK_SAYS(text, refusal(operation::standardization{axes}));
    CHECK_SAYS(text, refusal(operation::normalization{axes}));
  }
  // Two tensors.
  using side = operation::binary::constant_side;
  CHECK_SAYS("it takes 2 inputs, but is given 1", refusal(operation::binary{}));
  CHECK_SAYS("it takes 1 inputs, but is given 2", refusal(operation::binary{{}, side::right, {2}}, {2}, {{2}}, {0, 0}));
  CHECK_SAYS("its inputs of shapes (4, 5, 2) and (3) do not fit; extents must be the same, or 1",
             refusal(operation::binary{{}, side::right, {3}}, {4, 5, 2}, {{3}}));
  CHECK_SAYS("its inputs of shapes (4, 1) and (4, 5, 2) do not fit; extents must be the same, or 1",
             refusal(operation::binary{{}, side::left, {4, 1}}, {4, 5, 2}, {{4, 1}}));
  CHECK_SAYS("it takes inputs with at most 8 axes, but gets shapes (1, 1, 1, 1, 1, 1, 1, 1, 1) and (2)",
             refusal(operation::binary{{}, side::right, {2}}, dm::shape(9, 1), {{2}}));
  // Elements in other places.
  CHECK_SAYS("it cannot give its input of shape (4, 5, 2) the shape (3, 13); both must hold as many elements",
             refusal(operation::reshape{{3, 13}}));
  CHECK_SAYS("its boxes are cut from inputs of other shapes", refusal(moved({4}, {}), {4, 5, 1}));
  CHECK_SAYS("its boxes are cut from inputs of other shapes", refusal(moved({4}, {}), {4, 5, 2}, {}, {0, 0}));
  CHECK_SAYS("its boxes must be of its inputs, and have at most 8 axes", refusal(moved({4}, {{1, 0, 0, {}}})));
  CHECK_SAYS("its boxes must be of its inputs, and have at most 8 axes",
             refusal(moved({4}, {{0, 0, 0, std::vector<operation::rearrangement::axis>(9)}})));
  CHECK_SAYS("one of its boxes holds nothing", refusal(moved({4}, {{0, 0, 0, {{0, 1, 1}}}})));
  CHECK_SAYS("its output has shape (0), which holds nothing", refusal(moved({0}, {})));
  CHECK_SAYS("its boxes overlap: they hold more elements than its output",
             refusal(moved({8}, {{0, 0, 0, {{4, 1, 1}}}, {0, 0, 2, {{4, 1, 1}}}, {0, 0, 0, {{2, 1, 1}}}})));
  CHECK_SAYS("its boxes overlap: they hold more elements than its output", refusal(moved({8}, {{0, 0, 0, {{most, 0, 0}}}})));
  CHECK_SAYS("its boxes overlap: they hold more elements than its output", refusal(moved({8}, {{0, 0, 0, {{half, 0, 0}, {4, 0, 0}}}})));
  CHECK_SAYS("its boxes overlap", refusal(moved({8}, {{0, 0, 0, {{4, 1, 1}}}, {0, 0, 2, {{4, 1, 1}}}})));
  CHECK_SAYS("its boxes overlap", refusal(moved({8}, {{0, 0, 0, {{2, 1, 1}, {2, 1, 1}}}})));
  CHECK_SAYS("its boxes overlap", refusal(moved({8}, {{0, 0, 0, {{2, 1, 0}}}})));
  BOOST_TEST(refusal(moved({9}, {{0, 0, 0, {{3, 1, 2}}}, {0, 0, 1, {{3, 1, 2}}}})) == "no error");  // every other one
  BOOST_TEST(refusal(moved({9}, {{0, 0, 0, {{2, 1, 1}, {2, 1, 5}, {2, 1, 2}}}})) == "no error");
  // A user's own.
  CHECK_SAYS("it needs a rule for the shape of its output, and a function of float and of double", refusal(operation::custom{}));
  const auto nothing = [](const auto&) {};
  const operation::custom::shape_rule strict = [](std::span<const dm::shape> inputs) -> dm::shape {
    if (inputs.front().size() != 1) throw dm::model_error("it takes rows");
    return inputs.front();
  };
  CHECK_SAYS("it takes rows", refusal(operation::custom(strict, nothing)));
  CHECK_SAYS("it needs 1 weight arrays, but is given 0", refusal(operation::custom(strict, nothing, {{2}}), {3}));
  CHECK_SAYS("its output has shape (0), which holds nothing", refusal(operation::custom([](auto) { return dm::shape{0}; }, nothing)));
}

// A box may end with the last element, and no further; a sum that wraps is no smaller.
BOOST_AUTO_TEST_CASE(boxes_stay_within_their_tensors) {
  const std::string outside = "one of its boxes leaves its input, or its output";
  BOOST_TEST(refusal(moved({40}, {{0, 0, 0, {{4, 10, 10}, {10, 1, 1}}}})) == "no error");
  BOOST_TEST(refusal(moved({4}, {{0, 39, 3, {{1, 0, 0}}}})) == "no error");
  CHECK_SAYS(outside, refusal(moved({40}, {{0, 1, 0, {{4, 10, 10}, {10, 1, 1}}}})));
  CHECK_SAYS(outside, refusal(moved({40}, {{0, 0, 1, {{4, 10, 10}, {10, 1, 1}}}})));
  CHECK_SAYS(outside, refusal(moved({4}, {{0, 40, 0, {}}})));
  CHECK_SAYS(outside, refusal(moved({4}, {{0, 0, 4, {}}})));
  CHECK_SAYS(outside, refusal(moved({4}, {{0, most, 0, {{2, 1, 1}}}})));
  CHECK_SAYS(outside, refusal(moved({4}, {{0, 0, 0, {{3, half, 1}}}})));
  CHECK_SAYS(outside, refusal(moved({4}, {{0, 0, 0, {{3, 1, half}}}})));
  CHECK_SAYS(outside, refusal(moved({4}, {{0, 0, 0, {{root + 1, root, 0}}}})));
}

BOOST_AUTO_TEST_CASE(sizes_that_would_wrap_are_refused) {
  const std::string endless = "has more elements than this machine can address",
                    large = "would have more elements than a machine's memory holds";
  const auto refused = [](const std::string& part, const std::string& text) {
    BOOST_TEST((text.starts_with(layer) && support::has(text, part)), text);
  };
  refused(endless, refusal(operation::reshape{{root, root}}));
  refused("its output of shape (4294967296, 4294967296) would have", refusal(moved({root, root}, {})));
  refused(endless, refusal(operation::binary{{}, operation::binary::constant_side::right, {root, root, 1}}, {4, 5, 2}, {{root, root, 1}}));
  refused(endless, said(begun(), [](auto& made) { made.add_parameter("kernel", {root, root}); }));
  refused(endless, said(begun(), [](auto& made) { made.add_constant("kernel", {root, root}, {}); }));
  refused("its kernel has shape (2, 0), which holds nothing", said(begun(), [](auto& made) { made.add_parameter("kernel", {2, 0}); }));
  refused(large, refusal(sums_of(most, {})));
  refused(large, refusal(sums_of(most, {{}, {}})));
  refused(large, refusal(sums_of(1, {{most}, {}})));
  refused(large, refusal(sums_of(1, {{1, 1, 1, most - 1}, {}})));
  refused(large, refusal(sums_of(1, {{1, 1, 1, 0, half}, {}})));
  refused(large, refusal(sums_of(1, {{root, 1, root}, {}})));
  refused("its strides are too large", refusal(sums_of(1, {{1, most}, {}})));
  refused(large, refusal(operation::pooling{{}, {{half, 1}, {}}}));
  refused("its output has shape (65536, 65536), more than 2147483648 numbers for one input; no such layer can be run",
          refusal(operation::custom(
              [](auto) {
                return dm::shape{65536, 65536};
              },
              [](const auto&) {})));
  const auto giant = support::error_text<dm::model_error>([] { dm::program_builder({root}, "in"); });
  BOOST_TEST(support::has(giant, "layer in (InputLayer): its output has shape (4294967296), more than 2147483648 numbers"));
}

// Neuron j's number i is element first + j · neuron_step + i · step.
BOOST_AUTO_TEST_CASE(neurons_stay_within_their_arrays) {
  const auto refused = [](const dm::neuron_group& group) {
    return said(begun({2}), [&](dm::program& made) {
      const std::size_t kernel = made.add_parameter("kernel", {2, 3}), bias = made.add_parameter("bias", {3});
      made.add(sums_of(3, {}), {0}, {kernel, bias});
      made.add_neurons(group);
    });
  };
  dm::neuron_group whole;
  whole.neurons = 3;
  whole.weights = {{0, 2, 0, 1, 3}};
  whole.bias = dm::neuron_slice{1, 1, 0, 1, 1};
  whole.sums = 1;
  BOOST_TEST(refused(whole) == "no error");
  const auto with = [&](const std::function<void(dm::neuron_group&)>& change) {
    dm::neuron_group changed = whole;
    change(changed);
    return refused(changed);
  };
  CHECK_SAYS("the numbers of its 3 neurons, 2 each from element 1 on, leave their array of 6",
             with([](auto& one) { one.weights[0].first = 1; }));
  CHECK_SAYS("the numbers of its 3 neurons, 3 each from element 0 on, leave their array of 6",
             with([](auto& one) { one.weights[0].count = 3; }));
  CHECK_SAYS("the numbers of its 3 neurons, 1 each from element 1 on, leave their array of 3",
             with([](auto& one) { one.bias->first = 1; }));
  const auto is_outside = [&](std::size_t count, std::size_t first, std::size_t neuron_step, std::size_t step) {
    return support::has(with([&](auto& one) { one.weights[0] = {0, count, first, neuron_step, step}; }), "leave their array of 6");
  };
  BOOST_TEST(!is_outside(2, 1, 2, 0));
  BOOST_TEST(is_outside(1, 6, 0, 0));
  BOOST_TEST(is_outside(1, most, 1, 1));
  BOOST_TEST(is_outside(2, 0, half, 3));
  BOOST_TEST(is_outside(3, 0, 1, half));
  BOOST_TEST(is_outside(root + 1, 0, 1, root));
  BOOST_TEST(is_outside(most, 0, 1, most));
  CHECK_SAYS("its neurons have no numbers", with([](auto& one) { one.weights.clear(); }));
  CHECK_SAYS("its neurons have no numbers", with([](auto& one) { one.weights[0].count = 0; }));
  CHECK_SAYS("its neurons have no numbers", with([](auto& one) { one.neurons = 0; }));
  CHECK_SAYS("the bias of its neurons must be one number each", with([](auto& one) { one.bias = dm::neuron_slice{1, 2, 0, 1, 1}; }));
  CHECK_SAYS("there is no weight array 7; add_parameter comes first", with([](auto& one) { one.weights[0].parameter = 7; }));
  CHECK_SAYS("there is no weight array 7; add_parameter comes first", with([](auto& one) { one.bias->parameter = 7; }));
  CHECK_SAYS("node 0 computes no weighted sums, so it has no neurons", with([](auto& one) { one.sums = 0; }));
  CHECK_SAYS("node 2 computes no weighted sums, so it has no neurons", with([](auto& one) { one.sums = 2; }));
  const std::string not_its_own = "its neurons are not those of weighted sums of its own; program::neurons_of(node) tells these";
  CHECK_SAYS(not_its_own, with([](auto& one) { one.kernel_positions = 2; }));
  CHECK_SAYS("its 0 kernel positions do not divide the 2 weights of a neuron", with([](auto& one) { one.kernel_positions = 0; }));
  CHECK_SAYS("its 3 kernel positions do not divide the 2 weights of a neuron", with([](auto& one) { one.kernel_positions = 3; }));
  CHECK_SAYS(not_its_own, with([](auto& one) { one.neurons = 2; }));
  CHECK_SAYS(not_its_own, with([](auto& one) { one.bias.reset(); }));
  CHECK_SAYS(not_its_own, with([](auto& one) { one.weights[0] = {0, 2, 0, 2, 1}; }));  // as rows
  BOOST_TEST(with([](auto& one) {
               one.weights[0] = {0, 2, 0, 2, 1};
               one.sums.reset();
             }) == "no error");
  CHECK_SAYS("it has neurons already", said(begun({2}), [&](dm::program& made) {
               const std::size_t kernel = made.add_parameter("kernel", {2, 3}), bias = made.add_parameter("bias", {3});
               made.add(sums_of(3, {}), {0}, {kernel, bias});
               made.add_neurons(whole);
               made.add_neurons(whole);
             }));
  dm::program_builder other({2});
  other.begin("first", "Fancy");
  const std::size_t kernel = other.made().add_parameter("kernel", {2, 3}), bias = other.made().add_parameter("bias", {3});
  other.made().add(sums_of(3, {}), {0}, {kernel, bias});
  dm::program of_first = other.made();
  // Sums of another layer, in arrays of its own.
  other.begin("odd", "Fancy");
  dm::neuron_group elsewhere = whole;
  elsewhere.weights[0].parameter = other.made().add_parameter("kernel", {2, 3});
  elsewhere.bias->parameter = other.made().add_parameter("bias", {3});
  CHECK_SAYS(not_its_own, said(other.made(), [&](dm::program& made) { made.add_neurons(elsewhere); }));
  of_first.add_neurons(whole);
  of_first.add_layer("odd", "Fancy");
  whole.sums.reset();
  CHECK_SAYS("its neurons have numbers in kernel of another layer", said(of_first, [&](dm::program& made) { made.add_neurons(whole); }));
}

BOOST_AUTO_TEST_CASE(numbers_are_as_many_as_there_are_places) {
  dm::program_builder net({2});
  net.dense("odd", {3});
  const auto complete = [&] { return said(net.made(), [](const dm::program& made) { made.require_complete(); }); };
  BOOST_TEST(complete() == "layer odd (Dense): its kernel has no numbers");
  BOOST_TEST(said(net.made(), [](auto& made) { made.fill(0, std::vector<float>(5)); }) ==
             "layer odd (Dense): its kernel has shape (2, 3), but is given 5 numbers");
  BOOST_TEST(said(net.made(), [](auto& made) { made.fill(2, std::vector<float>(5)); }) ==
             "there is no weight array 2; add_parameter comes first");
  net.made().fill(0, std::vector<double>(6));
  BOOST_TEST(complete() == "layer odd (Dense): its bias has no numbers");
  net.made().fill(1, std::vector<float>(3));
  BOOST_TEST(complete() == "no error");
  net.made().clear(0);
  BOOST_TEST(complete() == "layer odd (Dense): its kernel has no numbers");
  BOOST_TEST(support::has(support::error_text<dm::model_error>([] { dm::program_builder({2}).finish(); }),
                          "a network needs an input layer and at least one more"));
  const std::vector<double> numbers(6);
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] { dm::program_builder({2}).dense("odd", {3}, {numbers}); }),
                          "layer odd (Dense): it has 2 weight arrays, but is given 1"));
  BOOST_TEST(support::has(support::error_text<dm::model_error>([&] {
                            dm::program_builder({2}).dense("odd", {2}, {numbers, numbers});
                          }),
                          "layer odd (Dense): its kernel has shape (2, 2), but is given 6 numbers"));
  BOOST_TEST(support::has(support::error_text<dm::model_error>([] { dm::program_builder({2}).dense("odd", {0}); }),
                          "layer odd (Dense): its kernel has shape (2, 0), which holds nothing"));
}

BOOST_AUTO_TEST_SUITE_END()
