#pragma once

/// \file
/// What the command was built with.

#include <string>

namespace command_line {

/// The version; then, a line each, compiler, Kokkos, BLAS and vector registers: what results and times may depend on.
std::string version_text();

}  // namespace command_line
