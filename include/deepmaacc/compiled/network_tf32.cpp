// Networks of precision tf32 on the default host space, and what evaluates and analyses them.
#include <deepmaacc/analysis/compiled_network.hpp>

namespace deepmaacc {

using compiled = network<storage::xtensor_host<float>, this_thread, precision::tf32>;
template class network<storage::xtensor_host<float>, this_thread, precision::tf32>;
DEEPMAACC_INSTANTIATE_EVALUATION(, Kokkos::DefaultHostExecutionSpace, float, compiled)
DEEPMAACC_INSTANTIATE_STUDY(, Kokkos::DefaultHostExecutionSpace, float, compiled)

}  // namespace deepmaacc
