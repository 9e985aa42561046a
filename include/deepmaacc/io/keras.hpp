#pragma once

/// \file
/// Keras model files.

#include <cstddef>
#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/keras_content.hpp>
#include <deepmaacc/model/network.hpp>
#include <deepmaacc/storage/copy.hpp>
#include <deepmaacc/storage/xtensor_host.hpp>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#if DEEPMAACC_HAS_BODIES
#include <deepmaacc/io/keras_file.hpp>
#endif

namespace deepmaacc::io {

/// Reads a model that Keras saved, from the bytes of a file. \see read_keras(const std::filesystem::path&)
template <class Storage = storage::xtensor_host<float>>
network<Storage> read_keras(file_bytes file) {
  const std::string name = file.name;
  const std::size_t size = file.bytes.size();
  try {
    auto content = detail::read_keras_content<typename Storage::value_type>(std::move(file));
    std::vector<std::vector<Storage>> parameters(content.parameters.size());
    for (std::size_t layer = 0; layer < parameters.size(); ++layer)
      for (auto& numbers : content.parameters[layer]) {
        parameters[layer].push_back(storage::from_host<Storage>(numbers));
        numbers = std::vector<typename Storage::value_type>();  // so that no more than one array is there twice
      }
    return network<Storage>(std::move(content.layers), std::move(parameters));
  } catch (const error& fault) {
    if (std::string_view(fault.what()).starts_with(name)) throw;
    throw model_error(name + ": " + fault.what());
  } catch (const std::bad_alloc&) {
    throw model_error(deepmaacc::detail::text(name, ": there is not enough memory for this model of ", size, " bytes"));
  }
}

/// Reads a Sequential or Functional model, models within it included, from a `.keras` file (Keras 3, and 2.15) or a legacy `.h5`
/// file (Keras 2 and 3). The content decides, not the name. docs/layers.md lists what can be read.
/// \tparam Storage  what owns the weights, and fixes their type
/// \throws model_error or data_error, naming the file and, where one is at fault, the layer and its class.
template <class Storage = storage::xtensor_host<float>>
network<Storage> read_keras(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::exists(path / "saved_model.pb", ignored))
    throw model_error(path.string() +
                      ": it is a folder of TensorFlow's format SavedModel, which is not supported; load the model by Keras, and save it "
                      "as .keras or .h5");
  return read_keras<Storage>(read_file(path));
}

}  // namespace deepmaacc::io
