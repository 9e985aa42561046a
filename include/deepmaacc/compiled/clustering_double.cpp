// Clustering of points of double.
#include <deepmaacc/clustering/agglomerate.hpp>

namespace deepmaacc {

DEEPMAACC_INSTANTIATE_CLUSTERING(, Kokkos::DefaultHostExecutionSpace, double)

}  // namespace deepmaacc
