#pragma once

/// \file
/// The settings of Keras' layers, as its versions write them into JSON.

#include <cstddef>
#include <deepmaacc/io/json.hpp>
#include <deepmaacc/model/activations.hpp>
#include <deepmaacc/model/layer_config.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace deepmaacc::io::detail {

/// A member of a JSON object as a text; `otherwise` where there is none, or it is something else.
inline std::string text_member(const json& object, const char* key, const std::string& otherwise = "") {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

/// A member of a JSON object; null where there is none.
inline const json& member(const json& object, const char* key) {
  static const json none;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : none;
}

/// Appends the numbers of a list and of the lists within it; an open extent, null, counts as -1. \return whether there is nothing else
inline bool append_numbers(const json& list, std::vector<double>& numbers) {
  for (const json& one : list) {
    if (one.is_array()) {
      if (!append_numbers(one, numbers)) return false;
    } else if (one.is_number() || one.is_null()) {
      numbers.push_back(one.is_null() ? -1.0 : one.get<double>());
    } else {
      return false;
    }
  }
  return true;
}

/// The settings of a layer under Keras 3's names.
/// \param is_keras2  whether Keras 2 wrote them: it calls some settings otherwise, and its hard sigmoid is steeper
inline model::layer_config to_layer_config(const json& layer, bool is_keras2) {
  const json& settings = member(layer, "config");
  model::layer_config config(text_member(settings, "name", "without a name"), text_member(layer, "class_name", "without a class"));
  // A class of the user's own may be called as one of Keras': its package tells it apart.
  const std::string registered = text_member(layer, "registered_name");
  if (registered.find('>') != std::string::npos) config.fail("it is a custom class, " + registered + ", which cannot be read");

  const auto set = [&](const std::string& key, const json& value) {
    if (value.is_null()) return;  // Keras' None: as if it were not there
    std::vector<double> numbers;
    const json& of_numpy = member(member(value, "config"), "value");  // {"class_name": "__numpy__", "config": {"value": [...]}}
    if (value.is_boolean())
      config.set(key, value.get<bool>());
    else if (value.is_number())
      config.set(key, value.get<double>());
    else if (value.is_string())
      config.set(key, value.get<std::string>());
    else if (append_numbers(value.is_array() ? value : of_numpy, numbers) && !numbers.empty())
      config.set(key, std::move(numbers));
    else
      config.set(key, std::monostate{});  // there, but no setting that a layer understands
  };
  if (settings.is_object())
    for (const auto& [key, value] : settings.items()) set(key, value);

  const json& activation = member(settings, "activation");
  const json& inner = member(activation, "config");
  // A function is given by its name, or as an object that has its name; KerasHub's are called "keras_hub>gelu_approximate".
  std::string function = activation.is_string() ? activation.get<std::string>() : inner.is_string() ? inner.get<std::string>() : "";
  constexpr std::string_view hub = "keras_hub>";
  if (function.starts_with(hub)) function.erase(0, hub.size());
  if (is_keras2 && function == model::activations::hard_sigmoid::name) function = model::activations::hard_sigmoid_of_keras2::name;
  if (!function.empty())
    config.set("activation", function);
  else if (activation.is_object())
    config.set("activation", std::make_shared<const model::layer_config>(to_layer_config(activation, is_keras2)));
  if (config.is_absent("batch_shape")) set("batch_shape", member(settings, "batch_input_shape"));
  if (is_keras2 && config.class_name() == "LeakyReLU") set("negative_slope", member(settings, "alpha"));
  return config;
}

}  // namespace deepmaacc::io::detail
