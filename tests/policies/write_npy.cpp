// OTHER_TYPE
//   deepmaacc::io::write_npy: the array must hold float, double or integers; convert it first
// DEVICE_MEMORY
//   deepmaacc::io::write_npy: the array must lie in memory that the host can read; use Kokkos::create_mirror_view_and_copy
// NO_ARRAY
//   deepmaacc::io::write_npy: the array must be an xtensor container or view, a Kokkos view, or lie in one piece; evaluate an xtensor
//   expression first, and copy a std::vector<bool> into one of std::uint8_t

#include <cstdint>
#include <deepmaacc/io/npy_writer.hpp>
#include <ostream>
#include <vector>

#include "device.hpp"

#if defined(OTHER_TYPE)
using numbers = std::vector<long double>;
#elif defined(DEVICE_MEMORY)
using numbers = Kokkos::View<float*, device_memory>;
#elif defined(NO_ARRAY)
using numbers = std::vector<bool>;
#else
using numbers = std::vector<std::uint8_t>;
#endif

void write(std::ostream& out, const numbers& array) { deepmaacc::io::write_npy(out, array); }
