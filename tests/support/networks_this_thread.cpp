#include "support/networks.hpp"

SUPPORT_INSTANTIATE_NETWORKS(, deepmaacc::this_thread)
