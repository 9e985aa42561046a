#pragma once

/// \file
/// The feature scaler slot: what is done to the coordinates of points before distances are taken.

#include <concepts>
#include <cstddef>
#include <deepmaacc/core/matrix.hpp>

namespace deepmaacc {

namespace detail {

/// Takes a matrix of points that it may change, for float and double.
template <class Scaler>
concept ScalesPoints = requires(const Scaler scaler, matrix<float> in_float, matrix<double> in_double) {
  scaler(in_float);
  scaler(in_double);
};

}  // namespace detail

/// Makes the columns of a matrix of points comparable, so that none decides the distances by its unit alone: a callable that changes the
/// points in place, such as a lambda.
///
/// Syntax: 1. copy constructible; 2. `scaler(matrix<T>)` for float and double: n × d, row-major on the host, a row per point. Optional:
/// 3. `name()`.
/// Laws: the result depends on the points and the scaler only; finite numbers stay finite (`scaled` checks it), also where a column is
/// constant.
/// Complexity: about linear in the numbers. Shipped: `scaler::none`, `scaler::min_max`, `scaler::standard`.
template <class Scaler>
concept FeatureScaler = std::copy_constructible<Scaler> && detail::ScalesPoints<Scaler>;

/// Says at compile time what is wrong with a type that is meant to be a feature scaler.
template <class Scaler>
constexpr void check_feature_scaler() {
  static_assert(detail::ScalesPoints<Scaler>,
                "deepmaacc::scaled: a feature scaler must be callable with a matrix of float or double, as in `template <class T> void "
                "operator()(matrix<T> points) const`; see docs/policies/feature_scaler.md");
  static_assert(std::copy_constructible<Scaler>,
                "deepmaacc::scaled: a feature scaler must be copy constructible; see docs/policies/feature_scaler.md");
}

namespace archetype {

/// The least that is a feature scaler: every coordinate becomes 0.
struct feature_scaler {
  feature_scaler() = default;
  feature_scaler(const feature_scaler&) = default;
  feature_scaler& operator=(const feature_scaler&) = delete;
  ~feature_scaler() = default;
  template <class T>
  void operator()(matrix<T> points) const {
    for (std::size_t i = 0; i < points.extent(0); ++i)
      for (std::size_t c = 0; c < points.extent(1); ++c) points(i, c) = 0;
  }
};
static_assert(FeatureScaler<feature_scaler>);

}  // namespace archetype
}  // namespace deepmaacc
