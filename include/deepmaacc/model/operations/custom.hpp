#pragma once

/// \file
/// An operation of one's own.

#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/shape.hpp>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::operation {

/// What a custom operation is given: rows are inputs of the network, columns the elements of a flattened tensor.
template <class T>
struct custom_rows {
  std::span<const matrix<const T>> inputs;  ///< one per input of the operation
  std::span<const shape> input_shapes;      ///< of one row each
  std::span<const T* const> parameters;     ///< in the order in which they were given to the builder
  matrix<T> output;                         ///< to be written
  const shape& output_shape;
};

/// A function over rows, of float and of double, with a rule for the shape of its output. It runs on the host, wherever the network does;
/// several threads call it at a time, so it changes nothing but its output. A row of the output depends on the same row of the inputs
/// alone. There may be any number of rows, each of which is an input's.
struct custom {
  static constexpr const char* name = "custom operation";
  using shape_rule = std::function<shape(std::span<const shape>)>;
  shape_rule rule{};  ///< called when the operation is added; may refuse inputs by `model_error`
  std::function<void(const custom_rows<float>&)> of_float{};
  std::function<void(const custom_rows<double>&)> of_double{};
  std::vector<shape> parameters{};

  custom() = default;
  /// \param function  called with `custom_rows<float>` or `custom_rows<double>`: a lambda that takes `const auto&` does for both,
  ///                  and what takes one of them only is refused in std::function
  template <class Function>
  custom(shape_rule output, Function function, std::vector<shape> parameter_extents = {})
      : rule(std::move(output)), of_float(function), of_double(function), parameters(std::move(parameter_extents)) {}

  shape output_shape(std::span<const shape> inputs) const {
    if (!rule || !of_float || !of_double)
      throw model_error("it needs a rule for the shape of its output, and a function of float and of double");
    return rule(inputs);
  }
  std::vector<shape> parameter_shapes(std::span<const shape>) const { return parameters; }
};

}  // namespace deepmaacc::operation
