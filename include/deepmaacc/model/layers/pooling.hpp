#pragma once

/// \file
/// Pooling over images and sequences, window by window.

#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <deepmaacc/model/reductions.hpp>
#include <deepmaacc/model/window.hpp>

namespace deepmaacc::model {

/// The windows of pooling. On the host a position's channels are reduced side by side, tap by tap, which runs in vectors.
template <class Reduction, class T, class MemorySpace>
struct pooled_windows {
  matrix<const T, MemorySpace> images;
  T* pooled;  ///< (images × positions) × channels
  window_axes<false> axes;
  std::size_t height, width, channels;  ///< of the output

  /// Every channel of one line of positions.
  KOKKOS_INLINE_FUNCTION void operator()(const std::size_t line) const {
    for (std::size_t x = 0; x < width; ++x) reduce(line / height, line % height, x, 0, channels);
  }
  /// One channel of one position.
  KOKKOS_INLINE_FUNCTION void operator()(const std::size_t position, const std::size_t channel) const {
    reduce(position / width / height, position / width % height, position % width, channel, channel + 1);
  }

 private:
  KOKKOS_INLINE_FUNCTION void reduce(std::size_t image, std::size_t y, std::size_t x, std::size_t first, std::size_t end) const {
    const Reduction reduction;
    const std::size_t top = axes.y.first_tap(y), bottom = axes.y.end_tap(y), left = axes.x.first_tap(x), right = axes.x.end_tap(x);
    const T* corner = images.data() + image * images.extent(1);
    corner += (axes.y.element(y, top) * axes.x.input + axes.x.element(x, left)) * channels;
    T* to = pooled + ((image * height + y) * width + x) * channels;
    if (bottom - top == 2 && right - left == 2) {  // so common that it is worth a loop of its own
      const T *beside = corner + channels, *below = corner + axes.x.input * channels;
      for (std::size_t c = first; c < end; ++c) to[c] = reduce_four(reduction, corner[c], beside[c], below[c], below[channels + c]);
      return;
    }
    for (std::size_t c = first; c < end; ++c) to[c] = corner[c];
    for (std::size_t row = 0; row < bottom - top; ++row)
      for (std::size_t column = row == 0 ? 1 : 0; column < right - left; ++column) {
        const T* from = corner + (row * axes.x.input + column) * channels;
        for (std::size_t c = first; c < end; ++c) to[c] = reduction.merge(to[c], from[c]);
      }
    for (std::size_t c = first; c < end; ++c) to[c] = reduction.finish(to[c], (bottom - top) * (right - left));
  }
};

/// Reduces the elements of every window that lie on the image, channel by channel. Every window must have one: so it is without dilation.
template <class Reduction, class Space, class T>
void pool_windows(const layer_context<Space, T>& context, Reduction, const window_axes<false> axes, const image_extents output) {
  using memory = typename Space::memory_space;
  const pooled_windows<Reduction, T, memory> windows{context.input(), context.output.data(), axes,
                                                     output.height,   output.width,          output.channels};
  const std::size_t lines = context.input().extent(0) * output.height;
  if constexpr (is_host_accessible<memory>)
    parallel_loop(context.space, "deepmaacc::model::pooling", lines, windows);
  else
    parallel_loop(context.space, "deepmaacc::model::pooling", lines * output.width, output.channels, windows);
}

/// Keras' AveragePooling and MaxPooling, 1D and 2D. With `same` padding the elements over the edge are left out, of the average too.
template <class Reduction, std::size_t Rank>
struct pooling : layer_base {
  static constexpr const char* class_name = Reduction::class_names[Rank - 1];
  static constexpr bool keeps_channels = true;
  sliding_window<Rank> window;

  explicit pooling(sliding_window<Rank> shape_of_window) : window(shape_of_window) {}
  explicit pooling(const layer_config& config) {
    window.extent.fill(2);
    window.extent = config.sizes<Rank>("pool_size", window.extent);
    window.stride = config.sizes<Rank>("strides", window.extent);
    window.padding = read_padding(config);
    require_channels_last(config);
  }

  shape output_shape(std::span<const shape> inputs) const {
    if (window.is_dilated()) throw model_error(detail::text("a ", class_name, " layer's window has no dilation"));
    return window.output_shape(class_name, inputs, image_input<Rank>(class_name, inputs).back());
  }

  template <class Builder>
  std::size_t lower(Builder& to) const {
    const image_extents out(to.output_shape());
    return to.pooled(Reduction(), window.template axes<false>(to.input_shape()), out.height, out.width, out.channels);
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    pool_windows(context, Reduction(), window.template axes<false>(context.input_shape()), image_extents(context.output_shape));
  }
};

using average_pooling1d = pooling<pool_average, 1>;
using average_pooling2d = pooling<pool_average, 2>;
using max_pooling1d = pooling<pool_max, 1>;
using max_pooling2d = pooling<pool_max, 2>;

}  // namespace deepmaacc::model
