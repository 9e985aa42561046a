/// \file
/// main() of every Boost.Test program: Kokkos lives as long as the tests do.

#define BOOST_TEST_MODULE deepmaacc
#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <cstdlib>

namespace {

/// Ends the program where it needs a device that is not there: status 77 tells ctest that the run was skipped.
void require_device() {
#if defined(KOKKOS_ENABLE_CUDA)
  int devices = 0;
  if (cudaGetDeviceCount(&devices) == cudaSuccess && devices > 0) return;
  std::puts("skipped: this program runs on a CUDA device, and there is none");
  std::exit(77);
#endif
}

struct kokkos_fixture {
  kokkos_fixture() {
    require_device();
    Kokkos::InitializationSettings settings;
    settings.set_disable_warnings(true);
    Kokkos::initialize(settings);
  }
  kokkos_fixture(const kokkos_fixture&) = delete;
  kokkos_fixture& operator=(const kokkos_fixture&) = delete;
  ~kokkos_fixture() { Kokkos::finalize(); }
};

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(kokkos_fixture);
