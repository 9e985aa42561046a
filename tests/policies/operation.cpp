// NO_ROWS
//   deepmaacc::network: an operation must have a body over rows; add `forward(const operation::…&, const context<Space, T>&)` in network/rows/
// NO_LANES
//   deepmaacc::network: an operation must have a form over blocks of inputs; add `lower(const operation::…&, lane_builder<T>&)` to
//   network/lanes/lower.hpp, or say there that it runs in rows

#include <deepmaacc/network/lanes/make_lane_program.hpp>
#include <deepmaacc/network/rows/forward.hpp>

namespace deepmaacc {
namespace operation {
struct doubling {};
}  // namespace operation

#ifndef NO_ROWS
namespace by_rows {
template <class Space, class T>
void forward(const operation::doubling&, const context<Space, T>&) {}
}  // namespace by_rows
#endif
#ifndef NO_LANES
namespace by_lanes {
template <class T>
std::size_t lower(const operation::doubling&, lane_builder<T>& to) {
  return to.input();
}
}  // namespace by_lanes
#endif
}  // namespace deepmaacc

void run() {
  deepmaacc::by_rows::check_operation<deepmaacc::operation::doubling, deepmaacc::by_rows::context<deepmaacc::this_thread, float>>();
  deepmaacc::by_lanes::check_operation<deepmaacc::operation::doubling, float>();
}
