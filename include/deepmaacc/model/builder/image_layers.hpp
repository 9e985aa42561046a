#pragma once

/// \file
/// Bodies of `program_builder`: layers over images and sequences.

#include <algorithm>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/model/builder/declarations.hpp>
#include <utility>

namespace deepmaacc {

namespace detail {

/// The settings of one number or two for each axis, as those of any number of axes.
template <std::size_t Axes>
std::vector<std::array<std::size_t, 2>> listed(const image_border<Axes>& border) {
  return {border.begin(), border.end()};
}

}  // namespace detail

DEEPMAACC_INLINE std::size_t program_builder::pooling(std::string name, const char* kind, operation::pooling::reduction reduction,
                                                      const detail::window_settings& window) {
  const std::size_t input = only(begin(std::move(name), kind));
  refuse_causal(window);
  return end(made_.add(operation::pooling{reduction, window.over(shape_of(input))}, {input}));
}

DEEPMAACC_INLINE std::size_t program_builder::average_pooling1d(std::string name, const pooling_options<1>& options) {
  return pooling(std::move(name), "AveragePooling1D", operation::pooling::reduction::average, options.window());
}
DEEPMAACC_INLINE std::size_t program_builder::average_pooling2d(std::string name, const pooling_options<2>& options) {
  return pooling(std::move(name), "AveragePooling2D", operation::pooling::reduction::average, options.window());
}
DEEPMAACC_INLINE std::size_t program_builder::max_pooling1d(std::string name, const pooling_options<1>& options) {
  return pooling(std::move(name), "MaxPooling1D", operation::pooling::reduction::maximum, options.window());
}
DEEPMAACC_INLINE std::size_t program_builder::max_pooling2d(std::string name, const pooling_options<2>& options) {
  return pooling(std::move(name), "MaxPooling2D", operation::pooling::reduction::maximum, options.window());
}

DEEPMAACC_INLINE std::size_t program_builder::global_pooling(std::string name, const char* kind, operation::pooling::reduction reduction,
                                                             std::size_t axes, bool keeps_axes) {
  const std::size_t input = only(begin(std::move(name), kind));
  sliding_window whole;
  for (std::size_t axis = 0; axis < axes && axis < shape_of(input).size(); ++axis) {
    window_axis all;
    all.taps = std::max<std::size_t>(shape_of(input)[axis], 1);
    whole.push_back(all);
  }
  whole.resize(axes);
  const std::size_t pooled = made_.add(operation::pooling{reduction, std::move(whole)}, {input});
  return end(keeps_axes ? pooled : made_.add(operation::reshape{{shape_of(pooled).back()}}, {pooled}));
}

DEEPMAACC_INLINE std::size_t program_builder::global_average_pooling1d(std::string name, bool keeps_axes) {
  return global_pooling(std::move(name), "GlobalAveragePooling1D", operation::pooling::reduction::average, 1, keeps_axes);
}
DEEPMAACC_INLINE std::size_t program_builder::global_average_pooling2d(std::string name, bool keeps_axes) {
  return global_pooling(std::move(name), "GlobalAveragePooling2D", operation::pooling::reduction::average, 2, keeps_axes);
}
DEEPMAACC_INLINE std::size_t program_builder::global_max_pooling1d(std::string name, bool keeps_axes) {
  return global_pooling(std::move(name), "GlobalMaxPooling1D", operation::pooling::reduction::maximum, 1, keeps_axes);
}
DEEPMAACC_INLINE std::size_t program_builder::global_max_pooling2d(std::string name, bool keeps_axes) {
  return global_pooling(std::move(name), "GlobalMaxPooling2D", operation::pooling::reduction::maximum, 2, keeps_axes);
}

DEEPMAACC_INLINE std::size_t program_builder::bordered(std::string name, const char* kind, bool crops, const std::vector<side>& border) {
  const std::size_t input = only(begin(std::move(name), kind));
  operation::rearrangement moved;
  try {
    const std::vector<shape> inputs{shape_of(input)};
    const shape& from = detail::image_input(inputs, border.size());
    if (std::all_of(border.begin(), border.end(), [](const side& one) { return one == side{}; }))
      return end(made_.add(operation::reshape{from}, {input}));
    moved.inputs = inputs;
    moved.output = from;
    for (std::size_t axis = 0; axis < border.size(); ++axis) {
      const auto [before, behind] = border[axis];
      if (crops && (before >= from[axis] || behind >= from[axis] - before))
        throw model_error(detail::text("it cuts off ", before, " and ", behind, " of an axis of ", from[axis],
                                       "; nothing is left of its input of shape ", to_string(from)));
      if (std::max(before, behind) > detail::most_elements)
        throw model_error(detail::text("its padding of ", before, " and ", behind, " is too large"));
      if (crops)
        moved.output[axis] -= before + behind;
      else
        moved.output[axis] += before + behind;
    }
    detail::require_addressable("output", moved.output);
    const auto source_steps = detail::steps_of(from), target_steps = detail::steps_of(moved.output);
    operation::rearrangement::box box;
    for (std::size_t axis = 0; axis < from.size(); ++axis) {
      if (axis < border.size()) (crops ? box.source : box.target) += border[axis][0] * (crops ? source_steps : target_steps)[axis];
      box.axes.push_back({std::min(from[axis], moved.output[axis]), source_steps[axis], target_steps[axis]});
    }
    moved.boxes.push_back(std::move(box));
  } catch (const model_error& fault) {
    fail(fault.what());
  }
  return end(made_.add(std::move(moved), {input}));
}

DEEPMAACC_INLINE std::size_t program_builder::zero_padding1d(std::string name, const image_border<1>& border) {
  return bordered(std::move(name), "ZeroPadding1D", false, detail::listed<1>(border));
}
DEEPMAACC_INLINE std::size_t program_builder::zero_padding2d(std::string name, const image_border<2>& border) {
  return bordered(std::move(name), "ZeroPadding2D", false, detail::listed<2>(border));
}
DEEPMAACC_INLINE std::size_t program_builder::cropping1d(std::string name, const image_border<1>& border) {
  return bordered(std::move(name), "Cropping1D", true, detail::listed<1>(border));
}
DEEPMAACC_INLINE std::size_t program_builder::cropping2d(std::string name, const image_border<2>& border) {
  return bordered(std::move(name), "Cropping2D", true, detail::listed<2>(border));
}

DEEPMAACC_INLINE std::size_t program_builder::enlarged(std::string name, const char* kind, const std::vector<std::size_t>& times) {
  const std::size_t input = only(begin(std::move(name), kind));
  operation::rearrangement moved;
  try {
    const std::vector<shape> inputs{shape_of(input)};
    const shape& from = detail::image_input(inputs, times.size());
    if (std::all_of(times.begin(), times.end(), [](std::size_t one) { return one == 1; }))
      return end(made_.add(operation::reshape{from}, {input}));
    moved.inputs = inputs;
    moved.output = from;
    for (std::size_t axis = 0; axis < times.size(); ++axis) {
      if (times[axis] == 0) throw model_error("its size counts from 1");
      detail::require_addressable("output", {from[axis], times[axis]});
      moved.output[axis] *= times[axis];
    }
    detail::require_addressable("output", moved.output);
    const auto source_steps = detail::steps_of(from), target_steps = detail::steps_of(moved.output);
    operation::rearrangement::box box;
    for (std::size_t axis = 0; axis < from.size(); ++axis) {
      const std::size_t repeats = axis < times.size() ? times[axis] : 1;
      box.axes.push_back({from[axis], source_steps[axis], repeats * target_steps[axis]});
      if (repeats > 1) box.axes.push_back({repeats, 0, target_steps[axis]});
    }
    moved.boxes.push_back(std::move(box));
  } catch (const model_error& fault) {
    fail(fault.what());
  }
  return end(made_.add(std::move(moved), {input}));
}

DEEPMAACC_INLINE std::size_t program_builder::upsampling1d(std::string name, std::size_t times) {
  return enlarged(std::move(name), "UpSampling1D", {times});
}
DEEPMAACC_INLINE std::size_t program_builder::upsampling2d(std::string name, std::array<std::size_t, 2> times) {
  return enlarged(std::move(name), "UpSampling2D", {times[0], times[1]});
}

}  // namespace deepmaacc
