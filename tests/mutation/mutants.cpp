#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <deepmaacc/core/wildcards.hpp>
#include <deepmaacc/mutation/layer_selection.hpp>
#include <deepmaacc/mutation/mutant.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <deepmaacc/mutation/scoped_mutation.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/error_text.hpp"

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

/// Layers of these names, of two neurons each but for those whose names begin with `pool`; the last is the output layer.
std::vector<dm::layer_description> layers_named(const std::vector<std::string>& names) {
  std::vector<dm::layer_description> layers;
  for (const std::string& name : names) layers.push_back({.name = name, .neurons = name.starts_with("pool") ? 0U : 2U});
  layers.back().is_output = true;
  return layers;
}

using positions = std::vector<std::size_t>;

/// What a pattern means, tried in every way: texts are lists of characters.
bool matches_naively(const std::vector<std::string>& pattern, std::size_t p, const std::vector<std::string>& text, std::size_t t) {
  if (p == pattern.size()) return t == text.size();
  if (pattern[p] == "*") {
    for (std::size_t end = t; end <= text.size(); ++end)
      if (matches_naively(pattern, p + 1, text, end)) return true;
    return false;
  }
  return t < text.size() && (pattern[p] == "?" || pattern[p] == text[t]) && matches_naively(pattern, p + 1, text, t + 1);
}

std::string joined(const std::vector<std::string>& characters) {
  std::string text;
  for (const std::string& one : characters) text += one;
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mutants)

BOOST_AUTO_TEST_CASE(patterns_match_as_a_naive_matcher_says) {
  std::mt19937 random(7);
  const std::vector<std::string> letters{"a", "b", "/", "ö", "√"}, special{"*", "?"};
  const auto draw = [&](std::size_t most, std::size_t specials) {
    std::vector<std::string> drawn(random() % (most + 1));
    for (std::string& one : drawn) one = random() % 10 < specials ? special[random() % 2] : letters[random() % letters.size()];
    return drawn;
  };
  std::size_t matching = 0;
  for (int i = 0; i < 40000; ++i) {
    const auto pattern = draw(7, 6), text = draw(8, 0);
    const bool wanted = matches_naively(pattern, 0, text, 0);
    if (dm::detail::matches_pattern(joined(pattern), joined(text)) != wanted)
      BOOST_ERROR("'" << joined(pattern) << "' and '" << joined(text) << "': " << !wanted);
    matching += wanted;
  }
  BOOST_TEST(matching > 4000U);
  BOOST_TEST(matching < 36000U);
  BOOST_TEST(!dm::detail::matches_pattern("*a*a*a*a*a*a*a*a*a*a*b", std::string(5000, 'a')));  // in no time
  BOOST_TEST(!dm::detail::matches_pattern("[ab]", "a"));
}

BOOST_AUTO_TEST_CASE(layers_are_selected_by_name_pattern_and_index) {
  const auto layers = layers_named({"conv", "pool", "block/conv", "dense", "dense_1", "größe"});
  const auto of = [&](const dm::layer_selection& chosen) { return dm::layers_of(chosen, layers); };
  BOOST_TEST((of(dm::population::all) == positions{0, 2, 3, 4, 5}));
  BOOST_TEST((of(dm::population::hidden) == positions{0, 2, 3, 4}));
  BOOST_TEST((of({}) == of(dm::population::all)));
  BOOST_TEST((of({"all"}) == of(dm::population::all)));
  BOOST_TEST((of({"hidden"}) == of(dm::population::hidden)));
  BOOST_TEST((of({"conv"}) == positions{0}));
  BOOST_TEST((of({"*conv"}) == positions{0, 2}));
  BOOST_TEST((of({"block/*"}) == positions{2}));
  BOOST_TEST((of({"dense?1", "gr??e"}) == positions{4, 5}));
  BOOST_TEST((of({0}) == positions{0}));
  BOOST_TEST((of({4, "2", "04"}) == positions{2, 4}));
  BOOST_TEST((of({"*"}) == of(dm::population::all)));  // without the layer that has no neurons
  // Neither order nor repeats matter.
  BOOST_TEST((of({"dense*", "conv", 3, "dense", "hidden"}) == positions{0, 2, 3, 4}));
  BOOST_TEST((of({"größe", "conv"}) == of({"conv", "größe", 0})));
  BOOST_TEST((of(std::vector<std::string>{"dense", "conv"}) == positions{0, 3}));
}

BOOST_AUTO_TEST_CASE(an_exact_name_comes_first) {
  const auto layers = layers_named({"3", "a*", "abc", "hidden", "all"});
  const auto of = [&](const dm::layer_selection& chosen) { return dm::layers_of(chosen, layers); };
  BOOST_TEST((of({"3"}) == positions{0}));
  BOOST_TEST((of({3}) == positions{0}));
  BOOST_TEST((of({2}) == positions{2}));
  BOOST_TEST((of({"a*"}) == positions{1}));
  BOOST_TEST((of({"?bc"}) == positions{2}));
  BOOST_TEST((of({"hidden"}) == positions{3}));
  BOOST_TEST((of({"all"}) == positions{4}));
  BOOST_TEST((of(dm::population::hidden) == positions{0, 1, 2, 3}));
  // Names come back as what they are, whatever they look like.
  for (const char* name : {"3", "a*", "abc", "hidden", "all"}) BOOST_TEST((of(dm::resolved({name}, layers)) == of({name})));
}

BOOST_AUTO_TEST_CASE(selections_of_the_same_layers_are_equal_once_resolved) {
  const auto layers = layers_named({"conv", "pool", "conv_1", "dense", "out"});
  const auto as = [&](const dm::layer_selection& chosen) { return dm::resolved(chosen, layers); };
  BOOST_TEST((as({"out", "conv*", 3}) == dm::population::all));
  BOOST_TEST((as({"conv*", "dense"}) == dm::population::hidden));
  BOOST_TEST((as({"hidden"}) == dm::population::hidden));
  BOOST_TEST((as({"dense", "con?"}) == as({3, "conv", 0})));
  BOOST_TEST((as({"dense", "con?"}).words() == std::vector<std::string>{"conv", "dense"}));
  BOOST_TEST((as({"dense"}) != as({"conv"})));
  BOOST_TEST((as({"conv*"}) != dm::population::hidden));
  BOOST_TEST(to_string(as({"conv*"})) == "selected");
  BOOST_TEST(to_string(as({"conv*", "dense"})) == "hidden");
  BOOST_TEST(dm::layers_text(as({"conv*"})) == "layers conv, conv_1");
  BOOST_TEST(dm::layers_text(as({"*"})) == "all layers");
  BOOST_TEST(dm::layers_text({"a", "b", "c", "d", "e", "f"}) == "layers a, b, c, d, ... of 6");
  // A model of one's own may not tell its layers apart by their names.
  const auto nameless = layers_named({"", "same", "same", "out"});
  for (const std::size_t layer : {0U, 1U, 2U}) BOOST_TEST((dm::layers_of(dm::resolved({layer}, nameless), nameless) == positions{layer}));
}

BOOST_AUTO_TEST_CASE(lists_that_match_no_layer_with_neurons_are_refused) {
  const auto layers = layers_named({"conv", "pool", "pool_1", "dense"});
  const auto text = [&](const dm::layer_selection& chosen, const std::vector<dm::layer_description>& of) {
    return support::error_text<dm::usage_error>([&] { dm::layers_of(chosen, of); });
  };
  const std::string rest = "; take all, hidden, or layers with neurons by name, index or pattern: conv (0), dense (3)";
  BOOST_TEST(text({"conv", "dens"}, layers) == "layers: 'dens' matches no layer (did you mean dense?)" + rest);
  BOOST_TEST(text({"hiden"}, layers) == "layers: 'hiden' matches no layer (did you mean hidden?)" + rest);
  for (const char* word : {"4", "-1", "x*", "?", "Q", "1.5", "99999999999999999999999"})
    BOOST_TEST(text({word}, layers) == "layers: '" + std::string(word) + "' matches no layer" + rest);
  BOOST_TEST(text({"pool"}, layers) == "layers: 'pool' matches no layer with neurons, only pool (1)" + rest);
  BOOST_TEST(text({"dense", 2}, layers) == "layers: '2' matches no layer with neurons, only pool_1 (2)" + rest);
  BOOST_TEST(text({"p*"}, layers) == "layers: 'p*' matches no layer with neurons, only pool (1), pool_1 (2)" + rest);
  BOOST_TEST(text({"hidden"}, layers_named({"out"})) ==
             "layers: 'hidden' matches no layer; take all, hidden, or layers with neurons by name, index or pattern: out (0)");
  std::vector<std::string> many;
  for (int i = 0; i < 25; ++i) many.push_back("layer" + std::to_string(i));
  BOOST_TEST(support::has(text({"x"}, layers_named(many)), "layer19 (19), and 5 more"));
  BOOST_CHECK_THROW(dm::single_neuron_mutants(layers, 2, {"x"}), dm::usage_error);
  BOOST_CHECK_THROW(dm::count_mutants(layers, 2, {"x"}), dm::usage_error);
  const auto made = [](const std::vector<std::string>& words) {
    return support::error_text<dm::usage_error>([&] { const dm::layer_selection chosen(words); });
  };
  BOOST_TEST(made({}) == "layers: the list is empty; give at least one layer, or take population::all");
  BOOST_TEST(made({"conv", ""}) == "layers: '' is no layer; give names, patterns or indices of layers, all or hidden");
}

BOOST_AUTO_TEST_CASE(mutants_of_a_selection_are_those_of_its_layers) {
  const auto layers = layers_named({"a", "pool", "b", "c", "d"});
  const auto all = dm::single_neuron_mutants(layers, 3, dm::population::all);
  for (const auto& [chosen, wanted] : {std::pair<dm::layer_selection, positions>{{"d", "b"}, {2, 4}}, {{"?"}, {0, 2, 3, 4}}, {{3}, {3}}}) {
    std::vector<dm::mutant> expected;
    for (const auto& one : all)
      if (std::find(wanted.begin(), wanted.end(), one.layer) != wanted.end()) expected.push_back(one);
    const auto found = dm::single_neuron_mutants(layers, 3, chosen);
    BOOST_TEST_REQUIRE(found.size() == expected.size());
    BOOST_TEST(dm::count_mutants(layers, 3, chosen) == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i)
      BOOST_TEST(
          (found[i].layer == expected[i].layer && found[i].neurons == expected[i].neurons && found[i].operation == expected[i].operation));
  }
}

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
