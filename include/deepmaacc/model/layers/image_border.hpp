#pragma once

/// \file
/// Layers that add a border to images and sequences, or cut one off.

#include <algorithm>
#include <array>
#include <cstdint>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <vector>

namespace deepmaacc::model {

/// Keras' ZeroPadding, which adds zeros around an image, and Cropping, which cuts its border off; 1D and 2D.
template <bool Crops, std::size_t Rank>
struct image_border : layer_base {
  static constexpr const char* class_name =
      Crops ? (Rank == 1 ? "Cropping1D" : "Cropping2D") : (Rank == 1 ? "ZeroPadding1D" : "ZeroPadding2D");
  static constexpr bool keeps_channels = true;
  /// Elements before and behind the image on each axis: (top, bottom), (left, right).
  using sides = std::array<std::array<std::size_t, 2>, Rank>;
  sides border;

  explicit image_border(sides elements) : border(elements) {}
  explicit image_border(const layer_config& config) : border(read(config)) { require_channels_last(config); }

  shape output_shape(std::span<const shape> inputs) const {
    shape output = image_input<Rank>(class_name, inputs);
    for (std::size_t axis = 0; axis < Rank; ++axis) {
      const auto [before, behind] = border[axis];
      if (Crops) {
        if (before >= output[axis] || behind >= output[axis] - before)
          throw model_error(detail::text("a ", class_name, " layer cuts off ", before, " and ", behind, " of an axis of ", output[axis],
                                         "; nothing is left of its input of shape ", to_string(inputs.front())));
        output[axis] -= before + behind;
      } else {
        if (std::max(before, behind) > most_elements)
          throw model_error(detail::text("a ", class_name, " layer's padding of ", before, " and ", behind, " is too large"));
        output[axis] += before + behind;
      }
    }
    require_addressable(class_name, "output", output);
    return output;
  }

  bool is_identity() const { return border == sides{}; }

  template <class Builder>
  std::size_t lower(Builder& to) const {
    const image_extents in(to.input_shape()), out(to.output_shape());
    const std::size_t top = Rank == 1 ? 0 : border.front()[0], left = border.back()[0];
    std::vector<typename Builder::place> source(element_count(to.output_shape()));
    for (std::size_t at = 0; at < source.size(); ++at) {
      const std::size_t channel = at % out.channels, column = at / out.channels % out.width, line = at / out.channels / out.width;
      const std::size_t x = Crops ? column + left : column - left, y = Crops ? line + top : line - top;  // before the image it wraps
      if (x < in.width && y < in.height) source[at].row = static_cast<std::uint32_t>((y * in.width + x) * in.channels + channel);
    }
    return to.rearranged(std::move(source), {0});
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    const image_extents in(context.input_shape()), out(context.output_shape);
    const auto images = context.input();
    const auto bordered = context.output;
    const std::size_t height = in.height, width = in.width * in.channels, out_height = out.height, out_width = out.width * out.channels;
    const std::size_t top = Rank == 1 ? 0 : border.front()[0], left = border.back()[0] * in.channels;
    parallel_loop(
        context.space, "deepmaacc::model::border", images.extent(0) * out_height, out_width,
        KOKKOS_LAMBDA(const std::size_t row, const std::size_t column) {
          const T* image = images.data() + row / out_height * images.extent(1);
          const std::size_t y = row % out_height;
          T& to = bordered.data()[row * out_width + column];
          if (Crops)
            to = image[(y + top) * width + left + column];
          else  // what lies before the image wraps, and so is no element of it either
            to = y - top < height && column - left < width ? image[(y - top) * width + column - left] : T{0};
        });
  }

 private:
  /// One number stands for every side, one per axis for both sides of it, two per axis for one side each.
  static sides read(const layer_config& config) {
    const char* key = Crops ? "cropping" : "padding";
    const auto given = config.is_absent(key) ? std::vector<std::int64_t>{1} : config.integers(key);
    for (const std::int64_t one : given)
      if (one < 0) config.fail(detail::text(key, " must be made of whole numbers from 0"));
    if (given.size() != 1 && given.size() != Rank && given.size() != 2 * Rank)
      config.fail(detail::text(key, " must be one number", Rank > 1 ? ", one per axis," : "", " or two per axis"));
    sides read{};
    for (std::size_t axis = 0; axis < Rank; ++axis)
      for (std::size_t side = 0; side < 2; ++side)
        read[axis][side] = static_cast<std::size_t>(given[given.size() == 1 ? 0 : given.size() == 2 * Rank ? 2 * axis + side : axis]);
    return read;
  }
};

using zero_padding1d = image_border<false, 1>;
using zero_padding2d = image_border<false, 2>;
using cropping1d = image_border<true, 1>;
using cropping2d = image_border<true, 2>;

}  // namespace deepmaacc::model
