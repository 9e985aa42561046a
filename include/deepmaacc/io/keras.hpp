#pragma once

/// \file
/// Keras model files, as networks.

#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/model.hpp>
#include <deepmaacc/network/network.hpp>
#include <deepmaacc/storage/xtensor_host.hpp>
#include <filesystem>
#include <utility>

namespace deepmaacc::io {

/// Reads a model that Keras saved, from the bytes of a file. \see read_keras(const std::filesystem::path&)
template <class Storage = storage::xtensor_host<float>>
network<Storage> read_keras(file_bytes file, const model_readers& readers = {}) {
  return network<Storage>(read_model(std::move(file), readers));
}

/// Reads a model as `read_model` does, and makes a network of it.
/// \tparam Storage  what owns the weights, and fixes their type
/// \throws model_error or data_error, naming the file and, where one is at fault, the layer and its class.
template <class Storage = storage::xtensor_host<float>>
network<Storage> read_keras(const std::filesystem::path& path, const model_readers& readers = {}) {
  return network<Storage>(read_model(path, readers));
}

}  // namespace deepmaacc::io
