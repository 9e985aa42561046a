#pragma once

/// \file
/// Windows that slide over images and sequences: where they lie, for convolutions and pooling alike.

#include <Kokkos_Core.hpp>
#include <array>
#include <cstddef>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <deepmaacc/model/layer_config.hpp>
#include <span>
#include <string>

namespace deepmaacc::model {

/// What Keras puts around an image. `valid`: nothing, windows stay inside. `same`: ceil(extent / stride) windows, with as much before the
/// image as behind it, the odd element behind. `causal`: as many windows, but all before the image, so that a step sees none after it.
enum class window_padding { valid, same, causal };

/// Windows along one axis, for kernels, which need not divide where nothing is dilated: tap t of window p lies on element p · stride + t ·
/// dilation − before, where the image has it.
template <bool IsDilated>
struct window_axis {
  std::size_t input = 1, taps = 1, stride = 1, dilation = 1, before = 0;

  /// The taps of a window that lie on the image are [first_tap, end_tap): none where dilated ones straddle it.
  KOKKOS_INLINE_FUNCTION std::size_t first_tap(std::size_t position) const {
    const std::size_t start = position * stride;
    return start >= before ? 0 : taps_within(before - start);
  }
  KOKKOS_INLINE_FUNCTION std::size_t end_tap(std::size_t position) const {
    const std::size_t start = position * stride, end = input + before;
    return start >= end ? 0 : taps_within(end - start);
  }
  /// Where a tap on the image lies.
  KOKKOS_INLINE_FUNCTION std::size_t element(std::size_t position, std::size_t tap) const {
    return position * stride + tap * (IsDilated ? dilation : 1) - before;
  }

 private:
  /// Taps of a window on its first elements.
  KOKKOS_INLINE_FUNCTION std::size_t taps_within(std::size_t elements) const {
    const std::size_t fitting = IsDilated ? (elements - 1) / dilation + 1 : elements;
    return fitting < taps ? fitting : taps;
  }
};

/// Both axes of the windows over an image.
template <bool IsDilated>
struct window_axes {
  window_axis<IsDilated> y, x;
};

/// A size for each axis, all 1.
template <std::size_t Rank>
constexpr std::array<std::size_t, Rank> each_one() {
  std::array<std::size_t, Rank> all{};
  for (std::size_t& one : all) one = 1;
  return all;
}

/// A window over images (Rank 2) or sequences (Rank 1). Its taps are `dilation` elements apart.
template <std::size_t Rank>
struct sliding_window {
  using sizes = std::array<std::size_t, Rank>;
  sizes extent = each_one<Rank>(), stride = each_one<Rank>();
  window_padding padding = window_padding::valid;
  sizes dilation = each_one<Rank>();

  /// Taps of one window.
  std::size_t taps() const {
    std::size_t count = 1;
    for (const std::size_t one : extent) count *= one;
    return count;
  }

  /// Positions along an axis; 0 where the window does not fit.
  std::size_t positions(std::size_t axis, std::size_t input) const {
    if (padding != window_padding::valid) return input / stride[axis] + (input % stride[axis] != 0);
    return input < reach(axis) ? 0 : (input - reach(axis)) / stride[axis] + 1;
  }

  bool is_dilated() const { return dilation != each_one<Rank>(); }

  /// Where the windows lie over an image whose `output_shape` was not refused; they may be dilated where `IsDilated`.
  template <bool IsDilated>
  window_axes<IsDilated> axes(const shape& input) const {
    const auto along = [&](std::size_t axis) {
      return window_axis<IsDilated>{input[axis], extent[axis], stride[axis], dilation[axis], before(axis, input[axis])};
    };
    if constexpr (Rank == 1)
      return {{}, along(0)};
    else
      return {along(0), along(1)};
  }

  /// The input's extents replaced by the windows' positions, with other channels.
  /// \throws model_error, naming the layer's class, for an input or a window that does not fit.
  shape output_shape(const char* class_name, std::span<const shape> inputs, std::size_t channels) const {
    shape output = image_input<Rank>(class_name, inputs);
    for (std::size_t axis = 0; axis < Rank; ++axis) {
      if (extent[axis] == 0 || stride[axis] == 0 || dilation[axis] == 0)
        throw model_error(detail::text("a ", class_name, " layer's window, strides and dilation count from 1"));
      if (stride[axis] > most_elements) throw model_error(detail::text("a ", class_name, " layer's strides are too large"));
      require_addressable(class_name, "window", {extent[axis], dilation[axis]});
      output[axis] = positions(axis, output[axis]);
      if (output[axis] == 0)
        throw model_error(detail::text("a ", class_name, " layer's window of ", text(), " does not fit into its input of shape ",
                                       to_string(inputs.front())));
    }
    output.back() = channels;
    if (channels == 0) throw model_error(detail::text("a ", class_name, " layer's output needs at least one channel"));
    require_addressable(class_name, "window", shape(extent.begin(), extent.end()));
    require_addressable(class_name, "output", output);
    return output;
  }

 private:
  /// Elements from a window's first tap to its last.
  std::size_t reach(std::size_t axis) const { return (extent[axis] - 1) * dilation[axis] + 1; }

  /// Padding before the first element of an axis.
  std::size_t before(std::size_t axis, std::size_t input) const {
    if (padding == window_padding::valid) return 0;
    if (padding == window_padding::causal) return reach(axis) - 1;
    const std::size_t end = (positions(axis, input) - 1) * stride[axis] + reach(axis);
    return end > input ? (end - input) / 2 : 0;
  }

  /// "3 x 3", "3 x 3, dilated by 2 x 1".
  std::string text() const {
    const auto listed = [](const sizes& all) {
      std::string list;
      for (const std::size_t one : all) list += (list.empty() ? "" : " x ") + std::to_string(one);
      return list;
    };
    return listed(extent) + (is_dilated() ? ", dilated by " + listed(dilation) : "");
  }
};

using window1d = sliding_window<1>;
using window2d = sliding_window<2>;

/// Reads `padding`.
inline window_padding read_padding(const layer_config& config, bool may_be_causal = false) {
  return static_cast<window_padding>(may_be_causal ? config.choice("padding", "valid", {"valid", "same", "causal"})
                                                   : config.choice("padding", "valid", {"valid", "same"}));
}

/// Reads the window of a convolution.
template <std::size_t Rank>
sliding_window<Rank> read_kernel_window(const layer_config& config, bool may_be_causal = false) {
  require_channels_last(config);
  return {config.sizes<Rank>("kernel_size"), config.sizes<Rank>("strides", each_one<Rank>()), read_padding(config, may_be_causal),
          config.sizes<Rank>("dilation_rate", each_one<Rank>())};
}

/// A layer's windows as weighted sums over blocks of inputs (model/lanes/lane_builder.hpp): their places, and the layer's first parameter
/// as the kernel. A depthwise convolution has as many groups as channels.
template <class Builder, std::size_t Rank>
typename Builder::sum_shape window_sums(const Builder& to, const sliding_window<Rank>& window, std::size_t groups, std::size_t sums) {
  const image_extents out(to.output_shape());
  typename Builder::sum_shape made;
  made.axes = window.template axes<true>(to.input_shape());
  made.height = out.height;
  made.width = out.width;
  made.channels = to.input_shape().back();
  made.groups = groups;
  made.sums = sums;
  made.kernel = to.parameter(0);
  return made;
}

}  // namespace deepmaacc::model
