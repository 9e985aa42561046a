#pragma once

/// \file
/// Layers that leave the elements as they are.

#include <deepmaacc/model/image_shape.hpp>
#include <deepmaacc/model/layer_base.hpp>

namespace deepmaacc::model {

/// Keras' Flatten: the elements in row-major order, as one axis.
struct flatten : layer_base {
  static constexpr const char* class_name = "Flatten";
  static constexpr bool keeps_channels = true;
  flatten() = default;
  explicit flatten(const layer_config& config) { require_channels_last(config); }

  shape output_shape(std::span<const shape> inputs) const { return {element_count(only_input(class_name, inputs))}; }
  bool is_identity() const { return true; }
  template <class Context>
  void forward(const Context&) const {}
};

/// Layers that only shape training: they do nothing when a trained network predicts.
template <const char* ClassName>
struct training_layer : layer_base {
  static constexpr const char* class_name = ClassName;
  static constexpr bool keeps_channels = true;
  training_layer() = default;
  explicit training_layer(const layer_config&) {}

  shape output_shape(std::span<const shape> inputs) const { return only_input(class_name, inputs); }
  bool is_identity() const { return true; }
  template <class Context>
  void forward(const Context&) const {}
};

/// Their classes in Keras. Identity does nothing in training either.
namespace class_names {
inline constexpr char dropout[] = "Dropout";
inline constexpr char spatial_dropout1d[] = "SpatialDropout1D";
inline constexpr char spatial_dropout2d[] = "SpatialDropout2D";
inline constexpr char gaussian_dropout[] = "GaussianDropout";
inline constexpr char gaussian_noise[] = "GaussianNoise";
inline constexpr char alpha_dropout[] = "AlphaDropout";
inline constexpr char activity_regularization[] = "ActivityRegularization";
inline constexpr char identity[] = "Identity";
}  // namespace class_names

using dropout = training_layer<class_names::dropout>;
using spatial_dropout1d = training_layer<class_names::spatial_dropout1d>;
using spatial_dropout2d = training_layer<class_names::spatial_dropout2d>;
using gaussian_dropout = training_layer<class_names::gaussian_dropout>;
using gaussian_noise = training_layer<class_names::gaussian_noise>;
using alpha_dropout = training_layer<class_names::alpha_dropout>;
using activity_regularization = training_layer<class_names::activity_regularization>;
using identity = training_layer<class_names::identity>;

}  // namespace deepmaacc::model
