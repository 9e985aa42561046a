/// \file
/// The clustering methods choose on a device what they choose on the host.

#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/analysis/features.hpp>
#include <deepmaacc/analysis/mutant_clustering.hpp>
#include <deepmaacc/analysis/neuron_clustering.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <optional>

#include "support/random_networks.hpp"

namespace dm = deepmaacc;

BOOST_AUTO_TEST_SUITE(device_methods)

BOOST_AUTO_TEST_CASE(clusters_are_the_hosts) {
  const support::device space;
  const dm::this_thread host;
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const auto made = support::make_case(seed, seed % 2 == 0, 40);
    const auto network = support::network_of(made);
    const auto tests = support::tests_of(made);
    dm::study there(space, network, tests);
    dm::study here(host, network, tests);
    const auto same_clusters = [&](const auto& method) {
      const auto found = there.analyze(method), expected = here.analyze(method);
      BOOST_REQUIRE(found.clusters.size() == expected.clusters.size());
      for (std::size_t c = 0; c < found.clusters.size(); ++c) {
        BOOST_TEST((found.clusters[c].neurons == expected.clusters[c].neurons));
        BOOST_TEST(found.clusters[c].mutants.size() == expected.clusters[c].mutants.size());
        BOOST_TEST((found.clusters[c].representative == expected.clusters[c].representative));
      }
    };
    same_clusters(dm::neuron_clustering<>{.layers = dm::population::all, .neurons_per_cluster = 2});
    same_clusters(dm::mutant_clustering<>{.layers = dm::population::all, .threshold = 0.7});
  }
}

BOOST_AUTO_TEST_CASE(activations_are_the_hosts) {
  const auto made = support::make_case(2, true, 40);
  const auto network = support::network_of(made);
  const auto tests = support::tests_of(made);
  const support::device space;
  const dm::this_thread host;
  dm::study there(space, network, tests);
  dm::study here(host, network, tests);
  const auto subject = there.subject();
  const auto host_subject = here.subject();
  for (const std::size_t layer : dm::layers_of(dm::population::all, subject.layers()))
    for (const std::optional<std::size_t> operation : {std::optional<std::size_t>{}, std::optional<std::size_t>{1}}) {
      const auto found = subject.layer(layer, operation).activations(20);
      const auto expected = host_subject.layer(layer, operation).activations(20);
      for (std::size_t j = 0; j < found.shape(0); ++j)
        for (std::size_t i = 0; i < found.shape(1); ++i)
          BOOST_TEST(std::abs(found(j, i) - expected(j, i)) <= 1e-4 * (1 + std::abs(expected(j, i))));
    }
}

BOOST_AUTO_TEST_SUITE_END()
