// NO_ROWS
//   deepmaacc::network: an operation must have a body over rows; add forward(operation, context) in network/rows/
// NO_LANES
//   deepmaacc::network: an operation must have a form over blocks of inputs; add lower(operation, lane_builder) to network/lanes/lower.hpp,
//   or say there that it runs in rows

#include <deepmaacc/network/lanes/make_lane_program.hpp>
#include <deepmaacc/network/rows/forward.hpp>

struct doubling {};

#ifndef NO_ROWS
template <class Context>
void forward(const doubling&, const Context&) {}
#endif
#ifndef NO_LANES
template <class T>
std::size_t lower(const doubling&, deepmaacc::by_lanes::lane_builder<T>& to) {
  return to.input();
}
#endif

void run() {
  deepmaacc::by_rows::check_operation<doubling, deepmaacc::by_rows::context<deepmaacc::this_thread, float>>();
  deepmaacc::by_lanes::check_operation<doubling, float>();
}
