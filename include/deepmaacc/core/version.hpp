#pragma once

/// \file
/// The version of deepmaacc. CMake reads it from here, so that it is written once.

#define DEEPMAACC_VERSION_MAJOR 0
#define DEEPMAACC_VERSION_MINOR 2
#define DEEPMAACC_VERSION_PATCH 0

#include <string>

namespace deepmaacc {

/// The version as text, for example "0.2.0".
inline std::string version() {
  return std::to_string(DEEPMAACC_VERSION_MAJOR) + '.' + std::to_string(DEEPMAACC_VERSION_MINOR) + '.' +
         std::to_string(DEEPMAACC_VERSION_PATCH);
}

}  // namespace deepmaacc
