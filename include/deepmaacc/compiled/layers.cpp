// Layers and their graph: what the library `deepmaacc::compiled` holds of functions that are no templates.
#define DEEPMAACC_COMPILING
#include <deepmaacc/model/network_plan.hpp>
