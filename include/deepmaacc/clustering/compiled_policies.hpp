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
#include <deepmaacc/distance/metrics.hpp>
#include <deepmaacc/linkage/rules.hpp>

#define DEEPMAACC_INSTANTIATE_METRIC(EXTERN, T, METRIC)                                                              \
  EXTERN template distance_matrix<T> detail::distances_of(const Kokkos::DefaultHostExecutionSpace&, matrix<const T>, \
                                                          const distance::METRIC&, progress&);                       \
  EXTERN template dendrogram detail::tree_without_matrix(const Kokkos::DefaultHostExecutionSpace&, matrix<const T>,  \
                                                         const distance::METRIC&, std::size_t, progress&);

#define DEEPMAACC_INSTANTIATE_RULE(EXTERN, T, RULE)                                                                                      \
  EXTERN template dendrogram detail::merge_on_matrix(const Kokkos::DefaultHostExecutionSpace&, distance_matrix<T>, const linkage::RULE&, \
                                                     agglomeration, const watcher&);

#define DEEPMAACC_INSTANTIATE_GEOMETRIC_RULE(EXTERN, T, RULE)                                                                          \
  EXTERN template dendrogram detail::centroid_linkage(const Kokkos::DefaultHostExecutionSpace&, matrix<const T>, const linkage::RULE&, \
                                                      std::size_t, progress&);

/// Instantiates, or with `extern` declares, all that clustering points of one number type takes.
#define DEEPMAACC_INSTANTIATE_CLUSTERING(EXTERN, T)          \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, T, euclidean)         \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, T, squared_euclidean) \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, T, cosine)            \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, T, correlation)       \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, T, manhattan)         \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, T, chebyshev)         \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, T, minkowski)         \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, T, hamming)           \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, T, canberra)          \
  DEEPMAACC_INSTANTIATE_METRIC(EXTERN, T, braycurtis)        \
  DEEPMAACC_INSTANTIATE_RULE(EXTERN, T, single)              \
  DEEPMAACC_INSTANTIATE_RULE(EXTERN, T, complete)            \
  DEEPMAACC_INSTANTIATE_RULE(EXTERN, T, average)             \
  DEEPMAACC_INSTANTIATE_RULE(EXTERN, T, weighted)            \
  DEEPMAACC_INSTANTIATE_RULE(EXTERN, T, ward)                \
  DEEPMAACC_INSTANTIATE_RULE(EXTERN, T, centroid)            \
  DEEPMAACC_INSTANTIATE_RULE(EXTERN, T, median)              \
  DEEPMAACC_INSTANTIATE_RULE(EXTERN, T, flexible)            \
  DEEPMAACC_INSTANTIATE_GEOMETRIC_RULE(EXTERN, T, ward)      \
  DEEPMAACC_INSTANTIATE_GEOMETRIC_RULE(EXTERN, T, centroid)  \
  DEEPMAACC_INSTANTIATE_GEOMETRIC_RULE(EXTERN, T, median)
