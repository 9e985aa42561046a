// Networks of precision float64 on the default host space, and what evaluates and analyses them.
#include <deepmaacc/analysis/compiled_network.hpp>

namespace deepmaacc {

using compiled = network<storage::xtensor_host<double>, this_thread, precision::float64>;
template class network<storage::xtensor_host<double>, this_thread, precision::float64>;
DEEPMAACC_INSTANTIATE_EVALUATION(, Kokkos::DefaultHostExecutionSpace, double, compiled)
DEEPMAACC_INSTANTIATE_STUDY(, Kokkos::DefaultHostExecutionSpace, double, compiled)

}  // namespace deepmaacc
