#pragma once

/// \file
/// The linkage rules of the literature, by their Lance–Williams recurrences. n_i is the number of points of cluster i.

#include <cmath>
#include <cstddef>
#include <deepmaacc/concepts/linkage_rule.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/number_text.hpp>
#include <string>

namespace deepmaacc::linkage {

/// The nearest members: min(d_ik, d_jk). Finds chains and outliers.
struct single {
  static constexpr bool is_reducible = true;
  static constexpr bool is_nearest_member = true;
  static constexpr const char* name() { return "single"; }
  template <class T>
  auto merge(T, T, T) const {
    return [](T d_ik, T d_jk, T) { return d_ik < d_jk ? d_ik : d_jk; };
  }
};
static_assert(LinkageRule<single>);

/// The farthest members: max(d_ik, d_jk). Clusters of small diameter.
struct complete {
  static constexpr bool is_reducible = true;
  static constexpr const char* name() { return "complete"; }
  template <class T>
  auto merge(T, T, T) const {
    return [](T d_ik, T d_jk, T) { return d_ik < d_jk ? d_jk : d_ik; };
  }
};
static_assert(LinkageRule<complete>);

/// UPGMA: the mean over all pairs of members, (n_i·d_ik + n_j·d_jk) / (n_i + n_j).
struct average {
  static constexpr bool is_reducible = true;
  static constexpr const char* name() { return "average"; }
  template <class T>
  auto merge(T size_i, T size_j, T) const {
    return [a = size_i / (size_i + size_j), b = size_j / (size_i + size_j)](T d_ik, T d_jk, T) { return a * d_ik + b * d_jk; };
  }
};
static_assert(LinkageRule<average>);

/// WPGMA (McQuitty): the mean of the two, (d_ik + d_jk) / 2.
struct weighted {
  static constexpr bool is_reducible = true;
  static constexpr const char* name() { return "weighted"; }
  template <class T>
  auto merge(T, T, T) const {
    return [](T d_ik, T d_jk, T) { return T(0.5) * (d_ik + d_jk); };
  }
};
static_assert(LinkageRule<weighted>);

/// Ward's minimum variance (1963; "Ward.D2" of Murtagh and Legendre 2014): the square is twice the growth of the sum of squares within
/// clusters, 2·n_i·n_j/(n_i + n_j) times the squared distance of the centroids. Compact clusters of similar size.
struct ward {
  static constexpr bool is_reducible = true;
  static constexpr bool uses_squared_distances = true;
  static constexpr const char* name() { return "ward"; }
  template <class T>
  auto merge(T size_i, T size_j, T d_ij) const {
    return [size_i, size_j, d_ij](T d_ik, T d_jk, T size_k) {
      return ((size_i + size_k) * d_ik + (size_j + size_k) * d_jk - size_k * d_ij) / (size_i + size_j + size_k);
    };
  }
  template <class T>
  T share(T size_i, T size_j) const {
    return size_i / (size_i + size_j);
  }
  template <class T>
  T between(T size_i, T size_j, T squared) const {
    return 2 * size_i * size_j / (size_i + size_j) * squared;
  }
};
static_assert(GeometricRule<ward>);

/// UPGMC: the distance of the centroids. A merge may be closer than the one before (an inversion).
struct centroid {
  static constexpr bool uses_squared_distances = true;
  static constexpr const char* name() { return "centroid"; }
  template <class T>
  auto merge(T size_i, T size_j, T d_ij) const {
    const T a = size_i / (size_i + size_j), b = size_j / (size_i + size_j);
    return [a, b, c = a * b * d_ij](T d_ik, T d_jk, T) { return a * d_ik + b * d_jk - c; };
  }
  template <class T>
  T share(T size_i, T size_j) const {
    return size_i / (size_i + size_j);
  }
  template <class T>
  T between(T, T, T squared) const {
    return squared;
  }
};
static_assert(GeometricRule<centroid>);

/// WPGMC (Gower): the distance of centres, each halfway between the centres that it was made of. Inversions happen.
struct median {
  static constexpr bool uses_squared_distances = true;
  static constexpr const char* name() { return "median"; }
  template <class T>
  auto merge(T, T, T d_ij) const {
    return [c = d_ij / 4](T d_ik, T d_jk, T) { return T(0.5) * (d_ik + d_jk) - c; };
  }
  template <class T>
  T share(T, T) const {
    return T(0.5);
  }
  template <class T>
  T between(T, T, T squared) const {
    return squared;
  }
};
static_assert(GeometricRule<median>);

/// α·d_ik + α·d_jk + β·d_ij + γ·|d_ik − d_jk|: Lance and Williams' family, the defaults their flexible strategy with β = −1/4.
/// Unless β = 0 or α = 1/2 the distance of two merged clusters depends on which merged first, so it runs by the algorithm that needs no
/// promise.
struct flexible {
  double alpha = 0.625, beta = -0.25, gamma = 0;
  static constexpr const char* name() { return "flexible"; }
  std::string text() const { return std::string(name()) + "=" + number_text(beta); }
  template <class T>
  auto merge(T, T, T d_ij) const {
    return [a = static_cast<T>(alpha), b = static_cast<T>(beta) * d_ij, g = static_cast<T>(gamma)](T d_ik, T d_jk, T) {
      return a * d_ik + a * d_jk + b + g * std::abs(d_ik - d_jk);
    };
  }
};
static_assert(LinkageRule<flexible>);

}  // namespace deepmaacc::linkage
