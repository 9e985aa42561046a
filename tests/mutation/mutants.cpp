#include <boost/test/unit_test.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <deepmaacc/mutation/scoped_mutation.hpp>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace dm = deepmaacc;

namespace {

/// Two layers of three neurons with two weights and a bias each; can be told to fail when written to.
class fragile_model {
 public:
  using value_type = float;
  std::vector<std::vector<float>> neurons{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {10, 11, 12}, {13, 14, 15}, {16, 17, 18}};
  int writes_before_failure = -1;

  std::vector<dm::layer_description> layers() const {
    return {{.name = "hidden", .kind = "Dense", .neurons = 3, .weights_per_neuron = 2},
            {.name = "output", .kind = "Dense", .neurons = 3, .weights_per_neuron = 2, .is_output = true}};
  }
  void read_neuron(dm::neuron_id id, std::span<float> numbers) const {
    const auto& from = neurons.at(id.layer * 3 + id.neuron);
    std::copy(from.begin(), from.end(), numbers.begin());
  }
  void write_neuron(dm::neuron_id id, std::span<const float> numbers) {
    auto& to = neurons.at(id.layer * 3 + id.neuron);
    to.assign(numbers.begin(), numbers.end());
    if (writes_before_failure >= 0 && writes_before_failure-- == 0) throw std::runtime_error("disk full");
  }
  void predict(dm::matrix<const float>, dm::matrix<float>) {}
};
static_assert(dm::ModelAdapter<fragile_model>);

dm::mutant make_mutant(std::size_t layer, std::vector<std::size_t> neurons, std::size_t operation) {
  return {.layer = layer, .neurons = std::move(neurons), .operation = operation};
}

/// An operator that fails on one neuron.
struct failing_operator : dm::archetype::mutation_operator {
  template <class T>
  void mutate(dm::neuron_weights<T> neuron, const dm::mutation_site& site) const {
    neuron.incoming[0] = 99;
    if (site.neuron == 2) throw std::logic_error("cannot");
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(mutants)

BOOST_AUTO_TEST_CASE(exhaustive_means_every_neuron_and_operator) {
  const auto layers = fragile_model().layers();
  const auto all = dm::single_neuron_mutants(layers, 2, dm::population::all);
  BOOST_TEST(all.size() == 12U);
  BOOST_TEST(all[3].layer == 0U);
  BOOST_TEST(all[3].neurons[0] == 1U);
  BOOST_TEST(all[3].operation == 1U);
  const auto hidden = dm::single_neuron_mutants(layers, 2, dm::population::hidden);
  BOOST_TEST(hidden.size() == 6U);
  for (const auto& one : hidden) BOOST_TEST(one.layer == 0U);
}

BOOST_AUTO_TEST_CASE(a_mutation_lasts_as_long_as_its_scope) {
  fragile_model model;
  const auto original = model.neurons;
  const auto layers = model.layers();
  const auto operators = dm::paper_operators();
  {
    const auto several = make_mutant(1, {0, 2}, 2);
    const dm::scoped_mutation mutated(model, layers[1], several, operators, 0);
    BOOST_TEST(model.neurons[3] == (std::vector<float>{0, 0, 12}), boost::test_tools::per_element());
    BOOST_TEST(model.neurons[4] == original[4], boost::test_tools::per_element());
    BOOST_TEST(model.neurons[5] == (std::vector<float>{0, 0, 18}), boost::test_tools::per_element());
  }
  BOOST_TEST((model.neurons == original));
}

BOOST_AUTO_TEST_CASE(a_mutation_is_undone_whatever_throws) {
  fragile_model model;
  const auto original = model.neurons;
  const auto layers = model.layers();
  const auto all = make_mutant(0, {0, 1, 2}, 0);
  const auto mutate = [&](const auto& operators) { const dm::scoped_mutation mutated(model, layers[0], all, operators, 0); };
  BOOST_CHECK_THROW(mutate(dm::operators(failing_operator{})), std::logic_error);
  BOOST_TEST((model.neurons == original));
  model.writes_before_failure = 1;  // the second of three neurons fails after it was written
  BOOST_CHECK_THROW(mutate(dm::paper_operators()), std::runtime_error);
  BOOST_TEST((model.neurons == original));
  model.writes_before_failure = -1;
  const auto interrupted = [&] {
    const dm::scoped_mutation mutated(model, layers[0], all, dm::mutation::effect_blocking{}, 0);  // one is a set of one
    BOOST_TEST(model.neurons[2] == (std::vector<float>{0, 0, 9}), boost::test_tools::per_element());
    throw std::runtime_error("interrupted");
  };
  BOOST_CHECK_THROW(interrupted(), std::runtime_error);
  BOOST_TEST((model.neurons == original));
}

BOOST_AUTO_TEST_CASE(impossible_mutants_are_refused) {
  const auto layers = fragile_model().layers();
  const auto message = [&](const dm::mutant& one) -> std::string {
    try {
      dm::check_mutants(std::vector{one}, layers, 3);
    } catch (const dm::usage_error& fault) {
      return fault.what();
    }
    return "none";
  };
  const auto has = [&](const dm::mutant& one, const std::string& part) { return message(one).find(part) != std::string::npos; };
  BOOST_TEST(message(make_mutant(0, {0, 1}, 2)) == "none");
  BOOST_TEST(has(make_mutant(2, {0}, 0), "no layer 2"));
  BOOST_TEST(has(make_mutant(0, {3}, 0), "layer hidden has no neuron 3"));
  BOOST_TEST(has(make_mutant(0, {1, 1}, 0), "twice"));
  BOOST_TEST(has(make_mutant(0, {}, 0), "no neuron"));
  BOOST_TEST(has(make_mutant(0, {0}, 3), "no operator 3"));
}

// The mutant that it was given may be gone when it undoes what it did.
BOOST_AUTO_TEST_CASE(a_mutation_keeps_its_mutant) {
  fragile_model model;
  const auto before = model.neurons;
  const auto operators = dm::operators(dm::mutation::change_weight{0.5});
  {
    const dm::scoped_mutation<fragile_model> mutated(model, model.layers()[1], make_mutant(1, {0, 2}, 0), operators, 0);
    const std::vector<std::vector<std::size_t>> others(100,
                                                       std::vector<std::size_t>{7, 7});  // what the mutant's neurons were is used again
    BOOST_TEST((model.neurons != before));
  }
  BOOST_TEST((model.neurons == before));
  static_assert(!std::is_constructible_v<dm::scoped_mutation<fragile_model>, fragile_model, dm::layer_description, dm::mutant,
                                         decltype(operators), std::uint64_t>);
}

BOOST_AUTO_TEST_SUITE_END()
