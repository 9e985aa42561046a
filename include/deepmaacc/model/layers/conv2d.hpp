#pragma once

/// \file
/// Convolutions over images.

#include <algorithm>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <deepmaacc/model/window.hpp>
#include <deepmaacc/storage/matrix_product.hpp>

namespace deepmaacc::model {

/// Keras' Conv2D: kernel (height × width × in × filters), bias (filters); images (height, width, channels). Computed as a
/// product of the windows, laid out as rows, with the kernel.
struct conv2d : layer_base {
  static constexpr const char* class_name = "Conv2D";
  static constexpr bool has_neurons = true;
  static constexpr bool is_product = true;
  std::size_t filters;
  window2d window;
  bool use_bias;
  activation_function activation;

  conv2d(std::size_t channels, window2d shape_of_window, activation_function kind = activations::linear{}, bool with_bias = true)
      : filters(channels), window(shape_of_window), use_bias(with_bias), activation(kind) {}
  explicit conv2d(const layer_config& config)
      : conv2d(config.size("filters"), {config.sizes<2>("kernel_size"), config.sizes<2>("strides", {{1, 1}}), read_padding(config)},
               read_activation(config), config.flag("use_bias", true)) {
    require_channels_last(config);
    if (config.sizes<2>("dilation_rate", {{1, 1}}) != std::array<std::size_t, 2>{1, 1})
      config.fail("dilation_rate other than 1 is not supported");
    if (config.sizes<1>("groups", {{1}})[0] != 1) config.fail("groups other than 1 are not supported");
  }

  shape output_shape(std::span<const shape> inputs) const {
    return window.output_shape(class_name, only_input(class_name, inputs), filters);
  }

  std::vector<parameter> parameters(const shape& input) const {
    std::vector<parameter> all{{"kernel", {window.extent[0], window.extent[1], input[2], filters}}};
    if (use_bias) all.push_back({"bias", {filters}});
    return all;
  }

  std::size_t scratch_size(std::span<const shape> inputs, std::size_t rows) const {
    const shape output = output_shape(inputs);
    return std::min(rows, images_at_once(output)) * output[0] * output[1] * window.extent[0] * window.extent[1] * inputs.front()[2];
  }

  void drop_final_activation(const shape& output) {
    if (is_dropped_before_arg_max(activation, output)) activation = activations::linear{};
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    using memory = typename Space::memory_space;
    const shape& output = context.output_shape;
    const std::size_t positions = output[0] * output[1], taps = window.extent[0] * window.extent[1] * context.input_shape()[2];
    const matrix<const T, memory> kernel(context.parameters[0], taps, filters);
    const std::size_t images = context.output.extent(0), step = images_at_once(output);
    for (std::size_t first = 0; first < images; first += step) {
      const std::size_t count = std::min(step, images - first);
      const matrix<T, memory> windows(context.scratch, count * positions, taps);
      lay_out_windows(context.space, rows(context.input(), first, count), context.input_shape(), output, windows);
      const matrix<T, memory> product(context.output.data() + first * positions * filters, count * positions, filters);
      matrix_product(context.space, matrix<const T, memory>(windows), kernel, product);
      activate(context.space, activation, use_bias ? context.parameters[1] : nullptr, product);
    }
  }

  /// Writes the window at every position as a row (kernel height, kernel width, channel), zeros where it is over the edge.
  template <class Space, class T, class MemorySpace>
  void lay_out_windows(const Space& space, matrix<const T, MemorySpace> images, const shape& input, const shape& output,
                       matrix<T, MemorySpace> windows) const {
    const std::size_t height = input[0], width = input[1], channels = input[2], out_height = output[0], out_width = output[1];
    const std::size_t kernel_height = window.extent[0], kernel_width = window.extent[1];
    const std::size_t stride_y = window.stride[0], stride_x = window.stride[1];
    const std::size_t pad_y = window.padding(0, height), pad_x = window.padding(1, width);
    parallel_loop(
        space, "deepmaacc::model::lay_out_windows", images.extent(0) * out_height, out_width,
        KOKKOS_LAMBDA(const std::size_t row, const std::size_t x) {
          const T* image = images.data() + row / out_height * images.extent(1);
          T* to = windows.data() + (row * out_width + x) * windows.extent(1);
          const std::size_t top = row % out_height * stride_y, left = x * stride_x;  // counted from the padding's edge
          for (std::size_t ky = 0; ky < kernel_height; ++ky) {
            const bool is_inside = top + ky >= pad_y && top + ky < height + pad_y;
            // The window's columns that lie on the image: [begin, end).
            const std::size_t begin = !is_inside ? kernel_width : left < pad_x ? pad_x - left : 0;
            const std::size_t end = !is_inside ? kernel_width : left + kernel_width > width + pad_x ? width + pad_x - left : kernel_width;
            for (std::size_t i = 0; i < begin * channels; ++i) *to++ = 0;
            const T* from = is_inside ? image + ((top + ky - pad_y) * width + left + begin - pad_x) * channels : image;
            for (std::size_t i = 0; i < (end - begin) * channels; ++i) *to++ = from[i];
            for (std::size_t i = 0; i < (kernel_width - end) * channels; ++i) *to++ = 0;
          }
        });
  }

 private:
  /// Images laid out together: enough rows for an efficient product, few enough to stay in a core's cache.
  static std::size_t images_at_once(const shape& output) { return std::max<std::size_t>(1, 1024 / (output[0] * output[1])); }
};

}  // namespace deepmaacc::model
