#pragma once

/// \file
/// Inputs one behind the other.

#include <Kokkos_Core.hpp>
#include <cstdint>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/axes.hpp>
#include <deepmaacc/model/layer_base.hpp>

namespace deepmaacc::model {

/// Keras' Concatenate, along an axis; all other extents are the same.
struct concatenate : layer_base {
  static constexpr const char* class_name = "Concatenate";
  std::int64_t axis = -1;  ///< as Keras counts

  concatenate() = default;
  explicit concatenate(std::int64_t along) : axis(along) {}
  explicit concatenate(const layer_config& config) : axis(config.integer("axis", -1)) {}

  shape output_shape(std::span<const shape> inputs) const {
    if (inputs.size() < 2)
      throw model_error(detail::text("a Concatenate layer takes two inputs or more, but the model gives it ", inputs.size()));
    shape output = inputs.front();
    const std::size_t along = axis_of_input(class_name, axis, output);
    for (const shape& one : inputs.subspan(1)) {
      bool fits = one.size() == output.size();
      for (std::size_t i = 0; fits && i < one.size(); ++i) fits = i == along || one[i] == output[i];
      if (!fits)
        throw model_error(detail::text("a Concatenate layer's inputs of shapes ", to_string(inputs.front()), " and ", to_string(one),
                                       " do not fit; they may differ along axis ", axis, " only"));
      output[along] += one[along];
      if (output[along] < one[along]) throw model_error("a Concatenate layer's inputs have more elements than this machine can address");
    }
    return output;
  }

  template <class Builder>
  std::size_t lower(Builder& to) const {
    const std::size_t along = axis_of_input(class_name, axis, to.output_shape());
    const axis_block whole = split_at(to.output_shape(), along, along + 1);
    const std::size_t width = whole.count * whole.inner;
    std::vector<typename Builder::place> source(whole.outer * width);
    std::vector<std::size_t> offsets;
    std::size_t begin = 0;
    for (std::uint32_t i = 0; i < to.inputs().size(); ++i) {
      const std::size_t part = to.input_shape(i)[along] * whole.inner;
      for (std::size_t at = 0; at < whole.outer * part; ++at)
        source[at / part * width + begin + at % part] = {i, static_cast<std::uint32_t>(at)};
      offsets.push_back(along + 1 == to.output_shape().size() ? begin : 0);
      begin += part;
    }
    return to.rearranged(std::move(source), std::move(offsets));
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    const std::size_t along = axis_of_input(class_name, axis, context.output_shape);
    const axis_block whole = split_at(context.output_shape, along, along + 1);
    const std::size_t width = whole.count * whole.inner, lines = context.output.extent(0) * whole.outer;
    T* to = context.output.data();
    for (std::size_t i = 0; i < context.inputs.size(); ++i) {
      const T* from = context.inputs[i].data();
      const std::size_t part = context.input_shapes[i][along] * whole.inner;
      T* at = to;
      parallel_loop(
          context.space, "deepmaacc::model::concatenate", lines, part,
          KOKKOS_LAMBDA(const std::size_t line, const std::size_t j) { at[line * width + j] = from[line * part + j]; });
      to += part;
    }
  }
};

}  // namespace deepmaacc::model
