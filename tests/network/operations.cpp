#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/mpl/for_each.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/model/operation.hpp>
#include <deepmaacc/model/program_builder.hpp>
#include <deepmaacc/network/network.hpp>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "network/one_layer.hpp"
#include "support/spaces.hpp"

namespace dm = deepmaacc;
namespace operation = deepmaacc::operation;
namespace activation = deepmaacc::activation;
namespace arithmetic = deepmaacc::arithmetic;
using support::random_tensors, support::tensor;
using tensors = std::vector<tensor>;
using position = std::vector<std::size_t>;  // of an element, by axis

namespace {

/// An operation, what it reads, its arrays, and what it makes of its inputs, by plain loops.
struct tested_operation {
  dm::any_operation does;
  std::vector<dm::shape> inputs;
  tensors parameters{};
  std::function<tensor(const tensors&)> expected;
  bool divides = false;  ///< by what it reads: a mutant may make that 0
};

/// Multiples of 1/8: sums of them are exact, in whatever order.
double coarse(random_tensors& random) { return (static_cast<double>(random.pick(0, 32)) - 16) / 8; }

/// Indices of a tensor as an axis range splits them: those of the range.
position within(const position& at, const dm::axis_range& axes) {
  return {at.begin() + static_cast<std::ptrdiff_t>(axes.first), at.begin() + static_cast<std::ptrdiff_t>(axes.end)};
}

dm::axis_range random_axes(random_tensors& random, std::size_t rank) {
  const std::size_t first = random.pick(0, rank);
  return {first, random.pick(first, rank)};
}

tensor random_positive(random_tensors& random, const dm::shape& extents) {
  tensor made = random.of(extents);
  for (double& one : made.values) one = 0.3 + one * one;
  return made;
}

tested_operation random_unary(random_tensors& random) {
  struct choice {
    dm::unary_function function;
    double (*definition)(double);
  };
  const std::vector<choice> all{
      {activation::linear{}, [](double z) { return z; }},
      {activation::relu{}, [](double z) { return std::max(z, 0.0); }},
      {activation::leaky_relu{0.25}, [](double z) { return z < 0 ? z / 4 : z; }},
      {activation::clipped_relu{0.5, 0.25, 1}, [](double z) { return z > 0.25 ? std::min(z, 1.0) : (z - 0.25) / 2; }},
      {activation::elu{1.5}, [](double z) { return z < 0 ? 1.5 * std::expm1(z) : z; }},
      {activation::tanh{}, [](double z) { return std::tanh(z); }},
      {activation::sigmoid{}, [](double z) { return 1 / (1 + std::exp(-z)); }},
      {activation::softsign{}, [](double z) { return z / (1 + std::abs(z)); }},
  };
  const choice& one = all[random.pick(0, all.size() - 1)];
  return {operation::unary{one.function}, {random.extents(random.pick(1, 4))}, {}, [one](const tensors& inputs) {
            tensor made = inputs[0];
            for (double& value : made.values) value = one.definition(value);
            return made;
          }};
}

tested_operation random_softmax(random_tensors& random) {
  return {operation::softmax{}, {random.extents(random.pick(1, 4))}, {}, [](const tensors& inputs) {
            tensor made = inputs[0];
            made.for_each([&](const position& at) {
              double sum = 0;
              position other = at;
              for (other.back() = 0; other.back() < made.extents.back(); ++other.back()) sum += std::exp(inputs[0].at(other));
              made.at(at) = std::exp(inputs[0].at(at)) / sum;
            });
            return made;
          }};
}

/// Every form that NumPy knows: extents of 1 on either side, fewer axes, none at all for a constant.
tested_operation random_binary(random_tensors& random, operation::binary::constant_side constant) {
  struct choice {
    dm::binary_function function;
    double (*definition)(double, double);
  };
  static const std::vector<choice> all{
      {arithmetic::add{}, [](double x, double y) { return x + y; }},
      {arithmetic::subtract{}, [](double x, double y) { return x - y; }},
      {arithmetic::multiply{}, [](double x, double y) { return x * y; }},
      {arithmetic::divide{}, [](double x, double y) { return x / y; }},
      {arithmetic::maximum{}, [](double x, double y) { return std::max(x, y); }},
      {arithmetic::minimum{}, [](double x, double y) { return std::min(x, y); }},
      {arithmetic::rectify{}, [](double x, double y) { return x < 0 ? x * y : x; }},
  };
  using side = operation::binary::constant_side;
  const choice one = all[random.pick(0, all.size() - 1)];
  const dm::shape whole = random.extents(random.pick(1, 4));
  const auto part = [&](bool may_be_single) {
    const std::size_t lacking = random.pick(0, 1) ? random.pick(0, whole.size() - (may_be_single ? 0 : 1)) : 0;
    dm::shape extents(whole.begin() + static_cast<std::ptrdiff_t>(lacking), whole.end());
    for (std::size_t& extent : extents)
      if (random.pick(0, 3) == 0) extent = 1;
    return extents;
  };
  const bool is_plain = random.pick(0, 3) == 0;  // no repetition
  const dm::shape left = is_plain ? whole : part(constant == side::left), right = is_plain ? whole : part(constant == side::right);
  tested_operation made{operation::binary{one.function, constant,
                                          constant == side::left    ? left
                                          : constant == side::right ? right
                                                                    : dm::shape{}},
                        {},
                        {},
                        {}};
  if (constant != side::left) made.inputs.push_back(left);
  if (constant != side::right) made.inputs.push_back(right);
  if (constant != side::none) made.parameters.push_back(random_positive(random, constant == side::left ? left : right));
  made.divides = one.function.holds<arithmetic::divide>() && constant != side::right;
  made.expected = [=, parameters = made.parameters](const tensors& inputs) {
    const tensor &x = constant == side::left ? parameters[0] : inputs[0], &y = constant == side::right ? parameters[0] : inputs.back();
    const std::size_t rank = std::max(x.extents.size(), y.extents.size());
    dm::shape output(rank, 1);
    for (const tensor* each : {&x, &y})
      for (std::size_t axis = 0; axis < each->extents.size(); ++axis) {
        std::size_t& extent = output[axis + rank - each->extents.size()];
        extent = std::max(extent, each->extents[axis]);
      }
    tensor result(output);
    result.for_each([&](const position& at) {
      const auto element = [&](const tensor& from) {
        position own(at.end() - static_cast<std::ptrdiff_t>(from.extents.size()), at.end());
        for (std::size_t axis = 0; axis < own.size(); ++axis) own[axis] = from.extents[axis] == 1 ? 0 : own[axis];
        return from.at(own);
      };
      result.at(at) = one.definition(element(x), element(y));
    });
    return result;
  };
  return made;
}

tested_operation random_scale_and_shift(random_tensors& random) {
  const dm::shape extents = random.extents(random.pick(1, 4));
  const auto axes = random_axes(random, extents.size());
  const bool has_gamma = random.pick(0, 1), has_beta = random.pick(0, 1), has_statistics = random.pick(0, 1);
  const dm::shape places = dm::detail::extents_of(extents, axes);
  const tensor gamma = random.of(places), beta = random.of(places), mean = random.of(places), variance = random_positive(random, places);
  tensors parameters;
  if (has_gamma) parameters.push_back(gamma);
  if (has_beta) parameters.push_back(beta);
  if (has_statistics) parameters.insert(parameters.end(), {mean, variance});
  return {operation::scale_and_shift{axes, has_gamma, has_beta, has_statistics, 0.25}, {extents}, parameters, [=](const tensors& inputs) {
            tensor made = inputs[0];
            made.for_each([&](const position& at) {
              const position place = within(at, axes);
              double& x = made.at(at);
              if (has_statistics) x = (x - mean.at(place)) / std::sqrt(variance.at(place) + 0.25);
              x = x * (has_gamma ? gamma.at(place) : 1) + (has_beta ? beta.at(place) : 0);
            });
            return made;
          }};
}

tested_operation random_standardization(random_tensors& random) {
  const dm::shape extents = random.extents(random.pick(1, 4));
  const auto axes = random_axes(random, extents.size());
  const bool is_inverse = random.pick(0, 1);
  const dm::shape places = dm::detail::extents_of(extents, axes);
  const tensor mean = random.of(places), variance = random_positive(random, places);
  return {operation::standardization{axes, is_inverse}, {extents}, {mean, variance}, [=](const tensors& inputs) {
            tensor made = inputs[0];
            made.for_each([&](const position& at) {
              const position place = within(at, axes);
              const double deviation = std::sqrt(variance.at(place));
              double& x = made.at(at);
              x = is_inverse ? mean.at(place) + x * deviation : (x - mean.at(place)) / deviation;
            });
            return made;
          }};
}

tested_operation random_normalization(random_tensors& random) {
  const dm::shape extents = random.extents(random.pick(1, 4));
  const auto axes = random_axes(random, extents.size());
  const bool has_gamma = random.pick(0, 1), has_beta = random.pick(0, 1);
  const dm::shape places = dm::detail::extents_of(extents, axes);
  const tensor gamma = random.of(places), beta = random.of(places);
  tensors parameters;
  if (has_gamma) parameters.push_back(gamma);
  if (has_beta) parameters.push_back(beta);
  return {operation::normalization{axes, 0.25, has_gamma, has_beta}, {extents}, parameters, [=](const tensors& inputs) {
            tensor made = inputs[0];
            made.for_each([&](const position& at) {
              double sum = 0, squares = 0, count = 0;
              inputs[0].for_each([&](position other) {
                for (std::size_t axis = 0; axis < at.size(); ++axis)
                  if ((axis < axes.first || axis >= axes.end) && other[axis] != at[axis]) return;
                const double x = inputs[0].at(other);
                sum += x, squares += x * x, count += 1;
              });
              const double mean = sum / count, variance = std::max(0.0, squares / count - mean * mean);
              const position place = within(at, axes);
              made.at(at) = (inputs[0].at(at) - mean) / std::sqrt(variance + 0.25) * (has_gamma ? gamma.at(place) : 1) +
                            (has_beta ? beta.at(place) : 0);
            });
            return made;
          }};
}

/// An image or a sequence, and windows that fit it, with elements around it that differ from side to side.
struct random_windows {
  dm::shape image;
  dm::sliding_window window;

  random_windows(random_tensors& random, bool is_pooling) {
    image = random.extents(random.pick(2, 3));
    for (std::size_t axis = 0; axis + 1 < image.size(); ++axis) {
      dm::window_axis one{random.pick(1, 4), random.pick(1, 3), is_pooling ? 1 : random.pick(1, 3), 0, 0};
      const std::size_t around = is_pooling ? one.taps - 1 : 4;
      one.before = random.pick(0, around), one.behind = random.pick(0, around);
      while (one.positions(image[axis]) == 0) ++image[axis];
      window.push_back(one);
    }
  }
  dm::shape output(std::size_t channels) const {
    dm::shape extents = image;
    for (std::size_t axis = 0; axis < window.size(); ++axis) extents[axis] = window[axis].positions(image[axis]);
    extents.back() = channels;
    return extents;
  }
  /// Calls `visit(element of the image without its channel, tap)` for each tap of a window that lies on the image.
  template <class Visit>
  void for_each_tap(const position& window_at, const Visit& visit) const {
    dm::shape taps;
    for (const auto& one : window) taps.push_back(one.taps);
    tensor(taps).for_each([&](const position& tap) {
      position element;
      for (std::size_t axis = 0; axis < window.size(); ++axis) {
        const auto& one = window[axis];
        const long at = static_cast<long>(window_at[axis] * one.stride + tap[axis] * one.dilation) - static_cast<long>(one.before);
        if (at < 0 || at >= static_cast<long>(image[axis])) return;
        element.push_back(static_cast<std::size_t>(at));
      }
      visit(element, tap);
    });
  }
};

tested_operation random_pooling(random_tensors& random) {
  const random_windows made(random, true);
  const bool is_average = random.pick(0, 1);
  const auto kind = is_average ? operation::pooling::reduction::average : operation::pooling::reduction::maximum;
  return {operation::pooling{kind, made.window}, {made.image}, {}, [=](const tensors& inputs) {
            tensor result(made.output(made.image.back()));
            result.for_each([&](const position& at) {
              double sum = 0, largest = -INFINITY, count = 0;
              made.for_each_tap(at, [&](position element, const position&) {
                element.push_back(at.back());
                const double x = inputs[0].at(element);
                sum += x, largest = std::max(largest, x), count += 1;
              });
              result.at(at) = is_average ? sum / count : largest;
            });
            return result;
          }};
}

/// Over the last axis, or over windows: groups of channels, each channel by itself, with a bias and without.
tested_operation random_sums(random_tensors& random) {
  operation::weighted_sums sums;
  sums.has_bias = random.pick(0, 2) > 0;
  tested_operation made;
  if (random.pick(0, 3) == 0) {
    const dm::shape extents = random.extents(random.pick(1, 4));
    sums.sums = random.pick(1, 5);
    made.inputs = {extents};
    const tensor kernel = random.of({extents.back(), sums.sums}), bias = random.of({sums.sums});
    made.parameters = {kernel, bias};
    made.expected = [=](const tensors& inputs) {
      dm::shape output = extents;
      output.back() = sums.sums;
      tensor result(output);
      result.for_each([&](position at) {
        const std::size_t sum = at.back();
        double total = sums.has_bias ? bias.at({sum}) : 0;
        for (std::size_t i = 0; i < extents.back(); ++i) {
          position from = at;
          from.back() = i;
          total += inputs[0].at(from) * kernel.at({i, sum});
        }
        result.at(at) = total;
      });
      return result;
    };
  } else {
    random_windows windows(random, false);
    sums.is_depthwise = random.pick(0, 2) == 0;
    sums.groups = sums.is_depthwise ? 1 : random.pick(1, 3);
    windows.image.back() = sums.groups * random.pick(1, 3);
    const std::size_t channels = windows.image.back(), groups = sums.is_depthwise ? channels : sums.groups;
    sums.sums = groups * random.pick(1, 3);
    sums.window = windows.window;
    made.inputs = {windows.image};
    dm::shape taps;
    for (const auto& one : windows.window) taps.push_back(one.taps);
    dm::shape kernel_extents = taps;
    kernel_extents.insert(kernel_extents.end(),
                          {sums.is_depthwise ? channels : channels / groups, sums.is_depthwise ? sums.sums / channels : sums.sums});
    const tensor kernel = random.of(kernel_extents), bias = random.of({sums.sums});
    made.parameters = {kernel, bias};
    made.expected = [=](const tensors& inputs) {
      tensor result(windows.output(sums.sums));
      result.for_each([&](const position& at) {
        const std::size_t sum = at.back(), group = sum / (sums.sums / groups), part = channels / groups;
        double total = sums.has_bias ? bias.at({sum}) : 0;
        windows.for_each_tap(at, [&](position element, position tap) {
          element.push_back(0);
          tap.insert(tap.end(), {0, 0});
          for (std::size_t i = 0; i < part; ++i) {
            element.back() = group * part + i;
            tap[tap.size() - 2] = sums.is_depthwise ? group : i;
            tap.back() = sums.is_depthwise ? sum % (sums.sums / channels) : sum;
            total += inputs[0].at(element) * kernel.at(tap);
          }
        });
        result.at(at) = total;
      });
      return result;
    };
  }
  if (!sums.has_bias) made.parameters.pop_back();
  made.does = sums;
  return made;
}

/// The output in slabs along one axis, each a box that is cut, with any steps, from any input, its axes in any order; or left empty.
tested_operation random_rearrangement(random_tensors& random) {
  operation::rearrangement moved;
  for (std::size_t i = random.pick(1, 3); i > 0; --i) moved.inputs.push_back(random.extents(random.pick(1, 4)));
  moved.output = random.extents(random.pick(1, 4));
  const std::size_t along = random.pick(0, moved.output.size() - 1);
  std::vector<std::size_t> steps(moved.output.size(), 1);
  for (std::size_t axis = steps.size() - 1; axis > 0; --axis) steps[axis - 1] = steps[axis] * moved.output[axis];
  for (std::size_t begin = 0; begin < moved.output[along];) {
    const std::size_t extent = random.pick(1, moved.output[along] - begin);
    operation::rearrangement::box box;
    box.input = random.pick(0, moved.inputs.size() - 1);
    box.target = begin * steps[along];
    const std::size_t last = dm::element_count(moved.inputs[box.input]) - 1;
    box.source = random.pick(0, last);
    std::size_t left = last - box.source;
    for (std::size_t axis = 0; axis < steps.size(); ++axis) {
      const std::size_t length = axis == along ? extent : moved.output[axis];
      const std::size_t step = random.pick(0, length > 1 ? left / (length - 1) : 9);
      box.axes.push_back({length, step, steps[axis]});
      left -= (length - 1) * step;
    }
    for (std::size_t axis = 1; axis < box.axes.size(); ++axis) std::swap(box.axes[axis], box.axes[random.pick(0, axis)]);
    while (!box.axes.empty() && box.axes.back().extent == 1 && random.pick(0, 1)) box.axes.pop_back();
    if (random.pick(0, 4) > 0) moved.boxes.push_back(std::move(box));
    begin += extent;
  }
  return {moved, moved.inputs, {}, [moved](const tensors& inputs) {
            tensor result(moved.output);
            for (const auto& box : moved.boxes) {
              dm::shape extents;
              for (const auto& one : box.axes) extents.push_back(one.extent);
              tensor(extents).for_each([&](const position& at) {
                std::size_t from = box.source, to = box.target;
                for (std::size_t axis = 0; axis < at.size(); ++axis) {
                  from += at[axis] * box.axes[axis].source_step;
                  to += at[axis] * box.axes[axis].target_step;
                }
                result.values[to] = inputs[box.input].values[from];
              });
            }
            return result;
          }};
}

tested_operation random_reshape(random_tensors& random) {
  const dm::shape extents = random.extents(random.pick(1, 4));
  dm::shape output = extents;
  std::reverse(output.begin(), output.end());
  if (random.pick(0, 1)) output.insert(output.begin() + static_cast<std::ptrdiff_t>(random.pick(0, output.size())), 1);
  if (random.pick(0, 2) == 0) output = {dm::element_count(extents)};
  return {operation::reshape{output}, {extents}, {}, [output](const tensors& inputs) { return tensor(output, inputs[0].values); }};
}

/// y_j = a_j · x_j, and behind them the largest of the other input.
tested_operation random_custom(random_tensors& random) {
  const std::size_t width = random.pick(1, 6);
  const dm::shape other = random.extents(random.pick(1, 3));
  const tensor factors = random.of({width});
  const auto run = [](const auto& rows) {
    const auto &first = rows.inputs[0], &second = rows.inputs[1];
    for (std::size_t i = 0; i < rows.output.extent(0); ++i) {
      for (std::size_t j = 0; j < first.extent(1); ++j) rows.output(i, j) = first(i, j) * rows.parameters[0][j];
      auto largest = second(i, 0);
      for (std::size_t j = 1; j < second.extent(1); ++j) largest = std::max(largest, second(i, j));
      rows.output(i, first.extent(1)) = largest;
    }
  };
  return {operation::custom([](std::span<const dm::shape> inputs) { return dm::shape{inputs[0].back() + 1}; }, run, {{width}}),
          {{width}, other},
          {factors},
          [factors](const tensors& inputs) {
            tensor made({factors.values.size() + 1});
            for (std::size_t j = 0; j < factors.values.size(); ++j) made.values[j] = inputs[0].values[j] * factors.values[j];
            made.values.back() = *std::max_element(inputs[1].values.begin(), inputs[1].values.end());
            return made;
          }};
}

/// The operation in a network: its inputs come from Dense layers that only copy, where it has any, and so can be mutated.
dm::program network_of(const tested_operation& tested, bool has_neurons) {
  support::cut_input made(tested.inputs);
  for (std::size_t i = 0; has_neurons && i < made.parts.size(); ++i) {
    const std::size_t channels = tested.inputs[i].back();
    std::vector<double> identity(channels * channels), zeros(channels);
    for (std::size_t c = 0; c < channels; ++c) identity[c * channels + c] = 1;
    made.parts[i] = made.net.from({made.parts[i]}).dense("before_" + std::to_string(i), {channels, {}, true}, {identity, zeros});
  }
  auto& model = made.net.made();
  const auto from = made.net.from(made.parts).begin("tested", "Tested");
  std::vector<std::size_t> parameters;
  for (const tensor& one : tested.parameters) {
    parameters.push_back(model.add_parameter("array_" + std::to_string(parameters.size()), one.extents));
    model.fill(parameters.back(), one.values);
  }
  made.net.end(model.add(tested.does, from, parameters));
  return support::copied(std::move(made.net));
}

double relative(double found, double expected) { return std::abs(found - expected) / std::max(1.0, std::abs(expected)); }

/// A row of inputs, and what the operation should make of it.
struct row {
  std::vector<double> inputs;
  tensor expected;
};

std::vector<row> random_rows(const tested_operation& tested, random_tensors& random, std::size_t count) {
  std::vector<row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    tensors inputs;
    std::vector<double> flat;
    for (const auto& extents : tested.inputs) {
      tensor one(extents);
      for (double& value : one.values) do
          value = coarse(random);
        while (tested.divides && value == 0);
      flat.insert(flat.end(), one.values.begin(), one.values.end());
      inputs.push_back(std::move(one));
    }
    rows.push_back({std::move(flat), tested.expected(inputs)});
  }
  return rows;
}

std::vector<std::vector<double>> inputs_of(const std::vector<row>& rows) {
  std::vector<std::vector<double>> all;
  for (const row& one : rows) all.push_back(one.inputs);
  return all;
}

/// The delta tier's outputs are those of rows, before and after neurons in front of the operation change.
template <class T>
void check_lanes(const dm::program& model, const std::vector<row>& rows, random_tensors& random, double tolerance) {
  dm::network<dm::storage::xtensor_host<T>> network(model);
  const std::size_t count = rows.size(), width = rows.front().inputs.size(), classes = network.classes();
  std::vector<T> inputs, outputs(count * classes);
  for (const row& one : rows)
    for (const double value : one.inputs) inputs.push_back(static_cast<T>(value));
  const auto predict = [&] {
    network.predict(dm::matrix<const T>(inputs.data(), count, width), dm::matrix<T>(outputs.data(), count, classes));
  };
  predict();
  auto delta = network.delta();
  std::vector<const T*> lanes;
  for (std::size_t i = 0; i < std::min(count, delta.lanes()); ++i) lanes.push_back(inputs.data() + i * width);
  delta.load(lanes);
  const auto original = delta.outputs();
  double worst = 0;
  for (std::size_t i = 0; i < lanes.size(); ++i)
    for (std::size_t c = 0; c < classes; ++c)
      worst = std::max(worst, relative(static_cast<double>(original(c, i)), static_cast<double>(outputs[i * classes + c])));
  BOOST_TEST(worst < tolerance);
  const auto layers = network.layers();
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    if (!layers[layer].name.starts_with("before_")) continue;
    std::vector<T> kept(layers[layer].numbers_per_neuron()), numbers(kept.size());
    for (T& one : numbers) one = static_cast<T>(random.pick(0, 4)) - 2;  // sums stay exact
    const std::size_t neuron = random.pick(0, layers[layer].neurons - 1);
    network.read_neuron({layer, neuron}, kept);
    network.write_neuron({layer, neuron}, numbers);
    predict();
    network.write_neuron({layer, neuron}, kept);
    std::vector<std::vector<T>> found;
    for (std::size_t i = 0; i < lanes.size(); ++i)
      for (auto& one = found.emplace_back(classes); T & value : one) value = original(static_cast<std::size_t>(&value - one.data()), i);
    const dm::neuron_change<T> change{neuron, 1, 0, numbers};
    delta.change(layer, {&change, 1}, [&](const dm::matrix<const T>& changed, std::span<const std::uint32_t> which) {
      for (std::size_t at = 0; at < which.size(); ++at)
        for (std::size_t c = 0; c < classes; ++c) found[which[at]][c] = changed(c, at);
    });
    worst = 0;
    for (std::size_t i = 0; i < lanes.size(); ++i) {
      const std::span<const T> expected(outputs.data() + i * classes, classes);
      // A mutant may divide by 0, and 0 times infinity is in every copy then.
      if (!std::all_of(expected.begin(), expected.end(), [](T one) { return std::isfinite(one); })) continue;
      for (std::size_t c = 0; c < classes; ++c)
        worst = std::max(worst, relative(static_cast<double>(found[i][c]), static_cast<double>(expected[c])));
    }
    BOOST_TEST(worst < tolerance);
  }
}

template <class MakeOperation>
void check(const char* kind, std::uint64_t count, const MakeOperation& make) {
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    random_tensors random(seed);
    const tested_operation tested = make(random);
    const bool has_neurons = seed % 2;
    const auto rows = random_rows(tested, random, random.pick(0, 5) ? random.pick(1, 5) : 70);
    const dm::program model = network_of(tested, has_neurons);
    BOOST_TEST_CONTEXT(kind << " of seed " << seed) {
      boost::mpl::for_each<support::spaces>([&]<class Space>(const Space& space) {
        const auto agree = [&](const std::vector<std::vector<double>>& found, double tolerance) {
          double worst = 0;
          for (std::size_t i = 0; i < rows.size(); ++i) {
            BOOST_REQUIRE(found[i].size() == rows[i].expected.values.size());
            for (std::size_t j = 0; j < found[i].size(); ++j) worst = std::max(worst, relative(found[i][j], rows[i].expected.values[j]));
          }
          BOOST_TEST(worst < tolerance, Space::name() << " is off by " << worst);
        };
        agree(support::rows_of<float>(space, model, inputs_of(rows)), 3e-5);
        agree(support::rows_of<double>(space, model, inputs_of(rows)), 1e-12);
      });
      check_lanes<float>(model, rows, random, 3e-5);
      check_lanes<double>(model, rows, random, 1e-12);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(operations)

// Rows on every space in both precisions against plain loops; lanes against rows, and again after a neuron in front of them has changed.
BOOST_AUTO_TEST_CASE(of_single_elements) {
  check("unary", 40, random_unary);
  check("scale and shift", 60, random_scale_and_shift);
  check("standardization", 30, random_standardization);
}

BOOST_AUTO_TEST_CASE(of_two_tensors) {
  using side = operation::binary::constant_side;
  for (const side constant : {side::none, side::left, side::right})
    check("binary", 120, [&](random_tensors& random) { return random_binary(random, constant); });
}

BOOST_AUTO_TEST_CASE(of_elements_together) {
  check("softmax", 30, random_softmax);
  check("normalization", 40, random_normalization);
}

BOOST_AUTO_TEST_CASE(of_windows) {
  check("weighted sums", 120, random_sums);
  check("pooling", 80, random_pooling);
}

BOOST_AUTO_TEST_CASE(of_places) {
  check("rearrangement", 100, random_rearrangement);
  check("reshape", 20, random_reshape);
}

BOOST_AUTO_TEST_CASE(of_ones_own) { check("custom", 20, random_custom); }

BOOST_AUTO_TEST_SUITE_END()
