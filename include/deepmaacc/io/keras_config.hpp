#pragma once

/// \file
/// The settings of Keras' layers, as its versions write them into JSON.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/io/json.hpp>
#include <deepmaacc/io/layer_config.hpp>
#include <deepmaacc/model/activation.hpp>
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

/// Appends the numbers of a list and of the lists within it; an open extent, null, counts as -1.
/// \return whether there is nothing else
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

/// One setting as layers understand it; `std::monostate` for anything else.
inline layer_config::value to_setting(const std::string& key, const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  const json* list = value.is_array() ? &value : &member(member(value, "config"), "value");  // {"class_name": "__numpy__", …}
  if (list->is_number()) return list->get<double>();
  // Sides are listed by axis. Numbers of any other nested list lie along several axes, unless all but the last have one place only.
  const bool has_sides = key == "padding" || key == "cropping";
  while (!has_sides && list->is_array() && list->size() == 1 && list->front().is_array()) list = &list->front();
  const bool is_flat = std::none_of(list->begin(), list->end(), [](const json& one) { return one.is_array(); });
  std::vector<double> numbers;
  if (list->is_array() && (is_flat || has_sides) && append_numbers(*list, numbers)) return numbers;
  return std::monostate{};
}

/// Whether a class is Keras' own, where the file says where it comes from: one of the user's own may be called like it.
inline bool is_of_keras(const json& layer) {
  if (text_member(layer, "registered_name").find('>') != std::string::npos) return false;
  if (!layer.is_object() || !layer.contains("module")) return true;  // .h5 files of Keras 2 do not say
  const std::string module = text_member(layer, "module");
  return module == "keras" || module.starts_with("keras.") || module.starts_with("tf_keras.");
}

/// The settings of a layer under Keras 3's names.
/// \param is_keras2  whether Keras 2 wrote them: it calls some settings otherwise, and its hard sigmoid is steeper
/// \param is_known   whether a class of the user's own has a reader
/// \throws model_error for other classes of the user's own, and for such activations
inline layer_config to_layer_config(const json& layer, bool is_keras2, bool is_known = false) {
  const json& settings = member(layer, "config");
  layer_config config(text_member(settings, "name", "without a name"), text_member(layer, "class_name", "without a class"));
  if (!is_known && !is_of_keras(layer))
    config.fail("it is a custom class, " + text_member(layer, "registered_name") + ", which cannot be read");
  if (settings.is_object())
    for (const auto& [key, value] : settings.items())
      if (!value.is_null() || key == "axis") config.set(key, to_setting(key, value));  // Keras' None; of axes it means all

  const json& policy = member(settings, "dtype");
  if (text_member(policy, "class_name").starts_with("Quantized"))
    config.fail("it is quantised (" + text_member(member(policy, "config"), "mode", "to few bits") +
                "), which is not supported; save the model as it was before quantize()");

  const json& activation = member(settings, "activation");
  const json& inner = member(activation, "config");
  // Keras' own functions are given by name, others as an object; of these KerasHub's "keras_hub>gelu_approximate" is known.
  std::string function = activation.is_string() ? activation.get<std::string>() : inner.is_string() ? inner.get<std::string>() : "";
  constexpr std::string_view hub = "keras_hub>";
  const bool is_of_hub = function.starts_with(hub);
  if (is_of_hub) function.erase(0, hub.size());
  const bool is_own_name = function == activation::clipped_relu::name || function == activation::gelu_approximate::name ||
                           function == activation::hard_sigmoid_of_keras2::name;
  if ((is_own_name || activation.is_object()) && !is_of_hub && !function.empty())
    config.fail("its activation " + function + " is a custom function, which cannot be read");
  const bool has_code = activation.is_object() && activation.contains("value");  // instead of a name
  if (has_code || text_member(activation, "class_name") == "__lambda__")
    config.fail("its activation is a lambda, whose code cannot be read; give it a function of Keras by name, and save the model again");
  if (is_keras2 && function == activation::hard_sigmoid::name) function = activation::hard_sigmoid_of_keras2::name;
  if (!function.empty())
    config.set("activation", function);
  else if (activation.is_object())
    config.set("activation", std::make_shared<const layer_config>(to_layer_config(activation, is_keras2)));
  const auto rename = [&](const char* key, const char* older) {
    const json& value = member(settings, older);
    if (config.is_absent(key) && !value.is_null()) config.set(key, to_setting(key, value));
  };
  rename("batch_shape", "batch_input_shape");
  if (config.class_name() == "LeakyReLU") rename("negative_slope", "alpha");
  return config;
}

}  // namespace deepmaacc::io::detail
