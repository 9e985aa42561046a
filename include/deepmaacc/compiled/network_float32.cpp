// Networks of precision float32 on the default host space, and what evaluates them.
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/model/network.hpp>

namespace deepmaacc {

template class network<storage::xtensor_host<float>, this_thread, precision::float32>;
DEEPMAACC_INSTANTIATE_EVALUATION(, float, float32)

}  // namespace deepmaacc
