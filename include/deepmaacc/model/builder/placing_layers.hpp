#pragma once

/// \file
/// Bodies of `program_builder`: layers that give elements other places, or other shapes.

#include <algorithm>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/model/builder/declarations.hpp>
#include <utility>

namespace deepmaacc {

DEEPMAACC_INLINE std::size_t program_builder::axis_of(std::int64_t axis, const shape& input) const {
  const auto rank = static_cast<std::int64_t>(input.size());
  const std::int64_t counted = axis < 0 ? axis + rank + 1 : axis;
  if (counted < 1 || counted > rank)
    fail(detail::text("its axis ", axis, " is none of an input of shape ", to_string(input),
                      "; the batch is axis 0 and no choice, the input's axes count from 1, or from the end as -1"));
  return static_cast<std::size_t>(counted - 1);
}

DEEPMAACC_INLINE axis_range program_builder::axes_of(const std::vector<std::int64_t>& axes, const shape& input) const {
  if (axes.empty()) return {input.size(), input.size()};
  const std::size_t first = axis_of(axes.front(), input);
  for (std::size_t i = 1; i < axes.size(); ++i)
    if (axis_of(axes[i], input) != first + i)
      fail("its axes must be neighbours, in ascending order; other lists of axes are not supported");
  return {first, first + axes.size()};
}

DEEPMAACC_INLINE std::size_t program_builder::flatten(std::string name) {
  const std::size_t input = only(begin(std::move(name), "Flatten"));
  return end(made_.add(operation::reshape{{element_count(shape_of(input))}}, {input}));
}

DEEPMAACC_INLINE std::size_t program_builder::reshape(std::string name, const std::vector<std::int64_t>& target) {
  const std::size_t input = only(begin(std::move(name), "Reshape"));
  const std::size_t count = element_count(shape_of(input));
  const auto open = std::find(target.begin(), target.end(), -1);
  shape output;
  for (const std::int64_t extent : target) {
    if (extent != -1 && extent < 1) fail("target_shape must be made of whole numbers from 1, and -1 for the extent that follows");
    output.push_back(extent == -1 ? 1 : static_cast<std::size_t>(extent));
  }
  if (std::count(target.begin(), target.end(), -1) > 1) fail("target_shape leaves more than one extent open");
  const auto holds = [&](const shape& extents) {
    try {
      return element_count(extents);
    } catch (const error& fault) {
      fail(fault.what());
    }
  };
  const std::size_t known = holds(output);
  if (open != target.end() && count % known == 0) output[static_cast<std::size_t>(open - target.begin())] = count / known;
  if (holds(output) != count)
    fail(detail::text("it cannot give its input of shape ", to_string(shape_of(input)), " the shape ", to_string(output),
                      open == target.end() ? "" : ", whatever the open extent is", "; both must hold as many elements"));
  return end(made_.add(operation::reshape{std::move(output)}, {input}));
}

DEEPMAACC_INLINE std::size_t program_builder::permute(std::string name, const std::vector<std::size_t>& order) {
  const std::size_t input = only(begin(std::move(name), "Permute"));
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  if (order.empty()) fail("its dims must not be empty");
  for (std::size_t i = 0; i < sorted.size(); ++i)
    if (sorted[i] != i + 1) fail("its dims must be the numbers of all axes, from 1, in any order");
  const shape from = shape_of(input);
  if (from.size() > most_axes)
    fail(detail::text("it takes inputs with at most ", most_axes, " axes, but its input has shape ", to_string(from)));
  if (from.size() != order.size())
    fail(detail::text("its ", order.size(), " dims do not fit its input of shape ", to_string(from), "; name every axis"));
  if (std::is_sorted(order.begin(), order.end())) return end(made_.add(operation::reshape{from}, {input}));
  operation::rearrangement moved;
  moved.inputs = {from};
  for (const std::size_t axis : order) moved.output.push_back(from[axis - 1]);
  const auto source_steps = detail::steps_of(from), target_steps = detail::steps_of(moved.output);
  operation::rearrangement::box box;
  for (std::size_t axis = 0; axis < order.size(); ++axis)
    box.axes.push_back({moved.output[axis], source_steps[order[axis] - 1], target_steps[axis]});
  moved.boxes.push_back(std::move(box));
  return end(made_.add(std::move(moved), {input}));
}

DEEPMAACC_INLINE std::size_t program_builder::concatenate(std::string name, std::int64_t axis) {
  const auto nodes = begin(std::move(name), "Concatenate");
  if (nodes.size() < 2) fail(detail::text("it takes two inputs or more, but the model gives it ", nodes.size()));
  operation::rearrangement moved;
  for (const std::size_t one : nodes) moved.inputs.push_back(shape_of(one));
  moved.output = moved.inputs.front();
  const std::size_t along = axis_of(axis, moved.output);
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    const shape& one = moved.inputs[i];
    bool fits = one.size() == moved.output.size();
    for (std::size_t at = 0; fits && at < one.size(); ++at) fits = at == along || one[at] == moved.output[at];
    if (!fits)
      fail(detail::text("its inputs of shapes ", to_string(moved.inputs.front()), " and ", to_string(one),
                        " do not fit; they may differ along axis ", axis, " only"));
    moved.output[along] += one[along];
    if (moved.output[along] < one[along]) fail("its inputs have more elements than this machine can address");
  }
  // Each input is so many pieces of memory, as the axes from the one along which they are put together are.
  const axis_block whole = detail::split_at(moved.output, {along, along + 1});
  const std::size_t width = whole.count * whole.inner;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::size_t part = moved.inputs[i][along] * whole.inner;
    operation::rearrangement::box box;
    box.input = i;
    box.target = begin;
    box.axes = {{whole.outer, part, width}, {part, 1, 1}};
    moved.boxes.push_back(std::move(box));
    begin += part;
  }
  return end(made_.add(std::move(moved), nodes));
}

DEEPMAACC_INLINE std::size_t program_builder::identity(std::string name, std::string kind) {
  const std::size_t input = only(begin(std::move(name), std::move(kind)));
  return end(made_.add(operation::reshape{shape_of(input)}, {input}));
}

DEEPMAACC_INLINE std::size_t program_builder::custom(std::string name, std::string kind, operation::custom operation,
                                                     const std::vector<std::string>& parameters, const trained_arrays& weights) {
  const auto nodes = begin(std::move(name), std::move(kind));
  if (parameters.size() != operation.parameters.size())
    fail(detail::text("its operation has ", operation.parameters.size(), " trained arrays, but ", parameters.size(), " names are given"));
  std::vector<std::size_t> arrays;
  for (std::size_t i = 0; i < parameters.size(); ++i) arrays.push_back(made_.add_parameter(parameters[i], operation.parameters[i]));
  return end(made_.add(std::move(operation), nodes, std::move(arrays)), weights);
}

}  // namespace deepmaacc
