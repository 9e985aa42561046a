#pragma once

/// \file
/// What a Keras model file holds, before it is a network of some storage.

#include <deepmaacc/io/file.hpp>
#include <deepmaacc/model/layer_graph.hpp>
#include <vector>

namespace deepmaacc::io::detail {

/// The layers of a model, and for each its arrays.
template <class T>
struct keras_content {
  model::layer_graph layers;
  std::vector<std::vector<std::vector<T>>> parameters;
};

/// Reads it. Its body is in keras_file.hpp, or in the library `deepmaacc::compiled`, where float and double are.
/// \throws model_error or data_error, naming what is at fault within the file.
template <class T>
keras_content<T> read_keras_content(file_bytes file);

}  // namespace deepmaacc::io::detail
