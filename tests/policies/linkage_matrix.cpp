// WITHOUT_XTENSOR
//   deepmaacc::dendrogram::linkage_matrix: the program must know what an xtensor is; include
//   <deepmaacc/clustering/linkage_matrix.hpp>

#include <deepmaacc/clustering/dendrogram.hpp>

#ifdef WITHOUT_XTENSOR
struct merges_elsewhere {
  merges_elsewhere(const std::vector<deepmaacc::merge>&) {}
};
auto matrix_of(const deepmaacc::dendrogram& tree) { return tree.linkage_matrix<merges_elsewhere>(); }
#else
std::size_t merges_of(const deepmaacc::dendrogram& tree) { return tree.merges().size(); }
#endif
