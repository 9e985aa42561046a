#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/analysis/mutant_clustering.hpp>
#include <deepmaacc/analysis/neuron_clustering.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/clustering/clusterers.hpp>
#include <deepmaacc/clustering/cut_rules.hpp>
#include <deepmaacc/clustering/similarity_linkages.hpp>
#include <deepmaacc/concepts/clusterer.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/distance/distance_range.hpp>
#include <deepmaacc/distance/metrics.hpp>
#include <deepmaacc/linkage/rules.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "small_study.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
using support::error_text;
using support::has;
using support::seeds_of_hidden_layers;
using support::small_study;

namespace {

constexpr std::size_t operators = support::paper_operator_count;
const std::vector<double> thresholds{0, 0.1, 0.35, 0.5, 0.6, 0.73, 0.9, 0.99, 1};

/// The clusters of one layer, as rows of its mutants: neurons in their order, for each the operators in theirs.
std::vector<naive::group> groups_of(const dm::mutant_selection& chosen, std::size_t layer) {
  std::vector<naive::group> groups;
  for (const auto& cluster : chosen.clusters) {
    if (cluster.layer != layer) continue;
    auto& rows = groups.emplace_back();
    for (const auto& one : cluster.mutants) {
      BOOST_TEST((one.layer == layer && one.neurons.size() == 1 && one.weight == 1));
      rows.push_back(one.neurons.at(0) * operators + one.operation);
    }
  }
  return groups;
}

/// What holds of every choice: one mutant per cluster, a member of it, that counts for all.
void check_representatives(const dm::mutant_selection& chosen) {
  BOOST_TEST_REQUIRE(chosen.mutants.size() == chosen.clusters.size());
  BOOST_TEST_REQUIRE(chosen.cluster_of.size() == chosen.clusters.size());
  for (std::size_t c = 0; c < chosen.clusters.size(); ++c) {
    const auto& cluster = chosen.clusters[c];
    BOOST_TEST(chosen.cluster_of[c] == c);
    BOOST_TEST(cluster.neurons.empty());
    const dm::mutant& member = cluster.mutants.at(cluster.representative.value());
    BOOST_TEST((support::as_naive({member}) == support::as_naive({chosen.mutants[c]})));
    BOOST_TEST(chosen.mutants[c].weight == static_cast<double>(cluster.mutants.size()));
  }
}

/// Clusters at a threshold where merging stops by rounding alone cannot be told.
template <class Linkage = dm::linkage::average>
auto paper_method(double threshold) {
  dm::mutant_clustering<dm::distance::euclidean, Linkage> method;
  method.layers = dm::population::all;
  method.threshold = threshold;
  return method;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mutant_clustering)

BOOST_AUTO_TEST_CASE(clusters_are_the_verifiers) {
  std::size_t compared = 0, joined = 0, without_bias = 0, single = 0;
  for (std::uint64_t seed = 0; seed < 25; ++seed) {
    small_study of(seed, 3);
    const auto subject = of.study.subject();
    const auto trees = paper_method(0).fit(subject);
    for (const double threshold : thresholds) {
      const auto chosen = paper_method(threshold).choose(subject, trees);
      check_representatives(chosen);
      for (const std::size_t layer : of.layers(dm::population::all)) {
        const auto similarities = support::paper_similarities(of.layer(layer));
        const auto groups = groups_of(chosen, layer);
        BOOST_TEST_CONTEXT("seed " << seed << ", layer " << layer << " at " << threshold) {
          BOOST_TEST((groups == naive::groups_of(naive::average_labels(similarities, threshold))));
        }
        ++compared;
        joined += groups.size() > 1 && groups.size() < similarities.size();
        without_bias += of.layer(layer).bias.empty();
        single += of.layer(layer).neurons == 1;
      }
    }
  }
  BOOST_TEST(compared > 300U);
  BOOST_TEST(joined > 100U);
  BOOST_TEST(without_bias > 20U);
  BOOST_TEST(single > 20U);
}

BOOST_AUTO_TEST_CASE(trees_are_those_of_the_points_and_their_scale_is_that_of_all_distances) {
  const auto check = [](const auto& linkage) {
    for (const auto seed : seeds_of_hidden_layers(6)) {
      small_study of(seed, 3);
      const auto subject = of.study.subject();
      for (const auto& one : paper_method<std::decay_t<decltype(linkage)>>(0).fit(subject)) {
        BOOST_TEST((one.tree == dm::agglomerate(subject.space(), one.points, dm::distance::euclidean{}, linkage)));
        const auto range = dm::range_of(subject.space(), one.points);
        BOOST_TEST(one.shortest == range.shortest, boost::test_tools::tolerance(1e-10));
        BOOST_TEST(one.longest == range.longest, boost::test_tools::tolerance(1e-10));
      }
    }
  };
  check(dm::linkage::single{});
  check(dm::linkage::complete{});
  check(dm::linkage::average{});
  check(dm::linkage::flexible{});
  check(dm::linkage::ward{});
  check(dm::linkage::centroid{});
}

BOOST_AUTO_TEST_CASE(clusters_of_the_published_code_are_the_verifiers) {
  std::size_t joined = 0;
  for (const auto seed : seeds_of_hidden_layers(15)) {
    small_study of(seed, 3);
    std::vector<const naive::layer*> layers;
    for (const std::size_t layer : of.layers(dm::population::all)) layers.push_back(&of.layer(layer));
    const auto similarities = support::artifact_similarities(layers);
    const auto subject = of.study.subject();
    for (const auto population : {dm::population::all, dm::population::hidden}) {
      auto method = paper_method(0);
      method.mode = dm::similarity_mode::artifact;
      method.layers = population;
      const auto trees = method.fit(subject);
      const auto wanted = of.layers(population);
      BOOST_TEST_REQUIRE(trees.size() == wanted.size());
      for (method.threshold = 0.05; method.threshold < 1; method.threshold += 0.1) {
        const auto chosen = method.choose(subject, trees);
        check_representatives(chosen);
        for (std::size_t i = 0; i < wanted.size(); ++i) {
          const auto groups = groups_of(chosen, wanted[i]);
          BOOST_TEST_CONTEXT("seed " << seed << ", layer " << wanted[i] << " at " << method.threshold) {
            BOOST_TEST((groups == naive::groups_of(naive::average_labels(similarities[i], method.threshold))));
          }
          joined += groups.size() > 1 && groups.size() < similarities[i].size();
        }
      }
    }
  }
  BOOST_TEST(joined > 100U);
}

BOOST_AUTO_TEST_CASE(average_linkage_on_a_graph_gives_the_same_clusters) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    small_study of(seed, 3);
    const auto subject = of.study.subject();
    for (const auto mode : {dm::similarity_mode::paper, dm::similarity_mode::artifact}) {
      auto exact = paper_method(0);
      auto graph = paper_method<dm::linkage::graph_average>(0);
      exact.mode = graph.mode = mode;
      const auto exact_trees = exact.fit(subject);
      const auto graph_trees = graph.fit(subject);
      for (double threshold = 0.05; threshold < 1; threshold += 0.1) {
        exact.threshold = graph.threshold = threshold;
        const auto a = exact.choose(subject, exact_trees), b = graph.choose(subject, graph_trees);
        BOOST_TEST(support::are_same(a.mutants, b.mutants));
        for (const std::size_t layer : of.layers(dm::population::all)) BOOST_TEST((groups_of(a, layer) == groups_of(b, layer)));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(approximate_linkage_merges_what_is_nearly_most_similar) {
  for (const auto seed : seeds_of_hidden_layers(5)) {
    small_study of(seed, 3);
    const auto subject = of.study.subject();
    for (const auto mode : {dm::similarity_mode::paper, dm::similarity_mode::artifact}) {
      auto method = paper_method<dm::linkage::graph_approximate>(0.5);
      method.mode = mode;
      const auto trees = method.fit(subject);
      const auto again = method.fit(subject);
      for (std::size_t i = 0; i < trees.size(); ++i) BOOST_TEST((trees[i].tree.merges() == again[i].tree.merges()));
      check_representatives(method.choose(subject, trees));
      // With ε near 0 it is exact.
      method.linkage.epsilon = 1e-12;
      auto exact = paper_method(0.5);
      exact.mode = mode;
      BOOST_TEST(support::are_same(method.choose(subject, method.fit(subject)).mutants, exact.choose(subject, exact.fit(subject)).mutants));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_cluster_for_each_mutant_is_the_exhaustive_analysis) {
  for (const auto seed : seeds_of_hidden_layers(12)) {
    small_study of(seed);
    const auto all = of.study.analyze(dm::exhaustive{.layers = dm::population::hidden}, dm::known_mutants::run_again);
    for (const auto mode : {dm::similarity_mode::paper, dm::similarity_mode::artifact}) {
      dm::mutant_clustering<> method;
      method.cut = dm::cut_rule::share{1};
      method.mode = mode;
      const auto ours = of.study.analyze(method, dm::known_mutants::run_again);
      BOOST_TEST(support::are_same(ours.mutants, all.mutants));
      BOOST_TEST((ours.kills == all.kills));
      BOOST_TEST(ours.scores.at(0).killed == all.scores.at(0).killed);
      BOOST_TEST(ours.scores.at(0).possible == all.scores.at(0).possible);
    }
  }
}

BOOST_AUTO_TEST_CASE(one_cluster_holds_all_mutants_of_a_layer) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    small_study of(seed, 3);
    const auto layers = of.layers(dm::population::all);
    auto by_threshold = paper_method(0), by_share = paper_method(1);
    by_share.cut = dm::cut_rule::share{1e-9};
    for (const auto& method : {by_threshold, by_share}) {
      const auto result = of.study.analyze(method);
      BOOST_TEST_REQUIRE(result.mutants.size() == layers.size());
      for (std::size_t i = 0; i < layers.size(); ++i) {
        BOOST_TEST(result.mutants[i].layer == layers[i]);
        BOOST_TEST(result.mutants[i].weight == static_cast<double>(operators * of.layer(layers[i]).neurons));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(scores_are_weighted_by_the_clusters) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    small_study of(seed);
    for (const double threshold : {0.3, 0.6, 0.9}) {
      const auto result = of.study.analyze(paper_method(threshold));
      const auto weights = support::weights_of(result.mutants);
      double whole = 0;
      for (const double weight : weights) whole += weight;
      BOOST_TEST(whole == static_cast<double>(result.mutants_total));
      BOOST_TEST(result.score() == naive::weighted_score(support::killed_cells(result.kills), weights, of.made.classes),
                 boost::test_tools::tolerance(1e-14));
    }
  }
}

BOOST_AUTO_TEST_CASE(seeds_choose_representatives) {
  small_study of(seeds_of_hidden_layers(1)[0], 3);
  const auto subject = of.study.subject();
  auto method = paper_method(0.3);
  const auto trees = method.fit(subject);
  const auto first = method.choose(subject, trees);
  BOOST_TEST(support::are_same(first.mutants, method.choose(subject, trees).mutants));
  std::size_t others = 0;
  for (method.representative.seed = 1; method.representative.seed <= 20; ++method.representative.seed)
    others += !support::are_same(first.mutants, method.choose(subject, trees).mutants);
  BOOST_TEST(others >= 10U);
}

BOOST_AUTO_TEST_CASE(one_fit_serves_all_thresholds) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    small_study of(seed);
    for (const auto mode : {dm::similarity_mode::paper, dm::similarity_mode::artifact}) {
      auto method = paper_method(0);
      method.mode = mode;
      const auto fit = of.study.fit(method);
      for (const double threshold : thresholds) {
        method.threshold = threshold;
        const auto shared = of.study.analyze(method, fit), alone = of.study.analyze(method);
        BOOST_TEST(support::are_same(shared.mutants, alone.mutants));
        BOOST_TEST((shared.kills == alone.kills));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(settings_are_listed) {
  dm::mutant_clustering<dm::distance::manhattan, dm::linkage::graph_approximate> method;
  method.mode = dm::similarity_mode::artifact;
  const auto list = method.setting();
  const auto word = [&](const std::string& name) {
    for (const auto& [known, value] : list)
      if (known == name)
        return std::holds_alternative<double>(value) ? std::to_string(std::get<double>(value)) : std::get<std::string>(value);
    return std::string("none");
  };
  BOOST_TEST(word("threshold") == "0.600000");
  BOOST_TEST(word("mode") == "artifact");
  BOOST_TEST(word("features") == "mutated-weights");
  BOOST_TEST(word("scaler") == "none");
  BOOST_TEST(word("metric") == "manhattan");
  BOOST_TEST(word("linkage") == "graph-approximate=0.21");
  BOOST_TEST(word("representative") == "random");
  BOOST_TEST(word("cut") == "none");
}

BOOST_AUTO_TEST_CASE(a_clusterer_stands_in_place_of_a_linkage_rule) {
  const auto own = [](const auto& space, dm::matrix<const double> points, const auto& metric) {
    return dm::agglomerate(space, points, metric, dm::linkage::complete{});
  };
  using own_type = std::remove_const_t<decltype(own)>;
  for (const auto seed : seeds_of_hidden_layers(5)) {
    small_study of(seed, 3);
    const auto subject = of.study.subject();
    const dm::mutant_clustering<dm::distance::euclidean, dm::linkage::complete> rule;
    const dm::mutant_clustering<dm::distance::euclidean, own_type> method{.linkage = own};
    const auto expected = rule.fit(subject);
    const auto found = method.fit(subject);
    BOOST_TEST_REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      BOOST_TEST((found[i].tree == expected[i].tree));
      // The range, which this clusterer does not tell, is taken by itself.
      BOOST_TEST(found[i].shortest == expected[i].shortest, boost::test_tools::tolerance(1e-10));
      BOOST_TEST(found[i].longest == expected[i].longest, boost::test_tools::tolerance(1e-10));
    }
    dm::mutant_clustering<dm::distance::euclidean, dm::clusterer::agglomerative<dm::linkage::complete>> shipped;
    for (const auto mode : {dm::similarity_mode::paper, dm::similarity_mode::artifact}) {
      auto by_rule = rule;
      by_rule.mode = shipped.mode = mode;
      BOOST_TEST(support::are_same(of.study.analyze(shipped).mutants, of.study.analyze(by_rule).mutants));
    }
    auto of_similarities = method;
    of_similarities.mode = dm::similarity_mode::artifact;
    BOOST_TEST(
        has(error_text<dm::usage_error>([&] { of.study.analyze(of_similarities); }), "mode artifact has similarities and no points"));
    dm::mutant_clustering<dm::distance::euclidean, dm::clusterer::agglomerative<dm::linkage::ward>> squared;
    squared.mode = dm::similarity_mode::artifact;
    BOOST_TEST(has(error_text<dm::usage_error>([&] { of.study.analyze(squared); }), "linkage ward works on Euclidean distances"));
  }
}

BOOST_AUTO_TEST_CASE(a_clusterer_without_a_tree_is_asked_for_a_number_of_clusters) {
  using flat = dm::mutant_clustering<dm::distance::euclidean, dm::archetype::flat_clusterer>;
  for (const auto seed : seeds_of_hidden_layers(5)) {
    small_study of(seed, 3);
    const auto found = of.study.analyze(flat{.cut = dm::cut_rule::share{0.5}});
    std::size_t expected = 0, place = 0;
    for (const std::size_t layer : of.layers(dm::population::hidden)) {
      const std::size_t mutants = operators * of.layer(layer).neurons;
      const std::size_t clusters = dm::cut_rule::share{0.5}.clusters_for(mutants);
      expected += clusters;
      BOOST_TEST_REQUIRE(expected <= found.clusters.size());
      for (; place < expected; ++place)
        BOOST_TEST(found.clusters[place].mutants.size() == (place + 1 < expected ? 1 : mutants - clusters + 1));
    }
    BOOST_TEST(found.clusters.size() == expected);
    const auto fault = error_text<dm::usage_error>([&] { of.study.analyze(flat{}); });
    BOOST_TEST(has(fault, "a threshold cuts dendrograms, but clusterer (of the program's own) makes none"));
    const flat artifact{.cut = dm::cut_rule::share{0.5}, .mode = dm::similarity_mode::artifact};
    BOOST_TEST(has(error_text<dm::usage_error>([&] { of.study.analyze(artifact); }), "mode artifact has similarities and no points"));
  }
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused) {
  small_study of(seeds_of_hidden_layers(1)[0], 3);
  for (const double threshold : {-0.1, 1.1, std::nan("")})
    BOOST_TEST(has(error_text<dm::usage_error>([&] { of.study.analyze(paper_method(threshold)); }), "a similarity is from 0 to 1"));
  for (const double share : {0.0, 1.5}) {
    auto method = paper_method(0.5);
    method.cut = dm::cut_rule::share{share};
    BOOST_TEST(has(error_text<dm::usage_error>([&] { of.study.analyze(method); }), "clusters per leaf are asked for"));
  }
  auto by_ward = paper_method<dm::linkage::ward>(0.5);
  by_ward.mode = dm::similarity_mode::artifact;
  BOOST_TEST(has(error_text<dm::usage_error>([&] { of.study.analyze(by_ward); }), "linkage ward works on Euclidean distances"));
  auto approximate = paper_method<dm::linkage::graph_approximate>(0.5);
  approximate.linkage.epsilon = 0;
  BOOST_CHECK_THROW(of.study.analyze(approximate), dm::usage_error);
}

BOOST_AUTO_TEST_CASE(a_fit_of_other_layers_is_refused) {
  small_study of(seeds_of_hidden_layers(1)[0], 3);
  dm::mutant_clustering<> mutants;
  const auto trees = of.study.fit(mutants);
  mutants.layers = dm::population::all;
  BOOST_TEST(has(error_text<dm::usage_error>([&] { of.study.analyze(mutants, trees); }), "the method is set to (all layers)"));
  dm::neuron_clustering<> neurons{.layers = dm::population::all};
  const auto all_trees = of.study.fit(neurons);
  neurons.layers = dm::population::hidden;
  BOOST_TEST(has(error_text<dm::usage_error>([&] { of.study.analyze(neurons, all_trees); }), "the method is set to (hidden layers)"));
}

BOOST_AUTO_TEST_CASE(pairs_without_similarity_leave_no_forest) {
  const std::vector<double> similarities{0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  const dm::matrix<const double> all(similarities.data(), 4, 4);
  for (const auto& tree :
       {dm::linkage::graph_average{}.cluster(dm::this_thread{}, all), dm::linkage::graph_average{0.5}.cluster(dm::this_thread{}, all),
        dm::linkage::graph_approximate{}.cluster(dm::this_thread{}, all)}) {
    BOOST_TEST_REQUIRE(tree.trees() == 1U);
    BOOST_TEST(tree.merges()[0].height == 0);
    BOOST_TEST(tree.merges()[1].height == 1);
    BOOST_TEST(tree.merges()[2].height == 1);
  }
}

BOOST_AUTO_TEST_CASE(a_mutant_without_direction_names_its_layer) {
  support::random_case made = support::make_case(seeds_of_hidden_layers(1)[0], false, 3);
  for (naive::layer& l : made.network) std::fill(l.bias.begin(), l.bias.end(), 0);  // then a blocked neuron has no number but 0
  small_study of(std::move(made));
  dm::mutant_clustering<dm::distance::cosine> method;
  const std::string name = of.network.layers()[of.layers(dm::population::hidden).front()].name;
  BOOST_TEST(error_text<dm::data_error>([&] { of.study.analyze(method); }).starts_with("layer " + name + ": "));
}

BOOST_AUTO_TEST_SUITE_END()
