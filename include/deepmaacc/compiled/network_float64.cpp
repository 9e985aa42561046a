// Networks of precision float64 on the default host space, and what evaluates them.
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/model/network.hpp>

namespace deepmaacc {

template class network<storage::xtensor_host<double>, this_thread, precision::float64>;
DEEPMAACC_INSTANTIATE_EVALUATION(, double, float64)

}  // namespace deepmaacc
