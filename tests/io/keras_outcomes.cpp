#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "files.hpp"
#include "support/engines.hpp"

namespace dm = deepmaacc;
using support::fixture;

namespace {

using inputs = std::vector<std::size_t>;

inputs without(const inputs& from, const inputs& left_out) {
  inputs rest;
  std::set_difference(from.begin(), from.end(), left_out.begin(), left_out.end(), std::back_inserter(rest));
  return rest;
}

struct known_outcome {
  dm::any_outcome outcome;
  dm::io::label_kind targets;
};

const std::map<std::string, known_outcome> cases{{"binary", {dm::outcome::automatic{}, dm::io::label_kind::classes}},  // by its sigmoid
                                                 {"regression", {dm::outcome::within{0.25}, dm::io::label_kind::numbers}},
                                                 {"bounded", {dm::outcome::within{0.125}, dm::io::label_kind::numbers}},
                                                 {"labels", {dm::outcome::multi_label{}, dm::io::label_kind::numbers}},
                                                 {"tagging", {dm::outcome::per_position{0.75}, dm::io::label_kind::numbers}}};

/// Compares with what Keras said, mutant by mutant and input by input; the network's precision is T.
template <class T>
void check(const std::string& name, const known_outcome& known, const dm::any_engine& engine) {
  const auto golden = nlohmann::json::parse(support::content_of(fixture("outcome-" + name + ".json")));
  const auto network = dm::io::read_keras<dm::storage::xtensor_host<T>>(fixture("outcome-" + name + ".keras"));
  const std::string file = fixture("outcome-" + name + ".npz");
  const auto tests = dm::io::read_tests<T>(file + ":inputs", file + ":targets", {}, {}, known.targets);
  const auto result = dm::analyze(Kokkos::DefaultHostExecutionSpace{}, network, tests, dm::exhaustive{}, dm::paper_operators(),
                                  dm::kill_rules(known.outcome, dm::kill::any_flip{}), {.engine = engine, .by_input = true});
  BOOST_TEST(result.subject->outcome == golden.at("outcome").get<std::string>());
  BOOST_TEST(result.subject->correct == golden.at("correct").get<std::size_t>());
  const auto& mutants = golden.at("mutants");
  BOOST_TEST_REQUIRE(result.mutants.size() == mutants.size());
  std::size_t changed = 0, borderline = 0;
  for (std::size_t which = 0; which < mutants.size(); ++which) {
    const nlohmann::json& expected = mutants[which];
    const dm::mutant& one = result.mutants[which];
    BOOST_TEST_REQUIRE(result.subject->layers[one.layer].name == expected.at("layer").get<std::string>());
    BOOST_TEST_REQUIRE(one.neurons.front() == expected.at("neuron").get<std::size_t>());
    BOOST_TEST_REQUIRE(result.subject->operators[one.operation].name == expected.at("operator").get<std::string>());
    const inputs unsure = result.kills.borderline_inputs(which), wanted = expected.at("changed").get<inputs>();
    BOOST_TEST(without(result.kills.inputs(which), unsure) == without(wanted, unsure),
               name << ": mutant " << which << " " << expected.dump());
    changed += wanted.size();
    borderline += unsure.size();
  }
  BOOST_TEST(changed > 100U);
  BOOST_TEST(borderline < 3U);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keras_outcomes)

BOOST_AUTO_TEST_CASE(mutants_change_what_they_change_in_keras) {
  for (const auto& [name, known] : cases)
    for (const auto& engine : support::all_engines) {
      check<float>(name, known, engine);
      check<double>(name, known, engine);
    }
}

BOOST_AUTO_TEST_SUITE_END()
