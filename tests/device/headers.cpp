#include <deepmaacc/deepmaacc.hpp>
