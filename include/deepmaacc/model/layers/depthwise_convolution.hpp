#pragma once

/// \file
/// Convolutions of every channel by itself.

#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/activated_layer.hpp>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <deepmaacc/model/window.hpp>

namespace deepmaacc::model {

/// The sums of a depthwise convolution. On the host a position's channels are summed side by side, tap by tap, which runs in vectors.
template <class T, class MemorySpace>
struct depthwise_sums {
  matrix<const T, MemorySpace> images;
  const T* kernel;  ///< (taps × in × multiplier)
  T* output;        ///< (images × positions) × (in × multiplier)
  window_axes<true> axes;
  std::size_t height, width, channels, multiplier;  ///< of the output, but the channels, which are the input's

  /// Every channel of one position.
  KOKKOS_INLINE_FUNCTION void operator()(const std::size_t position) const { sum(position, 0, channels); }
  /// The channels that one channel of the input gives.
  KOKKOS_INLINE_FUNCTION void operator()(const std::size_t position, const std::size_t channel) const {
    sum(position, channel, channel + 1);
  }

 private:
  KOKKOS_INLINE_FUNCTION void sum(const std::size_t position, const std::size_t first, const std::size_t end) const {
    const std::size_t x = position % width, y = position / width % height;
    const T* image = images.data() + position / width / height * images.extent(1);
    T* to = output + position * channels * multiplier;
    for (std::size_t i = first * multiplier; i < end * multiplier; ++i) to[i] = 0;
    for (std::size_t ky = axes.y.first_tap(y); ky < axes.y.end_tap(y); ++ky)
      for (std::size_t kx = axes.x.first_tap(x); kx < axes.x.end_tap(x); ++kx) {
        const T* from = image + (axes.y.element(y, ky) * axes.x.input + axes.x.element(x, kx)) * channels;
        const T* weights = kernel + (ky * axes.x.taps + kx) * channels * multiplier;
        if (multiplier == 1) {
          for (std::size_t c = first; c < end; ++c) to[c] += from[c] * weights[c];
        } else {
          for (std::size_t c = first; c < end; ++c)
            for (std::size_t i = c * multiplier; i < (c + 1) * multiplier; ++i) to[i] += from[c] * weights[i];
        }
      }
  }
};

/// Writes a depthwise convolution of some images: output channel c · multiplier + m is channel c with the m-th of its kernels.
template <class Space, class T, class MemorySpace>
void convolve_depthwise(const Space& space, const depthwise_sums<T, MemorySpace>& sums) {
  const std::size_t positions = sums.images.extent(0) * sums.height * sums.width;
  if constexpr (is_host_accessible<MemorySpace>)
    parallel_loop(space, "deepmaacc::model::depthwise", positions, sums);
  else
    parallel_loop(space, "deepmaacc::model::depthwise", positions, sums.channels, sums);
}

/// Keras' DepthwiseConv2D: kernel (height × width × in × multiplier), bias (in · multiplier); and DepthwiseConv1D. It has no neurons: the
/// layers whose neurons are mutated are Dense, Conv2D and Conv1D. Nor is it a product: its sums run over one channel's window, which no
/// hardware computes as a matrix product with rounded factors.
template <std::size_t Rank>
struct depthwise_convolution : activated_layer {
  static constexpr const char* class_name = Rank == 1 ? "DepthwiseConv1D" : "DepthwiseConv2D";
  std::size_t multiplier;
  sliding_window<Rank> window;
  bool use_bias;

  explicit depthwise_convolution(sliding_window<Rank> shape_of_window, std::size_t depth_multiplier = 1,
                                 activation_function kind = activations::linear{}, bool with_bias = true)
      : activated_layer(kind), multiplier(depth_multiplier), window(shape_of_window), use_bias(with_bias) {}
  explicit depthwise_convolution(const layer_config& config)
      : depthwise_convolution(read_kernel_window<Rank>(config), config.sizes<1>("depth_multiplier", {{1}})[0], read_activation(config),
                              config.flag("use_bias", true)) {}

  shape output_shape(std::span<const shape> inputs) const {
    const std::size_t channels = image_input<Rank>(class_name, inputs).back();
    require_addressable(class_name, "output channels", {channels, multiplier});
    return window.output_shape(class_name, inputs, channels * multiplier);
  }

  std::vector<parameter> parameters(const shape& input) const {
    shape kernel(window.extent.begin(), window.extent.end());
    kernel.push_back(input.back());
    kernel.push_back(multiplier);
    std::vector<parameter> all{{"kernel", std::move(kernel)}};
    if (use_bias) all.push_back({"bias", {input.back() * multiplier}});
    return all;
  }

  template <class Builder>
  std::size_t lower(Builder& to) const {
    const std::size_t channels = to.input_shape().back();
    auto sums = window_sums(to, window, channels, channels * multiplier);
    sums.bias = use_bias ? to.parameter(1) : nullptr;
    return to.activated(to.weighted_sums(sums, to.input()), activation);
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    using memory = typename Space::memory_space;
    const image_extents out(context.output_shape);
    convolve_depthwise(context.space, depthwise_sums<T, memory>{context.input(), context.parameters[0], context.output.data(),
                                                                window.template axes<true>(context.input_shape()), out.height, out.width,
                                                                context.input_shape().back(), multiplier});
    const matrix<T, memory> values(context.output.data(), context.output.size() / out.channels, out.channels);
    activate(context.space, activation, use_bias ? context.parameters[1] : nullptr, values);
  }
};

using depthwise_conv1d = depthwise_convolution<1>;
using depthwise_conv2d = depthwise_convolution<2>;

}  // namespace deepmaacc::model
