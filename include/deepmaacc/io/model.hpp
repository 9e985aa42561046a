#pragma once

/// \file
/// Model files of every format.

#include <deepmaacc/core/compiled.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/keras_layers.hpp>
#include <deepmaacc/model/program.hpp>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#if DEEPMAACC_HAS_READERS
#include <deepmaacc/io/keras_file.hpp>
#endif

namespace deepmaacc::io {

/// What readers know, and what is wanted of them.
struct model_readers {
  keras_layers keras{};
  bool keeps_weights = true;  ///< if not, trained arrays are looked at as ever, and left without numbers
};

/// Reads a trained model from the bytes of a file. \see read_model(const std::filesystem::path&, const model_readers&)
program read_model(file_bytes file, const model_readers& readers = {});

/// Reads a trained model: today a Sequential or Functional model of Keras, models within it included, from a `.keras` file (Keras 3, and
/// 2.15) or a legacy `.h5` file (Keras 2 and 3). The content decides, not the name. docs/layers.md lists what can be read.
/// \throws model_error or data_error, naming the file and, where one is at fault, the layer and its class.
program read_model(const std::filesystem::path& path, const model_readers& readers = {});

#if DEEPMAACC_HAS_READERS
DEEPMAACC_INLINE program read_model(file_bytes file, const model_readers& readers) {
  const std::string name = file.name;
  const std::size_t size = file.bytes.size();
  try {
    program model = detail::read_keras_content(std::move(file), readers.keras, readers.keeps_weights);
    if (readers.keeps_weights) model.require_complete();
    model.set_origin(name);
    return model;
  } catch (const error& fault) {
    if (std::string_view(fault.what()).starts_with(name)) throw;
    throw model_error(name + ": " + fault.what());
  } catch (const std::bad_alloc&) {
    throw model_error(deepmaacc::detail::text(name, ": there is not enough memory for this model of ", size, " bytes"));
  }
}

DEEPMAACC_INLINE program read_model(const std::filesystem::path& path, const model_readers& readers) {
  std::error_code ignored;
  if (std::filesystem::exists(path / "saved_model.pb", ignored))
    throw model_error(path.string() +
                      ": it is a folder of TensorFlow's format SavedModel, which is not supported; load the model by Keras, and save it "
                      "as .keras or .h5");
  return read_model(read_file(path), readers);
}
#endif

}  // namespace deepmaacc::io
