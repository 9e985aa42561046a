#pragma once

/// \file
/// What is in a Keras model file.

#include <cstddef>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/hdf5.hpp>
#include <deepmaacc/io/json.hpp>
#include <deepmaacc/io/keras_graph.hpp>
#include <deepmaacc/io/keras_layers.hpp>
#include <deepmaacc/io/keras_weights.hpp>
#include <deepmaacc/io/zip.hpp>
#include <deepmaacc/model/program.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace deepmaacc::io {

namespace detail {

inline bool is_keras2(const std::string& version) { return version.empty() || version.starts_with("1.") || version.starts_with("2."); }

inline std::string_view text_of(const file_bytes& file) { return {reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size()}; }

/// A zip archive of config.json, metadata.json and model.weights.h5: Keras 3, and Keras 2.15.
inline program read_keras_archive(file_bytes file, const keras_layers& known, bool keeps_weights) {
  const std::size_t most = most_unpacked(file.bytes.size());
  const zip_archive archive(std::move(file));
  for (const char* entry : {"config.json", "model.weights.h5"})
    if (!archive.has(entry)) throw model_error(archive.name() + ": there is no " + entry + " in it; save the model by Keras, as .keras");
  std::string version = "3";
  if (archive.has("metadata.json")) {
    const auto metadata = archive.entry("metadata.json", most);
    version = parse_json_object(metadata.name, text_of(metadata)).root().text_member("keras_version", version);
  }
  const auto config = archive.entry("config.json", most);
  auto graph = keras_graph_builder(is_keras2(version), known).build(parse_json_object(config.name, text_of(config)).root());
  const hdf5_file weights(archive.entry("model.weights.h5", most));
  if (weights.has("_layer_checkpoint_dependencies"))
    throw model_error(archive.name() + ": Keras " + version +
                      " laid its weights out as no other version did; load the model and save it as .h5, or by a later Keras");
  read_parameters(graph, keras_paths(graph, weights), weights, keeps_weights);
  return std::move(graph.model);
}

/// An HDF5 file with the model's description as an attribute: Keras 2, and the legacy format of Keras 3.
inline program read_keras_legacy(file_bytes file, const keras_layers& known, bool keeps_weights) {
  const hdf5_file opened(std::move(file));
  const auto config = opened.text_attribute("/", "model_config");
  if (!config) throw model_error(opened.name() + ": it has no model_config, so it holds weights only; save the whole model by model.save");
  const std::string version = opened.text_attribute("/", "keras_version").value_or("");
  if (is_keras2(version) && opened.text_attribute("/", "backend") == "theano")
    throw model_error(opened.name() + ": Theano wrote it, whose convolutions flip their kernels; load and save the model by TensorFlow");
  auto graph = keras_graph_builder(is_keras2(version), known).build(parse_json_object(opened.name() + ": model_config", *config).root());
  read_parameters(graph, legacy_paths(graph, opened), opened, keeps_weights);
  return std::move(graph.model);
}

DEEPMAACC_INLINE program read_keras_content(file_bytes file, const keras_layers& known, bool keeps_weights) {
  if (file.bytes.empty()) throw model_error("it is an empty file");
  if (is_zip(file)) return read_keras_archive(std::move(file), known, keeps_weights);
  if (is_hdf5(file)) return read_keras_legacy(std::move(file), known, keeps_weights);
  throw model_error("it is no Keras model: neither a .keras archive nor an HDF5 file; save the model by model.save");
}

}  // namespace detail

}  // namespace deepmaacc::io
