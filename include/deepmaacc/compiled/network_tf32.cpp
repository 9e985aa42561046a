// Networks of precision tf32 on the default host space, and what evaluates and analyses them.
#include <deepmaacc/analysis/compiled_network.hpp>

namespace deepmaacc {

template class network<storage::xtensor_host<float>, this_thread, precision::tf32>;
DEEPMAACC_INSTANTIATE_EVALUATION(, float, tf32)
DEEPMAACC_INSTANTIATE_STUDY(, float, tf32)

}  // namespace deepmaacc
