#pragma once

/// \file
/// Layers that leave the elements as they are.

#include <deepmaacc/model/layer_base.hpp>

namespace deepmaacc::model {

/// Keras' Flatten: the elements in row-major order, as one axis.
struct flatten : layer_base {
  static constexpr const char* class_name = "Flatten";
  static constexpr bool keeps_channels = true;
  flatten() = default;
  explicit flatten(const layer_config& config) { config.choice("data_format", "channels_last", {"channels_last"}); }

  shape output_shape(std::span<const shape> inputs) const { return {element_count(only_input(class_name, inputs))}; }
  bool is_identity() const { return true; }
  template <class Context>
  void forward(const Context&) const {}
};

/// Layers that only shape training: they do nothing when a trained network predicts.
template <class Name>
struct training_layer : layer_base {
  static constexpr const char* class_name = Name::class_name;
  static constexpr bool keeps_channels = true;
  training_layer() = default;
  explicit training_layer(const layer_config&) {}

  shape output_shape(std::span<const shape> inputs) const { return only_input(class_name, inputs); }
  bool is_identity() const { return true; }
  template <class Context>
  void forward(const Context&) const {}
};

/// Their classes in Keras. Identity does nothing in training either.
namespace training {

struct dropout {
  static constexpr const char* class_name = "Dropout";
};
struct spatial_dropout1d {
  static constexpr const char* class_name = "SpatialDropout1D";
};
struct spatial_dropout2d {
  static constexpr const char* class_name = "SpatialDropout2D";
};
struct gaussian_dropout {
  static constexpr const char* class_name = "GaussianDropout";
};
struct gaussian_noise {
  static constexpr const char* class_name = "GaussianNoise";
};
struct alpha_dropout {
  static constexpr const char* class_name = "AlphaDropout";
};
struct activity_regularization {
  static constexpr const char* class_name = "ActivityRegularization";
};
struct identity {
  static constexpr const char* class_name = "Identity";
};

}  // namespace training

using dropout = training_layer<training::dropout>;
using spatial_dropout1d = training_layer<training::spatial_dropout1d>;
using spatial_dropout2d = training_layer<training::spatial_dropout2d>;
using gaussian_dropout = training_layer<training::gaussian_dropout>;
using gaussian_noise = training_layer<training::gaussian_noise>;
using alpha_dropout = training_layer<training::alpha_dropout>;
using activity_regularization = training_layer<training::activity_regularization>;
using identity = training_layer<training::identity>;

}  // namespace deepmaacc::model
