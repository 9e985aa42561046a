#pragma once

#include <Kokkos_Core.hpp>
#include <cstddef>

// Stand for a device that no host code can reach, so that rules about memory can be broken wherever the tests run.
struct device_memory {
  using memory_space = device_memory;
  using execution_space = Kokkos::DefaultHostExecutionSpace;
  using device_type = Kokkos::Device<execution_space, memory_space>;
  using size_type = std::size_t;
};

struct device {
  using execution_space = device;
  using memory_space = device_memory;
};
