// No faults: what is no linkage on similarities is taken for a linkage rule, and refused as one. Here are the least that the slot takes,
// so that methods cannot quietly need more.

#include <cstddef>
#include <deepmaacc/analysis/mutant_clustering.hpp>
#include <deepmaacc/analysis/study.hpp>
#include <deepmaacc/clustering/similarity_linkages.hpp>

namespace linkage = deepmaacc::linkage;
using host = Kokkos::DefaultHostExecutionSpace;
using model_type = deepmaacc::archetype::model_adapter;
using deepmaacc::dendrogram;

// Nothing is similar: a forest of leaves.
struct least {
  least() = default;
  least(const least&) = default;
  least& operator=(const least&) = delete;
  ~least() = default;
  template <class Space>
  dendrogram cluster(const Space&, deepmaacc::matrix<const double> similarities) const {
    return {similarities.extent(0), {}};
  }
};

static_assert(deepmaacc::SimilarityLinkage<least, host, dendrogram>);
static_assert(deepmaacc::SimilarityLinkage<linkage::graph_average, host, dendrogram>);
static_assert(deepmaacc::SimilarityLinkage<linkage::graph_approximate, host, dendrogram>);
static_assert(!deepmaacc::SimilarityLinkage<linkage::average, host, dendrogram>);
static_assert(!deepmaacc::SimilarityLinkage<linkage::ward, host, dendrogram>);

template <class Linkage>
void run(deepmaacc::study<host, model_type, float>& study) {
  study.analyze(deepmaacc::mutant_clustering<deepmaacc::archetype::distance_metric, Linkage>{});
}

template void run<least>(deepmaacc::study<host, model_type, float>&);
template void run<linkage::graph_average>(deepmaacc::study<host, model_type, float>&);
template void run<linkage::graph_approximate>(deepmaacc::study<host, model_type, float>&);
