#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

#include "network/observed.hpp"
#include "support/error_text.hpp"
#include "support/random_networks.hpp"
#include "support/spaces.hpp"

namespace dm = deepmaacc;

static_assert(dm::ObservableAdapter<dm::network<>>);

BOOST_AUTO_TEST_SUITE(layer_outputs)

// Layers that compute nothing are among them, at the beginning, in between and at the end.
BOOST_AUTO_TEST_CASE_TEMPLATE(are_the_verifiers_activations, Space, support::spaces) {
  const Space space;
  double worst = 0;
  std::size_t compared = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    auto made = support::make_case(seed, false, 1 + seed % 4);
    naive::layer dropout;
    dropout.kind = "dropout";
    if (seed % 3 == 0) made.network.insert(made.network.begin(), dropout);
    auto network = support::network_of<dm::storage::kokkos_view<double, typename Space::memory_space>, Space>(made, space);
    const auto found = support::observed(space, network, made);
    BOOST_REQUIRE(found.size() == made.network.size() + 1);
    for (std::size_t i = 0; i < made.inputs.size(); ++i) {
      naive::tensor x = made.inputs[i];
      BOOST_TEST(found[0][i] == x.values, boost::test_tools::per_element());
      for (std::size_t layer = 0; layer < made.network.size(); ++layer) {
        x = naive::run(support::as_run(made.network, layer), x);
        const auto& given = found[layer + 1][i];
        BOOST_REQUIRE(given.size() == x.values.size());
        for (std::size_t j = 0; j < given.size(); ++j)
          worst = std::max(worst, std::abs(given[j] - x.values[j]) / std::max(1.0, std::abs(x.values[j])));
        compared += given.size();
      }
    }
  }
  BOOST_TEST(worst < 1e-13);
  BOOST_TEST(compared > 1000U);
}

// Nothing is copied: the last layer's are the outputs, a Dropout's are those of the layer before it.
BOOST_AUTO_TEST_CASE(are_views) {
  dm::program_builder net({3}, "in");
  net.flatten("flat");
  net.dense("hidden", {.units = 4, .activation = dm::activation::relu{}, .use_bias = false}, {std::vector<float>(12)});
  net.identity("drop", "Dropout");
  net.dense("out", {.units = 2, .use_bias = false}, {std::vector<float>(8)});
  net.softmax("softmax");
  dm::network<> network(std::move(net).finish());
  std::vector<float> inputs(6), outputs(4);
  const dm::matrix<float> into(outputs.data(), 2, 2);
  dm::network<>::activations_type activations;
  network.reserve(activations, 9);  // room for more inputs changes nothing
  network.predict(dm::matrix<const float>(inputs.data(), 2, 3), into, activations);
  const auto of = [&](std::size_t layer) { return network.layer_outputs(layer, activations, into); };
  BOOST_TEST(of(0).data() == inputs.data());
  BOOST_TEST(of(1).data() == inputs.data());
  BOOST_TEST(of(2).data() == activations.outputs[network.model().layers()[2].output].data());
  BOOST_TEST(of(3).data() == of(2).data());
  BOOST_TEST(of(4).data() == outputs.data());
  BOOST_TEST(of(5).data() == outputs.data());
  for (std::size_t layer = 0; layer < 6; ++layer) BOOST_TEST(of(layer).extent(0) == 2U);
  BOOST_TEST(of(3).extent(1) == 4U);
  BOOST_TEST(of(5).extent(1) == 2U);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused) {
  const auto made = support::make_case(1, false, 3);
  auto network = support::network_of(made);
  const auto tests = support::tests_of(made);
  std::vector<float> scratch, outputs(4 * made.classes);
  dm::network<>::activations_type activations;
  const auto text = [&](std::size_t layer, std::size_t rows) {
    return support::error_text<dm::usage_error>(
        [&] { network.layer_outputs(layer, activations, dm::matrix<const float>(outputs.data(), rows, made.classes)); });
  };
  BOOST_TEST(support::has(text(0, 3), "hold nothing yet"));
  network.predict(tests.block<float>(0, 3, scratch), dm::matrix<float>(outputs.data(), 3, made.classes), activations);
  BOOST_TEST(text(0, 3) == "no error");
  BOOST_TEST(support::has(text(0, 4), "do not fit"));
  BOOST_TEST(support::has(text(network.layers().size(), 3), "there is no layer"));
}

BOOST_AUTO_TEST_SUITE_END()
