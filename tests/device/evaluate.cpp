/// \file
/// Mutants on a device find what they find on the host.

#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <deepmaacc/analysis/analyze.hpp>
#include <iostream>

#include "support/random_networks.hpp"

namespace dm = deepmaacc;

BOOST_AUTO_TEST_SUITE(device)

BOOST_AUTO_TEST_CASE(kills_are_the_hosts) {
  const Kokkos::DefaultExecutionSpace space;
  std::size_t cells = 0, borderline = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto made = support::make_case(seed, seed % 2 == 0, 40);
    const auto network = support::network_of(made);
    const auto tests = support::tests_of(made);
    const auto rules = dm::kill_rules(dm::kill::predicted_class{}, dm::kill::true_class{}, dm::kill::any_flip{}, dm::kill::top_k{.k = 2},
                                      dm::kill::accuracy_drop{.drop = 0.05});
    const auto expected = dm::analyze(dm::this_thread{}, network, tests, dm::exhaustive{}, dm::paper_operators(), rules);
    for (const auto how : {dm::engine_kind::whole, dm::engine_kind::resumable}) {
      dm::evaluation_options options;
      options.engine = how, options.block_inputs = 16;
      const auto found = dm::analyze(space, network, tests, dm::exhaustive{}, dm::paper_operators(), rules, options);
      BOOST_TEST((found.tier == dm::adapter_tier::resumable));
      for (std::size_t rule = 0; rule < rules.size(); ++rule)
        for (std::size_t which = 0; which < found.mutants.size(); ++which)
          for (std::size_t cell = 0; cell < found.kills.cells(rule); ++cell) {
            const bool is_same = found.kills.is_killed(rule, which, cell) == expected.kills.is_killed(rule, which, cell);
            BOOST_REQUIRE((is_same || found.kills.is_borderline(rule, which, cell) || expected.kills.is_borderline(rule, which, cell)));
            ++cells;
            borderline += found.kills.is_borderline(rule, which, cell);
          }
    }
  }
  std::cout << space.name() << ": " << cells << " cells equal to the host's, " << borderline << " of them borderline" << std::endl;
  BOOST_TEST(cells > 10000U);
}

BOOST_AUTO_TEST_SUITE_END()
