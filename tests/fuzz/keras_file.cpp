// Whole model files: .keras archives and legacy .h5 files.
#include <deepmaacc/io/keras.hpp>

#include "refused_or_read.hpp"

// libhdf5 keeps memory that it gave back; without these lists the sanitizer sees who uses it after.
extern "C" int LLVMFuzzerInitialize(int*, char***) { return H5set_free_list_limits(0, 0, 0, 0, 0, 0); }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return fuzz::refused_or_read([&] { deepmaacc::io::read_keras(fuzz::file_of(bytes, size)); });
}
