#pragma once

/// \file
/// The algorithms that a linkage rule may run by, and comparisons of the dendrograms that they give.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/agglomerate.hpp>
#include <deepmaacc/concepts/linkage_rule.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/clustering_inputs.hpp"
#include "support/naive_clustering.hpp"
#include "support/spaces.hpp"

namespace support {

struct named_algorithm {
  const char* name;
  deepmaacc::agglomeration algorithm;
};

/// What a rule allows, the automatic choice first.
template <class Rule>
std::vector<named_algorithm> algorithms_of(bool has_points = true) {
  using traits = deepmaacc::linkage_traits<Rule>;
  using which = deepmaacc::agglomeration;
  std::vector<named_algorithm> allowed{{"automatic", which::automatic}, {"generic", which::generic}};
  if (traits::is_reducible) allowed.push_back({"chain", which::chain});
  if (has_points && (traits::is_nearest_member || deepmaacc::GeometricRule<Rule>)) allowed.push_back({"matrix-free", which::matrix_free});
  return allowed;
}

inline deepmaacc::agglomerate_options by(deepmaacc::agglomeration algorithm) {
  deepmaacc::agglomerate_options options;
  options.algorithm = algorithm;
  return options;
}

/// What differs between two dendrograms of which no merges tie; nothing where none does.
template <class Merges, class Expected>
std::string difference(std::size_t leaves, const Merges& merges, const Expected& expected, const naive::tolerance& within) {
  if (merges.size() != expected.size()) return deepmaacc::detail::text(merges.size(), " merges, not ", expected.size());
  const auto found = naive::clusters_of(leaves, merges), wanted = naive::clusters_of(leaves, expected);
  for (std::size_t m = 0; m < wanted.size(); ++m) {
    if (!is_close(merges[m].height, expected[m].height, within.relative, within.absolute))
      return deepmaacc::detail::text("merge ", m, " is at ", merges[m].height, ", not ", expected[m].height, ", off by ",
                                     merges[m].height - expected[m].height);
    if (found[m] != wanted[m] || merges[m].size != expected[m].size)
      return deepmaacc::detail::text("merge ", m, " makes another cluster, at ", merges[m].height);
  }
  return "";
}

/// How far rounding takes heights: those of squared distances are roots, so that an error near 0 grows.
template <class T, class Rule>
naive::tolerance rounding(double scale = 1) {
  const bool is_float = std::is_same_v<T, float>;
  if (deepmaacc::linkage_traits<Rule>::uses_squared_distances)
    return is_float ? naive::tolerance{1e-4, 3e-3 * scale} : naive::tolerance{1e-9, 1e-7 * scale};
  return is_float ? naive::tolerance{1e-5, 1e-5 * scale} : naive::tolerance{1e-12, 1e-12 * scale};
}

/// A rule for the verifier: by the members where it is defined by them.
inline naive::rule naive_rule(const std::string& name, const naive::point_set& points, const naive::distances& all) {
  if (name == "single") return naive::nearest_members(all);
  if (name == "complete") return naive::farthest_members(all);
  if (name == "average") return naive::mean_of_pairs(all);
  if (name == "ward") return naive::growth_of_squares(points);
  if (name == "centroid") return naive::between_centroids(points);
  return naive::recurrence_named(name);
}

}  // namespace support
