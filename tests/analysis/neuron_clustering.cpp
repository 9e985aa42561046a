#include <Kokkos_Core.hpp>
#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/analysis/analyze.hpp>
#include <deepmaacc/analysis/neuron_clustering.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/clustering/clusterers.hpp>
#include <deepmaacc/clustering/similarity_linkages.hpp>
#include <deepmaacc/concepts/clusterer.hpp>
#include <deepmaacc/distance/metrics.hpp>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "small_study.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
using support::error_text;
using support::has;
using support::small_study;

namespace {

constexpr std::size_t operators = support::paper_operator_count;

/// Neurons by layer and number.
using neuron_set = std::set<std::pair<std::size_t, std::size_t>>;

/// A network that tells, at each prediction, which of its neurons differ from the original's.
class recording_model {
 public:
  using value_type = float;
  using network_type = small_study::network_type;

  explicit recording_model(network_type network) : network_(std::move(network)) {}

  std::vector<dm::layer_description> layers() const { return network_.layers(); }
  void read_neuron(dm::neuron_id id, std::span<float> numbers) const { network_.read_neuron(id, numbers); }
  void write_neuron(dm::neuron_id id, std::span<const float> numbers) {
    const std::pair<std::size_t, std::size_t> name(id.layer, id.neuron);
    if (!originals_.contains(name)) {
      originals_[name].resize(numbers.size());
      network_.read_neuron(id, originals_[name]);
    }
    network_.write_neuron(id, numbers);
    if (std::equal(numbers.begin(), numbers.end(), originals_[name].begin()))
      changed_.erase(name);
    else
      changed_.insert(name);
  }
  void predict(dm::matrix<const float> inputs, dm::matrix<float> outputs) {
    seen_->push_back(changed_);
    network_.predict(inputs, outputs);
  }

  /// What changed, in all copies, prediction by prediction.
  const std::vector<neuron_set>& seen() const { return *seen_; }

 private:
  network_type network_;
  std::map<std::pair<std::size_t, std::size_t>, std::vector<float>> originals_;
  neuron_set changed_;
  std::shared_ptr<std::vector<neuron_set>> seen_ = std::make_shared<std::vector<neuron_set>>();
};
static_assert(dm::ModelAdapter<recording_model> && std::copyable<recording_model>);

/// The clusters of each layer by the verifier, ⌈n / size⌉ of n neurons.
std::vector<naive::layer_labels> naive_clusters(const small_study& of, dm::population chosen, std::size_t size) {
  std::vector<naive::layer_labels> all;
  for (const std::size_t layer : of.layers(chosen)) {
    const auto points = naive::min_max_scaled(support::neuron_points(of.layer(layer)));
    all.push_back({layer, naive::ward_labels(points, (points.size() + size - 1) / size)});
  }
  return all;
}

/// One layer of neurons on a line, and an output layer: what they compute does not matter.
support::random_case on_a_line(const std::vector<double>& weights) {
  support::random_case made;
  naive::layer hidden, output;
  hidden.kind = output.kind = "dense";
  hidden.neurons = weights.size(), hidden.weights = weights;
  output.neurons = 2;
  for (std::size_t i = 0; i < 2 * weights.size(); ++i) output.weights.push_back(i % 3 == 0 ? 1 : -0.5);
  output.bias = {0.1, 0.2};
  made.network = {hidden, output};
  made.classes = 2;
  made.inputs = {{1, 1, 1, {1}}, {1, 1, 1, {-2}}};
  for (const auto& input : made.inputs) made.labels.push_back(naive::possible_classes(naive::outputs(made.network, input)).front());
  return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(neuron_clustering)

BOOST_AUTO_TEST_CASE(joint_mutants_are_the_verifiers) {
  std::size_t compared = 0, single = 0, without_bias = 0, tiled = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    small_study of(seed, 3);
    for (const auto chosen : {dm::population::hidden, dm::population::all}) {
      for (const std::size_t layer : of.layers(chosen)) {
        const naive::layer& l = of.layer(layer);
        single += l.neurons == 1;
        without_bias += l.bias.empty();
        tiled += !l.bias.empty() && l.kernel_h * l.kernel_w > 1;
      }
      dm::neuron_clustering<> method;
      method.layers = chosen;
      const auto subject = of.study.subject();
      const auto trees = method.fit(subject);
      for (method.neurons_per_cluster = 1; method.neurons_per_cluster <= 4; ++method.neurons_per_cluster, ++compared) {
        const auto found = method.choose(subject, trees);
        const auto expected = naive::joint_mutants(naive_clusters(of, chosen, method.neurons_per_cluster), operators);
        BOOST_TEST((support::as_naive(found.mutants) == expected));
        BOOST_TEST(found.cluster_of.size() == found.mutants.size());
        BOOST_TEST(found.clusters.size() * operators == found.mutants.size());
        for (std::size_t which = 0; which < found.mutants.size(); ++which) {
          const auto& cluster = found.clusters.at(found.cluster_of.at(which));
          BOOST_TEST(found.mutants[which].weight == 1);
          BOOST_TEST((cluster.layer == found.mutants[which].layer && cluster.neurons == found.mutants[which].neurons));
          BOOST_TEST((cluster.mutants.empty() && !cluster.representative));
        }
      }
    }
  }
  BOOST_TEST(compared == 40U * 2 * 4);
  BOOST_TEST(single > 5U);
  BOOST_TEST(without_bias > 5U);
  BOOST_TEST(tiled > 5U);
}

BOOST_AUTO_TEST_CASE(a_joint_mutant_changes_the_neurons_that_it_names_and_no_other) {
  std::size_t joint = 0;
  for (const auto seed : support::seeds_of_hidden_layers(12)) {
    const auto made = support::make_case(seed, false, 5);
    const recording_model model(support::network_of(made));
    const auto tests = support::tests_of(made);
    const auto result = dm::analyze(dm::this_thread{}, model, tests, dm::neuron_clustering<>{.neurons_per_cluster = 3});
    std::vector<neuron_set> expected;
    for (const auto& one : result.mutants) {
      neuron_set neurons;
      for (const std::size_t neuron : one.neurons) neurons.insert({one.layer, neuron});
      joint += neurons.size() > 1;
      expected.push_back(std::move(neurons));
    }
    BOOST_TEST_REQUIRE(model.seen().size() == 1 + expected.size());
    BOOST_TEST(model.seen().front().empty());
    BOOST_TEST((std::vector<neuron_set>(model.seen().begin() + 1, model.seen().end()) == expected));
  }
  BOOST_TEST(joint > 10U);
}

BOOST_AUTO_TEST_CASE(clusters_of_one_neuron_are_the_exhaustive_analysis) {
  for (const auto seed : support::seeds_of_hidden_layers(15)) {
    small_study of(seed);
    const auto all = of.study.analyze(dm::exhaustive{.layers = dm::population::hidden}, dm::known_mutants::run_again);
    for (const auto use : {dm::cluster_use::joint, dm::cluster_use::representative}) {
      const auto ours = of.study.analyze(dm::neuron_clustering<>{.use = use}, dm::known_mutants::run_again);
      BOOST_TEST(support::are_same(ours.mutants, all.mutants));
      BOOST_TEST((ours.kills == all.kills));
      BOOST_TEST(ours.scores.at(0).killed == all.scores.at(0).killed);
      BOOST_TEST(ours.scores.at(0).possible == all.scores.at(0).possible);
      BOOST_TEST(ours.mutants_total == all.mutants.size());
    }
  }
}

BOOST_AUTO_TEST_CASE(one_cluster_holds_a_whole_layer) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    small_study of(seed, 3);
    const auto layers = of.layers(dm::population::all);
    const auto result = of.study.analyze(dm::neuron_clustering<>{.layers = dm::population::all, .neurons_per_cluster = 1000});
    BOOST_TEST_REQUIRE(result.clusters.size() == layers.size());
    for (std::size_t i = 0; i < layers.size(); ++i) {
      BOOST_TEST(result.clusters[i].layer == layers[i]);
      BOOST_TEST(result.clusters[i].neurons.size() == of.layer(layers[i]).neurons);
    }
  }
}

BOOST_AUTO_TEST_CASE(joint_scores_are_not_weighted) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    small_study of(seed);
    const auto result = of.study.analyze(dm::neuron_clustering<>{.layers = dm::population::all, .neurons_per_cluster = 2});
    const std::vector<double> ones(result.mutants.size(), 1);
    BOOST_TEST(result.score() == naive::weighted_score(support::killed_cells(result.kills), ones, of.made.classes),
               boost::test_tools::tolerance(1e-14));
    BOOST_TEST(result.scores[0].possible == static_cast<double>(result.clusters.size() * operators * of.made.classes));
  }
}

BOOST_AUTO_TEST_CASE(a_representative_counts_for_its_cluster) {
  std::size_t later = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    small_study of(seed);
    dm::neuron_clustering<> method{.layers = dm::population::all, .neurons_per_cluster = 3, .use = dm::cluster_use::representative};
    method.representative.seed = seed;
    const auto result = of.study.analyze(method);
    const auto joint =
        of.study.analyze(dm::neuron_clustering<>{.layers = dm::population::all, .neurons_per_cluster = 3}, dm::known_mutants::run_again);
    BOOST_TEST_REQUIRE(result.clusters.size() == joint.clusters.size());
    double whole = 0;
    for (std::size_t which = 0; which < result.mutants.size(); ++which) {
      const auto& one = result.mutants[which];
      const auto& cluster = result.clusters.at(result.cluster_of.at(which));
      BOOST_TEST((cluster.neurons == joint.mutants[which].neurons));
      BOOST_TEST_REQUIRE(one.neurons.size() == 1U);
      BOOST_TEST(cluster.neurons.at(cluster.representative.value()) == one.neurons[0]);
      BOOST_TEST(one.operation == which % operators);
      BOOST_TEST(one.weight == static_cast<double>(cluster.neurons.size()));
      later += *cluster.representative > 0;
      whole += one.weight;
    }
    BOOST_TEST(whole == static_cast<double>(result.mutants_total));
    BOOST_TEST(
        result.score() == naive::weighted_score(support::killed_cells(result.kills), support::weights_of(result.mutants), of.made.classes),
        boost::test_tools::tolerance(1e-14));
  }
  BOOST_TEST(later > 10U);  // seeds choose others than the first
}

BOOST_AUTO_TEST_CASE(representatives_are_chosen_by_the_rule) {
  small_study of(on_a_line({0, 1, 2, 10, 11}));
  using by_medoid = dm::neuron_clustering<dm::distance::euclidean, dm::linkage::ward, dm::scaler::min_max, dm::feature::incoming_weights,
                                          dm::cut_rule::share, dm::representative::medoid>;
  by_medoid method;
  method.use = dm::cluster_use::representative;
  method.cut = dm::cut_rule::share{0.4};
  const auto result = of.study.analyze(method);
  BOOST_TEST_REQUIRE(result.clusters.size() == 2U);
  BOOST_TEST(result.clusters[0].representative.value() == 1U);
  BOOST_TEST(result.mutants[0].neurons == std::vector<std::size_t>{1}, boost::test_tools::per_element());
  BOOST_TEST(result.mutants[operators].neurons == std::vector<std::size_t>{3}, boost::test_tools::per_element());
  BOOST_TEST(result.mutants[0].weight == 3);
  BOOST_TEST(result.mutants[operators].weight == 2);
}

BOOST_AUTO_TEST_CASE(a_cut_rule_takes_the_place_of_the_size) {
  small_study of(on_a_line({0, 1, 2, 10, 11}));
  using by_height = dm::neuron_clustering<dm::distance::euclidean, dm::linkage::single, dm::scaler::none, dm::feature::incoming_weights,
                                          dm::cut_rule::height>;
  by_height method;
  BOOST_TEST(of.study.analyze(method).clusters.size() == 5U);
  method.cut = dm::cut_rule::height{.height = 5};
  const auto clusters = of.study.analyze(method).clusters;
  BOOST_TEST_REQUIRE(clusters.size() == 2U);
  BOOST_TEST(clusters[1].neurons == (std::vector<std::size_t>{3, 4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_fit_serves_all_sizes) {
  for (const auto seed : support::seeds_of_hidden_layers(6)) {
    small_study of(seed);
    dm::neuron_clustering<> method;
    const auto fit = of.study.fit(method);
    for (method.neurons_per_cluster = 1; method.neurons_per_cluster <= 5; ++method.neurons_per_cluster)
      for (const auto use : {dm::cluster_use::joint, dm::cluster_use::representative}) {
        method.use = use;
        const auto shared = of.study.analyze(method, fit), alone = of.study.analyze(method);
        BOOST_TEST(support::are_same(shared.mutants, alone.mutants));
        BOOST_TEST((shared.cluster_of == alone.cluster_of));
        BOOST_TEST((shared.kills == alone.kills));
        BOOST_TEST(shared.seconds.cluster >= fit.seconds);
      }
  }
}

BOOST_AUTO_TEST_CASE(a_clusterer_stands_in_place_of_a_linkage_rule) {
  struct complete_tree {
    static constexpr const char* name() { return "complete-tree"; }
    // No template: the class is local.
    dm::dendrogram operator()(const dm::this_thread& space, dm::matrix<const double> points, const dm::distance::manhattan& metric) const {
      return dm::agglomerate(space, points, metric, dm::linkage::complete{});
    }
  };
  using rule = dm::neuron_clustering<dm::distance::manhattan, dm::linkage::complete>;
  using own = dm::neuron_clustering<dm::distance::manhattan, complete_tree>;
  using shipped = dm::neuron_clustering<dm::distance::manhattan, dm::clusterer::agglomerative<dm::linkage::complete>>;
  using similar = dm::neuron_clustering<dm::distance::manhattan, dm::clusterer::of_similarities<dm::linkage::graph_average>>;
  using average = dm::neuron_clustering<dm::distance::manhattan, dm::linkage::average>;
  for (const auto seed : support::seeds_of_hidden_layers(6)) {
    small_study of(seed);
    const auto expected = of.study.analyze(rule{.neurons_per_cluster = 2});
    const auto found = of.study.analyze(own{.neurons_per_cluster = 2});
    BOOST_TEST(support::are_same(found.mutants, expected.mutants));
    BOOST_TEST((found.setting.back() == dm::setting_list::value_type("linkage", "complete-tree")));
    BOOST_TEST(support::are_same(of.study.analyze(shipped{.neurons_per_cluster = 2}).mutants, expected.mutants));
    BOOST_TEST(support::are_same(of.study.analyze(own{.cut = dm::cut_rule::share{0.4}}).mutants,
                                 of.study.analyze(rule{.cut = dm::cut_rule::share{0.4}}).mutants));
    BOOST_TEST(support::are_same(of.study.analyze(similar{.neurons_per_cluster = 2}).mutants,
                                 of.study.analyze(average{.neurons_per_cluster = 2}).mutants));
  }
}

BOOST_AUTO_TEST_CASE(a_clusterer_without_a_tree_is_asked_for_a_number_of_clusters) {
  using method = dm::neuron_clustering<dm::distance::euclidean, dm::archetype::flat_clusterer>;
  for (const auto seed : support::seeds_of_hidden_layers(6)) {
    small_study of(seed);
    const auto fitted = of.study.fit(method{});
    const auto check = [&](const method& one, const auto& clusters_of) {
      const auto found = of.study.analyze(one, fitted);
      std::size_t place = 0;
      for (const std::size_t layer : of.layers(dm::population::hidden)) {
        const std::size_t neurons = of.layer(layer).neurons, clusters = clusters_of(neurons);
        BOOST_TEST_REQUIRE(place + clusters <= found.clusters.size());
        for (std::size_t c = 0; c < clusters; ++c, ++place) {
          BOOST_TEST(found.clusters[place].layer == layer);
          BOOST_TEST(found.clusters[place].neurons.front() == c);
          BOOST_TEST(found.clusters[place].neurons.size() == (c + 1 < clusters ? 1 : neurons - c));
        }
      }
      BOOST_TEST(place == found.clusters.size());
      BOOST_TEST(found.mutants.size() == operators * found.clusters.size());
    };
    check(method{.neurons_per_cluster = 2}, [](std::size_t n) { return (n + 1) / 2; });
    check(method{.cut = dm::cut_rule::share{1e-9}}, [](std::size_t) { return std::size_t{1}; });
    check(method{.cut = dm::cut_rule::share{1}}, [](std::size_t n) { return n; });
  }
}

BOOST_AUTO_TEST_CASE(settings_are_listed) {
  using mine = dm::neuron_clustering<dm::distance::cosine, dm::linkage::complete, dm::scaler::standard, dm::feature::activation_profile>;
  const auto text = [](const dm::setting_list& list) {
    std::string all;
    for (const auto& [name, value] : list) {
      all += name + '=';
      all += std::holds_alternative<double>(value) ? std::to_string(std::lround(std::get<double>(value))) : std::get<std::string>(value);
      all += ' ';
    }
    return all;
  };
  BOOST_TEST(text(dm::neuron_clustering<>{}.setting()) ==
             "neurons_per_cluster=1 use=joint features=incoming-weights scaler=min-max metric=euclidean linkage=ward ");
  BOOST_TEST(text(mine{.cut = dm::cut_rule::share{0.5}, .use = dm::cluster_use::representative}.setting()) ==
             "cut=share(0.5) use=representative features=activation-profile=100 scaler=standard metric=cosine linkage=complete "
             "representative=random ");
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused) {
  small_study of(on_a_line({3, 0, 2}));
  const auto usage = [&](const auto& method) { return error_text<dm::usage_error>([&] { of.study.analyze(method); }); };
  BOOST_TEST(has(usage(dm::neuron_clustering<>{.neurons_per_cluster = 0}), "clusters of 0 neurons are asked for"));
  for (const double share : {0.0, 1.5, -1.0, std::nan("")}) {
    dm::neuron_clustering<> method;
    method.cut = dm::cut_rule::share{share};
    BOOST_TEST(has(usage(method), "clusters per leaf are asked for; ask for more than 0, and at most 1"));
  }
}

BOOST_AUTO_TEST_CASE(faults_of_a_layer_name_it) {
  small_study of(on_a_line({3, 0, 2}));
  const auto lawless = [](const auto&, dm::matrix<const double>, const auto&, std::size_t) { return std::vector<std::size_t>{0, 0}; };
  const dm::neuron_clustering<dm::distance::euclidean, std::remove_const_t<decltype(lawless)>> broken_law{.linkage = lawless};
  const auto told = error_text<dm::usage_error>([&] { of.study.analyze(broken_law); });
  BOOST_TEST(told.starts_with("layer dense_0: deepmaacc::cluster: clusterer (of the program's own) tells the cluster of 2 points, "));
  const dm::neuron_clustering<dm::distance::cosine, dm::linkage::average, dm::scaler::none> method;
  const auto text = error_text<dm::data_error>([&] { of.study.analyze(method); });
  BOOST_TEST(text.starts_with("layer dense_0: "));
  BOOST_TEST(has(text, "point 1"));
  support::random_case broken = on_a_line({3, NAN, 2});
  broken.labels = {0, 0};
  small_study sick(std::move(broken));
  BOOST_TEST(error_text<dm::data_error>([&] { sick.study.analyze(dm::neuron_clustering<>{}); }).starts_with("layer dense_0: "));
}

BOOST_AUTO_TEST_SUITE_END()
