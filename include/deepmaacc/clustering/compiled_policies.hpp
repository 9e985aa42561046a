#pragma once

/// \file
/// What `deepmaacc::compiled` holds of clustering: every shipped metric and every shipped linkage rule on the default host space. They meet
/// in a matrix of distances, so a metric of one's own goes with compiled rules, and the other way round.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/clustering/dendrogram.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/distance/distance_matrix.hpp>
#include <deepmaacc/distance/distance_range.hpp>
#include <deepmaacc/distance/metrics.hpp>
#include <deepmaacc/linkage/rules.hpp>

#define DEEPMAACC_INSTANTIATE_DISTANCES(EXTERN, SPACE, T, METRIC) \
  EXTERN template distance_matrix<T> detail::distances_of(const SPACE&, matrix<const T>, const distance::METRIC&, progress_meter&);

#define DEEPMAACC_INSTANTIATE_TREE(EXTERN, SPACE, T, IS_SQUARED, METRIC)                                                                  \
  EXTERN template dendrogram detail::tree_without_matrix<IS_SQUARED>(const SPACE&, matrix<const T>, const distance::METRIC&, std::size_t, \
                                                                     progress_meter&, distance_range*);

#define DEEPMAACC_INSTANTIATE_METRIC(EXTERN, SPACE, T, METRIC) \
  DEEPMAACC_INSTANTIATE_DISTANCES(EXTERN, SPACE, T, METRIC)    \
  DEEPMAACC_INSTANTIATE_TREE(EXTERN, SPACE, T, false, METRIC)

#define DEEPMAACC_INSTANTIATE_RULE(EXTERN, SPACE, T, RULE)                                                                  \
  EXTERN template dendrogram detail::merge_on_matrix(const SPACE&, distance_matrix<T>, const linkage::RULE&, agglomeration, \
                                                     const progress_observer&);

#define DEEPMAACC_INSTANTIATE_GEOMETRIC_RULE(EXTERN, SPACE, T, RULE) \
  EXTERN template dendrogram detail::centroid_linkage(const SPACE&, matrix<const T>, const linkage::RULE&, std::size_t, progress_meter&);

/// Instantiates, or with `extern` declares, all that clustering points of one number type on a space takes.
#define DEEPMAACC_INSTANTIATE_CLUSTERING(EXTERN, SPACE, T)              \
  DEEPMAACC_INSTANTIATE_DISTANCES(EXTERN, SPACE, T, euclidean)          \
  DEEPMAACC_INSTANTIATE_TREE(EXTERN, SPACE, T, true, squared_euclidean) \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, SPACE, T, squared_euclidean)     \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, SPACE, T, cosine)                \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, SPACE, T, correlation)           \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, SPACE, T, manhattan)             \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, SPACE, T, chebyshev)             \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, SPACE, T, minkowski)             \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, SPACE, T, hamming)               \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, SPACE, T, canberra)              \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, SPACE, T, braycurtis)            \
  DEEPMAACC_INSTANTIATE_RULE(EXTERN, SPACE, T, single)                  \
  DEEPMAACC_INSTANTIATE_RULE(EXTERN, SPACE, T, complete)                \
  DEEPMAACC_INSTANTIATE_RULE(EXTERN, SPACE, T, average)                 \
  DEEPMAACC_INSTANTIATE_RULE(EXTERN, SPACE, T, weighted)                \
  DEEPMAACC_INSTANTIATE_RULE(EXTERN, SPACE, T, ward)                    \
  DEEPMAACC_INSTANTIATE_RULE(EXTERN, SPACE, T, centroid)                \
  DEEPMAACC_INSTANTIATE_RULE(EXTERN, SPACE, T, median)                  \
  DEEPMAACC_INSTANTIATE_RULE(EXTERN, SPACE, T, flexible)                \
  DEEPMAACC_INSTANTIATE_GEOMETRIC_RULE(EXTERN, SPACE, T, ward)          \
  DEEPMAACC_INSTANTIATE_GEOMETRIC_RULE(EXTERN, SPACE, T, centroid)      \
  DEEPMAACC_INSTANTIATE_GEOMETRIC_RULE(EXTERN, SPACE, T, median)
