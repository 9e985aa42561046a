#pragma once

/// \file
/// Keras 3 model files.

#include <cctype>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/hdf5.hpp>
#include <deepmaacc/io/zip.hpp>
#include <deepmaacc/model/network.hpp>
#include <deepmaacc/storage/copy.hpp>
#include <deepmaacc/storage/xtensor_host.hpp>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::io {

namespace detail {

using json = nlohmann::json;

/// The settings of a layer's "config" that layers can ask for: flags, numbers, texts, lists of numbers.
inline model::layer_config to_layer_config(const json& layer) {
  const json settings = layer.value("config", json::object());
  model::layer_config config(settings.value("name", "without a name"), layer.value("class_name", "without a class"));
  for (const auto& [key, value] : settings.items()) {
    if (value.is_boolean()) {
      config.set(key, value.get<bool>());
    } else if (value.is_number()) {
      config.set(key, value.get<double>());
    } else if (value.is_string()) {
      config.set(key, value.get<std::string>());
    } else if (value.is_array()) {
      std::vector<double> numbers;
      for (const auto& one : value)
        if (one.is_number() || one.is_null()) numbers.push_back(one.is_null() ? -1.0 : one.get<double>());
      if (numbers.size() == value.size())
        config.set(key, std::move(numbers));
      else
        config.set(key, std::monostate{});  // there, but no setting that a layer understands
    } else if (value.is_object()) {
      config.set(key, std::monostate{});
    }
  }
  return config;
}

/// How Keras writes a class name in the paths of a weights file: "Conv2D" is "conv2d", "MaxPooling2D" is "max_pooling2d".
inline std::string snake_case(const std::string& name) {
  const auto is_upper = [](char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; };
  const auto is_lower = [](char c) { return std::islower(static_cast<unsigned char>(c)) != 0; };
  std::string text;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool begins_word = i > 0 && is_upper(name[i]) && (is_lower(name[i - 1]) || (i + 1 < name.size() && is_lower(name[i + 1])));
    if (begins_word) text += '_';
    text += static_cast<char>(std::tolower(static_cast<unsigned char>(name[i])));
  }
  return text;
}

/// The folder of a layer's weights: the class name and a count per class, whatever the layer is called.
class weight_paths {
 public:
  std::string next(const std::string& class_name) {
    const std::string base = snake_case(class_name);
    const std::size_t before = counts_[base]++;
    return "layers/" + base + (before ? "_" + std::to_string(before) : "") + "/vars/";
  }

 private:
  std::map<std::string, std::size_t> counts_;
};

inline json parse_json(const file_bytes& file) {
  const auto* text = reinterpret_cast<const char*>(file.bytes.data());
  json parsed = json::parse(text, text + file.bytes.size(), nullptr, false);
  if (parsed.is_discarded() || !parsed.is_object()) file.fail("it is no JSON object");
  return parsed;
}

/// Reads the arrays of one layer. \throws model_error where one is missing or has another shape than the layer.
template <class Storage>
std::vector<Storage> read_parameters(const hdf5_file& weights, const std::string& folder, const model::layer_node& layer) {
  using T = typename Storage::value_type;
  std::vector<Storage> arrays;
  for (std::size_t i = 0; i < layer.parameters.size(); ++i) {
    const auto& wanted = layer.parameters[i];
    const std::string path = folder + std::to_string(i);
    if (!weights.has(path)) throw model_error("layer " + layer.name + ": its " + wanted.name + " (" + path + ") is missing");
    const auto found = weights.read<T>(path);
    if (found.extents != wanted.extents)
      throw model_error("layer " + layer.name + ": its " + wanted.name + " should have shape " + to_string(wanted.extents) +
                        ", but the file has " + to_string(found.extents));
    arrays.push_back(storage::from_host<Storage>(found.values));
  }
  return arrays;
}

}  // namespace detail

/// Reads a Sequential model from a `.keras` file (Keras 3: a zip archive of config.json and model.weights.h5).
/// \tparam Storage  what owns the weights, and fixes their type
/// \throws model_error or data_error, naming the file and, where one is at fault, the layer and its class.
template <class Storage = storage::xtensor_host<float>>
network<Storage> read_keras(const std::filesystem::path& path) {
  const zip_archive archive(read_file(path));
  const auto fail = [&](const std::string& why) -> void { throw model_error(path.string() + ": " + why); };
  for (const char* entry : {"config.json", "model.weights.h5"})
    if (!archive.has(entry)) fail(std::string("there is no ") + entry + " in it; save the model by Keras 3, as .keras");
  try {
    const auto config = detail::parse_json(archive.entry("config.json"));
    const std::string kind = config.value("class_name", "");
    if (kind != "Sequential") fail("models of class '" + kind + "' are not supported; supported: Sequential");
    const hdf5_file weights(archive.entry("model.weights.h5"));

    model::layer_graph graph;
    std::vector<std::vector<Storage>> parameters;
    detail::weight_paths paths;
    const auto add = [&](std::string name, model::layer layer, const std::string& folder) {
      const std::size_t added = graph.append(std::move(name), std::move(layer));
      parameters.push_back(detail::read_parameters<Storage>(weights, folder, graph[added]));
    };
    for (const auto& layer : config.at("config").at("layers")) {
      const auto settings = detail::to_layer_config(layer);
      const std::string folder = paths.next(settings.class_name());
      auto made = model::make_layer(settings);
      if (graph.size() == 0 && !std::holds_alternative<model::input>(made))
        settings.fail("the model does not say which shape its inputs have; save it with an Input layer");
      add(settings.name(), std::move(made), folder);
    }
    return network<Storage>(std::move(graph), std::move(parameters));
  } catch (const detail::json::exception&) {
    throw model_error(path.string() + ": config.json does not describe a model as Keras 3 does");
  } catch (const error& fault) {
    if (std::string(fault.what()).starts_with(path.string())) throw;
    throw model_error(path.string() + ": " + fault.what());
  }
}

}  // namespace deepmaacc::io
