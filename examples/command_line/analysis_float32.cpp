#include "analysis.hpp"

namespace command_line {

template deepmaacc::report::report run_analysis<deepmaacc::precision::float32>(analysis_plan);

}  // namespace command_line
