#include <Kokkos_Core.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/analysis/features.hpp>
#include <deepmaacc/analysis/mutant_clustering.hpp>
#include <deepmaacc/analysis/neuron_clustering.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "small_study.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
namespace feature = dm::feature;
using support::error_text;
using support::has;
using support::small_study;

namespace {

constexpr std::size_t operators = support::paper_operator_count;

naive::rows rows_of(const xt::xtensor<double, 2>& points) {
  naive::rows rows(points.shape(0));
  for (std::size_t i = 0; i < points.shape(0); ++i)
    for (std::size_t c = 0; c < points.shape(1); ++c) rows[i].push_back(points(i, c));
  return rows;
}

/// The mutants' rows of one operator, of those of all.
naive::rows of_operator(const naive::rows& all, std::size_t operation) {
  naive::rows rows;
  for (std::size_t i = operation; i < all.size(); i += operators) rows.push_back(all[i]);
  return rows;
}

/// What each neuron of a layer gives for some inputs, the mean over an image's positions; with an operator, of each neuron's own mutant.
naive::rows naive_activations(const support::random_case& made, std::size_t at, std::optional<std::size_t> operation,
                              const std::vector<std::size_t>& inputs) {
  naive::rows means(made.network[at].neurons);
  for (std::size_t j = 0; j < means.size(); ++j) {
    naive::network net = made.network;
    if (operation) naive::mutate(net[at], j, *operation);
    if (at + 1 == net.size() && net[at].activation != "relu" && net[at].activation != "tanh") net[at].activation = "linear";
    for (const std::size_t input : inputs) {
      naive::tensor x = made.inputs[input];
      for (std::size_t i = 0; i <= at; ++i) x = naive::run(net[i], x);
      double sum = 0;
      for (std::size_t p = 0; p < x.h * x.w; ++p) sum += x.values[p * x.c + j];
      means[j].push_back(sum / static_cast<double>(x.h * x.w));
    }
  }
  return means;
}

double largest_difference(const naive::rows& a, const naive::rows& b) {
  if (a.size() != b.size()) return INFINITY;
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].size() != b[i].size()) return INFINITY;
    for (std::size_t c = 0; c < a[i].size(); ++c) largest = std::max(largest, std::abs(a[i][c] - b[i][c]));
  }
  return largest;
}

/// Layers given by hand: dense ones, or convolutions with a kernel of 2 × 2, with numbers that tell them apart.
naive::layer numbered(const std::string& kind, std::size_t inputs, std::size_t neurons, double first) {
  naive::layer l;
  l.kind = kind, l.neurons = neurons;
  if (kind == "conv2d") l.kernel_h = l.kernel_w = 2;
  for (std::size_t i = 0; i < l.kernel_h * l.kernel_w * inputs * neurons; ++i) l.weights.push_back(first + static_cast<double>(i) / 64);
  for (std::size_t j = 0; j < neurons; ++j) l.bias.push_back(first / 2 - static_cast<double>(j));
  return l;
}

support::random_case case_of(naive::network network, std::size_t h, std::size_t w, std::size_t c) {
  support::random_case made;
  made.network = std::move(network);
  made.h = h, made.w = w, made.c = c;
  made.classes = made.network.back().neurons;
  for (std::size_t i = 0; i < 2; ++i) {
    naive::tensor input{h, w, c, std::vector<double>(h * w * c)};
    for (std::size_t e = 0; e < input.values.size(); ++e) input.values[e] = static_cast<double>((e * 7 + i) % 5) - 2;
    made.labels.push_back(naive::possible_classes(naive::outputs(made.network, input)).front());
    made.inputs.push_back(std::move(input));
  }
  return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(feature_maps)

BOOST_AUTO_TEST_CASE(weights_are_those_of_the_layer_and_of_its_mutants) {
  std::size_t tiled = 0, without_bias = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    small_study of(seed, 3);
    const auto subject = of.study.subject();
    for (const std::size_t layer : of.layers(dm::population::all)) {
      const naive::layer& l = of.layer(layer);
      tiled += !l.bias.empty() && l.kernel_h * l.kernel_w > 1;
      without_bias += l.bias.empty();
      BOOST_TEST((rows_of(feature::incoming_weights{}(subject.layer(layer))) == support::neuron_points(l)));
      for (std::size_t operation = 0; operation < operators; ++operation)
        BOOST_TEST(
            (rows_of(feature::mutated_weights{}(subject.layer(layer, operation))) == of_operator(support::mutant_points(l), operation)));
      naive::rows plain(l.neurons);
      for (std::size_t j = 0; j < l.neurons; ++j) {
        for (std::size_t i = j; i < l.weights.size(); i += l.neurons) plain[j].push_back(l.weights[i]);
        if (!l.bias.empty()) plain[j].push_back(l.bias[j]);
      }
      BOOST_TEST((rows_of(feature::mutated_weights{}(subject.layer(layer))) == plain));
    }
  }
  BOOST_TEST(tiled > 5U);
  BOOST_TEST(without_bias > 5U);
}

BOOST_AUTO_TEST_CASE(the_bias_follows_each_position_of_a_kernel) {
  naive::layer flatten;
  flatten.kind = "flatten";
  small_study of(case_of({numbered("conv2d", 1, 2, 1), flatten, numbered("dense", 8, 2, -1)}, 3, 3, 1));
  const auto subject = of.study.subject();
  const auto points = feature::incoming_weights{}(subject.layer(1));
  const naive::layer& l = of.layer(1);
  const std::vector<double> expected{l.weights[0], 0.5, l.weights[2], 0.5, l.weights[4], 0.5, l.weights[6], 0.5};
  BOOST_TEST(rows_of(points)[0] == expected, boost::test_tools::per_element());
  BOOST_TEST(points(1, 7) == -0.5);
}

BOOST_AUTO_TEST_CASE(a_view_tells_which_layer_it_is_of) {
  small_study of(support::seeds_of_hidden_layers(1)[0], 3);
  const auto subject = of.study.subject();
  const std::size_t layer = of.layers(dm::population::hidden).front();
  const auto view = subject.layer(layer, 2);
  BOOST_TEST(view.index() == layer);
  BOOST_TEST(view.operation().value() == 2U);
  BOOST_TEST(view.neurons() == of.layer(layer).neurons);
  BOOST_TEST(view.description().name == of.network.layers()[layer].name);
  BOOST_TEST(!subject.layer(layer).operation().has_value());
}

BOOST_AUTO_TEST_CASE(profiles_are_the_activations_of_the_layer_and_of_its_mutants) {
  std::size_t images = 0, compared = 0;
  double largest = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    small_study of(seed, 11);
    const auto subject = of.study.subject();
    for (const std::size_t layer : of.layers(dm::population::all)) {
      if (of.layer(layer).activation == "softmax" && !of.network.layers()[layer].is_output) continue;  // its neurons depend on each other
      for (const std::optional<std::size_t> operation : {std::optional<std::size_t>{}, {0}, {1}, {2}}) {
        // 4 of 11: numbers 0, 2, 5 and 8.
        const auto few = feature::activation_profile{.inputs = 4}(subject.layer(layer, operation));
        const auto found = rows_of(few);
        BOOST_TEST_REQUIRE(found.at(0).size() == 4U);
        largest = std::max(largest, largest_difference(found, naive_activations(of.made, layer - 1, operation, {0, 2, 5, 8})));
        ++compared;
      }
      std::vector<std::size_t> every(11);
      for (std::size_t i = 0; i < 11; ++i) every[i] = i;
      largest = std::max(largest, largest_difference(rows_of(feature::activation_profile{}(subject.layer(layer))),
                                                     naive_activations(of.made, layer - 1, {}, every)));
      images += of.layer(layer).kind == "conv2d";
    }
  }
  BOOST_TEST(largest < 1e-4);
  BOOST_TEST(images > 5U);
  BOOST_TEST(compared > 100U);
}

BOOST_AUTO_TEST_CASE(profiles_of_more_inputs_than_a_block_are_put_together) {
  auto made = support::make_case(5, false, 300);
  small_study of(std::move(made));
  const std::size_t layer = of.layers(dm::population::all).back();
  std::vector<std::size_t> every(300);
  for (std::size_t i = 0; i < every.size(); ++i) every[i] = i;
  const auto subject = of.study.subject();
  const auto found = rows_of(feature::activation_profile{.inputs = 1000}(subject.layer(layer, 1)));
  BOOST_TEST(largest_difference(found, naive_activations(of.made, layer - 1, 1, every)) < 1e-4);
}

BOOST_AUTO_TEST_CASE(outgoing_weights_are_the_next_layers) {
  small_study of(case_of({numbered("dense", 3, 4, 1), numbered("dense", 4, 2, -1)}, 1, 1, 3));
  const auto subject = of.study.subject();
  const auto found = rows_of(feature::outgoing_weights{}(subject.layer(1)));
  const naive::layer& next = of.layer(2);
  naive::rows expected(4);
  for (std::size_t j = 0; j < 4; ++j)
    for (std::size_t k = 0; k < 2; ++k) expected[j].push_back(next.weights[j * 2 + k]);
  BOOST_TEST((found == expected));
}

BOOST_AUTO_TEST_CASE(outgoing_weights_of_channels_are_those_of_all_their_positions) {
  naive::layer flatten, dropout;
  flatten.kind = "flatten", dropout.kind = "dropout";
  const auto last = numbered("dense", 2 * 2 * 3, 2, -1);
  small_study of(case_of({numbered("conv2d", 1, 3, 1), flatten, dropout, last}, 3, 3, 1));
  const auto subject = of.study.subject();
  const auto found = rows_of(feature::outgoing_weights{}(subject.layer(1)));
  naive::rows expected(3);
  for (std::size_t j = 0; j < 3; ++j)
    for (std::size_t k = 0; k < 2; ++k)
      for (std::size_t position = 0; position < 4; ++position) expected[j].push_back(last.weights[(position * 3 + j) * 2 + k]);
  BOOST_TEST((found == expected));
  BOOST_TEST((rows_of(feature::outgoing_weights{}(subject.layer(1, 1))) == expected));  // an operator does not change them

  small_study images(case_of({numbered("conv2d", 1, 3, 1), numbered("conv2d", 3, 2, 0), flatten, numbered("dense", 2, 2, -1)}, 3, 3, 1));
  const naive::layer& next = images.layer(2);
  naive::rows channels(3);
  for (std::size_t j = 0; j < 3; ++j)
    for (std::size_t k = 0; k < 2; ++k)
      for (std::size_t position = 0; position < 4; ++position) channels[j].push_back(next.weights[(position * 3 + j) * 2 + k]);
  const auto image_subject = images.study.subject();
  BOOST_TEST((rows_of(feature::outgoing_weights{}(image_subject.layer(1))) == channels));
}

BOOST_AUTO_TEST_CASE(maps_are_concatenated) {
  small_study of(case_of({numbered("dense", 3, 4, 1), numbered("dense", 4, 2, -1)}, 1, 1, 3));
  const auto subject = of.study.subject();
  const auto layer = subject.layer(1);
  const auto all = feature::concatenate(feature::neuron_index{}, feature::incoming_weights{}, feature::outgoing_weights{});
  BOOST_TEST(all.name() == "neuron-index+incoming-weights+outgoing-weights");
  const auto incoming = rows_of(feature::incoming_weights{}(layer)), outgoing = rows_of(feature::outgoing_weights{}(layer));
  naive::rows expected(4);
  for (std::size_t j = 0; j < 4; ++j) {
    expected[j] = {static_cast<double>(j)};
    expected[j].insert(expected[j].end(), incoming[j].begin(), incoming[j].end());
    expected[j].insert(expected[j].end(), outgoing[j].begin(), outgoing[j].end());
  }
  BOOST_TEST((rows_of(all(layer)) == expected));
}

// A part with too few rows would be read beyond its end.
BOOST_AUTO_TEST_CASE(parts_of_a_concatenation_have_a_row_per_neuron) {
  small_study of(support::seeds_of_hidden_layers(1)[0], 3);
  const auto subject = of.study.subject();
  const auto layer = subject.layer(dm::layers_of(dm::population::hidden, subject.layers()).front());
  const auto short_map = [](const auto&) { return xt::xtensor<double, 2>(std::array<std::size_t, 2>{1, 2}, 0.0); };
  const auto all = feature::concatenate(feature::neuron_index{}, short_map);
  BOOST_TEST(all.name() == "neuron-index+(of the program's own)");
  if (layer.neurons() > 1) BOOST_TEST(has(error_text<dm::usage_error>([&] { all(layer); }), "return a matrix with a row per neuron"));
}

// The code published with the paper puts the neuron's number before the weights; then nothing but the scaling tells the modes apart.
BOOST_AUTO_TEST_CASE(a_method_clusters_by_any_map) {
  small_study of(support::seeds_of_hidden_layers(3)[2], 20);
  using map = feature::concatenation<feature::neuron_index, feature::activation_profile>;
  using method = dm::neuron_clustering<dm::distance::euclidean, dm::linkage::complete, dm::scaler::standard, map>;
  const auto result = of.study.analyze(method{.neurons_per_cluster = 2});
  for (const auto& cluster : result.clusters) BOOST_TEST(cluster.neurons.size() >= 1U);
  BOOST_TEST(result.mutants.size() == operators * result.clusters.size());
}

BOOST_AUTO_TEST_CASE(maps_may_be_lambdas_and_give_views) {
  small_study of(support::seeds_of_hidden_layers(1)[0], 3);
  const auto index = [](const auto& layer) {
    const Kokkos::View<double**, Kokkos::LayoutLeft, Kokkos::HostSpace> points("points", layer.neurons(), 2);
    for (std::size_t j = 0; j < layer.neurons(); ++j) points(j, 0) = static_cast<double>(j), points(j, 1) = 1;
    return points;
  };
  using map = std::remove_const_t<decltype(index)>;
  dm::neuron_clustering<dm::distance::euclidean, dm::linkage::single, dm::scaler::none, map> neurons{.neurons_per_cluster = 2,
                                                                                                     .feature = index};
  const auto trees = neurons.fit(of.study.subject());
  for (const auto& tree : trees)
    for (std::size_t j = 0; j < tree.points.shape(0); ++j)
      BOOST_TEST((tree.points(j, 0) == static_cast<double>(j) && tree.points(j, 1) == 1));
  BOOST_TEST(of.study.analyze(neurons).mutants.size() > 0U);
  dm::mutant_clustering<dm::distance::euclidean, dm::linkage::average, dm::scaler::none, map> mutants{.threshold = 1, .feature = index};
  for (const auto& cluster : of.study.analyze(mutants).clusters) BOOST_TEST(cluster.mutants.size() >= operators);
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_refused) {
  small_study of(case_of({numbered("dense", 3, 4, 1), numbered("dense", 4, 2, -1)}, 1, 1, 3));
  const auto subject = of.study.subject();
  BOOST_TEST(has(error_text<dm::usage_error>([&] { feature::activation_profile{.inputs = 0}(subject.layer(1)); }), "at least one input"));
  BOOST_TEST(has(error_text<dm::usage_error>([&] { feature::outgoing_weights{}(subject.layer(2)); }),
                 "layer dense_1 is the output layer, so no weights go out of it"));

  const auto short_of_rows = [](const auto& layer) {
    return xt::xtensor<double, 2>(xt::zeros<double>({layer.neurons() - 1, std::size_t{1}}));
  };
  dm::neuron_clustering<dm::distance::euclidean, dm::linkage::ward, dm::scaler::none, std::remove_const_t<decltype(short_of_rows)>> neurons{
      .feature = short_of_rows};
  BOOST_TEST(has(error_text<dm::usage_error>([&] { of.study.analyze(neurons); }),
                 "layer dense_0: the feature map gives a tensor of shape (3, 1) for 4 neurons; return a matrix with a row per neuron"));
  const auto flat = [](const auto& layer) { return xt::xtensor<double, 1>(xt::zeros<double>({layer.neurons()})); };
  dm::neuron_clustering<dm::distance::euclidean, dm::linkage::ward, dm::scaler::none, std::remove_const_t<decltype(flat)>> no_matrix{
      .feature = flat};
  BOOST_TEST(has(error_text<dm::usage_error>([&] { of.study.analyze(no_matrix); }), "return a matrix with a row per neuron"));
  const auto uneven = [](const auto& layer) {
    return xt::xtensor<double, 2>(xt::zeros<double>({layer.neurons(), layer.operation().value_or(0) + 1}));
  };
  dm::mutant_clustering<dm::distance::euclidean, dm::linkage::average, dm::scaler::none, std::remove_const_t<decltype(uneven)>> mutants{
      .feature = uneven};
  BOOST_TEST(has(error_text<dm::usage_error>([&] { of.study.analyze(mutants); }), "1 coordinates for the first operator, but 2"));
}

BOOST_AUTO_TEST_CASE(a_next_layer_that_does_not_fit_is_told) {
  // Pooling over channels is no layer of the toolkit; a model of one's own may have it.
  struct model : dm::archetype::model_adapter {
    std::vector<dm::layer_description> layers() const {
      dm::layer_description hidden, output;
      hidden.name = "hidden", hidden.neurons = 2, hidden.weights_per_neuron = 1, hidden.feeds = 1;
      output.name = "output", output.neurons = 1, output.weights_per_neuron = 3, output.is_output = true;
      return {hidden, output};
    }
  };
  model given;
  const auto operation = dm::paper_operators();
  const dm::test_set<float> tests(xt::xtensor<float, 2>{{1}});
  const dm::analysis_subject subject(dm::this_thread{}, given, tests, operation, 0);
  BOOST_TEST(has(error_text<dm::model_error>([&] { feature::outgoing_weights{}(subject.layer(0)); }),
                 "a neuron of layer output has 3 of them, no multiple of 2 neurons"));
}

BOOST_AUTO_TEST_CASE(the_archetype_is_enough) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    small_study of(seed, 3);
    dm::neuron_clustering<dm::distance::euclidean, dm::linkage::ward, dm::scaler::min_max, dm::archetype::feature_map> method{
        .layers = dm::population::all, .neurons_per_cluster = 2};
    BOOST_TEST(of.study.analyze(method).mutants.size() > 0U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
