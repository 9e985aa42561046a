#pragma once

/// \file
/// Convolutions over images and sequences.

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <deepmaacc/core/lanes.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/activated_layer.hpp>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <deepmaacc/model/window.hpp>
#include <deepmaacc/storage/matrix_product.hpp>
#include <type_traits>

namespace deepmaacc::model {

/// Images laid out together: enough rows for an efficient product, few enough to stay in a core's cache.
inline std::size_t images_at_once(const image_extents& output) { return std::max<std::size_t>(1, 1024 / output.positions()); }

/// Copies numbers that lie in one piece. \return what is behind the copy
template <bool IsOnHost, class T>
KOKKOS_INLINE_FUNCTION T* copy_run(const T* from, std::size_t count, T* to) {
  if constexpr (IsOnHost) {
    // Runs are short, so a call of memcpy would cost more than the copy: moves of fixed sizes, of which the last may overlap.
    const auto copy_in = [&]<std::size_t Width>(std::integral_constant<std::size_t, Width>) {
      for (std::size_t i = 0; i + Width < count; i += Width) std::memcpy(to + i, from + i, Width * sizeof(T));
      std::memcpy(to + count - Width, from + count - Width, Width * sizeof(T));
    };
    constexpr std::size_t width = lane_width<T>;
    if (count >= width)
      copy_in(std::integral_constant<std::size_t, width>{});
    else if (count >= width / 2)
      copy_in(std::integral_constant<std::size_t, width / 2>{});
    else
      for (std::size_t i = 0; i < count; ++i) to[i] = from[i];
    return to + count;
  } else {
    for (std::size_t i = 0; i < count; ++i) *to++ = from[i];
    return to;
  }
}

/// Keras' Conv2D: kernel (height × width × in / groups × filters), bias (filters), over images (height, width, channels); and Conv1D:
/// kernel (steps × in / groups × filters), over sequences. Computed as a product of the windows, laid out as rows, with the kernel. Of
/// several groups each has its own part of the channels and of the filters, and a product of its own.
template <std::size_t Rank>
struct convolution : activated_layer {
  static constexpr const char* class_name = Rank == 1 ? "Conv1D" : "Conv2D";
  static constexpr bool has_neurons = true;
  static constexpr bool is_product = true;
  std::size_t filters;
  sliding_window<Rank> window;
  bool use_bias;
  std::size_t groups;

  convolution(std::size_t channels, sliding_window<Rank> shape_of_window, activation_function kind = activations::linear{},
              bool with_bias = true, std::size_t number_of_groups = 1)
      : activated_layer(kind), filters(channels), window(shape_of_window), use_bias(with_bias), groups(number_of_groups) {}
  explicit convolution(const layer_config& config)
      : convolution(config.size("filters"), read_kernel_window<Rank>(config, Rank == 1), read_activation(config),
                    config.flag("use_bias", true), config.sizes<1>("groups", {{1}})[0]) {
    if (filters % groups != 0) config.fail(detail::text("groups must divide the filters, but ", groups, " do not divide ", filters));
  }

  shape output_shape(std::span<const shape> inputs) const {
    shape output = window.output_shape(class_name, inputs, filters);
    const std::size_t channels = inputs.front().back();
    if (groups == 0 || channels % groups != 0 || filters % groups != 0)
      throw model_error(detail::text("a ", class_name, " layer's ", groups, " groups must divide its ", filters,
                                     " filters and the channels of its input of shape ", to_string(inputs.front())));
    const image_extents out(output);
    require_addressable(class_name, "window at every position,", {out.height, out.width, taps(channels)});
    require_addressable(class_name, "kernel", {taps(channels), filters});
    return output;
  }

  std::vector<parameter> parameters(const shape& input) const {
    shape kernel(window.extent.begin(), window.extent.end());
    kernel.push_back(input.back() / groups);
    kernel.push_back(filters);
    std::vector<parameter> all{{"kernel", std::move(kernel)}};
    if (use_bias) all.push_back({"bias", {filters}});
    return all;
  }

  std::size_t scratch_size(std::span<const shape> inputs, std::size_t rows) const {
    const image_extents output(output_shape(inputs));
    const std::size_t windows = std::min(rows, images_at_once(output)) * output.positions();
    const std::size_t inner = taps(inputs.front().back());
    if (groups == 1) return windows * inner;
    return windows * inner + (windows + inner) * (filters / groups);
  }

  template <class Builder>
  std::size_t lower(Builder& to) const {
    auto sums = window_sums(to, window, groups, filters);
    sums.bias = use_bias ? to.parameter(1) : nullptr;
    return to.activated(to.weighted_sums(sums, to.input()), activation);
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    // Taps side by side lie in one piece then, which is the common case, and worth code of its own.
    if (groups == 1 && !window.is_dilated())
      multiply<true>(context);
    else
      multiply<false>(context);
  }

  template <bool IsPlain, class Space, class T>
  void multiply(const layer_context<Space, T>& context) const {
    using memory = typename Space::memory_space;
    const std::size_t images = context.output.extent(0), step = images_at_once(image_extents(context.output_shape));
    const std::size_t positions = image_extents(context.output_shape).positions(), inner = taps(context.input_shape().back());
    for (std::size_t first = 0; first < images; first += step) {
      const std::size_t count = std::min(step, images - first);
      const matrix<const T, memory> block = rows(context.input(), first, count);
      const matrix<T, memory> windows(context.scratch, count * positions, inner);
      const matrix<T, memory> product(context.output.data() + first * positions * filters, count * positions, filters);
      if (groups == 1) {
        lay_out_windows<IsPlain>(context.space, block, context.input_shape(), context.output_shape, 0, windows);
        matrix_product(context.space, matrix<const T, memory>(windows), matrix<const T, memory>(context.parameters[0], inner, filters),
                       product);
      } else {
        for (std::size_t group = 0; group < groups; ++group) multiply_group(context, block, group, windows, product);
      }
      activate(context.space, activation, use_bias ? context.parameters[1] : nullptr, product);
    }
  }

  /// One group's columns of the product: its part of the kernel is gathered first, since a product's factors lie without gaps.
  template <class Space, class T, class MemorySpace>
  void multiply_group(const layer_context<Space, T>& context, matrix<const T, MemorySpace> block, std::size_t group,
                      matrix<T, MemorySpace> windows, matrix<T, MemorySpace> product) const {
    const std::size_t width = filters / groups, from = group * width;
    const matrix<const T, MemorySpace> whole(context.parameters[0], windows.extent(1), filters);
    const matrix<T, MemorySpace> kernel(windows.data() + windows.size(), windows.extent(1), width);
    const matrix<T, MemorySpace> part(kernel.data() + kernel.size(), windows.extent(0), width);
    lay_out_windows<false>(context.space, block, context.input_shape(), context.output_shape, group, windows);
    parallel_loop(
        context.space, "deepmaacc::model::gather_group", kernel.extent(0), width,
        KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) { kernel(i, j) = whole(i, from + j); });
    matrix_product(context.space, matrix<const T, MemorySpace>(windows), matrix<const T, MemorySpace>(kernel), part);
    parallel_loop(
        context.space, "deepmaacc::model::scatter_group", part.extent(0), width,
        KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) { product(i, from + j) = part(i, j); });
  }

  /// Writes the window at every position as a row (kernel height, kernel width, channels of the group), zeros where it is over the edge.
  template <bool IsPlain, class Space, class T, class MemorySpace>
  void lay_out_windows(const Space& space, matrix<const T, MemorySpace> images, const shape& input, const shape& output, std::size_t group,
                       matrix<T, MemorySpace> windows) const {
    const image_extents in(input), out(output);
    const std::size_t height = out.height, out_width = out.width, width = in.width, channels = in.channels;
    const std::size_t part = channels / groups, first_channel = group * part;
    const auto axes = window.template axes<!IsPlain>(input);
    const std::size_t apart = axes.x.dilation * channels;
    parallel_loop(
        space, "deepmaacc::model::lay_out_windows", images.extent(0) * height, out_width,
        KOKKOS_LAMBDA(const std::size_t row, const std::size_t x) {
          const T* image = images.data() + row / height * images.extent(1) + first_channel;
          T* to = windows.data() + (row * out_width + x) * windows.extent(1);
          const std::size_t y = row % height, top = axes.y.first_tap(y), bottom = axes.y.end_tap(y), taps_x = axes.x.taps;
          const std::size_t left = axes.x.first_tap(x), right = axes.x.end_tap(x);
          if (IsPlain && bottom - top == axes.y.taps && right - left == taps_x) {
            const T* from = image + (axes.y.element(y, 0) * width + axes.x.element(x, 0)) * channels;
            for (std::size_t ky = 0; ky < axes.y.taps; ++ky)
              to = copy_run<is_host_accessible<MemorySpace>>(from + ky * width * channels, taps_x * part, to);
            return;
          }
          for (std::size_t ky = 0; ky < axes.y.taps; ++ky) {
            const bool is_inside = ky >= top && ky < bottom && left < right;
            // The window's columns that lie on the image: [begin, end).
            const std::size_t begin = is_inside ? left : taps_x, end = is_inside ? right : taps_x;
            for (std::size_t i = 0; i < begin * part; ++i) *to++ = 0;
            const T* from = is_inside ? image + (axes.y.element(y, ky) * width + axes.x.element(x, left)) * channels : image;
            if (IsPlain)
              to = copy_run<is_host_accessible<MemorySpace>>(from, (end - begin) * part, to);
            else
              for (std::size_t k = begin; k < end; ++k, from += apart)
                for (std::size_t i = 0; i < part; ++i) *to++ = from[i];
            for (std::size_t i = 0; i < (taps_x - end) * part; ++i) *to++ = 0;
          }
        });
  }

 private:
  /// Numbers of a window, of one group's channels.
  std::size_t taps(std::size_t channels) const { return window.taps() * (channels / groups); }
};

using conv1d = convolution<1>;
using conv2d = convolution<2>;

}  // namespace deepmaacc::model
