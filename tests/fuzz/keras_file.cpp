// Whole model files: .keras archives and legacy .h5 files.
#include <deepmaacc/io/keras.hpp>

#include "refused_or_read.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return fuzz::refused_or_read([&] { deepmaacc::io::read_keras(fuzz::file_of(bytes, size)); });
}
