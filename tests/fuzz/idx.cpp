// IDX arrays, plain or compressed by gzip, and the first rows of any array that gzip packed.
#include <deepmaacc/io/gzip.hpp>
#include <deepmaacc/io/idx.hpp>
#include <deepmaacc/io/open_array.hpp>

#include "refused_or_read.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return fuzz::refused_or_read([&] {
    auto file = fuzz::file_of(bytes, size);
    if (deepmaacc::io::is_gzip(file)) {
      deepmaacc::io::open_array(file, "", 1).numbers<double>();
      file = deepmaacc::io::gunzip(file);
    }
    deepmaacc::io::read_idx<float>(file);
  });
}
