#include <Kokkos_Core.hpp>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/similarity_graph.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <limits>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "naive_graph.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
using support::error_text;
using support::has;

namespace {

using edge_set = std::set<std::tuple<std::size_t, std::size_t, double>>;

edge_set edges_of(const dm::similarity_graph& graph) {
  edge_set found;
  for (auto [edge, end] = boost::edges(graph); edge != end; ++edge) {
    const std::size_t a = boost::source(*edge, graph), b = boost::target(*edge, graph);
    const auto inserted = found.emplace(std::min(a, b), std::max(a, b), boost::get(boost::edge_weight, graph, *edge));
    BOOST_TEST(inserted.second);
  }
  return found;
}

/// 4 × 4; the lower triangle is not looked at.
xt::xtensor<double, 2> similarities() { return {{9, 0.5, 0.25, 0.0}, {-1, 9, 0.5, 0.125}, {-1, -1, 9, 0.75}, {-1, -1, -1, 9}}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(graph_builders)

BOOST_AUTO_TEST_CASE(a_threshold_chooses_pairs) {
  const auto matrix = similarities();
  BOOST_TEST((edges_of(dm::threshold_graph(matrix, 0.5)) == edge_set{{0, 1, 0.5}, {1, 2, 0.5}, {2, 3, 0.75}}));
  BOOST_TEST(edges_of(dm::threshold_graph(matrix, 0)).size() == 6U);
  BOOST_TEST(boost::num_vertices(dm::threshold_graph(matrix, 5)) == 4U);
  std::size_t calls = 0;
  const auto graph = dm::threshold_graph(
      4,
      [&](std::size_t i, std::size_t j) {
        ++calls;
        BOOST_TEST(i < j);
        return matrix(i, j);
      },
      0.5);
  BOOST_TEST(calls == 6U);
  BOOST_TEST((edges_of(graph) == edges_of(dm::threshold_graph(matrix, 0.5))));
  BOOST_TEST(boost::num_vertices(dm::threshold_graph(
                 0, [](std::size_t, std::size_t) { return 1; }, 0.5)) == 0U);
}

BOOST_AUTO_TEST_CASE(tensors_of_any_layout_will_do) {
  const auto matrix = similarities();
  Kokkos::View<float**, Kokkos::LayoutLeft, Kokkos::HostSpace> view("test", 4, 4);
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j) view(i, j) = static_cast<float>(matrix(i, j));
  BOOST_TEST((edges_of(dm::threshold_graph(view, 0.1)) == edges_of(dm::threshold_graph(matrix, 0.1))));
  BOOST_TEST((edges_of(dm::neighbour_graph(view, 1)) == edges_of(dm::neighbour_graph(matrix, 1))));
  const xt::xtensor<double, 2> wide = xt::zeros<double>({3, 4});
  BOOST_TEST(has(error_text<dm::data_error>([&] { dm::threshold_graph(wide, 0.1); }), "square matrix, but have shape (3, 4)"));
  BOOST_TEST(has(error_text<dm::data_error>([&] { dm::neighbour_graph(wide, 1); }), "square matrix, but have shape (3, 4)"));
}

BOOST_AUTO_TEST_CASE(neighbours_by_hand) {
  // 0 chooses 1; 1 chooses 0, though 2 is as similar; 2 and 3 choose each other.
  BOOST_TEST((edges_of(dm::neighbour_graph(similarities(), 1)) == edge_set{{0, 1, 0.5}, {2, 3, 0.75}}));
  // 0 and 1, 2; 1 and 0, 2; 2 and 3, 1; 3 and 2, 1.
  BOOST_TEST(
      (edges_of(dm::neighbour_graph(similarities(), 2)) == edge_set{{0, 1, 0.5}, {0, 2, 0.25}, {1, 2, 0.5}, {2, 3, 0.75}, {1, 3, 0.125}}));
  BOOST_TEST(edges_of(dm::neighbour_graph(similarities(), 3)).size() == 6U);
  BOOST_TEST(edges_of(dm::neighbour_graph(similarities(), 100)).size() == 6U);
}

BOOST_AUTO_TEST_CASE(neighbours_agree_with_the_definition) {
  const dm::random_source random(7);
  for (const std::uint64_t steps : {3U, 1000000U}) {
    const std::size_t n = 30;
    std::vector<std::vector<double>> all(n, std::vector<double>(n));
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = i + 1; j < n; ++j)
        all[i][j] = all[j][i] = static_cast<double>(random.bits({.layer = i, .neuron = j, .element = 0, .repeat = 0}) % steps);
    for (std::size_t k = 1; k < n; k += 4) {
      edge_set expected;
      for (std::size_t i = 0; i < n; ++i) {
        std::vector<std::pair<double, std::size_t>> others;
        for (std::size_t j = 0; j < n; ++j)
          if (i != j) others.emplace_back(-all[i][j], j);
        std::sort(others.begin(), others.end());
        for (std::size_t c = 0; c < k; ++c)
          expected.emplace(std::min(i, others[c].second), std::max(i, others[c].second), -others[c].first);
      }
      const auto graph = dm::neighbour_graph(
          n, [&](std::size_t i, std::size_t j) { return all[i][j]; }, k);
      BOOST_TEST((edges_of(graph) == expected));
    }
  }
}

BOOST_AUTO_TEST_CASE(bad_similarities_name_the_pair) {
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(), -0.5}) {
    auto matrix = similarities();
    matrix(1, 3) = bad;
    const std::string text = "the edge of vertices 1 and 3 has weight ";
    BOOST_TEST(has(error_text<dm::data_error>([&] { dm::threshold_graph(matrix, 0); }), text));
    BOOST_TEST(has(error_text<dm::data_error>([&] { dm::neighbour_graph(matrix, 3); }), text));
    if (bad != -0.5) {
      BOOST_TEST(has(error_text<dm::data_error>([&] { dm::threshold_graph(matrix, 0.1); }), text));
      BOOST_TEST(has(error_text<dm::data_error>([&] { dm::neighbour_graph(matrix, 1); }), text));
    } else {
      // Not similar enough, and not chosen.
      BOOST_TEST(edges_of(dm::threshold_graph(matrix, 0.1)).size() == 4U);
      BOOST_TEST(edges_of(dm::neighbour_graph(matrix, 1)).size() == 2U);
    }
  }
}

BOOST_AUTO_TEST_CASE(bad_calls_are_refused) {
  BOOST_TEST(has(error_text<dm::usage_error>([] { dm::neighbour_graph(similarities(), 0); }), "k is 0"));
  for (const double threshold : {-0.5, std::nan("")})
    BOOST_TEST(has(error_text<dm::usage_error>([&] { dm::threshold_graph(similarities(), threshold); }),
                   "deepmaacc::threshold_graph: threshold is "));
}

BOOST_AUTO_TEST_SUITE_END()
