#pragma once

/// \file
/// Pooling over whole images and sequences.

#include <deepmaacc/model/image_shape.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <deepmaacc/model/layers/pooling.hpp>
#include <deepmaacc/model/window.hpp>

namespace deepmaacc::model {

/// Keras' GlobalAveragePooling and GlobalMaxPooling, 1D and 2D: one number per channel, and with `keepdims` the image's axes as well, each
/// of extent 1.
template <class Reduction, std::size_t Rank>
struct global_pooling : layer_base {
  static constexpr const char* class_name = Reduction::global_class_names[Rank - 1];
  static constexpr bool keeps_channels = true;
  bool keeps_axes;

  explicit global_pooling(bool with_axes = false) : keeps_axes(with_axes) {}
  explicit global_pooling(const layer_config& config) : keeps_axes(config.flag("keepdims", false)) { require_channels_last(config); }

  shape output_shape(std::span<const shape> inputs) const {
    shape output(keeps_axes ? Rank + 1 : 1, 1);
    output.back() = image_input<Rank>(class_name, inputs).back();
    return output;
  }

  template <class Builder>
  std::size_t lower(Builder& to) const {
    return to.pooled(Reduction(), axes(to.input_shape()), 1, 1, to.output_shape().back());
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    pool_windows(context, Reduction(), axes(context.input_shape()), image_extents({1, 1, context.output_shape.back()}));
  }

 private:
  /// One window over the whole image.
  static window_axes<false> axes(const shape& input) {
    sliding_window<Rank> all;
    for (std::size_t axis = 0; axis < Rank; ++axis) all.extent[axis] = input[axis];
    return all.template axes<false>(input);
  }
};

using global_average_pooling1d = global_pooling<pool_average, 1>;
using global_average_pooling2d = global_pooling<pool_average, 2>;
using global_max_pooling1d = global_pooling<pool_max, 1>;
using global_max_pooling2d = global_pooling<pool_max, 2>;

}  // namespace deepmaacc::model
