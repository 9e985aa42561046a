#pragma once

/// \file
/// From Keras' description of a model to a program.

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/json.hpp>
#include <deepmaacc/io/keras_calls.hpp>
#include <deepmaacc/io/keras_config.hpp>
#include <deepmaacc/io/keras_layers.hpp>
#include <deepmaacc/model/program_builder.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::io::detail {

/// Where files keep the arrays of one layer.
struct weight_place {
  std::string name;                     ///< the layer's
  std::vector<std::size_t> parameters;  ///< its arrays in the program, in the order in which Keras saves them
  std::string top_level;                ///< the layer of the outermost model that it is, or is part of: how `.h5` files group arrays
  std::string path;                     ///< "layers/functional/layers/dense_1/": how `.keras` files do
  bool is_trainable = true;             ///< frozen arrays come behind the others in `.h5` files
};

/// A model whose arrays are not filled yet, and where to find those of each layer of the file.
struct keras_graph {
  program model;
  std::vector<weight_place> places;
};

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

/// Folders of `.keras` files: the class name and a count per class within its model, whatever a layer is called.
class folder_names {
 public:
  std::string next(const std::string& class_name) {
    const std::string base = snake_case(class_name);
    const std::size_t before = counts_[base]++;
    return "layers/" + base + (before ? "_" + std::to_string(before) : "") + "/";
  }

 private:
  std::map<std::string, std::size_t> counts_;
};

/// Walks over a model and the models within it, and adds their layers to one graph. A layer of an inner model is called OUTER/INNER.
class keras_graph_builder {
 public:
  keras_graph_builder(bool is_keras2, const keras_layers& known) : is_keras2_(is_keras2), known_(known) {}

  /// \throws model_error naming the layers that cannot be read, with a sentence for each.
  keras_graph build(json_value model) {
    try {
      return build_whole(model);
    } catch (const error& fault) {
      auto all = obstacles(model, {});
      if (std::find(all.begin(), all.end(), fault.what()) == all.end()) all.insert(all.begin(), fault.what());
      constexpr std::size_t most = 10;
      std::string text = all.front();
      for (std::size_t i = 1; i < std::min(most, all.size()); ++i) text += ". And " + all[i];
      if (all.size() > most) text += detail_text(". And ", all.size() - most, " more");
      if (meets_unknown_class_) text += "; supported: " + supported_classes();
      throw model_error(text);
    }
  }

 private:
  keras_graph build_whole(json_value model) {
    const std::string kind = model.text_member("class_name");
    if (!is_model(model))
      throw model_error((is_of_keras(model) ? "" : "custom ") + ("models of class '" + kind) +
                        "' are not supported; supported: Keras' Sequential and Functional");
    if (add_model(model, {}, {}) != net_->last())
      throw model_error("layers come behind the one that gives the output; save the model again");
    return {std::move(net_->made()), std::move(places_)};
  }

  /// Where the walk is: the names of the models around, and what these set for the layers within.
  struct scope {
    std::string prefix;
    weight_place place;
  };

  static bool is_model(json_value layer) {
    const std::string kind = layer.text_member("class_name");
    return is_of_keras(layer) && (kind == "Sequential" || kind == "Functional" || kind == "Model");
  }

  static std::string name_of(json_value layer) {
    return layer.member("config").text_member("name", layer.text_member("name", "without a name"));
  }

  /// Whether it is an operation on tensors, such as a sum: Keras lists them among the layers, but does not count them.
  static bool is_operation(json_value layer) { return layer.text_member("module").starts_with("keras.src.ops"); }

  /// Whether an operation is what the layer of this name is; others may be called like a layer and mean another thing.
  static bool is_known_operation(const std::string& kind) {
    return kind == "Add" || kind == "Subtract" || kind == "Multiply" || kind == "Maximum" || kind == "Minimum" || kind == "Concatenate";
  }

  /// The layers of a model; until Keras 2.2 a Sequential model's description was nothing but their list.
  static json_value layers_of(json_value config) { return config.is_array() ? config : config.member("layers"); }

  /// Adds a model behind the layers that give its inputs; behind none, it is the outermost.
  /// \return the layer that gives its output
  std::size_t add_model(json_value model, const std::vector<std::size_t>& inputs, const scope& where) {
    return model.text_member("class_name") == "Sequential" ? add_sequential(model.member("config"), inputs, where)
                                                           : add_functional(model.member("config"), inputs, where);
  }

  std::size_t add_sequential(json_value config, std::vector<std::size_t> at, const scope& where) {
    const json_value layers = layers_of(config);
    if (layers.empty()) fail(where, "a Sequential model has no layers");
    folder_names folders;
    for (const json_value layer : layers.elements()) {
      const std::string folder = folders.next(layer.text_member("class_name"));
      if (layer.text_member("class_name") == "InputLayer" && !at.empty()) continue;
      at = {add_layer(layer, at, where, folder)};
    }
    if (at.empty()) fail(where, "a Sequential model has no layers");
    return at.front();
  }

  std::size_t add_functional(json_value config, const std::vector<std::size_t>& inputs, const scope& where) {
    const auto layers = config.member("layers").elements();
    if (layers.empty()) fail(where, "a Functional model has no layers");
    std::map<std::string, std::size_t> position;
    for (std::size_t i = 0; i < layers.size(); ++i)
      if (!position.emplace(layers[i].text_member("name"), i).second) fail(where, "two layers are called " + layers[i].text_member("name"));
    const auto position_of = [&](const std::string& name) {
      const auto found = position.find(name);
      if (found == position.end()) fail(where, "there is no layer '" + name + "', but another refers to it");
      return found->second;
    };

    std::vector<std::optional<std::size_t>> vertex(layers.size());
    const auto entries = ends(config.member("input_layers")), exits = ends(config.member("output_layers"));
    if (exits.size() != 1) fail(where, detail_text("the model has ", exits.size(), " outputs; models of one output are supported"));
    if (entries.size() != (inputs.empty() ? 1 : inputs.size()))
      fail(where, inputs.empty() ? detail_text("the model has ", entries.size(), " inputs; models of one input are supported")
                                 : detail_text("the model has ", entries.size(), " inputs, but is given ", inputs.size()));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const std::size_t entry = position_of(entries[i]);
      const auto wanted = to_layer_config(layers[entry], is_keras2_).numbers("batch_shape");
      const shape& given = net_->shape_of(inputs[i]);
      if (wanted.size() != given.size() + 1)
        fail(where, detail_text("its input ", entries[i], " has another number of axes than ", to_string(given), ", which it is given"));
      vertex[entry] = inputs[i];
    }

    // Layers wait for those they take their inputs from; the first in the file of those that can go goes first.
    std::vector<std::vector<std::size_t>> sources(layers.size()), takers(layers.size());
    std::vector<std::size_t> missing(layers.size());
    std::set<std::size_t> ready;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      if (!vertex[i])
        for (const std::string& name : sources_of(layers[i], where.prefix)) sources[i].push_back(position_of(name));
      missing[i] = sources[i].size();
      for (const std::size_t from : sources[i]) takers[from].push_back(i);
      if (missing[i] == 0) ready.insert(i);
    }
    folder_names folders;
    std::vector<std::string> folder(layers.size());
    for (std::size_t i = 0; i < layers.size(); ++i)
      if (!is_operation(layers[i])) folder[i] = folders.next(layers[i].text_member("class_name"));
    std::size_t added = 0;
    for (; !ready.empty(); ++added) {
      const std::size_t i = *ready.begin();
      ready.erase(ready.begin());
      if (!vertex[i]) {
        std::vector<std::size_t> from;
        for (const std::size_t source : sources[i]) from.push_back(*vertex[source]);
        vertex[i] = add_layer(layers[i], from, where, folder[i]);
      }
      for (const std::size_t taker : takers[i])
        if (--missing[taker] == 0) ready.insert(taker);
    }
    if (added != layers.size()) fail(where, "its layers take their inputs from each other in a circle");
    return *vertex[position_of(exits.front())];
  }

  /// Adds a layer, or all layers of a model that is used as one.
  std::size_t add_layer(json_value layer, const std::vector<std::size_t>& inputs, const scope& where, const std::string& folder) {
    const json_value config = layer.member("config");
    const std::string name = name_of(layer);
    scope inner{where.prefix + name, where.place};
    if (where.prefix.empty()) inner.place.top_level = name;
    inner.place.path += folder;
    inner.place.is_trainable = where.place.is_trainable && config.member("trainable").boolean().value_or(true);
    if (is_model(layer)) return add_model(layer, inputs.empty() ? add_input_of(layer, inner) : inputs, {inner.prefix + "/", inner.place});
    if (inputs.empty() && layer.text_member("class_name") == "InputLayer")
      return add_input(inner.prefix, to_layer_config(layer, is_keras2_).batch_shape("batch_shape"));
    if (inputs.empty()) return add_layer(layer, add_input_of(layer, inner), where, folder);
    return add(layer, inner, inputs);
  }

  struct readable_layer {
    layer_config settings;
    const keras_layers::entry& reader;
  };

  /// \throws model_error naming the layer where there is no reader for it.
  readable_layer look_up(json_value layer, const std::string& name) {
    const std::string kind = layer.text_member("class_name"), registered = layer.text_member("registered_name");
    const bool is_keras = is_of_keras(layer);
    const keras_layers::entry* reader = known_.find(kind, registered, is_keras);
    auto settings = to_layer_config(layer, is_keras2_, !is_keras && reader);
    settings.rename(name);
    if (is_operation(layer) && !is_known_operation(settings.class_name()))
      settings.fail("this operation is not supported; supported: +, -, *, maximum, minimum and concatenate of tensors, and layers");
    if (!reader) {
      meets_unknown_class_ = true;
      settings.fail("layers of this class are not supported");
    }
    return {std::move(settings), *reader};
  }

  /// Adds a layer to the network, behind what that takes next.
  /// \throws model_error naming it where it cannot be read.
  void read_layer(json_value layer, const std::string& name) {
    const auto [settings, reader] = look_up(layer, name);
    net_->call(name, settings.class_name());
    const std::size_t before = net_->made().layers().size();
    reader.by(settings, *net_);
    if (net_->made().layers().size() == before) settings.fail("its reader adds no layer to the network");
  }

  /// What cannot be read of single layers, whatever is around them: a sentence for each, in their order.
  std::vector<std::string> obstacles(json_value model, const scope& where) {
    std::vector<std::string> found;
    const json_value layers = layers_of(model.member("config"));
    for (const json_value layer : layers.elements()) {
      try {
        sources_of(layer, where.prefix);
        if (!is_model(layer)) {
          find_obstacle(layer, where.prefix);
          continue;
        }
        const auto inner = obstacles(layer, {where.prefix + name_of(layer) + "/", where.place});
        found.insert(found.end(), inner.begin(), inner.end());
      } catch (const error& fault) {
        found.emplace_back(fault.what());
      }
    }
    return found;
  }

  /// \throws model_error where a layer's settings cannot be read, whatever its inputs are
  void find_obstacle(json_value layer, const std::string& prefix) {
    if (layer.text_member("class_name") == "InputLayer") {
      to_layer_config(layer, is_keras2_).batch_shape("batch_shape");
      return;
    }
    const auto [settings, reader] = look_up(layer, prefix + name_of(layer));
    if (reader.is_own) return;  // it may rely on its inputs
    try {
      program_builder scratch({1});
      reader.by(settings, scratch);
    } catch (const setting_error&) {
      throw;
    } catch (const error&) {
      // The scratch network's input does not fit.
    }
  }

  /// The input layer of a model that has none, from what its first layer says of its inputs.
  std::vector<std::size_t> add_input_of(json_value layer, const scope& where) {
    json_value first = layer;
    while (is_model(first)) {
      const json_value layers = layers_of(first.member("config"));
      if (layers.empty()) break;
      first = layers.element(0);
    }
    const bool is_known = known_.find(first.text_member("class_name"), first.text_member("registered_name"), is_of_keras(first)) != nullptr;
    const auto settings = to_layer_config(first, is_keras2_, is_known);
    if (settings.is_absent("batch_shape")) settings.fail("the model does not say which shape its inputs have; save it with an Input layer");
    return {add_input(where.prefix + "_input", settings.batch_shape("batch_shape"))};
  }

  std::size_t add_input(const std::string& name, shape extents) {
    if (net_) throw model_error("layer " + name + " (InputLayer): a network begins with one input layer, and has no other");
    net_.emplace(std::move(extents), name);
    return net_->last();
  }

  std::size_t add(json_value layer, const scope& where, const std::vector<std::size_t>& inputs) {
    // Work and memory grow with the square of these.
    constexpr std::size_t most_layers = 10'000, most_inputs = 10'000, most_operations = 50'000;
    if (net_->made().layers().size() >= most_layers) throw model_error(detail_text("the model has more than ", most_layers, " layers"));
    if (net_->made().size() >= most_operations || inputs.size() > most_inputs)
      throw model_error(
          detail_text("the model has more than ", most_operations, " operations, or a layer has more than ", most_inputs, " inputs"));
    const std::size_t before = net_->made().parameters().size();
    net_->from(inputs);
    read_layer(layer, where.prefix);
    weight_place place = where.place;
    place.name = where.prefix;
    const auto& arrays = net_->made().parameters();
    for (std::size_t i = before; i < arrays.size(); ++i)
      if (!arrays[i].is_filled()) place.parameters.push_back(i);
    places_.push_back(std::move(place));
    return net_->last();
  }

  template <class... Parts>
  static std::string detail_text(const Parts&... parts) {
    return deepmaacc::detail::text(parts...);
  }

  [[noreturn]] static void fail(const scope& where, const std::string& why) {
    const std::string model = where.prefix.empty() ? "" : "model " + where.prefix.substr(0, where.prefix.size() - 1) + ": ";
    throw model_error(model + why);
  }

  std::string supported_classes() const {
    std::string list;
    for (const auto& name : known_.names()) list += (list.empty() ? "" : ", ") + name;
    return list;
  }

  bool is_keras2_, meets_unknown_class_ = false;
  const keras_layers& known_;
  std::optional<program_builder> net_;
  std::vector<weight_place> places_;
};

}  // namespace deepmaacc::io::detail
