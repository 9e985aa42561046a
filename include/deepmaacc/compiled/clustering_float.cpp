// Clustering of points of float.
#include <deepmaacc/clustering/agglomerate.hpp>

namespace deepmaacc {

DEEPMAACC_INSTANTIATE_CLUSTERING(, Kokkos::DefaultHostExecutionSpace, float)

}  // namespace deepmaacc
