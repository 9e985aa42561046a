// Distance metrics of one's own: a type with traits, and a lambda.
#include <algorithm>
#include <cmath>
#include <deepmaacc/deepmaacc.hpp>
#include <iostream>

#include "expect.hpp"

namespace dm = deepmaacc;

// The angle between hours of the day, which start again at midnight. Each coordinate is one hour.
struct clock_time {
  static constexpr bool is_metric = true;  // the triangle inequality holds
  static constexpr const char* name() { return "clock_time"; }

  template <class T>
  KOKKOS_FUNCTION T operator()(dm::coordinates<T> a, dm::coordinates<T> b) const {
    T sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const T apart = Kokkos::abs(a[i] - b[i]);
      sum += apart < 12 ? apart : 24 - apart;
    }
    return sum;
  }
};
static_assert(dm::DistanceMetric<clock_time>);

int main(int argc, char* argv[]) {
  const Kokkos::ScopeGuard kokkos(argc, argv);
  const Kokkos::DefaultExecutionSpace space;
  const xt::xtensor<float, 2> hours{{23.5F}, {0.25F}, {1}, {7.5F}, {8}, {8.25F}, {16}, {17.5F}};

  const auto labels = dm::cut(dm::agglomerate(space, hours, clock_time{}, dm::linkage::complete{}), dm::cut_rule::count{.clusters = 3});
  std::cout << "round the clock:";
  for (const std::size_t label : labels) std::cout << ' ' << label;
  std::cout << '\n';
  expect(labels == std::vector<std::size_t>{0, 0, 0, 1, 1, 1, 2, 2}, "half past eleven at night is near one in the morning");

  // In a test of the metric: looks for points that break what it promises.
  const auto refuted = dm::check_metric(clock_time{}, hours);
  expect(!refuted, "nothing refutes the metric");

  // What is used once can be a lambda; it promises nothing, and needs nothing but its call.
  const auto largest_share = [](auto a, auto b) { return std::abs(a[0] - b[0]) / std::max(a[0], b[0]); };
  const auto by_ratio = dm::pairwise_distances(Kokkos::DefaultHostExecutionSpace{}, hours, largest_share);  // a host lambda
  std::cout << "8 and 16: " << by_ratio(4, 6) << '\n';
  expect(by_ratio(4, 6) == 0.5F && by_ratio(6, 4) == 0.5F, "16 is twice 8");
  return expectations_failed();
}
