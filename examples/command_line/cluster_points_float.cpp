#include "cluster_points.hpp"

namespace command_line {

template deepmaacc::dendrogram cluster_points(const deepmaacc::io::array<float>&, const metric_choice&, const linkage_choice&,
                                              const deepmaacc::agglomerate_options&);

}  // namespace command_line
