#pragma once

/// \file
/// Graph clusterings as linkages on the similarities of all pairs.

#include <cstddef>
#include <cstdint>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/graph_approximate.hpp>
#include <deepmaacc/clustering/graph_average.hpp>
#include <deepmaacc/clustering/similarity_graph.hpp>
#include <deepmaacc/concepts/similarity_linkage.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/number_text.hpp>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::linkage {

namespace detail {

/// Joins the trees of a forest at height 1, as those of clusters without any similarity.
inline dendrogram joined(const dendrogram& forest) {
  const auto roots = forest.roots();
  std::vector<merge> merges = forest.merges();
  std::size_t whole = roots.front();
  for (std::size_t i = 1; i < roots.size(); ++i) {
    const std::size_t size = i == 1 ? forest.size(whole) : merges.back().size;
    merges.push_back({whole, roots[i], 1, size + forest.size(roots[i])});
    whole = forest.leaves() + merges.size() - 1;
  }
  return {forest.leaves(), std::move(merges)};
}

}  // namespace detail

/// Average linkage by `deepmaacc::graph_average` on the graph of the pairs that are similar enough. With the threshold at 0 the graph is
/// complete, and the tree is that of `linkage::average` on distances 1 − similarity; above it pairs that are left out have no similarity.
/// Clusters without any are joined at height 1.
struct graph_average {
  double threshold = 0;  ///< least similarity of an edge

  static constexpr const char* name() { return "graph-average"; }
  template <class Space>
  dendrogram cluster(const Space&, matrix<const double> similarities) const {
    return detail::joined(deepmaacc::graph_average(threshold_graph(similarities, threshold), {.threshold = 0}));
  }
};

/// (1 + ε)-approximate average linkage by `deepmaacc::graph_approximate`, on the complete graph; clusters without
/// any similarity are joined at height 1. The code published with Lyons and Ghanbari
/// (ICST 2025) calls an implementation with ε = 0.1 that takes this factor twice, once for the layer of similarities and once for the
/// growth within it: 1.1² = 1 + 0.21.
struct graph_approximate {
  double epsilon = 0.21;
  std::uint64_t seed = 0;

  static constexpr const char* name() { return "graph-approximate"; }
  std::string text() const { return std::string(name()) + "=" + number_text(epsilon); }
  /// \throws usage_error for an ε that is not positive.
  template <class Space>
  dendrogram cluster(const Space& space, matrix<const double> similarities) const {
    return detail::joined(
        deepmaacc::graph_approximate(space, threshold_graph(similarities, 0), {.epsilon = epsilon, .threshold = 0, .seed = seed}));
  }
};

}  // namespace deepmaacc::linkage
