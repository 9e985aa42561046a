#pragma once

/// \file
/// What layers that end with an activation have in common.

#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/model/layer_base.hpp>

namespace deepmaacc::model {

/// Base of the layer kinds whose outputs go through an activation last.
struct activated_layer : layer_base {
  activation_function activation;

  explicit activated_layer(const activation_function& function) : activation(function) {}

  /// Leaves a final softmax, sigmoid or linear activation out where the arg max over the output is the same without it: then it has
  /// no ties from rounding.
  void drop_final_activation(const shape& output) {
    if (is_dropped_before_arg_max(activation, output)) activation = activations::linear{};
  }
};

}  // namespace deepmaacc::model
