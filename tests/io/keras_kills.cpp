#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/tests.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "files.hpp"

namespace dm = deepmaacc;
using support::fixture;

namespace {

using cells = std::set<std::size_t>;

cells as_set(const std::vector<std::size_t>& numbers) { return {numbers.begin(), numbers.end()}; }

/// Compares with what Keras predicted, mutant by mutant; the network's precision is T.
template <class T>
void check_kills(const std::string& name, dm::engine_kind engine) {
  const auto golden = nlohmann::json::parse(support::content_of(fixture("kills-" + name + ".json")));
  const auto network = dm::io::read_keras<dm::storage::xtensor_host<T>>(fixture("kills-" + name + ".keras"));
  const auto file = fixture("kills-" + name + ".npz");
  const auto tests = dm::io::read_tests<T>(file + ":images", file + ":labels");
  const auto result = dm::analyze(Kokkos::DefaultHostExecutionSpace{}, network, tests, dm::exhaustive{}, dm::paper_operators(),
                                  dm::kill_rules(dm::kill::predicted_class{}, dm::kill::true_class{}), {.engine = engine});
  BOOST_TEST(result.inputs == golden.at("inputs").get<std::size_t>());
  BOOST_TEST(result.correct == golden.at("correct").get<std::size_t>());
  BOOST_TEST(result.classes == golden.at("classes").get<std::size_t>());
  const auto& mutants = golden.at("mutants");
  BOOST_TEST_REQUIRE(result.mutants.size() == mutants.size());

  std::size_t borderline = 0, killed = 0;
  for (std::size_t which = 0; which < mutants.size(); ++which) {
    const auto& expected = mutants[which];
    const dm::mutant& one = result.mutants[which];
    BOOST_TEST(result.layers[one.layer].name == expected.at("layer").get<std::string>());
    BOOST_TEST(one.neurons == std::vector{expected.at("neuron").get<std::size_t>()}, boost::test_tools::per_element());
    BOOST_TEST(result.operators[one.operation].name == expected.at("operator").get<std::string>());
    for (std::size_t rule = 0; rule < 2; ++rule) {
      const auto& rule_name = result.kills.rule_name(rule);
      auto wanted = expected.at(rule_name).template get<cells>(), found = as_set(result.kills.killed_cells(rule, which));
      killed += wanted.size();
      for (const std::size_t unsure : result.kills.borderline_cells(rule, which)) {
        wanted.erase(unsure);
        found.erase(unsure);
        ++borderline;
      }
      BOOST_TEST(found == wanted,
                 name << ": mutant " << which << " " << expected.dump() << " under " << rule_name << ": other cells than Keras says");
    }
  }
  BOOST_TEST_MESSAGE(name << ": " << killed << " cells killed under two rules, " << borderline << " borderline cells left out");
  // The networks and inputs are such that this compares something.
  BOOST_TEST(killed > 50U);
  BOOST_TEST(borderline < 5U);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keras_kills)

BOOST_AUTO_TEST_CASE(mutants_are_killed_as_in_keras) {
  for (const std::string name : {"mlp", "cnn"})
    for (const auto engine : {dm::engine_kind::whole, dm::engine_kind::resumable}) {
      check_kills<float>(name, engine);
      check_kills<double>(name, engine);
    }
}

BOOST_AUTO_TEST_SUITE_END()
