// NO_CALL
//   deepmaacc::cluster: a clusterer must be a linkage rule, or callable with a space, points and a metric, as in `template <class Space,
//   class Metric> dendrogram operator()(const Space&, matrix<const double>, const Metric&) const`, or with the number of clusters behind
//   them, and then return a std::vector<std::size_t>; see docs/policies/clusterer.md
// NO_LABELS
//   deepmaacc::cluster: a clusterer must be a linkage rule, or callable with a space, points and a metric, as in `template <class Space,
//   class Metric> dendrogram operator()(const Space&, matrix<const double>, const Metric&) const`, or with the number of clusters behind
//   them, and then return a std::vector<std::size_t>; see docs/policies/clusterer.md
// NOT_COPYABLE
//   deepmaacc::cluster: a clusterer must be copy constructible; see docs/policies/clusterer.md
// NO_RANGE
//   deepmaacc::cluster: a clusterer with with_range() must return a ranged_dendrogram from it; see docs/policies/clusterer.md
// CUT_WITHOUT_A_TREE
//   deepmaacc::analyze: a cut rule must tell the number of clusters, by `std::size_t clusters_for(std::size_t points) const`, for a
//   clusterer that makes no dendrograms; take cut_rule::count, mean_size or share

#include <cstddef>
#include <deepmaacc/analysis/mutant_clustering.hpp>
#include <deepmaacc/analysis/neuron_clustering.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/clustering/cluster.hpp>
#include <vector>

namespace dm = deepmaacc;
namespace archetype = deepmaacc::archetype;
using host = Kokkos::DefaultHostExecutionSpace;
using model_type = archetype::model_adapter;
using least_metric = archetype::distance_metric;
using dm::dendrogram;

static_assert(dm::Clusterer<archetype::flat_clusterer, host, least_metric, dendrogram>);
static_assert(dm::Clusterer<archetype::hierarchical_clusterer<dendrogram>, host, least_metric, dendrogram>);
static_assert(!dm::Clusterer<archetype::linkage_rule, host, least_metric, dendrogram>);
static_assert(dm::Clusterer<dm::clusterer::agglomerative<archetype::linkage_rule>, host, least_metric, dendrogram>);

struct flat : archetype::flat_clusterer {
#ifdef NO_CALL
  void operator()() const = delete;
#endif
#ifdef NO_LABELS
  template <class Space, class Metric>
  std::size_t operator()(const Space&, dm::matrix<const double>, const Metric&, std::size_t count) const {
    return count;
  }
#endif
#ifdef NOT_COPYABLE
  flat() = default;
  flat(const flat&) = delete;
#endif
};

struct hierarchical : archetype::hierarchical_clusterer<dendrogram> {
#ifdef NO_RANGE
  template <class Space, class Metric>
  dendrogram with_range(const Space&, dm::matrix<const double> points, const Metric&) const {
    return {points.extent(0), {}};
  }
#endif
};

void run(const xt::xtensor<double, 2>& points, const flat& one, const hierarchical& other) {
  dm::cluster(host{}, points, 2, one, least_metric{});
  dm::cluster(dm::this_thread{}, points, 2, other, least_metric{});
  dm::cluster(host{}, points, 2, archetype::linkage_rule{}, least_metric{});
}

// Methods with the least that the slot takes.
template <class Given, class Cut>
void analyze(dm::study<host, model_type, float>& study) {
  study.analyze(dm::neuron_clustering<least_metric, Given, archetype::feature_scaler, archetype::feature_map, Cut>{});
  study.analyze(dm::mutant_clustering<least_metric, Given, archetype::feature_scaler, archetype::feature_map, Cut>{});
}
template void analyze<archetype::hierarchical_clusterer<dendrogram>, archetype::cut_rule>(dm::study<host, model_type, float>&);
#ifdef CUT_WITHOUT_A_TREE
template void analyze<archetype::flat_clusterer, archetype::cut_rule>(dm::study<host, model_type, float>&);
#else
template void analyze<archetype::flat_clusterer, archetype::counting_cut_rule>(dm::study<host, model_type, float>&);
#endif
