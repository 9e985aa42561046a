#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/deepmaacc.hpp>
#include <deepmaacc/io/keras.hpp>
#include <deepmaacc/io/test_set.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "files.hpp"
#include "support/engines.hpp"

namespace dm = deepmaacc;
using support::fixture;

namespace {

using cells = std::set<std::size_t>;

cells as_set(const std::vector<std::size_t>& numbers) { return {numbers.begin(), numbers.end()}; }

/// Mutants are told apart by layer, neuron and operator: a model that is no path has its layers in more than one order.
using mutant_key = std::tuple<std::string, std::size_t, std::string>;

/// Compares with what Keras predicted, mutant by mutant; the network's precision is T.
template <class T>
void check_kills(const std::string& name, const std::string& model, const dm::any_engine& engine) {
  const auto golden = nlohmann::json::parse(support::content_of(fixture("kills-" + name + ".json")));
  const auto network = dm::io::read_keras<dm::storage::xtensor_host<T>>(model);
  const auto file = fixture("kills-" + name + ".npz");
  const auto tests = dm::io::read_tests<T>(file + ":images", file + ":labels");
  const auto result = dm::analyze(Kokkos::DefaultHostExecutionSpace{}, network, tests, dm::exhaustive{}, dm::paper_operators(),
                                  dm::kill_rules(dm::kill::predicted_class{}, dm::kill::true_class{}), {.engine = engine});
  BOOST_TEST(result.subject->inputs == golden.at("inputs").get<std::size_t>());
  BOOST_TEST(result.subject->correct == golden.at("correct").get<std::size_t>());
  BOOST_TEST(result.subject->classes == golden.at("classes").get<std::size_t>());
  const auto& mutants = golden.at("mutants");
  BOOST_TEST_REQUIRE(result.mutants.size() == mutants.size());

  std::map<mutant_key, nlohmann::json> by_key;
  for (const auto& one : mutants)
    by_key[{one.at("layer").get<std::string>(), one.at("neuron").get<std::size_t>(), one.at("operator").get<std::string>()}] = one;
  BOOST_TEST_REQUIRE(by_key.size() == mutants.size());

  std::size_t borderline = 0, killed = 0;
  for (std::size_t which = 0; which < mutants.size(); ++which) {
    const dm::mutant& one = result.mutants[which];
    BOOST_TEST_REQUIRE(one.neurons.size() == 1U);
    const auto found_key =
        by_key.find({result.subject->layers[one.layer].name, one.neurons.front(), result.subject->operators[one.operation].name});
    BOOST_TEST_REQUIRE((found_key != by_key.end()), "Keras has no mutant of layer " << result.subject->layers[one.layer].name);
    const nlohmann::json expected = found_key->second;
    by_key.erase(found_key);
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
  const support::scratch_folder folder;
  const dm::io::zip_archive archive(dm::io::read_file(fixture("h5.zip")));
  for (const std::string name : {"mlp", "cnn", "graph", "h5", "sequence", "mobile"}) {
    const std::string model =
        name == "h5" ? folder.write("kills-h5.h5", support::text_of(archive.entry("kills-h5.h5"))) : fixture("kills-" + name + ".keras");
    for (const auto& engine : support::all_engines) {
      check_kills<float>(name, model, engine);
      check_kills<double>(name, model, engine);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
