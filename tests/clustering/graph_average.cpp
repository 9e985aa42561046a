#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/adjacency_matrix.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/cut.hpp>
#include <deepmaacc/clustering/cut_rules.hpp>
#include <deepmaacc/clustering/graph_average.hpp>
#include <deepmaacc/io/file.hpp>
#include <deepmaacc/io/npy.hpp>
#include <limits>
#include <map>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "naive_graph.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
using support::error_text;
using support::has;

namespace {

/// The same merges, at heights that differ by rounding only.
void check_same(const std::vector<dm::merge>& found, const std::vector<dm::merge>& expected, double tolerance = 1e-12) {
  BOOST_TEST_REQUIRE(found.size() == expected.size());
  for (std::size_t m = 0; m < found.size(); ++m) {
    BOOST_TEST_CONTEXT("merge " << m) {
      BOOST_TEST_REQUIRE(found[m].first == expected[m].first);
      BOOST_TEST_REQUIRE(found[m].second == expected[m].second);
      BOOST_TEST(found[m].size == expected[m].size);
      BOOST_TEST(std::abs(found[m].height - expected[m].height) <= tolerance);
    }
  }
}

/// The most similar pair is 2 and 3; 0 and 1 follow; 4 hangs on both.
dm::similarity_graph five_vertices() {
  dm::similarity_graph graph(5);
  boost::add_edge(0, 1, 0.75, graph);
  boost::add_edge(3, 2, 1.0, graph);
  boost::add_edge(1, 4, 0.5, graph);
  boost::add_edge(4, 2, 0.25, graph);
  return graph;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(graph_average)

BOOST_AUTO_TEST_CASE(a_graph_by_hand) {
  const auto tree = dm::graph_average(five_vertices(), {.threshold = 0});
  // {0, 1} and 4: 0.5 / 2; {2, 3} and 4: 0.25 / 2; all: 0.25 / 6.
  check_same(tree.merges(), {{2, 3, 0, 2}, {0, 1, 0.25, 2}, {4, 6, 0.75, 3}, {5, 7, 1 - 0.25 / 6, 5}});
  BOOST_TEST(dm::graph_average(five_vertices(), {.threshold = 0.25}).merges().size() == 3U);
  BOOST_TEST(dm::graph_average(five_vertices(), {.threshold = 0.26}).merges().size() == 2U);
  BOOST_TEST(dm::graph_average(five_vertices()).merges().size() == 2U);
  BOOST_TEST(dm::graph_average(five_vertices(), {.threshold = 2}).merges().empty());
}

BOOST_AUTO_TEST_CASE(random_graphs_agree_with_the_definition) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const std::size_t n = 5 + seed % 25;
    for (const std::size_t m : {n / 2, n, 3 * n, n * n}) {
      BOOST_TEST_CONTEXT("seed " << seed << ", " << n << " vertices, " << m << " edges") {
        const auto graph = support::random_graph(n, m, seed);
        for (const double threshold : {0.0, 0.3, 0.8})
          check_same(dm::graph_average(graph, {.threshold = threshold}).merges(), support::naive_average(graph, threshold));
      }
    }
  }
}

// Weights from 1 to `steps` on up to 12 vertices: quotients that are equal are equal in double too, so that the definition sees all ties.
BOOST_AUTO_TEST_CASE(of_equals_the_lowest_merge) {
  for (const std::uint64_t steps : {1U, 2U, 3U})
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
      const std::size_t n = 3 + seed % 10;
      BOOST_TEST_CONTEXT("seed " << seed << ", " << n << " vertices, " << steps << " weights") {
        const auto graph = support::random_graph(n, 3 * n, seed, steps);
        check_same(dm::graph_average(graph, {.threshold = 0}).merges(), support::naive_average(graph, 0));
      }
    }
}

BOOST_AUTO_TEST_CASE(similarities_are_compared_exactly) {
  using dm::detail::compare_quotients;
  BOOST_TEST(compare_quotients(1, 3, 2, 6) == 0);
  BOOST_TEST(compare_quotients(1, 3, std::nextafter(2.0, 3), 6) == -1);
  // The rounded products of these are equal, and so are the rounded quotients; the numbers are not.
  const double above = 1 + 0x1p-52, twice = 1 + 0x1p-51;
  BOOST_TEST(above * above == twice);
  BOOST_TEST(compare_quotients(above, 1, twice, above) == 1);
  BOOST_TEST(compare_quotients(twice, above, above, 1) == -1);
}

// 1/3 is more than the double nearest to it, though both print alike; by rounded quotients 0 and 1 would merge first, as a tie.
BOOST_AUTO_TEST_CASE(rounding_makes_no_ties) {
  dm::similarity_graph graph(6);
  boost::add_edge(0, 1, 1.0 / 3, graph);
  for (const auto& [a, b] : {std::pair{2, 3}, std::pair{2, 4}, std::pair{3, 4}, std::pair{2, 5}})
    boost::add_edge(static_cast<std::size_t>(a), static_cast<std::size_t>(b), 1.0, graph);
  check_same(dm::graph_average(graph, {.threshold = 0}).merges(), {{2, 3, 0, 2}, {4, 6, 0, 3}, {5, 7, 2.0 / 3, 4}, {0, 1, 2.0 / 3, 2}});
}

BOOST_AUTO_TEST_CASE(complete_graphs_agree_with_scipy) {
  const auto file = dm::io::read_file(std::string(DEEPMAACC_FIXTURES_DIR) + "/graph-clustering.npz");
  for (const std::string name : {"normal-7", "normal-60", "clusters-90"}) {
    BOOST_TEST_CONTEXT(name) {
      const auto distances = dm::io::read_npz<double>(file, name + ".distances");
      const auto linkage = dm::io::read_npz<double>(file, name + ".linkage");
      const std::size_t n = distances.extents.at(0);
      const double largest = *std::max_element(distances.values.begin(), distances.values.end());
      const auto graph = dm::threshold_graph(
          n, [&](std::size_t i, std::size_t j) { return 1 - distances.values[i * n + j] / largest; }, 0);
      BOOST_TEST(boost::num_edges(graph) == n * (n - 1) / 2);
      std::vector<dm::merge> expected;
      for (std::size_t m = 0; m + 1 < n; ++m) {
        const double* const row = linkage.values.data() + 4 * m;
        expected.push_back(
            {static_cast<std::size_t>(row[0]), static_cast<std::size_t>(row[1]), row[2] / largest, static_cast<std::size_t>(row[3])});
      }
      check_same(dm::graph_average(graph, {.threshold = 0}).merges(), expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(merges_get_less_similar) {
  const auto tree = dm::graph_average(support::random_graph(2000, 10000, 1), {.threshold = 0});
  for (std::size_t m = 1; m < tree.merges().size(); ++m) BOOST_TEST_REQUIRE(tree.merges()[m].height >= tree.merges()[m - 1].height - 1e-12);
}

BOOST_AUTO_TEST_CASE(a_forest_has_a_tree_per_component) {
  dm::similarity_graph graph(6);
  boost::add_edge(0, 2, 0.9, graph);
  boost::add_edge(3, 4, 0.8, graph);
  boost::add_edge(4, 5, 0.0, graph);  // the same as no edge
  const auto tree = dm::graph_average(graph, {.threshold = 0});
  BOOST_TEST(tree.trees() == 4U);
  BOOST_TEST(dm::cut(tree, dm::cut_rule::count{tree.trees()}) == (std::vector<std::size_t>{0, 1, 0, 2, 2, 3}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(graphs_without_edges) {
  BOOST_TEST(dm::graph_average(dm::similarity_graph(1)).merges().empty());
  BOOST_TEST(dm::graph_average(dm::similarity_graph(3)).trees() == 3U);
  BOOST_TEST(has(error_text<dm::data_error>([] { dm::graph_average(dm::similarity_graph(0)); }), "no vertex"));
}

BOOST_AUTO_TEST_CASE(long_paths_and_stars_are_quick) {
  const std::size_t n = 100000;
  const auto path = dm::graph_average(support::path_graph(n), {.threshold = 0});
  BOOST_TEST(path.trees() == 1U);
  BOOST_TEST((path.merges().front() == dm::merge{0, 1, 0, 2}));
  // The vertices of a path merge in pairs before any pair grows; then the first two pairs, 1 edge in 4 pairs of vertices.
  BOOST_TEST((path.merges()[n / 2] == dm::merge{n, n + 1, 0.75, 4}));
  const auto star = dm::graph_average(support::star_graph(n), {.threshold = 0});
  BOOST_TEST((star.merges().front() == dm::merge{0, 1, 0, 2}));
  for (std::size_t m = 1; m + 1 < n; ++m)
    BOOST_TEST_REQUIRE((star.merges()[m] == dm::merge{m + 1, n + m - 1, 1 - 1 / static_cast<double>(m + 1), m + 2}));
}

BOOST_AUTO_TEST_CASE(any_undirected_graph_will_do) {
  const auto expected = dm::graph_average(five_vertices(), {.threshold = 0});

  using matrix_graph = boost::adjacency_matrix<boost::undirectedS, boost::no_property, boost::property<boost::edge_weight_t, float>>;
  matrix_graph matrix(5);
  boost::add_edge(0, 1, 0.75F, matrix);
  boost::add_edge(3, 2, 1.0F, matrix);
  boost::add_edge(1, 4, 0.5F, matrix);
  boost::add_edge(4, 2, 0.25F, matrix);
  BOOST_TEST((dm::graph_average(matrix, {.threshold = 0}) == expected));

  // Vertices that are no numbers, and a weight among other things.
  struct friendship {
    int since = 0;
    double closeness = 0;
  };
  using list_graph = boost::adjacency_list<boost::listS, boost::listS, boost::undirectedS, boost::no_property, friendship>;
  list_graph list;
  std::map<list_graph::vertex_descriptor, std::size_t> index;
  std::vector<list_graph::vertex_descriptor> vertex;
  for (std::size_t i = 0; i < 5; ++i) {
    vertex.push_back(boost::add_vertex(list));
    index[vertex.back()] = i;
  }
  const auto source = five_vertices();
  for (auto [edge, end] = boost::edges(source); edge != end; ++edge)
    boost::add_edge(vertex[boost::source(*edge, source)], vertex[boost::target(*edge, source)],
                    friendship{1999, boost::get(boost::edge_weight, source, *edge)}, list);
  const auto indices = boost::make_assoc_property_map(index);
  BOOST_TEST((dm::graph_average(list, boost::get(&friendship::closeness, list), indices, {.threshold = 0}) == expected));
  index[vertex[4]] = 5;
  BOOST_TEST(has(error_text<dm::data_error>([&] { dm::graph_average(list, boost::get(&friendship::closeness, list), indices); }),
                 "vertex 5, but the graph has 5 vertices"));
}

BOOST_AUTO_TEST_CASE(parallel_edges_are_one_and_loops_none) {
  dm::similarity_graph graph(3);
  boost::add_edge(0, 1, 0.5, graph);
  boost::add_edge(1, 0, 0.125, graph);
  boost::add_edge(1, 2, 0.5, graph);
  boost::add_edge(2, 2, -1.0, graph);
  check_same(dm::graph_average(graph, {.threshold = 0}).merges(), {{0, 1, 1 - 0.625, 2}, {2, 3, 0.75, 3}});
}

BOOST_AUTO_TEST_CASE(bad_weights_name_the_edge) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double weight : {-0.25, infinity, -infinity, std::nan(""), 1e300}) {
    auto graph = five_vertices();
    boost::add_edge(3, 1, weight, graph);
    BOOST_TEST(has(error_text<dm::data_error>([&] { dm::graph_average(graph); }), "the edge of vertices 3 and 1 has weight "));
  }
}

BOOST_AUTO_TEST_CASE(thresholds_are_similarities) {
  for (const double threshold : {-0.1, std::nan(""), std::numeric_limits<double>::infinity()})
    BOOST_TEST(has(error_text<dm::usage_error>([&] { dm::graph_average(five_vertices(), {.threshold = threshold}); }),
                   "deepmaacc::graph_average: threshold is "));
}

BOOST_AUTO_TEST_CASE(weights_may_be_large_and_small) {
  dm::similarity_graph graph(4);
  boost::add_edge(0, 1, 0x1p+900, graph);
  boost::add_edge(1, 2, 0x1p+899, graph);
  boost::add_edge(2, 3, 0x1p-900, graph);
  const auto tree = dm::graph_average(graph, {.threshold = 0});
  BOOST_TEST(tree.trees() == 1U);
  BOOST_TEST(tree.merges()[0].first == 0U);
  BOOST_TEST(tree.merges()[2].first == 3U);
}

BOOST_AUTO_TEST_CASE(it_tells_and_stops) {
  std::size_t done = 0, total = 0;
  std::stop_source source;
  dm::graph_average_options options{.threshold = 0};
  options.observer.interval = std::chrono::milliseconds(0);
  options.observer.stop = source.get_token();
  options.observer.on_progress = [&](const dm::progress_report& at) {
    done = at.done;
    total = at.total;
  };
  dm::graph_average(five_vertices(), options);
  BOOST_TEST(done == 4U);
  BOOST_TEST(total == 4U);
  source.request_stop();
  BOOST_TEST(has(error_text<dm::stopped>([&] { dm::graph_average(five_vertices(), options); }), "deepmaacc::graph_average"));
}

BOOST_AUTO_TEST_SUITE_END()
