#pragma once

/// \file
/// Which layers a layer takes its inputs from, as Keras' versions write it into JSON.

#include <algorithm>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/number_text.hpp>
#include <deepmaacc/io/json.hpp>
#include <deepmaacc/io/keras_config.hpp>
#include <string>
#include <vector>

namespace deepmaacc::io::detail {

/// Names of the layers that a model begins or ends with: [["a", 0, 0], …], or ["a", 0, 0] for one, or {"name": ["a", 0, 0], …}.
inline std::vector<std::string> ends(json_value list) {
  std::vector<std::string> names;
  if (list.element(0).is_text()) return {list.element(0).text()};
  const auto add = [&](json_value one) {
    if (one.element(0).is_text()) names.push_back(one.element(0).text());
  };
  for (const json_value one : list.elements()) add(one);
  auto members = list.members();
  std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });  // as Keras flattens them
  for (const auto& [name, one] : members) add(one);
  return names;
}

/// Names of the layers behind the tensors of a list.
/// \return what else there is, in words; nothing where there is nothing
inline std::string append_tensors(json_value list, std::vector<std::string>& names) {
  for (const json_value one : list.elements()) {
    if (one.is_array()) {
      if (std::string other = append_tensors(one, names); !other.empty()) return other;
      continue;
    }
    if (one.number()) return "the constant " + number_text(*one.number());
    const json_value history = one.member("config").member("keras_history");
    if (one.text_member("class_name") != "__keras_tensor__") return "a constant";
    if (!history.element(0).is_text()) return "something else than outputs of layers";
    names.push_back(history.element(0).text());
  }
  return "";
}

/// Names of the layers that a layer is called on.
/// \param prefix  of the model around, for its own name
/// \throws model_error where it is called more than once.
inline std::vector<std::string> sources_of(json_value layer, const std::string& prefix) {
  const std::string name = prefix + layer.text_member("name") + " (" + layer.text_member("class_name") + ")";
  const auto refuse = [&](const std::string& why) { throw model_error("layer " + name + ": " + why); };
  const auto refuse_training = [&](json_value options) {
    if (options.member("training").boolean().value_or(false)) refuse("it is called with training=True; only prediction is supported");
  };
  const json_value calls = layer.member("inbound_nodes");
  if (calls.empty()) return {};
  if (calls.size() > 1)
    refuse(deepmaacc::detail::text("it is called ", calls.size(),
                                   " times; layers that are shared are not supported, give each call a layer of its own"));
  std::vector<std::string> names;
  const json_value call = calls.element(0);
  if (call.is_object()) {  // Keras 3: {"args": [...], "kwargs": {...}}
    const json_value arguments = call.member("args"), options = call.member("kwargs");
    if (!arguments.is_array()) refuse("it is called with something else than outputs of layers");
    if (const std::string other = append_tensors(arguments, names); !other.empty())
      refuse("it computes with " + other +
             ", which is not supported; prepare the inputs beforehand, or take a layer for it, such as Rescaling");
    refuse_training(options);
    for (const auto& [key, value] : options.members())
      if (value.text_member("class_name") == "__keras_tensor__")
        refuse("its argument " + key + " is the output of a layer, which is not supported");
  } else if (call.is_array()) {  // Keras 2: [["a", 0, 0, {...}], ...]
    for (const json_value one : call.elements()) {
      if (one.size() < 3 || !one.element(0).is_text()) refuse("it is called with something else than outputs of layers");
      names.push_back(one.element(0).text());
      if (one.size() > 3) refuse_training(one.element(3));
    }
  }
  if (names.empty()) refuse("it does not say which layers it takes its inputs from");
  return names;
}

}  // namespace deepmaacc::io::detail
