#pragma once

/// \file
/// Every operation as steps over blocks of inputs.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/one_of.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/axes.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <deepmaacc/model/operation.hpp>
#include <deepmaacc/network/channel_lines.hpp>
#include <deepmaacc/network/lanes/lane_builder.hpp>
#include <deepmaacc/network/reductions.hpp>
#include <deepmaacc/network/strided_index.hpp>
#include <deepmaacc/network/window_axes.hpp>
#include <utility>
#include <vector>

namespace deepmaacc::by_lanes {

/// Operations that have no form of their own here: they run as rows of inputs.
template <class Operation>
inline constexpr bool runs_in_rows = false;
template <>
inline constexpr bool runs_in_rows<operation::normalization> = true;
template <>
inline constexpr bool runs_in_rows<operation::custom> = true;

inline bool runs_in_rows_only(const any_operation& one) {
  return one.visit([]<class Operation>(const Operation&) { return runs_in_rows<Operation>; });
}

// Each of these adds the steps of an operation, and returns the tensor that it gives.

template <class T>
std::size_t lower(const operation::weighted_sums& does, lane_builder<T>& to) {
  sum_descriptor<T> sums;
  sums.channels = to.input_shape().back();
  sums.sums = does.sums;
  sums.groups = does.groups_of(sums.channels);
  if (does.window.empty()) {
    sums.width = sums.axes.x.input = element_count(to.input_shape()) / sums.channels;
  } else {
    const image_extents out(to.output_shape());
    sums.axes = axes_of<true>(does.window, to.input_shape());
    sums.height = out.height;
    sums.width = out.width;
  }
  sums.kernel = to.parameter(0);
  sums.bias = does.has_bias ? to.parameter(1) : nullptr;
  return to.weighted_sums(sums);
}

template <class T>
std::size_t lower(const operation::unary& does, lane_builder<T>& to) {
  return to.in_place(lane_activation{does.function});
}

template <class T>
std::size_t lower(const operation::softmax&, lane_builder<T>& to) {
  return to.in_place(lane_softmax{to.input_shape().back()});
}

/// A function of an element and a constant. An object without state.
template <class Function, bool IsOnTheLeft>
struct with_constant {
  template <class T>
  T operator()(T x, T constant, T) const {
    return IsOnTheLeft ? Function{}(constant, x) : Function{}(x, constant);
  }
};

template <class T>
std::size_t lower(const operation::binary& does, lane_builder<T>& to) {
  using side = operation::binary::constant_side;
  const shape& output = to.output_shape();
  const auto places = [&](const shape& from) { return elements_of(broadcast_index(from, output)); };
  if (does.constant == side::none) {
    std::vector<std::vector<std::uint32_t>> index;
    if (to.input_shape(0) != output || to.input_shape(1) != output) index = {places(to.input_shape(0)), places(to.input_shape(1))};
    return does.function.visit([&](const auto& function) { return to.merged(function, index); });
  }
  std::size_t repeated = to.input();
  if (element_count(to.input_shape()) != element_count(output)) {
    std::vector<typename lane_builder<T>::source_row> source;
    for (const std::uint32_t element : places(to.input_shape())) source.push_back({0, element});
    repeated = to.gathered(std::move(source));
  }
  auto then = to.after(repeated);
  const std::vector<T> numbers(to.parameter(0), to.parameter(0) + element_count(does.constant_extents));
  return does.function.visit([&]<class Function>(const Function&) {
    return does.constant == side::left ? then.parametric(with_constant<Function, true>{}, places(does.constant_extents), numbers, numbers)
                                       : then.parametric(with_constant<Function, false>{}, places(does.constant_extents), numbers, numbers);
  });
}

template <class T>
std::size_t lower(const operation::scale_and_shift& does, lane_builder<T>& to) {
  const axis_block split = detail::split_at(to.input_shape(), does.axes);
  const auto numbers = channel_statistics<T>::of(does, to.parameters());
  std::vector<T> factors(split.count), shifts(split.count);
  for (std::size_t i = 0; i < split.count; ++i) numbers.line(i, does.epsilon, factors[i], shifts[i]);
  return to.parametric(element_line(), detail::channel_of_each(to.input_shape(), split), std::move(factors), std::move(shifts));
}

template <class T>
std::size_t lower(const operation::standardization& does, lane_builder<T>& to) {
  const axis_block split = detail::split_at(to.input_shape(), does.axes);
  const std::vector<T> means(to.parameter(0), to.parameter(0) + split.count);
  std::vector<T> deviations(split.count);
  for (std::size_t i = 0; i < split.count; ++i) deviations[i] = deviation_of(to.parameter(1)[i]);
  auto index = detail::channel_of_each(to.input_shape(), split);
  if (does.is_inverse)
    return to.parametric([](T x, T mean, T deviation) { return mean + x * deviation; }, std::move(index), means, std::move(deviations));
  return to.parametric([](T x, T mean, T deviation) { return (x - mean) / deviation; }, std::move(index), means, std::move(deviations));
}

template <class T>
std::size_t lower(const operation::pooling& does, lane_builder<T>& to) {
  const image_extents out(to.output_shape());
  const auto axes = axes_of<false>(does.window, to.input_shape());
  if (does.kind == operation::pooling::reduction::average) return to.pooled(pool_average(), axes, out.height, out.width, out.channels);
  return to.pooled(pool_max(), axes, out.height, out.width, out.channels);
}

template <class T>
std::size_t lower(const operation::rearrangement& does, lane_builder<T>& to) {
  std::vector<typename lane_builder<T>::source_row> source(element_count(to.output_shape()));
  for (const auto& box : does.boxes) {
    std::vector<std::size_t> at(box.axes.size(), 0);
    for (bool is_within = true; is_within;) {
      std::size_t from = box.source, target = box.target;
      for (std::size_t axis = 0; axis < at.size(); ++axis) {
        from += at[axis] * box.axes[axis].source_step;
        target += at[axis] * box.axes[axis].target_step;
      }
      source[target] = {static_cast<std::uint32_t>(box.input), static_cast<std::uint32_t>(from)};
      std::size_t axis = at.size();
      while (axis > 0 && ++at[axis - 1] == box.axes[axis - 1].extent) at[--axis] = 0;
      is_within = axis > 0;
    }
  }
  return to.gathered(std::move(source));
}

}  // namespace deepmaacc::by_lanes
