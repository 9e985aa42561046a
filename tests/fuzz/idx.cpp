// IDX arrays, plain or compressed by gzip.
#include <deepmaacc/io/gzip.hpp>
#include <deepmaacc/io/idx.hpp>

#include "refused_or_read.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return fuzz::refused_or_read([&] {
    auto file = fuzz::file_of(bytes, size);
    if (deepmaacc::io::is_gzip(file)) file = deepmaacc::io::gunzip(file);
    deepmaacc::io::read_idx<float>(file);
  });
}
