#pragma once

/// \file
/// Where Keras' files keep the arrays of a model, and reading them.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/io/hdf5.hpp>
#include <deepmaacc/io/keras_graph.hpp>
#include <deepmaacc/model/program.hpp>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::io::detail {

/// For each layer, the paths of its arrays.
using array_paths = std::vector<std::vector<std::string>>;

/// Paths in the weights of a `.keras` file: a folder per layer, arrays by number.
/// \throws model_error naming a layer for which the file has more arrays than it needs
inline array_paths keras_paths(const keras_graph& graph, const hdf5_file& file) {
  array_paths paths(graph.places.size());
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const weight_place& place = graph.places[i];
    const std::string folder = place.path + "vars/";
    const std::size_t count = place.parameters.size();
    for (std::size_t j = 0; j < count; ++j) paths[i].push_back(folder + std::to_string(j));
    if (!place.path.empty() && file.has(folder + std::to_string(count)))
      throw model_error(
          deepmaacc::detail::text("layer ", place.name, ": it needs ", count, " weight arrays, but the file has more in ", folder));
  }
  return paths;
}

/// Whether an array is gathered from inputs rather than trained: Keras files these behind the trained ones.
inline bool is_gathered(const parameter& array) {
  return array.name().starts_with("moving_") || array.name() == "mean" || array.name() == "variance" || array.name() == "count";
}

/// Paths in a legacy `.h5` file: a group per layer of the outermost model lists its arrays, those of a model within it together: first all
/// that are trained, then those that are frozen or gathered, each in the order of the layers.
/// \throws model_error naming the layer whose arrays are missing, or are not as many as it needs.
inline array_paths legacy_paths(const keras_graph& graph, const hdf5_file& file) {
  array_paths paths(graph.places.size());
  for (std::size_t first = 0; first < paths.size();) {
    const std::string& name = graph.places[first].top_level;
    std::vector<std::pair<std::size_t, std::size_t>> wanted, behind;  // layer and array
    std::size_t end = first;
    for (; end < paths.size() && graph.places[end].top_level == name; ++end) {
      const weight_place& place = graph.places[end];
      paths[end].resize(place.parameters.size());
      for (std::size_t j = 0; j < place.parameters.size(); ++j)
        (place.is_trainable && !is_gathered(graph.model.parameters()[place.parameters[j]]) ? wanted : behind).emplace_back(end, j);
    }
    first = end;
    wanted.insert(wanted.end(), behind.begin(), behind.end());
    if (wanted.empty()) continue;
    const std::string group = "model_weights/" + name;
    const auto names = file.has(group) ? file.text_list_attribute(group, "weight_names") : std::nullopt;
    if (!names) throw model_error(deepmaacc::detail::text("layer ", name, ": its weights (", group, ") are missing"));
    if (names->size() != wanted.size())
      throw model_error(
          deepmaacc::detail::text("layer ", name, ": it needs ", wanted.size(), " weight arrays, but the file lists ", names->size()));
    for (std::size_t i = 0; i < wanted.size(); ++i) paths[wanted[i].first][wanted[i].second] = group + "/" + (*names)[i];
  }
  return paths;
}

/// Reads the numbers of one array, which the file has as float or double.
template <class T>
void read_parameter(program& model, std::size_t which, const hdf5_file& file, const std::string& path, const std::string& start) {
  auto found = file.template read<T>(path);
  const shape& wanted = model.parameters()[which].extents();
  if (found.extents != wanted)
    throw model_error(start + "should have shape " + to_string(wanted) + ", but the file has " + to_string(found.extents));
  if (!std::all_of(found.values.begin(), found.values.end(), [](auto value) { return std::isfinite(value); }))
    throw model_error(start + "holds a number that is not finite; train the model again, or save it before it diverged");
  model.fill(which, std::move(found.values));
}

/// Reads the arrays of all layers; keeps their numbers, or looks at them only.
/// \throws model_error naming layer and array where one is missing, has another shape than the layer, or a number that is not finite.
inline void read_parameters(keras_graph& graph, const array_paths& paths, const hdf5_file& file, bool keeps_numbers) {
  for (std::size_t i = 0; i < graph.places.size(); ++i)
    for (std::size_t j = 0; j < paths[i].size(); ++j) {
      const std::size_t which = graph.places[i].parameters[j];
      const std::string& path = paths[i][j];
      const std::string start = "layer " + graph.places[i].name + ": its " + graph.model.parameters()[which].name() + " (" + path + ") ";
      if (!file.has(path)) throw model_error(start + "is missing");
      if (file.holds_double(path))
        read_parameter<double>(graph.model, which, file, path, start);
      else
        read_parameter<float>(graph.model, which, file, path, start);
      if (!keeps_numbers) graph.model.clear(which);
    }
}

}  // namespace deepmaacc::io::detail
