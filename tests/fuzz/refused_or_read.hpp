#pragma once

/// \file
/// What a fuzz target does with its bytes: a reader takes them, or refuses them by an error of the toolkit; anything else is a fault.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/file.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace fuzz {

inline deepmaacc::io::file_bytes file_of(const std::uint8_t* bytes, std::size_t size) {
  std::vector<std::byte> content(size);
  if (size > 0) std::memcpy(content.data(), bytes, size);
  return {"fuzzed", std::move(content)};
}

template <class Read>
int refused_or_read(const Read& read) {
  try {
    read();
  } catch (const deepmaacc::error& fault) {
    if (std::string_view(fault.what()).empty()) throw;  // an error says what is wrong
  }
  return 0;
}

}  // namespace fuzz
