// NO_CALL
//   deepmaacc::agglomerate: a distance metric must be callable with two points, as in `template <class T> T operator()(coordinates<T>,
//   coordinates<T>) const`; see docs/policies/distance_metric.md
// NOT_COPYABLE
//   deepmaacc::agglomerate: a distance metric must be copy constructible; see docs/policies/distance_metric.md
// NOT_EUCLIDEAN
//   deepmaacc::agglomerate: the distance metric must be Euclidean for a linkage rule that works on squared Euclidean distances; take
//   distance::euclidean, or distance::precomputed if you mean it
// POINTS_OF_INTEGERS
//   deepmaacc::point_rows: points must hold float or double; convert them first
// POINTS_ON_A_DEVICE
//   deepmaacc::point_rows: points must lie in memory that the host can read; use Kokkos::create_mirror_view_and_copy
// DISTANCES_OF_INTEGERS
//   deepmaacc::distance::precomputed: distances must hold float or double; convert them first
// DISTANCES_ON_A_DEVICE
//   deepmaacc::distance::precomputed: distances must lie in memory that the host can read; use Kokkos::create_mirror_view_and_copy

#include <deepmaacc/clustering/agglomerate.hpp>

#include "device.hpp"

struct metric : deepmaacc::archetype::distance_metric {
#ifdef NO_CALL
  void operator()() const = delete;
#endif
#ifdef NOT_COPYABLE
  metric() = default;
  metric(const metric&) = delete;
#endif
};

#ifdef NOT_EUCLIDEAN
using rule = deepmaacc::linkage::ward;
#else
using rule = deepmaacc::archetype::linkage_rule;
#endif

#ifdef POINTS_OF_INTEGERS
using point_container = xt::xtensor<int, 2>;
#elif defined(POINTS_ON_A_DEVICE)
using point_container = Kokkos::View<float**, device_memory>;
#else
using point_container = xt::xtensor<float, 2>;
#endif

#ifdef DISTANCES_OF_INTEGERS
using distance_container = xt::xtensor<int, 1>;
#elif defined(DISTANCES_ON_A_DEVICE)
using distance_container = Kokkos::View<float*, device_memory>;
#else
using distance_container = xt::xtensor<float, 1>;
#endif

void run(const point_container& some, const distance_container& others) {
  deepmaacc::agglomerate(deepmaacc::this_thread{}, some, metric{}, rule{});
  deepmaacc::distance::precomputed known(others);
  deepmaacc::agglomerate(deepmaacc::this_thread{}, known, rule{});
}
