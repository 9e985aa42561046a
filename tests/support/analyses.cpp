#include "support/networks.hpp"

namespace deepmaacc {
SUPPORT_INSTANTIATE_ANALYSES()
}  // namespace deepmaacc
