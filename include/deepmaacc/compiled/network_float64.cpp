// Networks of precision float64 on the default host space, and what evaluates and analyses them.
#include <deepmaacc/analysis/compiled_network.hpp>

namespace deepmaacc {

template class network<storage::xtensor_host<double>, this_thread, precision::float64>;
DEEPMAACC_INSTANTIATE_EVALUATION(, double, float64)
DEEPMAACC_INSTANTIATE_STUDY(, double, float64)

}  // namespace deepmaacc
