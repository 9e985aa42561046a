/// \file
/// main() of every Boost.Test program: Kokkos lives as long as the tests do.

#define BOOST_TEST_MODULE deepmaacc
#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <memory>

namespace {

struct kokkos_fixture {
  kokkos_fixture() {
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
