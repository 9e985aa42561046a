#include "support/networks.hpp"

namespace deepmaacc {
DEEPMAACC_INSTANTIATE_CLUSTERING(, this_thread, double)
}  // namespace deepmaacc
