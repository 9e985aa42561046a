// Products of matrices: the one source that reads xtensor-blas.
#define DEEPMAACC_COMPILING
#include <deepmaacc/storage/host_blas.hpp>

namespace deepmaacc {

template void detail::blas_product(matrix<const float>, matrix<const float>, bool, matrix<float>);
template void detail::blas_product(matrix<const double>, matrix<const double>, bool, matrix<double>);

}  // namespace deepmaacc
