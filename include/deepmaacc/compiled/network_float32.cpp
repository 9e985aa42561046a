// Networks of precision float32 on the default host space, and what evaluates and analyses them.
#include <deepmaacc/analysis/compiled_network.hpp>

namespace deepmaacc {

template class network<storage::xtensor_host<float>, this_thread, precision::float32>;
DEEPMAACC_INSTANTIATE_EVALUATION(, float, float32)
DEEPMAACC_INSTANTIATE_STUDY(, float, float32)

}  // namespace deepmaacc
