#pragma once

/// \file
/// Where inputs enter a network.

#include <deepmaacc/model/layer_base.hpp>

namespace deepmaacc::model {

/// Keras' InputLayer: only says which shape an input has.
struct input : layer_base {
  static constexpr const char* class_name = "InputLayer";
  shape extents;

  explicit input(shape one_input) : extents(std::move(one_input)) {}
  explicit input(const layer_config& config) : extents(config.batch_shape("batch_shape")) {}

  shape output_shape(std::span<const shape>) const { return extents; }
  bool is_identity() const { return true; }
  template <class Context>
  void forward(const Context&) const {}
};

}  // namespace deepmaacc::model
