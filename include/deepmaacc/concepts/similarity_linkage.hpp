#pragma once

/// \file
/// Linkage on similarities: a second form that a linkage may have.

#include <Kokkos_Core.hpp>
#include <concepts>
#include <cstddef>
#include <deepmaacc/core/matrix.hpp>

namespace deepmaacc {

/// A clustering of its own that takes the similarities of all pairs, where a linkage rule would only say how distances merge.
///
/// Syntax: 1. copy constructible; 2. `cluster(space, matrix<const double> similarities)`: a dendrogram, or a forest. The matrix is n × n,
/// symmetric, from 0 (the least similar pair) to 1. Optional: 3. `name()`.
/// Laws: the height of a merge is 1 − its similarity; the same result on every number of threads. Shipped: `linkage::graph_average`,
/// `linkage::graph_approximate` (clustering/similarity_linkages.hpp).
template <class Linkage, class Space, class Tree>
concept SimilarityLinkage = std::copy_constructible<Linkage> &&
    requires(const Linkage linkage, const Space& space, matrix<const double> similarities) {
  { linkage.cluster(space, similarities) } -> std::convertible_to<Tree>;
};

}  // namespace deepmaacc
