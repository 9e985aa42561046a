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

/// Appends the numbers of a list and of the lists within it; an open extent, null, counts as -1.
/// \return whether there is nothing else
inline bool append_numbers(json_value list, std::vector<double>& numbers) {
  for (const json_value one : list.elements()) {
    if (one.is_array()) {
      if (!append_numbers(one, numbers)) return false;
    } else if (one.number() || one.is_null()) {
      numbers.push_back(one.number().value_or(-1));
    } else {
      return false;
    }
  }
  return true;
}

/// One setting as layers understand it; `std::monostate` for anything else.
inline layer_config::value to_setting(const std::string& key, json_value value) {
  if (value.boolean()) return *value.boolean();
  if (value.number()) return *value.number();
  if (value.is_text()) return value.text();
  json_value list = value.is_array() ? value : value.member("config").member("value");  // {"class_name": "__numpy__", …}
  if (list.number()) return *list.number();
  // Sides are listed by axis. Numbers of any other nested list lie along several axes, unless all but the last have one place only.
  const bool has_sides = key == "padding" || key == "cropping";
  while (!has_sides && list.size() == 1 && list.element(0).is_array()) list = list.element(0);
  const auto elements = list.elements();
  const bool is_flat = std::none_of(elements.begin(), elements.end(), [](json_value one) { return one.is_array(); });
  std::vector<double> numbers;
  if (list.is_array() && (is_flat || has_sides) && append_numbers(list, numbers)) return numbers;
  return std::monostate{};
}

/// Whether a class is Keras' own, where the file says where it comes from: one of the user's own may be called like it.
inline bool is_of_keras(json_value layer) {
  if (layer.text_member("registered_name").find('>') != std::string::npos) return false;
  if (layer.member("module").is_absent()) return true;  // .h5 files of Keras 2 do not say
  const std::string module = layer.text_member("module");
  return module == "keras" || module.starts_with("keras.") || module.starts_with("tf_keras.");
}

/// The settings of a layer under Keras 3's names.
/// \param is_keras2  whether Keras 2 wrote them: it calls some settings otherwise, and its hard sigmoid is steeper
/// \param is_known   whether a class of the user's own has a reader
/// \throws model_error for other classes of the user's own, and for such activations
inline layer_config to_layer_config(json_value layer, bool is_keras2, bool is_known = false) {
  const json_value settings = layer.member("config");
  layer_config config(settings.text_member("name", "without a name"), layer.text_member("class_name", "without a class"));
  if (!is_known && !is_of_keras(layer))
    config.fail("it is a custom class, " + layer.text_member("registered_name") + ", which cannot be read");
  for (const auto& [key, value] : settings.members())
    if (!value.is_null() || key == "axis") config.set(key, to_setting(key, value));  // Keras' None; of axes it means all

  const json_value policy = settings.member("dtype");
  if (policy.text_member("class_name").starts_with("Quantized"))
    config.fail("it is quantised (" + policy.member("config").text_member("mode", "to few bits") +
                "), which is not supported; save the model as it was before quantize()");

  const json_value activation = settings.member("activation");
  const json_value inner = activation.member("config");
  // Keras' own functions are given by name, others as an object; of these KerasHub's "keras_hub>gelu_approximate" is known.
  std::string function = activation.text(inner.text());
  constexpr std::string_view hub = "keras_hub>";
  const bool is_of_hub = function.starts_with(hub);
  if (is_of_hub) function.erase(0, hub.size());
  const bool is_own_name = function == activation::clipped_relu::name || function == activation::gelu_approximate::name ||
                           function == activation::hard_sigmoid_of_keras2::name;
  if ((is_own_name || activation.is_object()) && !is_of_hub && !function.empty())
    config.fail("its activation " + function + " is a custom function, which cannot be read");
  const bool has_code = !activation.member("value").is_absent();  // instead of a name
  if (has_code || activation.text_member("class_name") == "__lambda__")
    config.fail("its activation is a lambda, whose code cannot be read; give it a function of Keras by name, and save the model again");
  if (is_keras2 && function == activation::hard_sigmoid::name) function = activation::hard_sigmoid_of_keras2::name;
  if (!function.empty())
    config.set("activation", function);
  else if (activation.is_object())
    config.set("activation", std::make_shared<const layer_config>(to_layer_config(activation, is_keras2)));
  const auto rename = [&](const char* key, const char* older) {
    const json_value value = settings.member(older);
    if (config.is_absent(key) && !value.is_null()) config.set(key, to_setting(key, value));
  };
  rename("batch_shape", "batch_input_shape");
  if (config.class_name() == "LeakyReLU") rename("negative_slope", "alpha");
  return config;
}

}  // namespace deepmaacc::io::detail
