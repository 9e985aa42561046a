#pragma once

/// \file
/// Which layers a layer takes its inputs from, as Keras' versions write it into JSON.

#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/json.hpp>
#include <deepmaacc/io/keras_config.hpp>
#include <string>
#include <vector>

namespace deepmaacc::io::detail {

/// Names of the layers that a model begins or ends with: [["a", 0, 0], …], or ["a", 0, 0] for one, or {"name": ["a", 0, 0], …}.
inline std::vector<std::string> ends(const json& list) {
  std::vector<std::string> names;
  if (!list.is_structured()) return names;
  if (list.is_array() && !list.empty() && list.front().is_string()) return {list.front().get<std::string>()};
  for (const json& one : list)
    if (one.is_array() && !one.empty() && one.front().is_string()) names.push_back(one.front().get<std::string>());
  return names;
}

/// Names of the layers behind the tensors of a list.
/// \return what else there is, in words; nothing where there is nothing
inline std::string append_tensors(const json& list, std::vector<std::string>& names) {
  for (const json& one : list) {
    if (one.is_array()) {
      if (std::string other = append_tensors(one, names); !other.empty()) return other;
      continue;
    }
    if (one.is_number()) return "the constant " + one.dump();
    const json& history = member(member(one, "config"), "keras_history");
    if (text_member(one, "class_name") != "__keras_tensor__") return "a constant";
    if (!history.is_array() || history.empty() || !history[0].is_string()) return "something else than outputs of layers";
    names.push_back(history[0].get<std::string>());
  }
  return "";
}

/// Names of the layers that a layer is called on.
/// \param prefix  of the model around, for its own name
/// \throws model_error where it is called more than once.
inline std::vector<std::string> sources_of(const json& layer, const std::string& prefix) {
  const std::string name = prefix + text_member(layer, "name") + " (" + text_member(layer, "class_name") + ")";
  const auto refuse = [&](const std::string& why) { throw model_error("layer " + name + ": " + why); };
  const auto refuse_training = [&](const json& options) {
    const json& training = member(options, "training");
    if (training.is_boolean() && training.get<bool>()) refuse("it is called with training=True; only prediction is supported");
  };
  const json& calls = member(layer, "inbound_nodes");
  if (!calls.is_array() || calls.empty()) return {};
  if (calls.size() > 1)
    refuse(deepmaacc::detail::text("it is called ", calls.size(),
                                   " times; layers that are shared are not supported, give each call a layer of its own"));
  std::vector<std::string> names;
  const json& call = calls.front();
  if (call.is_object()) {  // Keras 3: {"args": [...], "kwargs": {...}}
    const json &arguments = member(call, "args"), &options = member(call, "kwargs");
    if (!arguments.is_array()) refuse("it is called with something else than outputs of layers");
    if (const std::string other = append_tensors(arguments, names); !other.empty())
      refuse("it computes with " + other +
             ", which is not supported; prepare the inputs beforehand, or take a layer for it, such as Rescaling");
    refuse_training(options);
    if (options.is_object())
      for (const auto& [key, value] : options.items())
        if (text_member(value, "class_name") == "__keras_tensor__")
          refuse("its argument " + key + " is the output of a layer, which is not supported");
  } else if (call.is_array()) {  // Keras 2: [["a", 0, 0, {...}], ...]
    for (const json& one : call) {
      if (!one.is_array() || one.size() < 3 || !one[0].is_string()) refuse("it is called with something else than outputs of layers");
      names.push_back(one[0].get<std::string>());
      if (one.size() > 3) refuse_training(one[3]);
    }
  }
  if (names.empty()) refuse("it does not say which layers it takes its inputs from");
  return names;
}

}  // namespace deepmaacc::io::detail
