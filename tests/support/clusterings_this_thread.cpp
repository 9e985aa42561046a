#include "support/networks.hpp"

namespace deepmaacc {
SUPPORT_INSTANTIATE_CLUSTERINGS(, this_thread)
}  // namespace deepmaacc
