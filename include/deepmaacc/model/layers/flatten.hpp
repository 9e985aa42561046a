#pragma once

/// \file
/// Layers that leave the elements as they are.

#include <deepmaacc/model/layer_base.hpp>

namespace deepmaacc::model {

/// Keras' Flatten: the elements in row-major order, as one axis.
struct flatten : layer_base {
  static constexpr const char* class_name = "Flatten";
  flatten() = default;
  explicit flatten(const layer_config& config) { config.choice("data_format", "channels_last", {"channels_last"}); }

  shape output_shape(std::span<const shape> inputs) const { return {element_count(only_input(class_name, inputs))}; }
  bool is_identity() const { return true; }
  template <class Context>
  void forward(const Context&) const {}
};

/// Keras' Dropout: does nothing when a trained network predicts.
struct dropout : layer_base {
  static constexpr const char* class_name = "Dropout";
  dropout() = default;
  explicit dropout(const layer_config&) {}

  shape output_shape(std::span<const shape> inputs) const { return only_input(class_name, inputs); }
  bool is_identity() const { return true; }
  template <class Context>
  void forward(const Context&) const {}
};

}  // namespace deepmaacc::model
