#include "cluster_points.hpp"

namespace command_line {

template deepmaacc::dendrogram cluster_points(deepmaacc::matrix<const double>, const metric_choice&, const linkage_choice&,
                                              const deepmaacc::agglomerate_options&);
template deepmaacc::ranged_dendrogram cluster_points_with_range(deepmaacc::matrix<const double>, const metric_choice&,
                                                                const linkage_choice&, const deepmaacc::agglomerate_options&);
template deepmaacc::dendrogram cluster_distances(const deepmaacc::distance::precomputed<double>&, const linkage_choice&,
                                                 const deepmaacc::agglomerate_options&);

}  // namespace command_line
