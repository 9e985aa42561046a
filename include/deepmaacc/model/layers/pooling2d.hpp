#pragma once

/// \file
/// Pooling over images.

#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <deepmaacc/model/window.hpp>

namespace deepmaacc::model {

/// How a pooling window becomes one number: `merge` over the elements, then `finish` with their count.
struct pool_average {
  static constexpr const char* class_name = "AveragePooling2D";
  template <class T>
  KOKKOS_INLINE_FUNCTION T merge(T sum, T value) const {
    return sum + value;
  }
  template <class T>
  KOKKOS_INLINE_FUNCTION T finish(T sum, std::size_t count) const {
    return sum / static_cast<T>(count);
  }
};
struct pool_max {
  static constexpr const char* class_name = "MaxPooling2D";
  template <class T>
  KOKKOS_INLINE_FUNCTION T merge(T largest, T value) const {
    return value > largest ? value : largest;
  }
  template <class T>
  KOKKOS_INLINE_FUNCTION T finish(T largest, std::size_t) const {
    return largest;
  }
};

/// Keras' AveragePooling2D and MaxPooling2D. With `same` padding the elements over the edge are left out, of the average too.
template <class Reduction>
struct pooling2d : layer_base {
  static constexpr const char* class_name = Reduction::class_name;
  window2d window;

  explicit pooling2d(window2d shape_of_window) : window(shape_of_window) {}
  explicit pooling2d(const layer_config& config) {
    const auto pool = config.sizes<2>("pool_size", {{2, 2}});
    window = {pool, config.sizes<2>("strides", pool), read_padding(config)};
    require_channels_last(config);
  }

  shape output_shape(std::span<const shape> inputs) const {
    const shape& only = only_input(class_name, inputs);
    return window.output_shape(class_name, only, only.empty() ? 0 : only.back());
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    const auto images = context.input();
    const auto pooled = context.output;
    const shape &input = context.input_shape(), &output = context.output_shape;
    const std::size_t height = input[0], width = input[1], channels = input[2], out_height = output[0], out_width = output[1];
    const std::size_t pool_height = window.extent[0], pool_width = window.extent[1];
    const std::size_t stride_y = window.stride[0], stride_x = window.stride[1];
    const std::size_t pad_y = window.padding(0, height), pad_x = window.padding(1, width);
    const Reduction reduction;
    parallel_loop(
        context.space, "deepmaacc::model::pooling", images.extent(0) * out_height * out_width, channels,
        KOKKOS_LAMBDA(const std::size_t position, const std::size_t channel) {
          const std::size_t x = position % out_width, y = position / out_width % out_height, image = position / out_width / out_height;
          const std::size_t top = y * stride_y < pad_y ? 0 : y * stride_y - pad_y, left = x * stride_x < pad_x ? 0 : x * stride_x - pad_x;
          const std::size_t low = y * stride_y + pool_height - pad_y, far = x * stride_x + pool_width - pad_x;
          const std::size_t bottom = low < height ? low : height, right = far < width ? far : width;
          const T* from = images.data() + image * images.extent(1) + channel;
          T value = from[(top * width + left) * channels];
          for (std::size_t row = top; row < bottom; ++row)
            for (std::size_t column = row == top ? left + 1 : left; column < right; ++column)
              value = reduction.merge(value, from[(row * width + column) * channels]);
          pooled.data()[position * channels + channel] = reduction.finish(value, (bottom - top) * (right - left));
        });
  }
};

using average_pooling2d = pooling2d<pool_average>;
using max_pooling2d = pooling2d<pool_max>;

}  // namespace deepmaacc::model
