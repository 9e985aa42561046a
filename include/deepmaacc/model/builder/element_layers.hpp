#pragma once

/// \file
/// Bodies of `program_builder`: layers that treat elements one by one, or by their place along axes, and those that merge tensors.

#include <algorithm>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/model/builder/declarations.hpp>
#include <utility>

namespace deepmaacc {

DEEPMAACC_INLINE std::size_t program_builder::activation(std::string name, const activation_function& function, std::string kind) {
  const std::size_t input = only(begin(std::move(name), std::move(kind)));
  if (shape_of(input).empty()) fail("it needs an input with at least one axis");
  const std::size_t made = activated(input, function);
  return end(made != input ? made : made_.add(operation::unary{activation::linear{}}, {input}));
}

DEEPMAACC_INLINE std::size_t program_builder::softmax(std::string name, std::int64_t axis) {
  const std::size_t input = only(begin(std::move(name), "Softmax"));
  if (shape_of(input).empty()) fail("it needs an input with at least one axis");
  if (axis_of(axis, shape_of(input)) + 1 != shape_of(input).size())
    fail("its axis must be -1, the last one; softmax over another axis is not supported");
  return end(made_.add(operation::softmax{}, {input}));
}

DEEPMAACC_INLINE std::size_t program_builder::with_constant(std::size_t node, const binary_function& function, std::size_t constant) {
  operation::binary by{function, operation::binary::constant_side::right, made_.parameters()[constant].extents()};
  return made_.add(std::move(by), {node}, {constant});
}

DEEPMAACC_INLINE std::size_t program_builder::prelu(std::string name, const std::vector<std::int64_t>& shared_axes,
                                                    const trained_arrays& weights) {
  const std::size_t input = only(begin(std::move(name), "PReLU"));
  shape slopes = shape_of(input);
  for (const std::int64_t axis : shared_axes) {
    if (axis < 1 || axis > static_cast<std::int64_t>(slopes.size()))
      fail(detail::text("its shared axis ", axis, " is none of its input of shape ", to_string(shape_of(input)),
                        "; they count from 1, without the batch"));
    slopes[static_cast<std::size_t>(axis - 1)] = 1;
  }
  return end(with_constant(input, arithmetic::rectify{}, made_.add_parameter("alpha", slopes)), weights);
}

DEEPMAACC_INLINE std::size_t program_builder::batch_normalization(std::string name, const batch_normalization_options& options,
                                                                  const trained_arrays& weights) {
  const std::size_t input = only(begin(std::move(name), "BatchNormalization"));
  operation::scale_and_shift line{axes_of({options.axis}, shape_of(input)), options.has_gamma, options.has_beta, true, options.epsilon};
  const shape channels = detail::extents_of(shape_of(input), line.axes);
  std::vector<std::size_t> arrays;
  if (options.has_gamma) arrays.push_back(made_.add_parameter("gamma", channels));
  if (options.has_beta) arrays.push_back(made_.add_parameter("beta", channels));
  arrays.push_back(made_.add_parameter("moving_mean", channels));
  arrays.push_back(made_.add_parameter("moving_variance", channels));
  return end(made_.add(line, {input}, std::move(arrays)), weights);
}

DEEPMAACC_INLINE std::size_t program_builder::layer_normalization(std::string name, const layer_normalization_options& options,
                                                                  const trained_arrays& weights) {
  const std::size_t input = only(begin(std::move(name), "LayerNormalization"));
  if (options.axes.empty()) fail("it needs at least one axis");
  const operation::normalization normalised{axes_of(options.axes, shape_of(input)), options.epsilon, options.has_gamma, options.has_beta};
  const shape extents = detail::extents_of(shape_of(input), normalised.axes);
  std::vector<std::size_t> arrays;
  if (options.has_gamma) arrays.push_back(made_.add_parameter("gamma", extents));
  if (options.has_beta) arrays.push_back(made_.add_parameter("beta", extents));
  return end(made_.add(normalised, {input}, std::move(arrays)), weights);
}

DEEPMAACC_INLINE std::size_t program_builder::normalization(std::string name, const normalization_options& options,
                                                            const trained_arrays& weights) {
  const std::size_t input = only(begin(std::move(name), "Normalization"));
  // Keras keeps the axes in the order of the input, however they are listed.
  std::vector<std::int64_t> ascending;
  for (const std::int64_t axis : options.axes) ascending.push_back(static_cast<std::int64_t>(axis_of(axis, shape_of(input))) + 1);
  std::sort(ascending.begin(), ascending.end());
  operation::standardization standard{axes_of(ascending, shape_of(input)), options.is_inverse};
  const shape extents = detail::extents_of(shape_of(input), standard.axes);
  const std::size_t count = element_count(extents);
  std::vector<std::size_t> arrays;
  if (options.variance.size() != options.mean.size()) fail("mean and variance must be given both, and have the same size");
  if (options.mean.empty()) {
    arrays = {made_.add_parameter("mean", extents), made_.add_parameter("variance", extents)};
    made_.add_parameter("count", {});
  } else {
    if (options.mean.size() > 1 && options.mean.size() != count)
      fail(detail::text("its mean has ", options.mean.size(), " numbers, but its input of shape ", to_string(shape_of(input)), " has ",
                        count, " along the axes that are kept; give one for each, or one for all"));
    if (std::any_of(options.variance.begin(), options.variance.end(), [](double one) { return one < 0; }))
      fail("its variance must not be negative");
    const auto each = [&](std::vector<double> numbers) {
      if (numbers.size() == 1) numbers.assign(count, numbers.front());
      return numbers;
    };
    arrays = {made_.add_constant("mean", extents, each(options.mean)), made_.add_constant("variance", extents, each(options.variance))};
  }
  return end(made_.add(standard, {input}, std::move(arrays)), weights);
}

DEEPMAACC_INLINE std::size_t program_builder::rescaling(std::string name, const std::vector<double>& scale,
                                                        const std::vector<double>& offset) {
  const std::size_t input = only(begin(std::move(name), "Rescaling"));
  if (shape_of(input).empty()) fail("it needs an input with at least one axis");
  const std::size_t places = shape_of(input).back();
  const auto each = [&](const char* what, std::vector<double> numbers) {
    if (numbers.size() != 1 && numbers.size() != places)
      fail(detail::text("it has ", numbers.size(), " numbers for the ", places, " places along the last axis of its input of shape ",
                        to_string(shape_of(input)), "; give one for each, or one for all"));
    if (numbers.size() == 1) numbers.assign(places, numbers.front());
    return made_.add_constant(what, {places}, std::move(numbers));
  };
  const std::size_t rank = shape_of(input).size();
  std::vector<std::size_t> arrays{each("scale", scale), each("offset", offset)};
  return end(made_.add(operation::scale_and_shift{{rank - 1, rank}, true, true, false, 0}, {input}, std::move(arrays)));
}

DEEPMAACC_INLINE std::size_t program_builder::merged(std::string name, const char* kind, const binary_function& function, bool takes_two) {
  const auto nodes = begin(std::move(name), kind);
  if (takes_two ? nodes.size() != 2 : nodes.size() < 2)
    fail(detail::text("it takes two inputs", takes_two ? "" : " or more", ", but the model gives it ", nodes.size()));
  std::size_t at = nodes.front();
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    if (shape_of(nodes[i]).size() != shape_of(nodes.front()).size())
      fail(detail::text("it takes inputs with as many axes, but gets shapes ", to_string(shape_of(nodes.front())), " and ",
                        to_string(shape_of(nodes[i])), "; put a Reshape layer before it"));
    at = made_.add(operation::binary{function}, {at, nodes[i]});
  }
  return end(at);
}

DEEPMAACC_INLINE std::size_t program_builder::add(std::string name) { return merged(std::move(name), "Add", arithmetic::add{}, false); }
DEEPMAACC_INLINE std::size_t program_builder::subtract(std::string name) {
  return merged(std::move(name), "Subtract", arithmetic::subtract{}, true);
}
DEEPMAACC_INLINE std::size_t program_builder::multiply(std::string name) {
  return merged(std::move(name), "Multiply", arithmetic::multiply{}, false);
}
DEEPMAACC_INLINE std::size_t program_builder::maximum(std::string name) {
  return merged(std::move(name), "Maximum", arithmetic::maximum{}, false);
}
DEEPMAACC_INLINE std::size_t program_builder::minimum(std::string name) {
  return merged(std::move(name), "Minimum", arithmetic::minimum{}, false);
}
DEEPMAACC_INLINE std::size_t program_builder::average(std::string name) {
  const auto count = static_cast<double>(from_.empty() ? 1 : from_.size());
  const std::size_t sum = merged(std::move(name), "Average", arithmetic::add{}, false);
  return end(with_constant(sum, arithmetic::divide{}, made_.add_constant("count", {}, {count})));
}

}  // namespace deepmaacc
