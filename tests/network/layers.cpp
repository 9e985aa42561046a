#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

#include "support/random_networks.hpp"
#include "support/spaces.hpp"

namespace dm = deepmaacc;

namespace {

/// Largest difference between a network's outputs and the verifier's, relative to max(1, |output|).
template <class T, class Space>
double worst_difference(const support::random_case& from, Space space) {
  using memory = typename Space::memory_space;
  using storage = dm::storage::kokkos_view<T, memory>;
  auto network = support::network_of<storage, Space>(from, space);
  const auto tests = support::tests_of<T>(from);
  std::vector<T> scratch;
  const std::size_t rows = tests.size();
  const auto host_inputs = tests.template block<T>(0, rows, scratch);
  Kokkos::View<T**, Kokkos::LayoutRight, memory> inputs("inputs", rows, tests.features()), outputs("outputs", rows, from.classes);
  Kokkos::deep_copy(inputs, host_inputs);
  network.predict(dm::matrix<const T, memory>(inputs), dm::matrix<T, memory>(outputs));
  space.fence();
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace{}, outputs);
  double worst = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    const auto expected = naive::outputs(from.network, from.inputs[i]);
    BOOST_REQUIRE(expected.size() == from.classes);
    for (std::size_t j = 0; j < expected.size(); ++j)
      worst = std::max(worst, std::abs(static_cast<double>(host(i, j)) - expected[j]) / std::max(1.0, std::abs(expected[j])));
  }
  return worst;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(layers)

// Hundreds of networks of every layer, odd sizes, strides, both paddings: forward passes on every space against plain loops.
BOOST_AUTO_TEST_CASE_TEMPLATE(agree_with_the_verifier, Space, support::spaces) {
  const Space space;
  double worst_float = 0, worst_double = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    const auto made = support::make_case(seed, false, 1 + seed % 7);
    worst_float = std::max(worst_float, worst_difference<float>(made, space));
    worst_double = std::max(worst_double, worst_difference<double>(made, space));
  }
  BOOST_TEST(worst_float < 1e-5);
  BOOST_TEST(worst_double < 1e-13);
  BOOST_TEST(worst_float > 0);  // something was compared
}

BOOST_AUTO_TEST_CASE(the_verifier_notices_a_wrong_weight) {
  auto made = support::make_case(3, false, 4);
  const auto right = worst_difference<double>(made, dm::this_thread{});
  auto network = made.network;
  for (auto& l : made.network)
    if (!l.weights.empty()) l.weights[0] += 0.5;
  const auto changed = support::make_case(3, false, 4);
  double difference = 0;
  for (std::size_t i = 0; i < changed.inputs.size(); ++i) {
    const auto a = naive::outputs(network, changed.inputs[i]), b = naive::outputs(made.network, changed.inputs[i]);
    for (std::size_t j = 0; j < a.size(); ++j) difference = std::max(difference, std::abs(a[j] - b[j]));
  }
  BOOST_TEST(right < 1e-13);
  BOOST_TEST(difference > 1e-3);
}

BOOST_AUTO_TEST_SUITE_END()
