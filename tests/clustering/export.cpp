#include <algorithm>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/topological_sort.hpp>
#include <boost/test/unit_test.hpp>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <deepmaacc/clustering/cophenetic.hpp>
#include <deepmaacc/clustering/dendrogram_graph.hpp>
#include <deepmaacc/clustering/graphviz.hpp>
#include <deepmaacc/clustering/newick.hpp>
#include <iomanip>
#include <ios>
#include <iterator>
#include <limits>
#include <locale>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "scipy_trees.hpp"
#include "support/error_text.hpp"

namespace dm = deepmaacc;

namespace {

/// A locale that writes 1234.5 as 1.234,5.
struct commas : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

template <class Write>
std::string written(const Write& write) {
  std::ostringstream out;
  write(out);
  return out.str();
}

std::string newick(const dm::dendrogram& tree, const std::vector<std::string>& names = {}) {
  return written([&](std::ostream& out) { dm::write_newick(out, tree, names); });
}

std::string dot(const dm::dendrogram& tree, const std::vector<std::string>& names = {}) {
  return written([&](std::ostream& out) { dm::write_graphviz(out, tree, names); });
}

/// Reads one tree in Newick's format: for every leaf, its name and the lengths from it up, keyed by the node that the branch leads to.
class newick_reader {
 public:
  explicit newick_reader(std::string text) : text_(std::move(text)) {
    node({});
    BOOST_REQUIRE(text_.substr(at_) == ";");
  }

  /// Names and, per leaf, the nodes above it with the lengths of the branches below them.
  std::vector<std::string> names;
  std::vector<std::vector<std::pair<int, double>>> paths;

  /// Length of the path between two leaves.
  double path(std::size_t a, std::size_t b) const {
    std::map<int, double> above;
    double sum = 0;
    for (const auto& [node, length] : paths[a]) above[node] = sum += length;
    sum = 0;
    for (const auto& [node, length] : paths[b]) {
      sum += length;
      if (above.count(node)) return above[node] + sum;
    }
    BOOST_FAIL("the leaves have nothing in common");
    return 0;
  }

 private:
  // The leaves that it holds are those added to `names` meanwhile.
  void node(const std::vector<int>& above) {
    const std::size_t first = names.size();
    if (text_.at(at_) == '(') {
      auto within = above;
      within.push_back(nodes_++);
      do {
        ++at_;
        node(within);
      } while (text_.at(at_) == ',');
      BOOST_REQUIRE(text_.at(at_++) == ')');
    } else {
      names.push_back(name());
      paths.emplace_back();
    }
    double length = 0;
    if (text_.at(at_) == ':') {
      char* end = nullptr;
      length = std::strtod(text_.c_str() + at_ + 1, &end);
      at_ = static_cast<std::size_t>(end - text_.c_str());
    }
    if (!above.empty())
      for (std::size_t leaf = first; leaf < names.size(); ++leaf) paths[leaf].emplace_back(above.back(), length);
  }

  std::string name() {
    std::string found;
    if (text_.at(at_) != '\'') {
      while (std::string("(),:;'[] \n").find(text_.at(at_)) == std::string::npos) found += text_[at_] == '_' ? ' ' : text_[at_], ++at_;
      return found;
    }
    for (++at_;; ++at_) {
      if (text_.at(at_) == '\'' && text_.at(at_ + 1) != '\'') break;
      if (text_[at_] == '\'') ++at_;
      found += text_[at_];
    }
    ++at_;
    return found;
  }

  std::string text_;
  std::size_t at_ = 0;
  int nodes_ = 0;
};

/// What a DOT file says: labels by node, and edges in order. Fails where it is not in the shape that is read here.
struct dot_content {
  std::map<std::string, std::string> labels;
  std::vector<std::pair<std::string, std::string>> edges;

  explicit dot_content(const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    std::getline(lines, line);
    BOOST_TEST(line == "digraph G {");
    std::getline(lines, line);
    BOOST_TEST(line == "graph [ordering=out];");
    while (std::getline(lines, line) && line != "}") {
      BOOST_TEST_REQUIRE(line.back() == ';');
      if (const auto arrow = line.find("->"); arrow != std::string::npos && line.find('"') == std::string::npos) {
        edges.emplace_back(line.substr(0, arrow), line.substr(arrow + 2, line.find_first_of(" ;", arrow) - arrow - 2));
        continue;
      }
      const auto begin = line.find("[label=\"");
      BOOST_TEST_REQUIRE(begin != std::string::npos);
      std::string label;
      std::size_t at = begin + 8;
      for (; line.at(at) != '"'; ++at) {
        const bool is_escaped = line[at] == '\\';
        if (is_escaped) ++at;
        label += is_escaped && line.at(at) == 'n' ? '\n' : line.at(at);
      }
      const std::string rest = line.substr(at + 1);
      BOOST_TEST((rest == "];" || rest == ", shape=box];"));
      labels[line.substr(0, line.find_first_of(" ["))] = label;
    }
    BOOST_TEST(line == "}");
    BOOST_TEST(!std::getline(lines, line));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(exports)

BOOST_AUTO_TEST_CASE(vertices_of_the_graph_are_clusters) {
  const auto tree = support::random_tree(20, 2, 3);
  const auto graph = dm::tree_graph(tree);
  BOOST_TEST(boost::num_vertices(graph) == 37U);
  BOOST_TEST(boost::num_edges(graph) == 34U);
  for (std::size_t cluster = 0; cluster < 37; ++cluster) {
    BOOST_TEST(graph[cluster].is_leaf == tree.is_leaf(cluster));
    BOOST_TEST(graph[cluster].height == tree.height(cluster));
    BOOST_TEST(graph[cluster].size == tree.size(cluster));
    BOOST_TEST(boost::out_degree(cluster, graph) == (tree.is_leaf(cluster) ? 0U : 2U));
    if (tree.is_leaf(cluster)) continue;
    auto edge = boost::out_edges(cluster, graph).first;
    for (const std::size_t part : {tree.made_by(cluster).first, tree.made_by(cluster).second}) {
      BOOST_TEST(boost::target(*edge, graph) == part);
      BOOST_TEST(graph[*edge].length == (tree.height(cluster) - tree.height(part)) / 2);
      ++edge;
    }
  }
}

BOOST_AUTO_TEST_CASE(algorithms_of_boost_run_on_the_graph) {
  const auto tree = support::random_tree(30, 5);
  const auto graph = dm::tree_graph(tree);
  std::vector<std::size_t> order;
  boost::topological_sort(graph, std::back_inserter(order));
  BOOST_TEST(order.back() == 58U);
  std::vector<double> depth(boost::num_vertices(graph), 0);
  const auto add = [&](const auto& edge, const auto& on) { depth[target(edge, on)] = depth[source(edge, on)] + on[edge].length; };
  struct visitor : boost::default_bfs_visitor {
    const decltype(add)* each;
    explicit visitor(const decltype(add)& what) : each(&what) {}
    void tree_edge(const dm::tree_graph_type::edge_descriptor& edge, const dm::tree_graph_type& on) const { (*each)(edge, on); }
  };
  boost::breadth_first_search(graph, 58, boost::visitor(visitor(add)));
  for (std::size_t leaf = 0; leaf < 30; ++leaf) BOOST_TEST(std::abs(depth[leaf] - tree.height(58) / 2) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(dot_is_written) {
  BOOST_TEST(dot(dm::dendrogram(3, {{0, 1, 0.5, 2}, {2, 3, 2.25, 3}}), {"a", "b", "c"}) ==
             "digraph G {\ngraph [ordering=out];\n"
             "0[label=\"a\", shape=box];\n1[label=\"b\", shape=box];\n2[label=\"c\", shape=box];\n3[label=\"0.5\"];\n4[label=\"2.25\"];\n"
             "3->0 ;\n3->1 ;\n4->2 ;\n4->3 ;\n}\n");
  const auto tree = support::random_tree(2000, 3, 4);
  const dot_content content(dot(tree));
  BOOST_TEST(content.labels.size() == 3996U);
  BOOST_TEST(content.labels.at("1999") == "1999");
  BOOST_TEST_REQUIRE(content.edges.size() == 3992U);
  for (std::size_t m = 0; m < tree.merges().size(); ++m) {
    BOOST_TEST(content.edges[2 * m].first == std::to_string(2000 + m));
    BOOST_TEST(content.edges[2 * m].second == std::to_string(tree.merges()[m].first));
    BOOST_TEST(content.edges[2 * m + 1].second == std::to_string(tree.merges()[m].second));
  }
}

BOOST_AUTO_TEST_CASE(any_name_can_be_in_dot) {
  const std::vector<std::string> names{"", "two words", "say \"so\"", "C:\\new\\", "two\nlines", "\\N", "a]; b -> c", "naïve"};
  const dot_content content(dot(support::random_tree(names.size(), 1), names));
  for (std::size_t leaf = 0; leaf < names.size(); ++leaf) BOOST_TEST(content.labels.at(std::to_string(leaf)) == names[leaf]);
}

BOOST_AUTO_TEST_CASE(newick_is_written) {
  const dm::dendrogram tree(4, {{0, 2, 0.5, 2}, {1, 3, 1, 2}, {4, 5, 3, 4}});
  BOOST_TEST(newick(tree) == "((0:0.25,2:0.25):1.25,(1:0.5,3:0.5):1);\n");
  BOOST_TEST(newick(tree, {"a", "b c", "it's", "d_e"}) == "((a:0.25,'it''s':0.25):1.25,('b c':0.5,'d_e':0.5):1);\n");
  BOOST_TEST(newick(dm::dendrogram(4, {{1, 3, 1, 2}, {2, 4, 0.5, 3}})) == "0;\n(2:0.25,(1:0.5,3:0.5):-0.25);\n");
  BOOST_TEST(newick(dm::dendrogram(1, {})) == "0;\n");
  BOOST_TEST(newick(dm::dendrogram(2, {{0, 1, 0.2, 2}})) == "(0:0.10000000000000001,1:0.10000000000000001);\n");
}

BOOST_AUTO_TEST_CASE(paths_in_newick_are_cophenetic_distances) {
  for (const auto& golden : support::scipy_tree::all()) BOOST_TEST_CONTEXT(golden.name()) {
      const auto tree = golden.tree();
      const auto distances = dm::cophenetic_distances(tree);
      std::string text = newick(tree);
      BOOST_TEST_REQUIRE(text.back() == '\n');
      text.pop_back();
      const newick_reader found(text);
      BOOST_TEST_REQUIRE(found.names.size() == tree.leaves());
      for (std::size_t a = 0; a < tree.leaves(); ++a)
        for (std::size_t b = a + 1; b < tree.leaves(); ++b) {
          const double expected = support::distance_in(distances, tree.leaves(), std::stoul(found.names[a]), std::stoul(found.names[b]));
          BOOST_TEST(std::abs(found.path(a, b) - expected) <= 1e-12 * (1 + expected));
        }
    }
}

BOOST_AUTO_TEST_CASE(newick_quotes_names_that_need_it) {
  const std::vector<std::string> names{"", "plain", "a b", "a_b", "(x)", "it's", "'", "x:1", "a,b", "a;b", "[c]", "\"q\"", "{1}", "naïve"};
  std::string text = newick(support::chain(names.size()), names);
  text.pop_back();
  const newick_reader found(text);
  std::vector<std::string> expected(names.rbegin(), names.rend() - 2);
  expected.push_back(names[0]);
  expected.push_back(names[1]);
  BOOST_TEST(found.names == expected, boost::test_tools::per_element());
  BOOST_TEST(support::has(text, ",plain:"));
  BOOST_TEST(support::has(text, "naïve:"));
}

BOOST_AUTO_TEST_CASE(deep_trees_are_written) {
  const auto tree = support::chain(1'000'000);
  const auto text = newick(tree);
  BOOST_TEST(text.ends_with(";\n"));
  BOOST_TEST(static_cast<std::size_t>(std::count(text.begin(), text.end(), '(')) == tree.merges().size());
  BOOST_TEST(boost::num_edges(dm::tree_graph(tree)) == 2 * tree.merges().size());
}

BOOST_AUTO_TEST_CASE(the_state_of_a_stream_does_not_matter) {
  const auto tree = support::random_tree(1500, 9);
  const auto strangely = [](const auto& write) {
    return written([&](std::ostream& out) {
      out.imbue(std::locale(std::locale::classic(), new commas));
      out << std::hex << std::scientific << std::setprecision(2) << std::showpos;
      write(out);
    });
  };
  BOOST_TEST(strangely([&](std::ostream& out) { dm::write_newick(out, tree); }) == newick(tree));
  BOOST_TEST(strangely([&](std::ostream& out) { dm::write_graphviz(out, tree); }) == dot(tree));
}

BOOST_AUTO_TEST_CASE(wrong_input_is_refused_before_anything_is_written) {
  const dm::dendrogram tree(3, {{0, 1, 1, 2}, {2, 3, 2, 3}}), high(2, {{0, 1, std::numeric_limits<double>::infinity(), 2}});
  const auto refuses = [](auto error, const auto& write, const std::string& part) {
    std::ostringstream out;
    const auto text = support::error_text<decltype(error)>([&] { write(out); });
    BOOST_CHECK_MESSAGE(support::has(text, part), "'" << text << "' should have '" << part << "'");
    BOOST_TEST(out.str().empty());
  };
  const dm::usage_error usage("");
  const dm::data_error data("");
  const std::vector<std::string> two(2), control{"a", "b\tc", "d"};
  refuses(
      usage, [&](std::ostream& out) { dm::write_newick(out, tree, two); }, "deepmaacc::write_newick: there are 2 names for 3 leaves");
  refuses(
      usage, [&](std::ostream& out) { dm::write_graphviz(out, tree, two); }, "deepmaacc::write_graphviz: there are 2 names for 3");
  refuses(
      usage, [&](std::ostream& out) { dm::write_newick(out, tree, control); }, "the name of leaf 1 has a control character (code 9)");
  refuses(
      data, [&](std::ostream& out) { dm::write_newick(out, high); }, "merge 0 of the dendrogram has height inf");
}

BOOST_AUTO_TEST_SUITE_END()
