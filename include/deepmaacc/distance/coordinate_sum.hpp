#pragma once

/// \file
/// Metrics that go through the coordinates of both points once.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/concepts/distance_metric.hpp>

namespace deepmaacc::distance {

/// Base of the metrics in coordinate form: two points' distance from `accumulate` and `finish`, in plain order.
template <class Metric>
struct coordinate_sum {
  template <class T>
  KOKKOS_FUNCTION T operator()(coordinates<T> a, coordinates<T> b) const {
    const auto& metric = static_cast<const Metric&>(*this);
    typename Metric::template sum<T> state{};
    for (std::size_t i = 0; i < a.size(); ++i) metric.accumulate(state, a[i], b[i]);
    return metric.finish(state, a.size());
  }
};

}  // namespace deepmaacc::distance
