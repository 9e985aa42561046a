// NPY arrays, and NPZ archives of them.
#include <deepmaacc/io/npy.hpp>

#include "refused_or_read.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return fuzz::refused_or_read([&] {
    const auto file = fuzz::file_of(bytes, size);
    if (deepmaacc::io::is_zip(file)) {
      deepmaacc::io::open_npz(file, "", 1).numbers<double>();
      deepmaacc::io::read_npz<float>(file, "");
    } else {
      deepmaacc::io::read_npy<double>(file);
    }
  });
}
