#include <Kokkos_Core.hpp>
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/graph_approximate.hpp>
#include <deepmaacc/clustering/graph_average.hpp>
#include <limits>
#include <stop_token>
#include <string>
#include <vector>

#include "naive_graph.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
using support::error_text;
using support::has;

namespace {

using host_spaces = boost::mpl::list<Kokkos::DefaultHostExecutionSpace
#if defined(KOKKOS_ENABLE_SERIAL)
                                     ,
                                     Kokkos::Serial
#endif
                                     >;

/// What the guarantee says that does not hold of a tree; empty where all does. Similarities are told anew from the vertices.
std::string broken_promise(const dm::similarity_graph& graph, const dm::dendrogram& tree, double epsilon, double threshold) {
  const double slack = 1 - 1e-12;
  support::naive_clusters clusters(graph);
  for (std::size_t m = 0; m < tree.merges().size(); ++m) {
    const dm::merge& one = tree.merges()[m];
    const auto best = clusters.best();
    if (!best) return dm::detail::text("merge ", m, ": no edge is left");
    const double similarity = clusters.similarity(one.first, one.second);
    if (!(similarity >= best->similarity / (1 + epsilon) * slack))
      return dm::detail::text("merge ", m, ": similarity ", similarity, ", but the best is ", best->similarity);
    if (!(similarity >= threshold * slack)) return dm::detail::text("merge ", m, ": similarity ", similarity, " is below the threshold");
    if (!(std::abs(one.height - (1 - similarity)) <= 1e-12))
      return dm::detail::text("merge ", m, ": height ", one.height, ", but similarity ", similarity);
    clusters.join(one.first, one.second);
  }
  const auto best = clusters.best();
  if (best && best->similarity >= threshold) return dm::detail::text("a pair of similarity ", best->similarity, " was left");
  return "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(graph_approximate)

BOOST_AUTO_TEST_CASE(every_merge_is_nearly_the_best) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const std::size_t n = 4 + 4 * seed;
    for (const std::size_t m : {n, 4 * n}) {
      const auto graph = support::random_graph(n, m, seed);
      for (const double epsilon : {1e-6, 0.1, 0.5, 3.0})
        for (const double threshold : {0.0, 0.4}) {
          BOOST_TEST_CONTEXT("seed " << seed << ", " << m << " edges, epsilon " << epsilon << ", threshold " << threshold) {
            const auto tree =
                dm::graph_approximate(dm::this_thread{}, graph, {.epsilon = epsilon, .threshold = threshold, .seed = seed + 100});
            BOOST_TEST(broken_promise(graph, tree, epsilon, threshold) == "");
          }
        }
    }
  }
}

BOOST_AUTO_TEST_CASE(ties_and_shapes_keep_the_promise) {
  for (std::uint64_t seed = 0; seed < 5; ++seed)
    for (const double epsilon : {0.1, 1.0}) {
      BOOST_TEST_CONTEXT("seed " << seed << ", epsilon " << epsilon) {
        for (const auto& graph : {support::path_graph(50), support::star_graph(50), support::random_graph(40, 200, seed, 2)}) {
          const auto tree = dm::graph_approximate(dm::this_thread{}, graph, {.epsilon = epsilon, .threshold = 0, .seed = seed});
          BOOST_TEST(broken_promise(graph, tree, epsilon, 0) == "");
        }
      }
    }
}

// Stars of several blue clusters are what the guarantee is in danger from: large epsilon on a dense graph makes them.
BOOST_AUTO_TEST_CASE(large_stars_keep_the_promise) {
  dm::similarity_graph graph(60);
  for (std::size_t i = 0; i < 60; ++i)
    for (std::size_t j = i + 1; j < 60; ++j)
      if (i / 20 == j / 20 || (i + j) % 7 == 0) boost::add_edge(i, j, i / 20 == j / 20 ? 1.0 : 0.25, graph);
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto tree = dm::graph_approximate(dm::this_thread{}, graph, {.epsilon = 8, .threshold = 0, .seed = seed});
    BOOST_TEST(broken_promise(graph, tree, 8, 0) == "");
  }
}

BOOST_AUTO_TEST_CASE(a_tiny_epsilon_is_exact) {
  const auto graph = support::random_graph(60, 300, 5);
  const auto exact = dm::graph_average(graph, {.threshold = 0});
  const auto tree = dm::graph_approximate(dm::this_thread{}, graph, {.epsilon = 1e-12, .threshold = 0});
  BOOST_TEST_REQUIRE(tree.merges().size() == exact.merges().size());
  for (std::size_t m = 0; m < exact.merges().size(); ++m) {
    BOOST_TEST(tree.merges()[m].first == exact.merges()[m].first);
    BOOST_TEST(tree.merges()[m].second == exact.merges()[m].second);
    BOOST_TEST(std::abs(tree.merges()[m].height - exact.merges()[m].height) < 1e-12);
  }
}

// Enough vertices that the rounds run in parallel.
BOOST_AUTO_TEST_CASE_TEMPLATE(spaces_and_threads_change_nothing, Space, host_spaces) {
  const auto graph = support::random_graph(6000, 20000, 3);
  const dm::graph_approximate_options options{.epsilon = 0.5, .threshold = 0.01, .seed = 9};
  const auto expected = dm::graph_approximate(dm::this_thread{}, graph, options);
  BOOST_TEST(expected.merges().size() > 1000U);
  for (int run = 0; run < 2; ++run) BOOST_TEST((dm::graph_approximate(Space{}, graph, options) == expected));
}

#if defined(KOKKOS_ENABLE_OPENMP)
BOOST_AUTO_TEST_CASE(numbers_of_threads_change_nothing) {
  const auto graph = support::random_graph(6000, 20000, 4);
  const dm::graph_approximate_options options{.epsilon = 0.5, .threshold = 0.01};
  const auto expected = dm::graph_approximate(dm::this_thread{}, graph, options);
  if (Kokkos::OpenMP().concurrency() < 2) return;  // nothing to part
  const auto parts = Kokkos::Experimental::partition_space(Kokkos::OpenMP{}, 1, 1);
  BOOST_TEST((dm::graph_approximate(parts.front(), graph, options) == expected));
}
#endif

BOOST_AUTO_TEST_CASE(seeds_decide) {
  const auto graph = support::random_graph(300, 1500, 6);
  const auto with = [&](std::uint64_t seed) { return dm::graph_approximate(dm::this_thread{}, graph, {.epsilon = 1, .seed = seed}); };
  BOOST_TEST((with(1) == with(1)));
  BOOST_TEST((with(1) != with(2)));
}

BOOST_AUTO_TEST_CASE(long_paths_and_stars_are_quick) {
  const std::size_t n = 100000;
  const dm::graph_approximate_options options{.epsilon = 1, .threshold = 0.01};
  BOOST_TEST(dm::graph_approximate(dm::this_thread{}, support::path_graph(n), options).trees() < n / 8);
  BOOST_TEST(dm::graph_approximate(dm::this_thread{}, support::star_graph(n), options).trees() == n - 100);
}

BOOST_AUTO_TEST_CASE(graphs_without_edges) {
  BOOST_TEST(dm::graph_approximate(dm::this_thread{}, dm::similarity_graph(1)).merges().empty());
  BOOST_TEST(dm::graph_approximate(dm::this_thread{}, dm::similarity_graph(3)).trees() == 3U);
  BOOST_TEST(has(error_text<dm::data_error>([] { dm::graph_approximate(dm::this_thread{}, dm::similarity_graph(0)); }), "no vertex"));
}

BOOST_AUTO_TEST_CASE(maps_of_ones_own) {
  const auto graph = support::random_graph(50, 200, 8);
  const auto tree = dm::graph_approximate(dm::this_thread{}, graph, boost::get(boost::edge_weight, graph),
                                          boost::get(boost::vertex_index, graph), {.epsilon = 0.2});
  BOOST_TEST((tree == dm::graph_approximate(dm::this_thread{}, graph, {.epsilon = 0.2})));
}

BOOST_AUTO_TEST_CASE(bad_options_are_refused) {
  const auto graph = support::path_graph(4);
  for (const double epsilon : {0.0, -0.5, std::nan(""), std::numeric_limits<double>::infinity()})
    BOOST_TEST(has(error_text<dm::usage_error>([&] { dm::graph_approximate(dm::this_thread{}, graph, {.epsilon = epsilon}); }),
                   "deepmaacc::graph_approximate: epsilon is "));
  BOOST_TEST(has(error_text<dm::usage_error>([&] { dm::graph_approximate(dm::this_thread{}, graph, {.threshold = -1}); }),
                 "deepmaacc::graph_approximate: threshold is -1"));
}

BOOST_AUTO_TEST_CASE(it_tells_and_stops) {
  const auto graph = support::path_graph(40);
  std::size_t done = 0;
  std::stop_source source;
  dm::graph_approximate_options options{.threshold = 0};
  options.observer.interval = std::chrono::milliseconds(0);
  options.observer.stop = source.get_token();
  options.observer.on_progress = [&](const dm::progress_report& at) { done = at.done; };
  dm::graph_approximate(dm::this_thread{}, graph, options);
  BOOST_TEST(done == 39U);
  source.request_stop();
  BOOST_TEST(
      has(error_text<dm::stopped>([&] { dm::graph_approximate(dm::this_thread{}, graph, options); }), "deepmaacc::graph_approximate"));
}

BOOST_AUTO_TEST_SUITE_END()
