#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/analysis/analyze.hpp>
#include <deepmaacc/analysis/comparison.hpp>
#include <deepmaacc/analysis/mutant_clustering.hpp>
#include <deepmaacc/analysis/neuron_clustering.hpp>
#include <deepmaacc/analysis/random_sampling.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/clustering/similarity_linkages.hpp>
#include <deepmaacc/distance/euclidean.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "small_study.hpp"
#include "support/engines.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
using support::error_text;
using support::has;
using support::small_study;

namespace {

// What would be gone before it is used is refused.
using study_type = decltype(small_study::study);
using network_type = small_study::network_type;
static_assert(std::is_constructible_v<study_type, dm::this_thread, const network_type&, dm::test_set<float>>);
static_assert(!std::is_constructible_v<study_type, dm::this_thread, network_type, dm::test_set<float>>);
static_assert(std::is_constructible_v<study_type, const network_type&, dm::test_set<float>>);
static_assert(!std::is_constructible_v<study_type, network_type, dm::test_set<float>>);
template <class Study>
concept gives_subject = requires(Study&& study) {
  std::forward<Study>(study).subject();
};
static_assert(gives_subject<study_type&> && !gives_subject<study_type>);
static_assert(!std::is_constructible_v<study_type::subject_type, dm::this_thread, const network_type&, dm::test_set<float>,
                                       decltype(dm::paper_operators())&, std::uint64_t>);
static_assert(std::is_final_v<network_type>);

/// A method in one step, of layers that it does not name.
struct first_neurons {
  std::string name() const { return "first-neurons"; }
  template <class Subject>
  std::vector<dm::mutant> choose(const Subject& subject) const {
    std::vector<dm::mutant> chosen;
    for (const auto& one : subject.mutants())
      if (one.neurons[0] == 0) chosen.push_back(one);
    return chosen;
  }
};

/// A method in two steps, which tells how often it took the first.
struct counting {
  std::size_t* fits;
  std::size_t of_layer = 0;

  const char* name() const { return "counting"; }
  template <class Subject>
  std::vector<std::size_t> fit(const Subject& subject) const {
    ++*fits;
    return dm::layers_of(dm::population::all, subject.layers());
  }
  template <class Subject>
  std::vector<dm::mutant> choose(const Subject&, const std::vector<std::size_t>& layers) const {
    dm::mutant one;
    one.layer = layers.at(of_layer), one.neurons = {0};
    return {one};
  }
};

/// Which mutants of a run are of some layers, and what killed them.
std::vector<std::size_t> mutants_of(const dm::analysis_result& run, const std::vector<std::size_t>& layers) {
  std::vector<std::size_t> found;
  for (std::size_t which = 0; which < run.mutants.size(); ++which)
    if (std::find(layers.begin(), layers.end(), run.mutants[which].layer) != layers.end()) found.push_back(which);
  return found;
}

/// A method that says `layers` in a type of its own choice, and runs all mutants of these.
template <class Layers>
struct of_layers {
  Layers layers;
  const char* name() const { return "of-layers"; }
  template <class Subject>
  std::vector<dm::mutant> choose(const Subject& subject) const {
    return subject.mutants(layers);
  }
};

/// A method that chooses what it is told to.
struct given {
  dm::mutant_selection selection;
  const char* name() const { return "given"; }
  template <class Subject>
  dm::mutant_selection choose(const Subject&) const {
    return selection;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(studies)

BOOST_AUTO_TEST_CASE(known_mutants_are_reused) {
  for (const auto seed : support::seeds_of_hidden_layers(5)) {
    small_study of(seed);
    const auto all = of.study.analyze(dm::exhaustive{});
    BOOST_TEST(all.seconds.evaluate.has_value());
    BOOST_TEST(all.seconds.total().value() == all.seconds.golden + all.seconds.setup + *all.seconds.evaluate);
    BOOST_TEST(of.study.known() == all.mutants.size());

    dm::mutant_clustering<> method;
    method.representative.seed = seed;
    const auto reused = of.study.analyze(method), again = of.study.analyze(method, dm::known_mutants::run_again);
    BOOST_TEST((reused.kills == again.kills));
    BOOST_TEST(support::are_same(reused.mutants, again.mutants));
    BOOST_TEST(reused.score() == again.score());
    BOOST_TEST(!reused.seconds.evaluate.has_value());
    BOOST_TEST(!reused.seconds.total().has_value());
    BOOST_TEST(again.seconds.evaluate.has_value());
    BOOST_TEST(again.seconds.total().value() == again.seconds.golden + again.seconds.cluster + *again.seconds.evaluate);
    BOOST_TEST(of.study.known() == all.mutants.size());

    // Joint mutants are others: they are run, and remembered, and a time that is not of all of them is none.
    const dm::neuron_clustering<> joint{.neurons_per_cluster = 2};
    const auto first = of.study.analyze(joint);
    BOOST_TEST(of.study.known() >= all.mutants.size());
    BOOST_TEST(!of.study.analyze(joint).seconds.evaluate.has_value());
    BOOST_TEST((of.study.analyze(joint, dm::known_mutants::run_again).kills == first.kills));
  }
}

BOOST_AUTO_TEST_CASE(run_again_remembers_nothing) {
  small_study of(2);
  const auto all = of.study.analyze(dm::exhaustive{}, dm::known_mutants::run_again);
  BOOST_TEST(of.study.known() == 0U);
  const auto later = of.study.analyze(dm::exhaustive{});
  BOOST_TEST(later.seconds.evaluate.has_value());
  BOOST_TEST((all.kills == later.kills));
}

BOOST_AUTO_TEST_CASE(analyses_do_not_depend_on_what_was_analysed_before) {
  const auto seed = support::seeds_of_hidden_layers(2)[1];
  small_study of(seed);
  const dm::random_sampling sample{.share = 0.3};
  const dm::neuron_clustering<> clusters{.neurons_per_cluster = 2};
  for (int round = 0; round < 2; ++round) {
    const auto a = of.study.analyze(sample), b = of.study.analyze(clusters);
    BOOST_TEST((a.kills == dm::analyze(dm::this_thread{}, of.network, of.tests, sample).kills));
    BOOST_TEST((b.kills == dm::analyze(dm::this_thread{}, of.network, of.tests, clusters).kills));
  }
}

// Shorter ways to write a call mean what the long one does.
BOOST_AUTO_TEST_CASE(what_is_left_out_is_the_default) {
  const small_study of(support::seeds_of_hidden_layers(1)[0], 30);
  const Kokkos::DefaultHostExecutionSpace space;
  const auto is_same = [](const dm::analysis_result& a, const dm::analysis_result& b) {
    return a.kills == b.kills && a.execution_space == b.execution_space && a.engine == b.engine && a.subject->seed == b.subject->seed &&
           a.layers_mutated == b.layers_mutated && a.subject->operators.size() == b.subject->operators.size() &&
           a.subject->operators[0].text() == b.subject->operators[0].text();
  };
  const auto fuzzing = dm::mutation::gaussian_fuzzing{0.5, 1};
  const dm::evaluation_options how{.engine = dm::engine::whole{}, .seed = 7};
  const dm::exhaustive hidden{.layers = dm::population::hidden};

  // One operator or rule for a set of one.
  const auto sets = dm::analyze(space, of.network, of.tests, hidden, dm::operators(fuzzing), dm::kill_rules(dm::kill::any_flip{}), how);
  BOOST_TEST(sets.subject->operators.size() == 1U);
  BOOST_TEST(sets.kills.rule_name(0) == "any-flip");
  BOOST_TEST(is_same(dm::analyze(space, of.network, of.tests, hidden, fuzzing, dm::kill::any_flip{}, how), sets));
  dm::study one_each(space, of.network, of.tests, fuzzing, dm::kill::any_flip{}, how);
  BOOST_TEST(is_same(one_each.analyze(hidden), sets));

  // No space.
  BOOST_TEST(is_same(dm::analyze(of.network, of.tests, hidden, fuzzing, dm::kill::any_flip{}, how), sets));
  BOOST_TEST(is_same(dm::analyze(of.network, of.tests), dm::analyze(space, of.network, of.tests)));
  dm::study nowhere(of.network, of.tests, fuzzing, dm::kill::any_flip{}, how);
  BOOST_TEST(is_same(nowhere.analyze(hidden), sets));
  BOOST_TEST(nowhere.analyze(hidden).execution_space == Kokkos::DefaultHostExecutionSpace::name());

  // Options right after the test set.
  const auto options =
      dm::analyze(space, of.network, of.tests, dm::exhaustive{}, dm::paper_operators(), dm::kill_rules(dm::kill::predicted_class{}), how);
  BOOST_TEST((options.engine == dm::any_engine(dm::engine::whole{})));
  BOOST_TEST(options.subject->seed == 7U);
  BOOST_TEST(is_same(dm::analyze(space, of.network, of.tests, how), options));
  BOOST_TEST(is_same(dm::analyze(of.network, of.tests, how), options));
  BOOST_TEST(is_same(dm::analyze(space, of.network, of.tests, {.engine = dm::engine::whole{}, .seed = 7}), options));
  BOOST_TEST(is_same(dm::analyze(of.network, of.tests, {.engine = dm::engine::whole{}, .seed = 7}), options));
  BOOST_TEST(is_same(dm::analyze(space, of.network, of.tests, {.layers = dm::population::hidden}),
                     dm::analyze(space, of.network, of.tests, hidden)));
}

BOOST_AUTO_TEST_CASE(results_do_not_depend_on_the_threads) {
  const auto seed = support::seeds_of_hidden_layers(3)[2];
  small_study of(seed, 40);
  const Kokkos::DefaultHostExecutionSpace threads;
  const auto check = [&](const auto& method) {
    const auto here = dm::analyze(dm::this_thread{}, of.network, of.tests, method),
               there = dm::analyze(threads, of.network, of.tests, method);
    BOOST_TEST(support::are_same(here.mutants, there.mutants));
    BOOST_TEST((here.kills == there.kills));
  };
  check(dm::neuron_clustering<>{.neurons_per_cluster = 2});
  check(dm::mutant_clustering<>{});
  check(dm::mutant_clustering<dm::distance::euclidean, dm::linkage::graph_approximate>{});
  check(dm::neuron_clustering<dm::distance::euclidean, dm::linkage::ward, dm::scaler::min_max, dm::feature::activation_profile>{
      .neurons_per_cluster = 2});
}

BOOST_AUTO_TEST_CASE(results_say_what_they_are_of) {
  const auto seed = support::seeds_of_hidden_layers(1)[0];
  small_study of(seed);
  const auto result = of.study.analyze(dm::neuron_clustering<>{.neurons_per_cluster = 2});
  BOOST_TEST(result.method == "neuron-clustering");
  BOOST_TEST((result.layers_mutated == dm::population::hidden));
  BOOST_TEST(result.setting.front().first == "neurons_per_cluster");
  BOOST_TEST(result.subject->operators.size() == 3U);
  BOOST_TEST(result.subject->operators[0].text() == "cw(0.1)");
  BOOST_TEST((result.subject->kill_rules == std::vector<std::string>{"predicted-class"}));
  BOOST_TEST(result.subject->layers.size() == of.network.layers().size());
  BOOST_TEST(result.subject->inputs == of.tests.size());
  BOOST_TEST(result.subject->correct == of.study.golden().correct);
  BOOST_TEST(result.mutants_total == of.study.analyze(dm::exhaustive{.layers = dm::population::hidden}).mutants.size());

  const auto own = of.study.analyze(first_neurons{});
  BOOST_TEST((own.subject == result.subject));  // said once, for all
  BOOST_TEST(own.method == "first-neurons");
  BOOST_TEST((own.layers_mutated == dm::population::all));
  BOOST_TEST(own.setting.empty());
  BOOST_TEST(own.mutants.size() == 3 * of.layers(dm::population::all).size());
  BOOST_TEST(own.mutants_total == of.study.analyze(dm::exhaustive{}).mutants.size());
}

// Whatever runs them, however they are listed.
BOOST_AUTO_TEST_CASE(kills_of_a_selection_are_rows_of_the_exhaustive_run) {
  for (const auto seed : support::seeds_of_hidden_layers(6))
    for (const auto& engine : support::all_engines) {
      small_study of(support::make_case(seed, false, 15), {.engine = engine});
      const auto all = of.study.analyze(dm::exhaustive{}, dm::known_mutants::run_again);
      const auto layers = of.layers(dm::population::all);
      for (std::size_t subset = 1; subset < std::size_t{1} << std::min<std::size_t>(layers.size(), 3); ++subset) {
        std::vector<std::size_t> wanted;
        std::vector<std::string> words;
        for (std::size_t i = 0; i < 3; ++i)
          if (subset >> i & 1U) {
            wanted.push_back(layers[i]);
            words.insert(words.begin(), i % 2 ? std::to_string(layers[i]) : of.network.layers()[layers[i]].name);
          }
        words.push_back(words.front());
        const auto run = of.study.analyze(dm::exhaustive{.layers = words}, dm::known_mutants::run_again);
        const auto rows = mutants_of(all, wanted);
        BOOST_TEST_REQUIRE(run.mutants.size() == rows.size());
        BOOST_TEST(run.mutants_total == rows.size());
        BOOST_TEST((dm::layers_of(run.layers_mutated, run.subject->layers) == wanted));
        for (std::size_t i = 0; i < rows.size(); ++i) {
          BOOST_TEST((support::as_naive({run.mutants[i]}) == support::as_naive({all.mutants[rows[i]]})));
          BOOST_TEST(run.kills.killed_cells(0, i) == all.kills.killed_cells(0, rows[i]), boost::test_tools::per_element());
          BOOST_TEST(run.kills.borderline_cells(0, i) == all.kills.borderline_cells(0, rows[i]), boost::test_tools::per_element());
        }
      }
    }
}

BOOST_AUTO_TEST_CASE(every_method_takes_a_selection) {
  small_study of(support::seeds_of_hidden_layers(1)[0]);
  const auto layers = of.layers(dm::population::all);
  const std::string first = of.network.layers()[layers.front()].name, last = of.network.layers()[layers.back()].name;
  const auto check = [&](auto method, const dm::layer_selection& chosen, const std::vector<std::size_t>& wanted) {
    method.layers = chosen;
    const auto run = of.study.analyze(method);
    BOOST_TEST(run.mutants_total == of.study.analyze(dm::exhaustive{.layers = chosen}).mutants.size());
    BOOST_TEST(mutants_of(run, wanted).size() == run.mutants.size());
    for (const std::size_t layer : wanted) BOOST_TEST(mutants_of(run, {layer}).size() > 0U);
    BOOST_TEST((run.layers_mutated == dm::resolved(chosen, run.subject->layers)));
    // A result is compared with those of the same layers, in whatever words, and with no other.
    const auto same = of.study.analyze(dm::exhaustive{.layers = {wanted.back(), wanted.front()}});
    BOOST_TEST(dm::compare(run, same, {.samples = 1}).total == run.mutants_total);
    BOOST_TEST(
        has(error_text<dm::usage_error>([&] { dm::compare(run, of.study.analyze(dm::exhaustive{.layers = dm::population::hidden})); }),
            "errors are of the same layers only"));
  };
  for (const auto& [chosen, wanted] : {std::pair<dm::layer_selection, std::vector<std::size_t>>{{last}, {layers.back()}},
                                       {{last, first}, {layers.front(), layers.back()}}}) {
    if (layers.size() == wanted.size()) continue;
    check(dm::neuron_clustering<>{.neurons_per_cluster = 2}, chosen, wanted);
    check(dm::mutant_clustering<>{}, chosen, wanted);
    check(dm::mutant_clustering<>{.mode = dm::similarity_mode::artifact}, chosen, wanted);
    check(dm::random_sampling{.share = 1}, chosen, wanted);
    check(of_layers<dm::layer_selection>{}, chosen, wanted);
  }
  // A fit is of layers, not of words.
  const auto trees = of.study.fit(dm::neuron_clustering<>{.layers = {last}});
  of.study.analyze(dm::neuron_clustering<>{.layers = {layers.back()}}, trees);
  BOOST_TEST(has(error_text<dm::usage_error>([&] { of.study.analyze(dm::neuron_clustering<>{.layers = {first}}, trees); }),
                 "the fit is not of the layers that the method is set to (layers " + first + ")"));
  // Methods that know of populations only, or give names, are as good.
  BOOST_TEST((of.study.analyze(of_layers<dm::population>{dm::population::hidden}).layers_mutated == dm::population::hidden));
  BOOST_TEST((of.study.analyze(of_layers<std::vector<std::string>>{{last}}).layers_mutated == dm::layer_selection{last}));
  BOOST_TEST(
      has(error_text<dm::usage_error>([&] { of.study.analyze(dm::exhaustive{.layers = {"none"}}); }), "layers: 'none' matches no layer"));
}

BOOST_AUTO_TEST_CASE(operators_and_rules_are_given_once) {
  const small_study of(support::seeds_of_hidden_layers(1)[0]);
  const auto fault = [&](const auto& operators, const auto& rules) {
    return error_text<dm::usage_error>([&] { dm::analyze(dm::this_thread{}, of.network, of.tests, dm::exhaustive{}, operators, rules); });
  };
  const dm::kill::any_flip rule;
  using cw = dm::mutation::change_weight;
  using gf = dm::mutation::gaussian_fuzzing;
  BOOST_TEST(fault(dm::operators(cw{}, dm::mutation::effect_blocking{}, cw{0.1}), rule) ==
             "deepmaacc::analyze: the operator cw(0.1) is there twice; give each once");
  BOOST_TEST(fault(dm::operators(gf{0.5, 0.5}, gf{0.5, 0.5}), rule) ==
             "deepmaacc::analyze: the operator gf(0.5, 0.5) is there twice; give each once");
  BOOST_TEST(fault(dm::operators(cw{0.1}, cw{0.2}, gf{0.5, 0.5}, gf{0.5, 0.25}), rule) == "no error");
  BOOST_TEST(fault(dm::paper_operators(), dm::kill_rules(dm::kill::top_k{}, rule, dm::kill::top_k{})) ==
             "deepmaacc::analyze: the kill rule top-k=3 is there twice; give each once");
}

BOOST_AUTO_TEST_CASE(a_fit_is_taken_once_where_it_is_given) {
  small_study of(support::seeds_of_hidden_layers(1)[0]);
  std::size_t fits = 0;
  counting method{&fits};
  const auto fit = of.study.fit(method);
  for (method.of_layer = 0; method.of_layer < 2; ++method.of_layer)
    BOOST_TEST(of.study.analyze(method, fit).mutants.at(0).layer == of.layers(dm::population::all)[method.of_layer]);
  BOOST_TEST(fits == 1U);
  method.of_layer = 0;
  of.study.analyze(method);
  BOOST_TEST(fits == 2U);
}

BOOST_AUTO_TEST_CASE(a_study_keeps_its_test_set) {
  const auto made = support::make_case(support::seeds_of_hidden_layers(1)[0], false, 15);
  const auto network = support::network_of(made);
  dm::study study(dm::this_thread{}, network, support::tests_of(made));
  BOOST_TEST((study.analyze(dm::exhaustive{}).kills == dm::analyze(dm::this_thread{}, network, support::tests_of(made)).kills));
}

BOOST_AUTO_TEST_CASE(choices_that_make_no_sense_are_refused) {
  small_study of(support::seeds_of_hidden_layers(1)[0]);
  const auto usage = [&](dm::mutant_selection chosen) {
    return error_text<dm::usage_error>([&] { of.study.analyze(given{std::move(chosen)}); });
  };
  dm::mutant one;
  one.layer = of.layers(dm::population::all).front(), one.neurons = {0};
  dm::mutant_selection selection(std::vector<dm::mutant>{one, one});
  BOOST_TEST(usage(selection) == "no error");
  selection.cluster_of = {0};
  BOOST_TEST(has(usage(selection), "method given chose 2 mutants, but tells the cluster of 1"));
  BOOST_TEST(has(usage({}), "method given chose no mutant"));
  for (const double weight : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    one.weight = weight;
    BOOST_TEST(has(usage(std::vector<dm::mutant>{one}), "method given gave mutant 0 the weight "));
  }
  one.weight = 1;
  one.operation = 3;
  BOOST_TEST(has(usage(std::vector<dm::mutant>{one}), "there is no operator 3"));
}

BOOST_AUTO_TEST_CASE(archetypes_are_enough) {
  small_study of(support::seeds_of_hidden_layers(1)[0]);
  const auto result = of.study.analyze(dm::archetype::analysis_method{});
  BOOST_TEST(result.method == "archetype");
  BOOST_TEST(support::are_same(result.mutants, of.study.analyze(dm::exhaustive{}).mutants));
}

BOOST_AUTO_TEST_SUITE_END()
