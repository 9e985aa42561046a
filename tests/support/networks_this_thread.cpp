#include "support/networks.hpp"

namespace deepmaacc {
SUPPORT_INSTANTIATE_NETWORKS(, this_thread)
}  // namespace deepmaacc
