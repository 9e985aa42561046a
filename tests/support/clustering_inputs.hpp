#pragma once

/// \file
/// What the tests of distances and clustering work on: all metrics and rules with their names, points, and the fixture of linkages.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/philox.hpp>
#include <deepmaacc/core/points.hpp>
#include <deepmaacc/core/xtensor.hpp>
#include <deepmaacc/distance/metrics.hpp>
#include <deepmaacc/linkage/rules.hpp>
#include <functional>
#include <string>
#include <vector>

#include "support/naive_clustering.hpp"

namespace support {

/// Calls `visit(name, metric)` for every metric, by SciPy's names.
template <class Visit>
void for_each_metric(const Visit& visit) {
  namespace distance = deepmaacc::distance;
  visit("euclidean", distance::euclidean{});
  visit("sqeuclidean", distance::squared_euclidean{});
  visit("cosine", distance::cosine{});
  visit("correlation", distance::correlation{});
  visit("cityblock", distance::manhattan{});
  visit("chebyshev", distance::chebyshev{});
  visit("minkowski", distance::minkowski{3});
  visit("hamming", distance::hamming{});
  visit("canberra", distance::canberra{});
  visit("braycurtis", distance::braycurtis{});
}

/// Any metric, as one type: what is compiled for each metric takes long. It has none of their faster forms.
class any_metric {
 public:
  template <class Metric>
  explicit any_metric(const Metric& metric) : single_(metric), twice_(metric) {}
  float operator()(deepmaacc::coordinates<float> a, deepmaacc::coordinates<float> b) const { return single_(a, b); }
  double operator()(deepmaacc::coordinates<double> a, deepmaacc::coordinates<double> b) const { return twice_(a, b); }

 private:
  std::function<float(deepmaacc::coordinates<float>, deepmaacc::coordinates<float>)> single_;
  std::function<double(deepmaacc::coordinates<double>, deepmaacc::coordinates<double>)> twice_;
};

inline bool is_angular(const std::string& metric) { return metric == "cosine" || metric == "correlation"; }

/// Calls `visit(name, rule)` for every linkage rule; those on squared Euclidean distances only where asked for.
template <bool with_geometric, class Visit>
void for_each_rule(const Visit& visit) {
  namespace linkage = deepmaacc::linkage;
  visit("single", linkage::single{});
  visit("complete", linkage::complete{});
  visit("average", linkage::average{});
  visit("weighted", linkage::weighted{});
  visit("flexible", linkage::flexible{});
  if constexpr (with_geometric) {
    visit("ward", linkage::ward{});
    visit("centroid", linkage::centroid{});
    visit("median", linkage::median{});
  }
}

template <class T>
xt::xtensor<T, 2> zeros(std::size_t n, std::size_t d) {
  xt::xtensor<T, 2> points(std::array<std::size_t, 2>{n, d});
  std::fill(points.begin(), points.end(), T{0});
  return points;
}

/// Standard normal coordinates: no two distances are equal.
template <class T>
xt::xtensor<T, 2> random_points(std::size_t n, std::size_t d, std::uint64_t seed = 1) {
  const deepmaacc::random_source random(seed);
  auto points = zeros<T>(n, d);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < d; ++k) points(i, k) = static_cast<T>(random.normal({0, i, k, 0}));
  return points;
}

/// The coordinates 0 … side − 1 in every combination: almost every distance is there many times.
template <class T>
xt::xtensor<T, 2> grid_points(std::size_t side, std::size_t d) {
  std::size_t n = 1;
  for (std::size_t k = 0; k < d; ++k) n *= side;
  auto points = zeros<T>(n, d);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0, rest = i; k < d; ++k, rest /= side) points(i, k) = static_cast<T>(rest % side);
  return points;
}

/// Random points, each of them `copies` times, in the order a b c … a b c ….
template <class T>
xt::xtensor<T, 2> repeated_points(std::size_t n, std::size_t copies, std::size_t d, std::uint64_t seed = 1) {
  const auto once = random_points<T>(n, d, seed);
  auto points = zeros<T>(n * copies, d);
  for (std::size_t i = 0; i < n * copies; ++i)
    for (std::size_t k = 0; k < d; ++k) points(i, k) = once(i % n, k);
  return points;
}

/// The rows of a matrix in another order: row i is row `order[i]` of it.
template <class T>
xt::xtensor<T, 2> reordered(const xt::xtensor<T, 2>& points, const std::vector<std::size_t>& order) {
  auto result = zeros<T>(order.size(), points.shape()[1]);
  for (std::size_t i = 0; i < order.size(); ++i)
    for (std::size_t k = 0; k < points.shape()[1]; ++k) result(i, k) = points(order[i], k);
  return result;
}

/// The same points for the verifier.
template <class T>
naive::point_set naive_points(const xt::xtensor<T, 2>& points) {
  return {points.shape()[0], points.shape()[1], {points.begin(), points.end()}};
}

/// |found − expected| ≤ relative · |expected| + absolute; false for what is no number.
inline bool is_close(naive::number found, naive::number expected, double relative, double absolute = 0) {
  return std::abs(found - expected) <= naive::tolerance{relative, absolute}.around(expected);
}

}  // namespace support
