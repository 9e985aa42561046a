#pragma once

/// \file
/// Keras model files, as networks.

#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/model.hpp>
#include <deepmaacc/network/network.hpp>
#include <deepmaacc/storage/xtensor_host.hpp>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace deepmaacc::io {

namespace detail {

/// The network of a model that was read from a file.
template <class Storage>
network<Storage> network_of(const std::string& name, program model) {
  try {
    return network<Storage>(std::move(model));
  } catch (const error& fault) {
    throw model_error(name + ": " + fault.what());
  } catch (const std::bad_alloc&) {
    throw model_error(name + ": there is not enough memory for this model");
  }
}

}  // namespace detail

/// Reads a model that Keras saved, from the bytes of a file. \see read_keras(const std::filesystem::path&)
template <class Storage = storage::xtensor_host<float>>
network<Storage> read_keras(file_bytes file, const model_readers& readers = {}) {
  const std::string name = file.name;
  return detail::network_of<Storage>(name, read_model(std::move(file), readers));
}

/// Reads a model as `read_model` does, and makes a network of it.
/// \tparam Storage  what owns the weights, and fixes their type
/// \throws model_error or data_error, naming the file and, where one is at fault, the layer and its class.
template <class Storage = storage::xtensor_host<float>>
network<Storage> read_keras(const std::filesystem::path& path, const model_readers& readers = {}) {
  return detail::network_of<Storage>(path.string(), read_model(path, readers));
}

}  // namespace deepmaacc::io
