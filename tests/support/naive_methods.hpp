#pragma once

/// \file
/// An independent verifier of the analysis methods: clusterings, joint mutants, scores and samples straight from their definitions. It
/// shares no code with the library nor with the other verifiers, beside which it can be included, and is written for being read.

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <tuple>
#include <utility>
#include <vector>

namespace naive {

/// Numbers, one row for each neuron or mutant.
using rows = std::vector<std::vector<double>>;
/// Indices, ascending.
using group = std::vector<std::size_t>;

/// The members of each cluster, in the order of their first members. `labels` may be any numbers.
inline std::vector<group> groups_of(const std::vector<std::size_t>& labels) {
  std::vector<group> groups;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto same = [&](const group& one) { return labels[one.front()] == labels[i]; };
    const auto known = std::find_if(groups.begin(), groups.end(), same);
    if (known == groups.end())
      groups.push_back({i});
    else
      known->push_back(i);
  }
  return groups;
}

/// The cluster of each of n things; clusters are numbered as they come.
inline std::vector<std::size_t> labels_of(const std::vector<group>& groups, std::size_t n) {
  std::vector<std::size_t> labels(n);
  for (std::size_t g = 0; g < groups.size(); ++g)
    for (const std::size_t i : groups[g]) labels[i] = g;
  return labels;
}

/// Each thing on its own.
inline std::vector<group> single_groups(std::size_t n) {
  std::vector<group> groups(n);
  for (std::size_t i = 0; i < n; ++i) groups[i] = {i};
  return groups;
}

/// Cluster b becomes a part of cluster a < b, so that clusters stay in the order of their first members.
inline void join(std::vector<group>& groups, std::size_t a, std::size_t b) {
  group both;
  std::merge(groups[a].begin(), groups[a].end(), groups[b].begin(), groups[b].end(), std::back_inserter(both));
  groups[a] = std::move(both);
  groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(b));
}

inline std::vector<double> centroid(const rows& points, const group& of) {
  std::vector<double> centre(points.front().size(), 0);
  for (const std::size_t i : of)
    for (std::size_t c = 0; c < centre.size(); ++c) centre[c] += points[i][c] / static_cast<double>(of.size());
  return centre;
}

/// Ward's clusters: the two merge whose union adds least to the sum of squares within clusters, until `count` are left. Of equals those
/// with the lowest first members merge. \return labels in the order of first members. O(n³·d).
inline std::vector<std::size_t> ward_labels(const rows& points, std::size_t count) {
  std::vector<group> groups = single_groups(points.size());
  while (groups.size() > count) {
    rows centres;
    for (const group& one : groups) centres.push_back(centroid(points, one));
    std::size_t a = 0, b = 0;
    double least = 0;
    for (std::size_t i = 0; i < groups.size(); ++i)
      for (std::size_t j = i + 1; j < groups.size(); ++j) {
        double squared = 0;
        for (std::size_t c = 0; c < centres[i].size(); ++c) squared += (centres[i][c] - centres[j][c]) * (centres[i][c] - centres[j][c]);
        const auto size_i = static_cast<double>(groups[i].size()), size_j = static_cast<double>(groups[j].size());
        const double growth = size_i * size_j / (size_i + size_j) * squared;
        if (b == 0 || growth < least) std::tie(a, b, least) = std::tuple(i, j, growth);
      }
    join(groups, a, b);
  }
  return labels_of(groups, points.size());
}

/// Clusters by average linkage: the most similar two merge while they are at least as similar as the threshold. The similarity of clusters
/// is the mean over their pairs. Of equals those with the lowest first members merge. Only similarities[i][j] of i ≠ j are read, and must
/// be the same both ways. \return labels in the order of first members. O(n³).
inline std::vector<std::size_t> average_labels(const rows& similarities, double threshold) {
  std::vector<group> groups = single_groups(similarities.size());
  for (;;) {
    std::size_t a = 0, b = 0;
    double most = 0;
    for (std::size_t i = 0; i < groups.size(); ++i)
      for (std::size_t j = i + 1; j < groups.size(); ++j) {
        double sum = 0;
        for (const std::size_t one : groups[i])
          for (const std::size_t other : groups[j]) sum += similarities[one][other];
        const double mean = sum / static_cast<double>(groups[i].size() * groups[j].size());
        if (b == 0 || mean > most) std::tie(a, b, most) = std::tuple(i, j, mean);
      }
    if (b == 0 || !(most >= threshold)) return labels_of(groups, similarities.size());
    join(groups, a, b);
  }
}

/// Each column scaled to 0..1; a constant one becomes 0.
inline rows min_max_scaled(rows points) {
  for (std::size_t c = 0; !points.empty() && c < points.front().size(); ++c) {
    double least = points[0][c], most = points[0][c];
    for (const auto& one : points) least = std::min(least, one[c]), most = std::max(most, one[c]);
    for (auto& one : points) one[c] = most > least ? (one[c] - least) / (most - least) : 0;
  }
  return points;
}

/// One mutant in which an operator changes several neurons of a layer.
struct joint_mutant {
  std::size_t layer = 0;
  group neurons;
  std::size_t operation = 0;
  friend bool operator==(const joint_mutant&, const joint_mutant&) = default;
};

/// A layer and the cluster of each of its neurons.
struct layer_labels {
  std::size_t layer = 0;
  std::vector<std::size_t> labels;
};

/// One mutant for each cluster and operator: layers as given, in each the clusters in the order of their first neurons, then operators.
inline std::vector<joint_mutant> joint_mutants(const std::vector<layer_labels>& layers, std::size_t operations) {
  std::vector<joint_mutant> mutants;
  for (const layer_labels& one : layers)
    for (const group& neurons : groups_of(one.labels))
      for (std::size_t operation = 0; operation < operations; ++operation) mutants.push_back({one.layer, neurons, operation});
  return mutants;
}

/// Σ |killed|·w / (Σ w · cells): of each mutant that ran the number of its killed cells, and how many mutants it stands for.
inline double weighted_score(const std::vector<std::size_t>& killed, const std::vector<double>& weights, std::size_t cells) {
  double sum = 0, whole = 0;
  for (std::size_t m = 0; m < killed.size(); ++m) {
    sum += static_cast<double>(killed[m]) * weights[m];
    whole += weights[m] * static_cast<double>(cells);
  }
  return sum / whole;
}

}  // namespace naive
