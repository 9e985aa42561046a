#pragma once

/// \file
/// Activations as Keras' layers name them.

#include <cmath>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/io/layer_config.hpp>
#include <deepmaacc/model/activation.hpp>
#include <limits>
#include <string>

namespace deepmaacc::io {

/// Reads the activation of a layer that is nothing but one: Activation, ReLU, LeakyReLU, ELU, Softmax.
/// \throws model_error for parameters that Keras would not take, and for a softmax over another axis than the last.
activation_function read_activation_layer(const layer_config& config);

/// Reads the setting `activation`: a name, or an activation that is a layer of its own; linear where there is none.
/// \throws model_error naming the layer, and the activations that are supported.
activation_function read_activation(const layer_config& config);

#if DEEPMAACC_HAS_READERS
DEEPMAACC_INLINE activation_function read_activation(const layer_config& config) {
  if (const auto layer = config.nested("activation")) return read_activation_layer(*layer);
  const std::string name = config.text("activation", activation::linear::name);
  if (const auto found = find_activation(name)) return *found;
  std::string known;
  for (const auto& one : activation_names()) known += (known.empty() ? "" : ", ") + one;
  config.fail("activation '" + name + "' is not supported; supported: " + known);
}

DEEPMAACC_INLINE activation_function read_activation_layer(const layer_config& config) {
  const std::string& kind = config.class_name();
  const auto from_zero = [&](const char* key, double fallback) {
    const double given = config.number(key, fallback);
    if (given < 0) config.fail(std::string(key) + " must not be negative");
    return given;
  };
  if (kind == "Activation") return read_activation(config);
  if (kind == "LeakyReLU") return activation::leaky_relu{from_zero("negative_slope", 0.3)};
  if (kind == "ELU") return activation::elu{config.number("alpha", 1)};
  if (kind == "Softmax") {
    if (config.integer("axis", -1) != -1) config.fail("axis must be -1; softmax over another axis is not supported");
    return activation::softmax{};
  }
  if (kind != "ReLU")
    config.fail("this is no activation that is supported as a layer; supported: Activation, ReLU, LeakyReLU, ELU, Softmax");
  const activation::clipped_relu general{from_zero("negative_slope", 0), from_zero("threshold", 0),
                                         from_zero("max_value", std::numeric_limits<double>::infinity())};
  const bool is_plain = general.negative_slope == 0 && general.threshold == 0 && std::isinf(general.max_value);
  return is_plain ? activation_function(activation::relu{}) : activation_function(general);
}
#endif

}  // namespace deepmaacc::io
