#include "build_text.hpp"

#include <Kokkos_Core.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/simd.hpp>
#include <deepmaacc/core/version.hpp>
#include <string>

// OpenBLAS has it; another BLAS does not tell its name.
extern "C" char* openblas_get_config() __attribute__((weak));

namespace command_line {
namespace {

std::string compiler_text() {
#ifdef __clang__
  return __VERSION__;  // "Debian Clang 14.0.6"
#else
  return "g++ " __VERSION__;
#endif
}

std::string spaces_text() {
  std::string names = Kokkos::DefaultHostExecutionSpace::name();
#ifdef KOKKOS_ENABLE_SERIAL
  if (names != Kokkos::Serial::name()) names += std::string(", ") + Kokkos::Serial::name();
#endif
  return names;
}

}  // namespace

std::string version_text() {
  return deepmaacc::detail::text(deepmaacc::version(), "\ncompiler ", compiler_text(), "\nKokkos ", KOKKOS_VERSION / 10000, '.',
                                 KOKKOS_VERSION / 100 % 100, '.', KOKKOS_VERSION % 100, ", host spaces ", spaces_text(), "\nBLAS ",
                                 openblas_get_config ? openblas_get_config() : "other than OpenBLAS", "\nregisters of ",
                                 8 * deepmaacc::register_bytes, " bits, ", deepmaacc::simd_width<float>, " lanes of float32, ",
                                 deepmaacc::simd_width<double>, " of float64");
}

}  // namespace command_line
