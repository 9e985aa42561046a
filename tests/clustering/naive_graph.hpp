#pragma once

/// \file
/// Graph clustering by definition, from all pairs of vertices at every step: what the tests compare with.

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/similarity_graph.hpp>
#include <deepmaacc/core/philox.hpp>
#include <optional>
#include <vector>

namespace support {

/// Clusters of a graph, as lists of vertices, and what is similar.
class naive_clusters {
 public:
  explicit naive_clusters(const deepmaacc::similarity_graph& graph) : n_(boost::num_vertices(graph)), weights_(n_ * n_, 0.0), members_(n_) {
    for (auto [edge, end] = boost::edges(graph); edge != end; ++edge) {
      const std::size_t a = boost::source(*edge, graph), b = boost::target(*edge, graph);
      if (a == b) continue;
      const double weight = boost::get(boost::edge_weight, graph, *edge);
      weights_[a * n_ + b] += weight;
      weights_[b * n_ + a] += weight;
    }
    for (std::size_t i = 0; i < n_; ++i) members_[i] = {i};
  }

  /// By number in the dendrogram; empty for one that is part of another.
  const std::vector<std::vector<std::size_t>>& members() const { return members_; }

  double weight(std::size_t a, std::size_t b) const {
    double sum = 0;
    for (const std::size_t i : members_[a])
      for (const std::size_t j : members_[b]) sum += weights_[i * n_ + j];
    return sum;
  }
  double similarity(std::size_t a, std::size_t b) const {
    return weight(a, b) / (static_cast<double>(members_[a].size()) * static_cast<double>(members_[b].size()));
  }

  struct pair {
    std::size_t a = 0, b = 0;
    double similarity = 0;
  };
  /// The most similar pair, of equals that with the lowest vertices; none where no edge is left.
  std::optional<pair> best() const {
    std::optional<pair> found;
    std::vector<std::size_t> alive;
    for (std::size_t c = 0; c < members_.size(); ++c)
      if (!members_[c].empty()) alive.push_back(c);
    std::sort(alive.begin(), alive.end(), [&](std::size_t a, std::size_t b) { return members_[a][0] < members_[b][0]; });
    for (std::size_t i = 0; i < alive.size(); ++i)
      for (std::size_t j = i + 1; j < alive.size(); ++j) {
        const double now = similarity(alive[i], alive[j]);
        if (now > 0 && (!found || now > found->similarity)) found = pair{alive[i], alive[j], now};
      }
    return found;
  }

  std::size_t join(std::size_t a, std::size_t b) {
    std::vector<std::size_t> all = members_[a];
    all.insert(all.end(), members_[b].begin(), members_[b].end());
    std::sort(all.begin(), all.end());
    members_[a].clear();
    members_[b].clear();
    members_.push_back(all);
    return all.size();
  }

 private:
  std::size_t n_;
  std::vector<double> weights_;
  std::vector<std::vector<std::size_t>> members_;
};

/// Average linkage by definition, O(n⁴).
inline std::vector<deepmaacc::merge> naive_average(const deepmaacc::similarity_graph& graph, double threshold) {
  naive_clusters clusters(graph);
  std::vector<deepmaacc::merge> merges;
  for (auto best = clusters.best(); best && best->similarity >= threshold; best = clusters.best()) {
    const std::size_t size = clusters.join(best->a, best->b);
    merges.push_back({std::min(best->a, best->b), std::max(best->a, best->b), 1 - best->similarity, size});
  }
  return merges;
}

/// A graph of n vertices and about m edges; parallel edges and loops among them. Weights are in (0, 1], or, where `steps` is given,
/// whole numbers from 1 to it.
inline deepmaacc::similarity_graph random_graph(std::size_t n, std::size_t m, std::uint64_t seed, std::uint64_t steps = 0) {
  const deepmaacc::random_source random(seed);
  deepmaacc::similarity_graph graph(n);
  for (std::size_t e = 0; e < m; ++e) {
    const std::uint64_t bits = random.bits({.layer = 2, .neuron = e, .element = 0, .repeat = 0});
    const double weight = steps > 0 ? static_cast<double>(bits % steps + 1) : static_cast<double>((bits >> 11) + 1) * 0x1p-53;
    boost::add_edge(random.bits({.layer = 0, .neuron = e, .element = 0, .repeat = 0}) % n,
                    random.bits({.layer = 1, .neuron = e, .element = 0, .repeat = 0}) % n, weight, graph);
  }
  return graph;
}

inline deepmaacc::similarity_graph path_graph(std::size_t n) {
  deepmaacc::similarity_graph graph(n);
  for (std::size_t i = 1; i < n; ++i) boost::add_edge(i - 1, i, 1.0, graph);
  return graph;
}

/// Vertex 0 in the middle.
inline deepmaacc::similarity_graph star_graph(std::size_t n) {
  deepmaacc::similarity_graph graph(n);
  for (std::size_t i = 1; i < n; ++i) boost::add_edge(0, i, 1.0, graph);
  return graph;
}

}  // namespace support
