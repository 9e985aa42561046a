// NO_CALL
//   deepmaacc::clustering_quality: a clustering quality must be callable with a space, points and a partition, as in `template <class
//   Space, class T> double operator()(const Space&, matrix<const T>, const partition&) const`; see docs/policies/clustering_quality.md
// NO_DIRECTION
//   deepmaacc::clustering_quality: a clustering quality must have `static constexpr bool larger_is_better`; see
//   docs/policies/clustering_quality.md
// NOT_COPYABLE
//   deepmaacc::clustering_quality: a clustering quality must be copy constructible; see docs/policies/clustering_quality.md

#include <deepmaacc/clustering/quality.hpp>

struct quality : deepmaacc::archetype::clustering_quality {
#ifdef NO_CALL
  void operator()() const = delete;
#endif
#ifdef NO_DIRECTION
  void larger_is_better() const = delete;
#endif
#ifdef NOT_COPYABLE
  quality() = default;
  quality(quality&&) = default;
#endif
};

double judge(const Kokkos::View<float**, Kokkos::HostSpace>& points, const std::vector<std::size_t>& labels) {
  using by_first_coordinate = deepmaacc::quality::silhouette<deepmaacc::archetype::distance_metric>;
  return deepmaacc::clustering_quality(deepmaacc::this_thread{}, points, labels, quality{}) +
         deepmaacc::clustering_quality(deepmaacc::this_thread{}, points, labels, by_first_coordinate{});
}
