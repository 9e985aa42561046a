#pragma once

/// \file
/// A similarity graph whose clusters merge many at a time: what `graph_approximate` works on.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/clustering/similarity_graph.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <utility>
#include <vector>

namespace deepmaacc::detail {

/// Clusters live in places: that of a vertex at first, then that of the cluster which took it over. While many clusters change at once,
/// each reads the state of the others as it was before, and sums are made in an order that depends on the graph only: so results do not
/// depend on threads.
template <class Space>
class contracted_graph {
 public:
  struct link {
    std::size_t to = 0;
    double weight = 0;  ///< of all edges between the two clusters
  };
  struct cluster {
    std::vector<link> links;  ///< ascending
    double size = 1;
    double best = -1;  ///< similarity of the most similar neighbour; −1 where there is none
  };
  /// The cluster `place` becomes part of the cluster `into`.
  struct join {
    std::size_t place = 0, into = 0;
  };

  contracted_graph(const Space& space, const edge_list& graph)
      : space_(space), clusters_(graph.vertices), place_now_(graph.vertices), is_touched_(graph.vertices, 0) {
    // Edges ascend, so each list does: a vertex meets its lower neighbours first, then its higher ones.
    for (const auto& edge : graph.edges) {
      clusters_[edge.first].links.push_back({edge.second, edge.weight});
      clusters_[edge.second].links.push_back({edge.first, edge.weight});
    }
    for (std::size_t place = 0; place < places(); ++place) {
      place_now_[place] = place;
      clusters_[place].best = best_similarity(clusters_[place]);
    }
  }

  std::size_t places() const { return clusters_.size(); }
  const cluster& operator[](std::size_t place) const { return clusters_[place]; }
  double similarity(const cluster& one, const link& edge) const { return edge.weight / (one.size * clusters_[edge.to].size); }

  /// Runs `body(i)` for i below count, in blocks; a few are not worth waking the threads for.
  template <class Body>
  void for_each(const char* label, std::size_t count, const Body& body) const {
    constexpr std::size_t block = 1024;
    const auto run_block = [&](std::size_t b, std::size_t) {
      for (std::size_t i = b * block; i < std::min(count, (b + 1) * block); ++i) body(i);
    };
    if (count <= block)
      run_block(0, 0);
    else
      parallel_tasks(space_, label, (count + block - 1) / block, run_block);
  }

  /// Makes the joins, which are sorted by `into`: no cluster is in two, and none that others join joins another. Returns the clusters
  /// whose links changed, ascending.
  std::vector<std::size_t> contract(const std::vector<join>& joins) {
    for (const auto& one : joins) place_now_[one.place] = one.into;
    std::vector<std::size_t> relinked, resized;  // resized: the other neighbours of clusters that grow, less similar to them now
    const auto touch = [&](std::size_t place, std::vector<std::size_t>& touched) {
      if (is_touched_[place] != 0 || place_now_[place] != place) return;
      is_touched_[place] = 1;
      touched.push_back(place);
    };
    for (const auto& one : joins) {
      touch(one.into, relinked);
      for (const link& edge : clusters_[one.place].links) touch(edge.to, relinked);
    }
    for (std::size_t j = 0; j < joins.size(); ++j)
      if (j == 0 || joins[j - 1].into != joins[j].into)
        for (const link& edge : clusters_[joins[j].into].links) touch(edge.to, resized);
    std::sort(relinked.begin(), relinked.end());

    std::vector<std::vector<link>> links(relinked.size());
    for_each("deepmaacc::graph_approximate::contract", relinked.size(), [&](std::size_t t) { links[t] = links_now(relinked[t], joins); });
    for (std::size_t t = 0; t < relinked.size(); ++t) clusters_[relinked[t]].links = std::move(links[t]);
    for (const auto& one : joins) {
      clusters_[one.into].size += clusters_[one.place].size;
      clusters_[one.place] = {};
      place_now_[one.place] = one.place;
    }
    for (const auto* touched : {&relinked, &resized})
      for_each("deepmaacc::graph_approximate::best", touched->size(), [&](std::size_t t) {
        cluster& one = clusters_[(*touched)[t]];
        one.best = best_similarity(one);
        is_touched_[(*touched)[t]] = 0;
      });
    return relinked;
  }

 private:
  /// A weight on its way to a cluster's new links, named by the old places of its ends.
  struct moved_weight {
    std::size_t to = 0, low = 0, high = 0;
    double weight = 0;
    friend bool operator<(const moved_weight& a, const moved_weight& b) {
      if (a.to != b.to) return a.to < b.to;
      return a.low != b.low ? a.low < b.low : a.high < b.high;
    }
  };

  double best_similarity(const cluster& one) const {
    double best = -1;
    for (const link& edge : one.links) best = std::max(best, similarity(one, edge));
    return best;
  }

  /// The links of a cluster after the joins. A link whose two ends stay is the first term of its sum, the moved ones follow by their old
  /// places: so both ends get the same number.
  std::vector<link> links_now(std::size_t place, const std::vector<join>& joins) const {
    std::vector<moved_weight> moved;
    const auto move = [&](std::size_t member, const link& edge) {
      const std::size_t to = place_now_[edge.to];
      if (to != place) moved.push_back({to, std::min(member, edge.to), std::max(member, edge.to), edge.weight});
    };
    for (const link& edge : clusters_[place].links)
      if (place_now_[edge.to] != edge.to) move(place, edge);
    auto member = std::lower_bound(joins.begin(), joins.end(), place, [](const join& one, std::size_t into) { return one.into < into; });
    for (; member != joins.end() && member->into == place; ++member)
      for (const link& edge : clusters_[member->place].links) move(member->place, edge);
    std::sort(moved.begin(), moved.end());

    std::vector<link> links;
    links.reserve(clusters_[place].links.size() + moved.size());
    auto next = moved.begin();
    const auto add_moved = [&](std::size_t end) {
      for (; next != moved.end() && next->to < end; ++next) {
        if (!links.empty() && links.back().to == next->to)
          links.back().weight += next->weight;
        else
          links.push_back({next->to, next->weight});
      }
    };
    for (const link& edge : clusters_[place].links) {
      if (place_now_[edge.to] != edge.to) continue;
      add_moved(edge.to);
      links.push_back(edge);
    }
    add_moved(places());
    return links;
  }

  Space space_;
  std::vector<cluster> clusters_;
  std::vector<std::size_t> place_now_;  ///< differs from the place only while joins are made
  std::vector<char> is_touched_;        ///< not vector<bool>: threads write to neighbours
};

}  // namespace deepmaacc::detail
