#pragma once

/// \file
/// What an error says, for tests of texts.

#include <string>

namespace support {

/// The text of the `Error` that a call throws; "no error" where it throws none.
template <class Error, class Call>
std::string error_text(const Call& call) {
  try {
    call();
  } catch (const Error& fault) {
    return fault.what();
  }
  return "no error";
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace support
