#pragma once

/// \file
/// A rectifier whose slopes are trained.

#include <Kokkos_Core.hpp>
#include <cstdint>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <deepmaacc/model/strided_index.hpp>
#include <utility>

namespace deepmaacc::model {

/// Keras' PReLU: x above 0, alpha · x below, a slope for each element (He et al. 2015); axes may share slopes.
struct prelu : layer_base {
  static constexpr const char* class_name = "PReLU";
  static constexpr bool keeps_channels = true;
  std::vector<std::int64_t> shared_axes;  ///< from 1, without the batch

  prelu() = default;
  explicit prelu(std::vector<std::int64_t> shared) : shared_axes(std::move(shared)) {}
  explicit prelu(const layer_config& config) : shared_axes(config.integers("shared_axes")) {}

  shape output_shape(std::span<const shape> inputs) const {
    const shape& only = only_input(class_name, inputs);
    require_few_axes(class_name, only);
    for (const std::int64_t axis : shared_axes)
      if (axis < 1 || axis > static_cast<std::int64_t>(only.size()))
        throw model_error(detail::text("a PReLU layer's shared axis ", axis, " is none of its input of shape ", to_string(only),
                                       "; they count from 1, without the batch"));
    return only;
  }

  std::vector<parameter> parameters(const shape& input) const { return {{"alpha", slope_shape(input)}}; }

  template <class Builder>
  std::size_t lower(Builder& to) const {
    using T = typename Builder::value_type;
    const shape slopes = slope_shape(to.input_shape());
    const std::vector<T> numbers(to.parameter(0), to.parameter(0) + element_count(slopes));
    return to.per_number([](T x, T slope, T) { return x < 0 ? slope * x : x; }, elements_of(broadcast_index(slopes, to.input_shape())),
                         numbers, numbers);
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    const strided_index in_slopes = broadcast_index(slope_shape(context.input_shape()), context.input_shape());
    const T* slopes = context.parameters[0];
    const auto from = context.input();
    const auto to = context.output;
    parallel_loop(
        context.space, "deepmaacc::model::prelu", to.extent(0), to.extent(1), KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) {
          const T x = from(i, j);
          to(i, j) = x < 0 ? slopes[in_slopes(j)] * x : x;
        });
  }

 private:
  shape slope_shape(shape input) const {
    for (const std::int64_t axis : shared_axes) input[static_cast<std::size_t>(axis - 1)] = 1;
    return input;
  }
};

}  // namespace deepmaacc::model
