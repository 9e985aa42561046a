// ON_A_DEVICE
//   deepmaacc::parallel_tasks: the space must run on the host; take Kokkos::DefaultHostExecutionSpace or this_thread

#include <deepmaacc/core/parallel.hpp>

#include "device.hpp"

#ifdef ON_A_DEVICE
using where_to_run = device;
#else
using where_to_run = Kokkos::DefaultHostExecutionSpace;
#endif

void run(const where_to_run& space) {
  deepmaacc::parallel_tasks(space, "nothing", 1, [](std::size_t, std::size_t) {});
}
