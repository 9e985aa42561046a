// Cut rules of one's own: clusters of a bounded size, and clusters that end where the heights jump.
#include <algorithm>
#include <cstddef>
#include <deepmaacc/clustering/cut.hpp>
#include <deepmaacc/clustering/cut_rules.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <iostream>
#include <vector>

#include "expect.hpp"

namespace dm = deepmaacc;

// Merges hold as long as their cluster has at most so many leaves. A merge is larger than those below it, so none holds without them.
struct at_most {
  std::size_t leaves = 1;

  std::vector<bool> operator()(const dm::dendrogram& tree) const {
    std::vector<bool> holds;
    for (const dm::merge& one : tree.merges()) holds.push_back(one.size <= leaves);
    return holds;
  }
};
static_assert(dm::CutRule<at_most, dm::dendrogram>);

// Cuts where the heights of the merges, in order, leave the largest gap. A rule can be made of another one.
struct largest_gap {
  std::vector<bool> operator()(const dm::dendrogram& tree) const {
    std::vector<double> heights;
    for (const dm::merge& one : tree.merges()) heights.push_back(one.height);
    std::sort(heights.begin(), heights.end());
    std::size_t below = 0;
    for (std::size_t i = 0; i + 1 < heights.size(); ++i)
      if (heights[i + 1] - heights[i] > heights[below + 1] - heights[below]) below = i;
    return dm::cut_rule::height{.height = heights.empty() ? 0 : heights[below]}(tree);
  }
};
static_assert(dm::CutRule<largest_gap, dm::dendrogram>);

void print(const char* rule, const std::vector<std::size_t>& labels) {
  std::cout << rule << ':';
  for (const auto& cluster : dm::members(labels)) {
    std::cout << " {";
    for (const std::size_t leaf : cluster) std::cout << (leaf == cluster.front() ? "" : " ") << leaf;
    std::cout << '}';
  }
  std::cout << '\n';
}

int main() {
  // The points 0, 1, 3, 10, 12, 15 and 40 on a line, each cluster merged with the nearest one.
  const dm::dendrogram tree(7, {{0, 1, 1, 2}, {2, 7, 2, 3}, {3, 4, 2, 2}, {5, 9, 3, 3}, {8, 10, 7, 6}, {6, 11, 25, 7}});

  const auto pairs = dm::cut(tree, at_most{2});
  const auto triples = dm::cut(tree, at_most{3});
  const auto gap = dm::cut(tree, largest_gap{});
  print("at most 2", pairs);
  print("at most 3", triples);
  print("largest gap", gap);

  expect(pairs == std::vector<std::size_t>{0, 0, 1, 2, 2, 3, 4}, "the leaves that merge first stay together");
  expect(triples == std::vector<std::size_t>{0, 0, 0, 1, 1, 1, 2}, "two clusters of three, and the point far away");
  expect(gap == dm::cut(tree, dm::cut_rule::count{.clusters = 2}), "the largest gap is below the last merge");
  return expectations_failed();
}
