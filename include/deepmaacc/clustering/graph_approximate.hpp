#pragma once

/// \file
/// Average linkage on a similarity graph, approximate: many merges at once, each nearly the best.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/clustering/contracted_graph.hpp>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/clustering/similarity_graph.hpp>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/philox.hpp>
#include <deepmaacc/core/progress.hpp>
#include <iterator>
#include <utility>
#include <vector>

namespace deepmaacc {

/// How `graph_approximate` clusters.
struct graph_approximate_options {
  double epsilon = 0.1;    ///< a merge is at most this share less similar than the best would be: > 0
  double threshold = 0.5;  ///< least similarity of two clusters that merge; 0 merges whatever is connected
  std::uint64_t seed = 0;  ///< of the colours and choices
  progress_observer observer{};
};

namespace detail {

template <class Space>
class approximate_agglomeration {
 public:
  approximate_agglomeration(const Space& space, const edge_list& graph, const graph_approximate_options& options)
      : options_(options), random_(options.seed), graph_(space, graph), turns_(graph.vertices), number_(graph.vertices) {
    for (std::size_t place = 0; place < graph.vertices; ++place) {
      number_[place] = place;
      alive_.push_back(place);
    }
  }

  std::vector<merge> run(progress_meter& done) {
    // Two factors of this make 1 + epsilon: a layer reaches down to best / step, and before its last merge a star has grown step times.
    const double step = std::sqrt(1 + options_.epsilon);
    for (;;) {
      std::erase_if(alive_, [&](std::size_t place) { return graph_[place].best < 0; });
      double best = -1;
      for (const std::size_t place : alive_) best = std::max(best, graph_[place].best);
      if (best < 0 || best < options_.threshold) return std::move(merges_);
      contract_layer(std::max(best / step, options_.threshold), step - 1, done);
    }
  }

 private:
  using link = typename contracted_graph<Space>::link;
  using cluster = typename contracted_graph<Space>::cluster;
  using join = typename contracted_graph<Space>::join;
  /// What a cluster does in a round.
  struct turn {
    std::size_t round = 0;  ///< that it is of; rounds count from 1
    std::uint64_t key = 0;  ///< for the order in which a red cluster takes proposals
    std::size_t target = 0;
    double similarity = -1;  ///< with the star, when it joins
    bool is_red = false, is_proposed = false, is_joined = false;
  };

  /// Merges until no pair is as similar as `layer`.
  void contract_layer(double layer, double growth, progress_meter& done) {
    std::vector<std::size_t> active, candidates;
    for (const std::size_t place : alive_)
      if (graph_[place].best >= layer) active.push_back(place);
    while (!active.empty()) {
      done.check();
      ++round_;
      const std::vector<join> joins = take(propose(active, layer), growth);
      const std::vector<std::size_t> relinked = graph_.contract(joins);
      // Average linkage is reducible: only by rounding does a cluster come into the layer. If it does, its neighbour must find it there.
      candidates.clear();
      std::set_union(active.begin(), active.end(), relinked.begin(), relinked.end(), std::back_inserter(candidates));
      active.swap(candidates);
      std::erase_if(active, [&](std::size_t place) { return graph_[place].best < layer; });
      done.advance(joins.size());
    }
  }

  /// Colours the clusters; each blue one proposes to one of its red neighbours in the layer. Returns those that propose, in the order in
  /// which they are answered.
  std::vector<std::size_t> propose(const std::vector<std::size_t>& active, double layer) {
    graph_.for_each("deepmaacc::graph_approximate::colour", active.size(), [&](std::size_t i) {
      turn& one = turns_[active[i]];
      one = {};
      one.round = round_;
      one.key = random_.bits({.layer = 0, .neuron = active[i], .element = 0, .repeat = round_});
      one.is_red = one.key >> 63 != 0;
    });
    graph_.for_each("deepmaacc::graph_approximate::propose", active.size(), [&](std::size_t i) {
      const std::size_t place = active[i];
      const cluster& blue = graph_[place];
      turn& one = turns_[place];
      if (one.is_red) return;
      // A neighbour in the layer is active too: both ends have the same weight, bit for bit.
      const auto is_candidate = [&](const link& edge) { return graph_.similarity(blue, edge) >= layer && turns_[edge.to].is_red; };
      const auto count = static_cast<std::size_t>(std::count_if(blue.links.begin(), blue.links.end(), is_candidate));
      if (count == 0) return;
      std::size_t skipped = random_.bits({.layer = 1, .neuron = place, .element = 0, .repeat = round_}) % count;
      for (const link& edge : blue.links)
        if (is_candidate(edge) && skipped-- == 0) {
          one.target = edge.to;
          break;
        }
      one.is_proposed = true;
    });
    std::vector<std::size_t> proposals;
    for (const std::size_t place : active)
      if (turns_[place].is_proposed) proposals.push_back(place);
    std::sort(proposals.begin(), proposals.end(), [&](std::size_t a, std::size_t b) {
      const turn &one = turns_[a], &other = turns_[b];
      if (one.target != other.target) return one.target < other.target;
      return one.key != other.key ? one.key < other.key : a < b;
    });
    return proposals;
  }

  /// Each red cluster takes proposals, until they have made it grow by more than `growth` of its size. Writes the merges down.
  std::vector<join> take(const std::vector<std::size_t>& proposals, double growth) {
    std::vector<std::size_t> stars;  // where the proposals to one red cluster begin
    for (std::size_t p = 0; p < proposals.size(); ++p)
      if (p == 0 || turns_[proposals[p]].target != turns_[proposals[p - 1]].target) stars.push_back(p);
    stars.push_back(proposals.size());
    graph_.for_each("deepmaacc::graph_approximate::take", stars.size() - 1, [&](std::size_t s) {
      const std::size_t centre = turns_[proposals[stars[s]]].target;
      const double size = graph_[centre].size;
      double grown = 0;
      for (std::size_t p = stars[s]; p < stars[s + 1] && grown <= growth * size; ++p) {
        const cluster& blue = graph_[proposals[p]];
        turn& one = turns_[proposals[p]];
        double weight = 0;
        for (const link& edge : blue.links)
          if (edge.to == centre || is_part_of_star(edge.to, centre)) weight += edge.weight;
        one.similarity = weight / (blue.size * (size + grown));
        if (one.similarity < options_.threshold) continue;
        one.is_joined = true;
        grown += blue.size;
      }
    });
    std::vector<join> joins;
    for (const std::size_t place : proposals) {
      const turn& one = turns_[place];
      if (!one.is_joined) continue;
      joins.push_back({place, one.target});
      const std::size_t a = number_[one.target], b = number_[place];
      merges_.push_back({std::min(a, b), std::max(a, b), 1 - one.similarity, size_of(a) + size_of(b)});
      number_[one.target] = turns_.size() + merges_.size() - 1;
    }
    return joins;
  }

  /// Whether a cluster has just joined a star. Of other stars only what was settled by the proposals is read: their threads are at work.
  bool is_part_of_star(std::size_t place, std::size_t centre) const {
    const turn& one = turns_[place];
    return one.round == round_ && one.is_proposed && one.target == centre && one.is_joined;
  }
  std::size_t size_of(std::size_t number) const { return number < turns_.size() ? 1 : merges_[number - turns_.size()].size; }

  const graph_approximate_options& options_;
  random_source random_;
  contracted_graph<Space> graph_;
  std::vector<turn> turns_;          ///< by place
  std::vector<std::size_t> number_;  ///< by place: of the cluster, in the dendrogram
  std::vector<std::size_t> alive_;   ///< places whose cluster may have a neighbour, ascending
  std::vector<merge> merges_;
  std::size_t round_ = 0;
};

template <class Space>
dendrogram graph_approximate(const Space& space, const edge_list& graph, const graph_approximate_options& options) {
  require_kokkos("deepmaacc::graph_approximate", space);
  if (!(options.epsilon > 0) || !std::isfinite(options.epsilon))
    throw usage_error(text("deepmaacc::graph_approximate: epsilon is ", options.epsilon,
                           "; take a finite number above 0, or graph_average, which is exact"));
  require_threshold("deepmaacc::graph_approximate", options.threshold);
  require_vertex(graph);
  progress_meter done(options.observer, "deepmaacc::graph_approximate", graph.vertices - 1, "merges");
  done.check();
  const auto host = host_space(space);
  return {graph.vertices, approximate_agglomeration(host, graph, options).run(done)};
}

}  // namespace detail

/// Clusters a similarity graph by average linkage, as `graph_average` does, but makes many merges at once: each is at least 1 / (1 +
/// epsilon) times as similar as the most similar pair is when it is made, and at least as similar as the threshold. When it ends no pair is
/// that similar. ParHAC of Dhulipala, Eisenstat, Łącki, Mirrokni and Shi ("Hierarchical agglomerative graph clustering in poly-logarithmic
/// depth", NeurIPS 2022), whose factor (1 + ε)² is split so that the whole is 1 + epsilon: with δ = √(1 + epsilon) − 1,
/// * a layer has the pairs of at least 1 / (1 + δ) of the largest similarity; the next begins at the then largest one;
/// * in each of its rounds every cluster of the layer is red or blue at random, and each blue one proposes to one of its red neighbours in
///   the layer, at random. Red clusters take proposals until they have grown by more than δ times their size, so that
///   what is in the layer before the round is still 1 / (1 + δ) as similar to what it joins.
/// Unlike the authors' program, a blue cluster proposes once per round, and proposals are taken in a random order instead of the order in
/// which threads make them; and no merge is below the threshold, where theirs may be by the factor.
///
/// Returns a forest: one tree per cluster. The height of a merge is 1 − its similarity. Heights ascend only up to the factor 1 + epsilon.
/// The same graph, options and seed give the same merges on every execution space and number of threads.
///
/// \param space  its threads share the clusters of a round; for a device, those of the host
/// \param graph  read by the properties it holds: boost::edge_weight and boost::vertex_index
/// \throws data_error for a graph without a vertex, and naming the edge whose weight is negative or not finite; usage_error for an epsilon
///         that is not positive, or a threshold that is negative or not finite; stopped when the observer asks for it.
/// O(log(largest / smallest similarity) / epsilon) layers, each of about O(log n) rounds; a round costs the edges of the clusters that it
/// changes. O(m) memory.
template <ExecutionSpace Space, class Graph>
dendrogram graph_approximate(const Space& space, const Graph& graph, const graph_approximate_options& options = {}) {
  check_weighted_graph<Graph>();
  return detail::graph_approximate(space, detail::read_edges(graph), options);
}

/// The same, by property maps of one's own: edge descriptor to similarity, and vertex descriptor to its number below num_vertices(graph).
template <ExecutionSpace Space, class Graph, class WeightMap, class IndexMap>
dendrogram graph_approximate(const Space& space, const Graph& graph, const WeightMap& weights, const IndexMap& indices,
                             const graph_approximate_options& options = {}) {
  check_similarity_graph<Graph>();
  return detail::graph_approximate(space, detail::read_edges(graph, weights, indices), options);
}

}  // namespace deepmaacc
