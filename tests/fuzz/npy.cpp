// NPY arrays, and NPZ archives of them.
#include <deepmaacc/io/npy.hpp>

#include "refused_or_read.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return fuzz::refused_or_read([&] {
    auto file = fuzz::file_of(bytes, size);
    if (deepmaacc::io::is_zip(file))
      deepmaacc::io::read_npz<float>(std::move(file), "");
    else
      deepmaacc::io::read_npy<double>(file);
  });
}
