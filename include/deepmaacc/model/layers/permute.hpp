#pragma once

/// \file
/// Axes in another order.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/layer_base.hpp>
#include <deepmaacc/model/strided_index.hpp>
#include <utility>

namespace deepmaacc::model {

/// Keras' Permute: axis i of the output is axis order[i] of the input, both counted from 1 and without the batch.
struct permute : layer_base {
  static constexpr const char* class_name = "Permute";
  std::vector<std::size_t> order;

  /// \throws model_error where these are not the numbers from 1 to as many as there are.
  explicit permute(std::vector<std::size_t> axes) : order(std::move(axes)) {
    auto sorted = order;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i)
      if (sorted[i] != i + 1) throw model_error("a Permute layer's dims must be the numbers of all axes, from 1, in any order");
    if (order.empty()) throw model_error("a Permute layer's dims must not be empty");
  }
  explicit permute(const layer_config& config) : permute(read(config)) {}

  shape output_shape(std::span<const shape> inputs) const {
    const shape& only = only_input(class_name, inputs);
    require_few_axes(class_name, only);
    if (only.size() != order.size())
      throw model_error(detail::text("a Permute layer of ", order.size(), " dims does not fit its input of shape ", to_string(only),
                                     "; name every axis"));
    shape output;
    for (const std::size_t axis : order) output.push_back(only[axis - 1]);
    return output;
  }
  bool is_identity() const { return std::is_sorted(order.begin(), order.end()); }

  template <class Builder>
  std::size_t lower(Builder& to) const {
    std::vector<typename Builder::place> source;
    for (const std::uint32_t element : elements_of(source_index(to.input_shape(), to.output_shape()))) source.push_back({0, element});
    return to.rearranged(std::move(source), {});
  }

  template <class Space, class T>
  void forward(const layer_context<Space, T>& context) const {
    const strided_index source = source_index(context.input_shape(), context.output_shape);
    const auto from = context.input();
    const auto to = context.output;
    parallel_loop(
        context.space, "deepmaacc::model::permute", to.extent(0), to.extent(1),
        KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) { to(i, j) = from(i, source(j)); });
  }

 private:
  strided_index source_index(const shape& input, const shape& output) const {
    shape steps(order.size(), 1);
    for (std::size_t axis = steps.size() - 1; axis > 0; --axis) steps[axis - 1] = steps[axis] * input[axis];
    strided_index source;
    source.axes = order.size();
    for (std::size_t i = 0; i < order.size(); ++i) {
      source.extents[i] = output[i];
      source.steps[i] = steps[order[i] - 1];
    }
    return source;
  }

  static std::vector<std::size_t> read(const layer_config& config) {
    std::vector<std::size_t> axes;
    for (const std::int64_t one : config.integers("dims")) {
      if (one < 1) config.fail("dims must count the axes from 1");
      axes.push_back(static_cast<std::size_t>(one));
    }
    if (axes.empty()) config.fail("dims is missing, or empty");
    return axes;
  }
};

}  // namespace deepmaacc::model
