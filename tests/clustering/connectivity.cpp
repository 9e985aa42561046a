#include <Kokkos_Core.hpp>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/adjacency_matrix.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/connectivity.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/npy.hpp>
#include <random>
#include <set>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/error_text.hpp"
#include "support/spaces.hpp"

namespace dm = deepmaacc;
using graph_type = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS>;
static_assert(!std::is_constructible_v<dm::connectivity<graph_type>, graph_type>);  // it would refer to what is gone
using edge_list = std::vector<std::pair<std::size_t, std::size_t>>;

namespace {

const dm::distance::euclidean euclidean;

xt::xtensor<double, 2> random_points(std::size_t n, std::size_t d, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  xt::xtensor<double, 2> points(std::array<std::size_t, 2>{n, d});
  for (double& number : points) number = normal(random);
  return points;
}

graph_type graph_of(std::size_t n, const edge_list& edges) {
  graph_type graph(n);
  for (const auto& [a, b] : edges) boost::add_edge(a, b, graph);
  return graph;
}

edge_list complete_edges(std::size_t n) {
  edge_list edges;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < i; ++j) edges.emplace_back(i, j);
  return edges;
}

edge_list random_edges(std::size_t n, std::size_t count, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::size_t> pick(0, n - 1);
  edge_list edges;
  for (std::size_t e = 0; e < count; ++e) edges.emplace_back(pick(random), pick(random));  // loops and doubles too
  return edges;
}

/// The definition: clusters as sets of points, all pairs tried for each merge. Average linkage and Ward only.
std::vector<double> naive_heights(const xt::xtensor<double, 2>& points, const edge_list& edges, bool is_ward) {
  const std::size_t n = points.shape()[0], d = points.shape()[1];
  std::vector<std::vector<std::size_t>> clusters(n);
  for (std::size_t i = 0; i < n; ++i) clusters[i] = {i};
  const auto apart = [&](const std::vector<std::size_t>& a, const std::vector<std::size_t>& b) {
    const auto count = [](const std::vector<std::size_t>& one) { return static_cast<double>(one.size()); };
    double sum = 0;
    if (is_ward) {
      for (std::size_t k = 0; k < d; ++k) {
        double x = 0, y = 0;
        for (const std::size_t i : a) x += points(i, k) / count(a);
        for (const std::size_t j : b) y += points(j, k) / count(b);
        sum += (x - y) * (x - y);
      }
      return std::sqrt(2 * count(a) * count(b) / (count(a) + count(b)) * sum);
    }
    for (const std::size_t i : a)
      for (const std::size_t j : b) {
        double squared = 0;
        for (std::size_t k = 0; k < d; ++k) squared += (points(i, k) - points(j, k)) * (points(i, k) - points(j, k));
        sum += std::sqrt(squared);
      }
    return sum / (count(a) * count(b));
  };
  std::vector<double> heights;
  for (;;) {
    std::vector<std::size_t> of(n);
    for (std::size_t c = 0; c < clusters.size(); ++c)
      for (const std::size_t i : clusters[c]) of[i] = c;
    double best = INFINITY;
    std::pair<std::size_t, std::size_t> pair;
    for (const auto& [a, b] : edges) {
      if (of[a] == of[b]) continue;
      const double distance = apart(clusters[of[a]], clusters[of[b]]);
      if (distance < best) best = distance, pair = std::minmax(of[a], of[b]);
    }
    if (best == INFINITY) return heights;
    heights.push_back(best);
    clusters[pair.first].insert(clusters[pair.first].end(), clusters[pair.second].begin(), clusters[pair.second].end());
    clusters.erase(clusters.begin() + static_cast<std::ptrdiff_t>(pair.second));
  }
}

void check_heights(const dm::dendrogram& tree, const std::vector<double>& expected) {
  BOOST_REQUIRE(tree.merges().size() == expected.size());
  for (std::size_t m = 0; m < expected.size(); ++m) BOOST_TEST(std::abs(tree.merges()[m].height - expected[m]) <= 1e-10 * expected[m]);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(connectivity)

BOOST_AUTO_TEST_CASE_TEMPLATE(the_naive_definition_agrees, Space, support::spaces) {
  for (std::uint32_t seed = 0; seed < 6; ++seed) {
    const std::size_t n = 30;
    const auto points = random_points(n, 3, seed);
    for (const std::size_t count : {15U, 40U, 200U}) {
      const auto edges = random_edges(n, count, seed);
      const auto graph = graph_of(n, edges);
      const dm::connectivity along(graph);
      check_heights(dm::agglomerate(Space{}, points, along), naive_heights(points, edges, false));
      check_heights(dm::agglomerate(Space{}, points, along, euclidean, dm::linkage::ward{}), naive_heights(points, edges, true));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_complete_graph_restricts_nothing) {
  const std::size_t n = 60;
  const auto points = random_points(n, 4, 7);
  const auto graph = graph_of(n, complete_edges(n));
  const dm::connectivity along(graph);
  const auto check = [&](const auto& rule) {
    const auto free = dm::agglomerate(dm::this_thread{}, points, euclidean, rule);
    const auto restricted = dm::agglomerate(dm::this_thread{}, points, along, euclidean, rule);
    std::vector<double> heights;
    for (const auto& one : free.merges()) heights.push_back(one.height);
    check_heights(restricted, heights);
    for (std::size_t m = 0; m < heights.size(); ++m) BOOST_TEST(restricted.merges()[m].size == free.merges()[m].size);
  };
  check(dm::linkage::single{});
  check(dm::linkage::complete{});
  check(dm::linkage::average{});
  check(dm::linkage::weighted{});
  check(dm::linkage::ward{});
  check(dm::linkage::centroid{});
  check(dm::linkage::median{});
  check(dm::linkage::flexible{});
}

BOOST_AUTO_TEST_CASE(parts_that_no_edge_connects_stay_apart) {
  const auto points = random_points(7, 2, 1);
  const auto graph = graph_of(7, {{0, 1}, {1, 2}, {3, 4}, {4, 3}, {5, 5}});
  const auto forest = dm::agglomerate(dm::this_thread{}, points, dm::connectivity(graph));
  BOOST_TEST(forest.trees() == 4U);
  BOOST_TEST(forest.merges().size() == 3U);
  BOOST_TEST(support::has(support::error_text<dm::usage_error>([&] { forest.linkage_matrix(); }), "forest of 4 trees"));
  const auto without_edges = graph_of(7, {});
  const auto none = dm::agglomerate(dm::this_thread{}, points, dm::connectivity(without_edges));
  BOOST_TEST(none.trees() == 7U);
}

BOOST_AUTO_TEST_CASE(any_graph_of_the_library_will_do) {
  const auto points = random_points(5, 2, 2);
  boost::adjacency_matrix<boost::undirectedS> matrix(5);
  const auto list = graph_of(5, {{0, 1}, {1, 2}, {2, 3}, {3, 4}});
  for (std::size_t i = 1; i < 5; ++i) boost::add_edge(i - 1, i, matrix);
  BOOST_TEST((dm::agglomerate(dm::this_thread{}, points, dm::connectivity(matrix)) ==
              dm::agglomerate(dm::this_thread{}, points, dm::connectivity(list))));
  const auto one = random_points(1, 2, 2);
  const auto vertex = graph_of(1, {});
  BOOST_TEST(dm::agglomerate(dm::this_thread{}, one, dm::connectivity(vertex)).leaves() == 1U);
}

BOOST_AUTO_TEST_CASE(ties_go_to_the_lowest_pair) {
  xt::xtensor<double, 2> points(std::array<std::size_t, 2>{6, 1});
  for (std::size_t i = 0; i < 6; ++i) points(i, 0) = static_cast<double>(i);
  const auto graph = graph_of(6, {{5, 4}, {4, 3}, {3, 2}, {2, 1}, {1, 0}});
  const auto tree = dm::agglomerate(dm::this_thread{}, points, dm::connectivity(graph), euclidean, dm::linkage::complete{});
  BOOST_TEST((tree.merges()[0] == dm::merge{0, 1, 1, 2}));
  BOOST_TEST((tree.merges()[1] == dm::merge{2, 3, 1, 2}));
  BOOST_TEST((tree.merges()[2] == dm::merge{4, 5, 1, 2}));
  BOOST_TEST((tree.merges()[3] == dm::merge{6, 7, 3, 4}));
}

BOOST_AUTO_TEST_CASE(wards_linkage_is_scikit_learns) {
  const auto file = dm::io::read_file(DEEPMAACC_FIXTURES_DIR "/connectivity.npz");
  const auto points = dm::io::read_npz<double>(file, "points"), edges = dm::io::read_npz<double>(file, "edges"),
             heights = dm::io::read_npz<double>(file, "heights");
  const std::size_t n = points.extents[0];
  edge_list pairs;
  for (std::size_t e = 0; e < edges.extents[0]; ++e)
    pairs.emplace_back(static_cast<std::size_t>(edges.values[2 * e]), static_cast<std::size_t>(edges.values[2 * e + 1]));
  const auto graph = graph_of(n, pairs);
  const Kokkos::View<const double**, Kokkos::LayoutRight, Kokkos::HostSpace> view(points.values.data(), n, points.extents[1]);
  const auto tree = dm::agglomerate(dm::this_thread{}, view, dm::connectivity(graph), euclidean, dm::linkage::ward{});
  check_heights(tree, heights.values);
}

// Where one cluster touches all others every merge changes every distance: what is out of date must not pile up.
BOOST_AUTO_TEST_CASE(a_star_and_a_grid_are_clustered) {
  const std::size_t n = 400;
  edge_list star, grid;
  for (std::size_t i = 1; i < n; ++i) star.emplace_back(0, i);
  for (std::size_t i = 0; i < n; ++i) {
    if (i % 20 != 19) grid.emplace_back(i, i + 1);
    if (i + 20 < n) grid.emplace_back(i, i + 20);
  }
  const auto points = random_points(n, 2, 9);
  for (const auto& edges : {star, grid}) {
    const auto graph = graph_of(n, edges);
    BOOST_TEST(dm::agglomerate(dm::this_thread{}, points, dm::connectivity(graph), euclidean, dm::linkage::centroid{}).trees() == 1U);
  }
  const auto few = random_points(20, 2, 9);
  edge_list small_star;
  for (std::size_t i = 1; i < 20; ++i) small_star.emplace_back(0, i);
  const auto graph = graph_of(20, small_star);
  check_heights(dm::agglomerate(dm::this_thread{}, few, dm::connectivity(graph), euclidean, dm::linkage::ward{}),
                naive_heights(few, small_star, true));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused) {
  const auto points = random_points(5, 2, 3);
  const auto four = graph_of(4, {{0, 1}});
  BOOST_TEST(support::has(support::error_text<dm::data_error>([&] { dm::agglomerate(dm::this_thread{}, points, dm::connectivity(four)); }),
                          "4 vertices, but there are 5 points"));
  const auto five = graph_of(5, {{0, 1}});
  const dm::connectivity along(five);
  dm::agglomerate_options options;
  options.memory_limit = 100;
  BOOST_TEST(support::has(support::error_text<dm::usage_error>(
                              [&] { dm::agglomerate(dm::this_thread{}, points, along, euclidean, dm::linkage::average{}, options); }),
                          "memory_limit"));
  BOOST_TEST(dm::agglomerate(dm::this_thread{}, points, along, euclidean, dm::linkage::ward{}, options).trees() == 4U);
  options = {};
  options.algorithm = dm::agglomeration::chain;
  BOOST_TEST(support::has(support::error_text<dm::usage_error>(
                              [&] { dm::agglomerate(dm::this_thread{}, points, along, euclidean, dm::linkage::average{}, options); }),
                          "one algorithm only"));
  xt::xtensor<float, 2> far(std::array<std::size_t, 2>{2, 1});
  far(0, 0) = 0, far(1, 0) = 1e20F;
  const auto pair = graph_of(2, {{0, 1}});
  BOOST_TEST(support::has(support::error_text<dm::data_error>(
                              [&] { dm::agglomerate(dm::this_thread{}, far, dm::connectivity(pair), euclidean, dm::linkage::ward{}); }),
                          "scale the points"));
  using numbered =
      boost::adjacency_list<boost::vecS, boost::listS, boost::undirectedS, boost::property<boost::vertex_index_t, std::size_t>>;
  numbered from_one;
  const auto a = boost::add_vertex(1, from_one), b = boost::add_vertex(2, from_one);
  boost::add_edge(a, b, from_one);
  BOOST_TEST(support::has(support::error_text<dm::data_error>([&] { dm::agglomerate(dm::this_thread{}, far, dm::connectivity(from_one)); }),
                          "a vertex of index 2"));
  std::stop_source source;
  source.request_stop();
  options = {};
  options.observer.stop = source.get_token();
  BOOST_CHECK_THROW(dm::agglomerate(dm::this_thread{}, points, along, euclidean, dm::linkage::ward{}, options), dm::stopped);
}

BOOST_AUTO_TEST_SUITE_END()
