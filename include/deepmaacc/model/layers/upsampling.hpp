#pragma once

/// \file
/// Layers that enlarge images and sequences.

#include <array>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <deepmaacc/model/layer_base.hpp>

namespace deepmaacc::model {

/// Keras' UpSampling1D and UpSampling2D: every element `size` times along each axis. Other interpolations than `nearest` are refused.
template <std::size_t Rank>
struct upsampling : layer_base {
  static constexpr const char* class_name = Rank == 1 ? "UpSampling1D" : "UpSampling2D";
  static constexpr bool keeps_channels = true;
  std::array<std::size_t, Rank> size;

  explicit upsampling(std::array<std::size_t, Rank> times) : size(times) {}
  explicit upsampling(const layer_config& config) {
    size.fill(2);
    size = config.sizes<Rank>("size", size);
    config.choice("interpolation", "nearest", {"nearest"});
    require_channels_last(config);
  }

  shape output_shape(std::span<const shape> inputs) const {
    shape output = image_input<Rank>(class_name, inputs);
    for (std::size_t axis = 0; axis < Rank; ++axis) {
      if (size[axis] == 0) throw model_error(detail::text("a ", class_name, " layer's size counts from 1"));
      require_addressable(class_name, "output", {output[axis], size[axis]});
      output[axis] *= size[axis];
    }
    require_addressable(class_name, "output", output);
    return output;
  }

  bool is_identity() const { return size.front() == 1 && size.back() == 1; }

  template <class Builder>
  std::size_t lower(Builder& to) const {
    const image_extents in(to.input_shape()), out(to.output_shape());
    std::vector<typename Builder::place> source(element_count(to.output_shape()));
    for (std::size_t at = 0; at < source.size(); ++at) {
      const std::size_t x = at / out.channels % out.width / size.back(), y = at / out.channels / out.width / (Rank == 1 ? 1 : size.front());
      source[at].row = static_cast<std::uint32_t>((y * in.width + x) * in.channels + at % out.channels);
    }
    return to.rearranged(std::move(source), {0});
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    const image_extents in(context.input_shape()), out(context.output_shape);
    const auto images = context.input();
    const auto enlarged = context.output;
    const std::size_t times_y = Rank == 1 ? 1 : size.front(), times_x = size.back();
    const std::size_t width = in.width, channels = in.channels, out_height = out.height, out_width = out.width;
    parallel_loop(
        context.space, "deepmaacc::model::upsampling", images.extent(0) * out.positions(), channels,
        KOKKOS_LAMBDA(const std::size_t position, const std::size_t channel) {
          const std::size_t x = position % out_width / times_x, y = position / out_width % out_height / times_y;
          const T* image = images.data() + position / out_width / out_height * images.extent(1);
          enlarged.data()[position * channels + channel] = image[(y * width + x) * channels + channel];
        });
  }
};

using upsampling1d = upsampling<1>;
using upsampling2d = upsampling<2>;

}  // namespace deepmaacc::model
