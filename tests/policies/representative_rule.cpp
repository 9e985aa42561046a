// NO_CALL
//   deepmaacc::representatives: a representative rule must be callable with a cluster, as in `template <class T, class Metric>
//   std::size_t operator()(const cluster_view<T, Metric>&) const`; see docs/policies/representative_rule.md
// NO_INDEX
//   deepmaacc::representatives: a representative rule must be callable with a cluster, as in `template <class T, class Metric>
//   std::size_t operator()(const cluster_view<T, Metric>&) const`; see docs/policies/representative_rule.md
// NOT_COPYABLE
//   deepmaacc::representatives: a representative rule must be copy constructible; see docs/policies/representative_rule.md

#include <deepmaacc/clustering/representatives.hpp>

struct rule : deepmaacc::archetype::representative_rule {
#ifdef NO_CALL
  void operator()() const = delete;
#endif
#ifdef NO_INDEX
  template <class Cluster>
  auto operator()(const Cluster& cluster) const {
    return cluster.point(cluster.members().front());
  }
#endif
#ifdef NOT_COPYABLE
  rule() = default;
  rule(rule&&) = default;
#endif
};

void choose(const Kokkos::View<float**, Kokkos::HostSpace>& points, const std::vector<std::size_t>& labels) {
  deepmaacc::representatives(deepmaacc::this_thread{}, points, labels, rule{}, deepmaacc::archetype::distance_metric{});
}
