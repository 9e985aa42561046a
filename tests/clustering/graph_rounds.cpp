#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/cut.hpp>
#include <deepmaacc/clustering/cut_rules.hpp>
#include <deepmaacc/clustering/graph_affinity.hpp>
#include <deepmaacc/clustering/graph_components.hpp>
#include <limits>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "naive_graph.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;
using support::error_text;
using support::has;
using labels = std::vector<std::size_t>;
using boost::test_tools::per_element;

namespace {

/// The same clusters, numbered by their smallest vertices.
labels renumbered(const labels& any) {
  std::map<std::size_t, std::size_t> number;
  labels found;
  for (const std::size_t label : any) found.push_back(number.emplace(label, number.size()).first->second);
  return found;
}

void replace(labels& all, std::size_t from, std::size_t to) { std::replace(all.begin(), all.end(), from, to); }

/// Weights of all pairs of vertices.
std::vector<std::vector<double>> weights_of(const dm::similarity_graph& graph) {
  const std::size_t n = boost::num_vertices(graph);
  std::vector<std::vector<double>> weights(n, std::vector<double>(n, 0.0));
  for (auto [edge, end] = boost::edges(graph); edge != end; ++edge) {
    const std::size_t a = boost::source(*edge, graph), b = boost::target(*edge, graph);
    const double weight = boost::get(boost::edge_weight, graph, *edge);
    if (a == b) continue;
    weights[a][b] += weight;
    weights[b][a] += weight;
  }
  return weights;
}

/// Affinity clustering by definition, until no cluster finds a neighbour.
std::vector<labels> naive_affinity(const dm::similarity_graph& graph, dm::affinity_linkage linkage, double threshold) {
  const std::size_t n = boost::num_vertices(graph);
  const auto weights = weights_of(graph);
  labels now(n);
  for (std::size_t i = 0; i < n; ++i) now[i] = i;
  std::vector<labels> rounds{now};
  for (;;) {
    labels next = now;
    bool is_changed = false;
    for (std::size_t a = 0; a < n; ++a) {
      double best = 0;
      std::size_t chosen = n;
      for (std::size_t b = 0; b < n; ++b) {  // clusters are called by their smallest vertex
        if (a == b) continue;
        double sum = 0, largest = 0, pairs = 0;
        for (std::size_t i = 0; i < n; ++i)
          for (std::size_t j = 0; j < n; ++j)
            if (now[i] == a && now[j] == b) {
              sum += weights[i][j];
              largest = std::max(largest, weights[i][j]);
              ++pairs;
            }
        const double similarity = linkage == dm::affinity_linkage::maximum ? largest : pairs > 0 ? sum / pairs : 0;
        if (similarity > best && similarity >= threshold) {
          best = similarity;
          chosen = b;
        }
      }
      if (chosen == n) continue;
      const auto at = [&](std::size_t cluster) {
        return next[static_cast<std::size_t>(std::find(now.begin(), now.end(), cluster) - now.begin())];
      };
      const std::size_t one = at(a), other = at(chosen);
      replace(next, std::max(one, other), std::min(one, other));
      is_changed = true;
    }
    if (!is_changed) return rounds;
    now = next;
    rounds.push_back(renumbered(now));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(graph_components)

BOOST_AUTO_TEST_CASE(a_graph_by_hand) {
  dm::similarity_graph graph(6);
  boost::add_edge(4, 1, 0.5, graph);
  boost::add_edge(2, 0, 0.25, graph);
  boost::add_edge(1, 3, 0.5, graph);
  boost::add_edge(3, 5, 0.125, graph);
  boost::add_edge(5, 3, 0.125, graph);
  boost::add_edge(0, 5, 0.0, graph);
  BOOST_TEST(dm::graph_components(graph) == (labels{0, 1, 2, 1, 1, 3}), per_element());
  BOOST_TEST(dm::graph_components(graph, {.threshold = 0.25}) == (labels{0, 1, 0, 1, 1, 1}), per_element());
  BOOST_TEST(dm::graph_components(graph, {.threshold = 0}) == (labels{0, 1, 0, 1, 1, 1}), per_element());
  BOOST_TEST(dm::graph_components(graph, {.threshold = 1}) == (labels{0, 1, 2, 3, 4, 5}), per_element());
  BOOST_TEST(dm::graph_components(graph, boost::get(boost::edge_weight, graph), boost::get(boost::vertex_index, graph),
                                  {.threshold = 0.25}) == (labels{0, 1, 0, 1, 1, 1}),
             per_element());
  BOOST_TEST(dm::graph_components(dm::similarity_graph(0)).empty());
  BOOST_TEST(has(error_text<dm::usage_error>([&] { dm::graph_components(graph, {.threshold = std::nan("")}); }),
                 "deepmaacc::graph_components: threshold is "));
}

BOOST_AUTO_TEST_CASE(random_graphs_agree_with_the_definition) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto graph = support::random_graph(40, 60, seed);
    const auto weights = weights_of(graph);
    for (const double threshold : {0.1, 0.5, 0.8}) {
      labels all(40);
      for (std::size_t i = 0; i < 40; ++i) all[i] = i;
      for (std::size_t i = 0; i < 40; ++i)
        for (std::size_t j = 0; j < 40; ++j)
          if (weights[i][j] >= threshold) replace(all, all[i], all[j]);
      BOOST_TEST(dm::graph_components(graph, {.threshold = threshold}) == renumbered(all), per_element());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(graph_affinity)

BOOST_AUTO_TEST_CASE(a_path_by_hand) {
  // 0 -1- 1 -2- 2 -1- 3 -2- 4 in eighths: everybody's choice is clear but that of 2.
  dm::similarity_graph graph(5);
  boost::add_edge(0, 1, 0.125, graph);
  boost::add_edge(1, 2, 0.25, graph);
  boost::add_edge(2, 3, 0.125, graph);
  boost::add_edge(3, 4, 0.25, graph);
  const auto found = dm::graph_affinity(graph);
  BOOST_TEST_REQUIRE(found.rounds.size() == 3U);
  BOOST_TEST(found.rounds[0] == (labels{0, 1, 2, 3, 4}), per_element());
  BOOST_TEST(found.rounds[1] == (labels{0, 0, 0, 1, 1}), per_element());
  BOOST_TEST(found.rounds[2] == (labels{0, 0, 0, 0, 0}), per_element());
  const std::vector<dm::merge> expected{{1, 2, 1, 2}, {3, 4, 1, 2}, {0, 5, 1, 3}, {6, 7, 2, 5}};
  BOOST_TEST((found.tree.merges() == expected));
  // Two joins are enough for 3 clusters: the most similar ones are made.
  const auto three = dm::graph_affinity(graph, {.clusters = 3});
  BOOST_TEST_REQUIRE(three.rounds.size() == 2U);
  BOOST_TEST(three.rounds[1] == (labels{0, 1, 1, 2, 2}), per_element());
  BOOST_TEST(dm::graph_affinity(graph, {.clusters = 9}).rounds.size() == 1U);
  BOOST_TEST(dm::graph_affinity(graph, {.threshold = 0.2}).rounds.back() == (labels{0, 1, 1, 2, 2}), per_element());
}

BOOST_AUTO_TEST_CASE(of_equals_the_lowest_is_chosen) {
  const auto found = dm::graph_affinity(support::path_graph(6));
  // 1 chooses 0, 2 chooses 1, and so on: one round.
  BOOST_TEST(found.rounds.size() == 2U);
  dm::similarity_graph square(4);  // 1 and 2 choose 0, which chooses 1; 3 chooses 1
  boost::add_edge(3, 2, 1.0, square);
  boost::add_edge(2, 0, 1.0, square);
  boost::add_edge(1, 3, 1.0, square);
  boost::add_edge(1, 0, 1.0, square);
  const std::vector<dm::merge> expected{{0, 1, 1, 2}, {2, 4, 1, 3}, {3, 5, 1, 4}};
  BOOST_TEST((dm::graph_affinity(square).tree.merges() == expected));
}

BOOST_AUTO_TEST_CASE(random_graphs_agree_with_the_definition) {
  for (const auto linkage : {dm::affinity_linkage::maximum, dm::affinity_linkage::average})
    for (std::uint64_t seed = 0; seed < 12; ++seed)
      for (const std::uint64_t steps : {0U, 2U}) {
        const auto graph = support::random_graph(24, 20 + 4 * seed, seed, steps);
        for (const double threshold : {0.0, 0.3}) {
          BOOST_TEST_CONTEXT("seed " << seed << ", threshold " << threshold << ", steps " << steps) {
            const auto expected = naive_affinity(graph, linkage, threshold);
            const auto found = dm::graph_affinity(graph, {.linkage = linkage, .threshold = threshold});
            BOOST_TEST_REQUIRE(found.rounds.size() == expected.size());
            for (std::size_t r = 0; r < expected.size(); ++r) {
              BOOST_TEST(found.rounds[r] == expected[r], per_element());
              BOOST_TEST(dm::cut(found.tree, dm::cut_rule::height{static_cast<double>(r)}) == expected[r], per_element());
            }
          }
        }
      }
}

BOOST_AUTO_TEST_CASE(a_count_is_kept) {
  const auto graph = support::random_graph(60, 400, 2);
  for (std::size_t clusters = 1; clusters < 60; clusters += 7)
    BOOST_TEST(dm::graph_affinity(graph, {.linkage = dm::affinity_linkage::average, .clusters = clusters}).tree.trees() == clusters);
}

BOOST_AUTO_TEST_CASE(large_graphs_are_quick) {
  const std::size_t n = 100000;
  BOOST_TEST(dm::graph_affinity(support::path_graph(n)).tree.trees() == 1U);
  BOOST_TEST(dm::graph_affinity(support::star_graph(n)).tree.trees() == 1U);
  const auto random = dm::graph_affinity(support::random_graph(n, 3 * n, 1), {.linkage = dm::affinity_linkage::average});
  BOOST_TEST(random.rounds.size() <= 18U);
}

BOOST_AUTO_TEST_CASE(bad_input_is_refused) {
  BOOST_TEST(dm::graph_affinity(dm::similarity_graph(2)).rounds.size() == 1U);
  BOOST_TEST(has(error_text<dm::data_error>([] { dm::graph_affinity(dm::similarity_graph(0)); }), "no vertex"));
  auto graph = support::path_graph(3);
  BOOST_TEST((dm::graph_affinity(graph, boost::get(boost::edge_weight, graph), boost::get(boost::vertex_index, graph)).tree ==
              dm::graph_affinity(graph).tree));
  BOOST_TEST(has(error_text<dm::usage_error>([&] { dm::graph_affinity(graph, {.clusters = 0}); }), "clusters is 0"));
  BOOST_TEST(has(error_text<dm::usage_error>([&] { dm::graph_affinity(graph, {.threshold = -1}); }),
                 "deepmaacc::graph_affinity: threshold is -1"));
  boost::add_edge(0, 2, -1.0, graph);
  BOOST_TEST(has(error_text<dm::data_error>([&] { dm::graph_affinity(graph); }), "the edge of vertices 0 and 2 has weight -1"));
}

BOOST_AUTO_TEST_CASE(it_tells_and_stops) {
  std::size_t done = 0;
  std::stop_source source;
  dm::graph_affinity_options options;
  options.observer.interval = std::chrono::milliseconds(0);
  options.observer.stop = source.get_token();
  options.observer.on_progress = [&](const dm::progress_report& at) { done = at.done; };
  dm::graph_affinity(support::path_graph(40), options);
  BOOST_TEST(done == 39U);
  source.request_stop();
  BOOST_TEST(has(error_text<dm::stopped>([&] { dm::graph_affinity(support::path_graph(40), options); }), "deepmaacc::graph_affinity"));
}

BOOST_AUTO_TEST_SUITE_END()
