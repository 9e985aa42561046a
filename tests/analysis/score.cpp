#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <deepmaacc/analysis/analyze.hpp>
#include <memory>
#include <sstream>
#include <string>

#include "support/random_networks.hpp"

namespace dm = deepmaacc;

namespace {

/// Three mutants of weights 1, 4, 1 in layers 0, 2, 2 with 2, 1, 0 of 3 cells killed, the last with a borderline cell.
struct small_analysis {
  std::vector<dm::mutant> mutants = std::vector<dm::mutant>(3);
  dm::kill_matrix kills{3};
  small_analysis() {
    mutants[1].layer = mutants[2].layer = 2;
    mutants[1].weight = 4;
    kills.add_rule("true-class", 3);
    kills.set(0, 0, 0, true, false);
    kills.set(0, 0, 2, true, false);
    kills.set(0, 1, 1, true, false);
    kills.set(0, 2, 1, false, true);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(scores)

BOOST_AUTO_TEST_CASE(weights_count_mutants_more_than_once) {
  const small_analysis made;
  const auto score = dm::score_of(made.kills, 0, made.mutants);
  BOOST_TEST(score.killed == 2U + 4U);
  BOOST_TEST(score.possible == 3U * 6U);
  BOOST_TEST(score.borderline == 1U);
  BOOST_TEST(score.value() == 6.0 / 18);
  BOOST_TEST(dm::mutation_score{}.value() == 0);
}

BOOST_AUTO_TEST_CASE(layers_have_scores_of_their_own) {
  const small_analysis made;
  const auto layers = dm::score_layers(made.kills, 0, made.mutants);
  BOOST_REQUIRE(layers.size() == 2U);
  BOOST_TEST(layers[0].layer == 0U);
  BOOST_TEST(layers[0].survivors == 0U);
  BOOST_TEST(layers[1].layer == 2U);
  BOOST_TEST(layers[1].mutants == 2U);
  BOOST_TEST(layers[1].survivors == 1U);
  BOOST_TEST(layers[1].score.killed == 4U);
  BOOST_TEST(layers[1].score.possible == 15U);
}

BOOST_AUTO_TEST_CASE(hidden_leaves_the_output_layer_out) {
  const auto made = support::make_case(4, false, 30);
  const auto network = support::network_of(made);
  const auto tests = support::tests_of(made);
  const auto hidden = dm::analyze(Kokkos::DefaultHostExecutionSpace{}, network, tests, dm::exhaustive{.layers = dm::population::hidden});
  const auto all = dm::analyze(Kokkos::DefaultHostExecutionSpace{}, network, tests);
  BOOST_TEST(all.mutants.size() == hidden.mutants.size() + 3 * made.classes);
  BOOST_TEST(hidden.mutants_total == hidden.mutants.size());
  for (const auto& one : hidden.mutants) BOOST_TEST(!hidden.subject->layers[one.layer].is_output);
}

BOOST_AUTO_TEST_CASE(a_result_prints_itself) {
  small_analysis made;
  dm::analysis_result result;
  result.subject = std::make_shared<const dm::subject_summary>(dm::subject_summary{.classes = 3});
  result.mutants = made.mutants;
  result.scores.push_back(dm::score_of(made.kills, 0, made.mutants));
  result.kills = made.kills;
  result.seconds.golden = 0.5;
  result.seconds.evaluate = 1.0;
  std::ostringstream out;
  out << result;
  BOOST_TEST(out.str() == "score 0.3333 · 6 of 18 classes killed, estimated from 3 mutants · 1 borderline · 1.5 s");
}

BOOST_AUTO_TEST_SUITE_END()
