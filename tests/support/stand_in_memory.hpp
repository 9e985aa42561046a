#pragma once

/// \file
/// The memory of the stand-in device: the host's, but out of the host's reach. Kokkos holds it to be so, and while neither a kernel nor a
/// copy runs it is locked, so that who follows a pointer into it is stopped.

#include <sys/mman.h>

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstring>
#include <memory_resource>
#include <new>

// How Kokkos keeps count of who holds memory of a space, which it shows to its own spaces only.
#define KOKKOS_IMPL_PUBLIC_INCLUDE
#include <impl/Kokkos_SharedAlloc_timpl.hpp>
#undef KOKKOS_IMPL_PUBLIC_INCLUDE

namespace support {

class stand_in;

/// All of the device's memory. One thread at a time drives the device.
class device_memory {
 public:
  static device_memory& of_program() {
    static device_memory& all = *new device_memory;  // outlives what lies in it
    return all;
  }

  /// While one lives, the memory can be read and written.
  class opened {
   public:
    opened() {
      if (depth()++ == 0) of_program().protect(PROT_READ | PROT_WRITE);
    }
    opened(const opened&) = delete;
    opened& operator=(const opened&) = delete;
    ~opened() {
      if (--depth() == 0) of_program().protect(PROT_NONE);
    }

   private:
    static int& depth() {
      static int all = 0;
      return all;
    }
  };

  void* allocate(std::size_t size) {
    const opened open;
    void* const memory = pools_.allocate(size, alignment);
    std::memset(memory, 0xff, size);  // not a number, where nobody writes one
    return memory;
  }
  void deallocate(void* memory, std::size_t size) {
    const opened open;
    pools_.deallocate(memory, size, alignment);
  }

 private:
  static constexpr std::size_t whole = std::size_t{1} << 30, alignment = 64;

  device_memory() {
    if (begin_ == MAP_FAILED) throw std::bad_alloc();
  }
  void protect(int how) const {
    if (mprotect(begin_, whole, how) != 0) throw std::bad_alloc();
  }

  void* begin_ = mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  std::pmr::monotonic_buffer_resource all_{begin_, whole, std::pmr::null_memory_resource()};
  std::pmr::unsynchronized_pool_resource pools_{{0, std::size_t{1} << 22}, &all_};
};

/// The same as Kokkos' memory space.
class stand_in_memory {
 public:
  using memory_space = stand_in_memory;
  using execution_space = stand_in;
  using device_type = Kokkos::Device<execution_space, memory_space>;
  using size_type = std::size_t;

  static constexpr const char* name() { return "StandIn"; }
  void* allocate(std::size_t size) const { return device_memory::of_program().allocate(size); }
  void* allocate(const char*, std::size_t size, std::size_t = 0) const { return allocate(size); }
  template <class Execution>
  void* allocate(const Execution&, const char*, std::size_t size, std::size_t = 0) const {
    return allocate(size);
  }
  void deallocate(void* memory, std::size_t size) const { device_memory::of_program().deallocate(memory, size); }
  void deallocate(const char*, void* memory, std::size_t size, std::size_t = 0) const { deallocate(memory, size); }
};

/// A copy into the memory, out of it or within it, in the two forms that Kokkos calls.
struct device_copy {
  device_copy(void* to, const void* from, std::size_t size) {
    const device_memory::opened open;
    if (size > 0) std::memcpy(to, from, size);
  }
  template <class Execution>
  device_copy(const Execution&, void* to, const void* from, std::size_t size) : device_copy(to, from, size) {}
};

}  // namespace support

namespace Kokkos::Impl {

template <>
struct MemorySpaceAccess<HostSpace, support::stand_in_memory> {
  enum : bool { assignable = false, accessible = false, deepcopy = true };
};
template <>
struct MemorySpaceAccess<support::stand_in_memory, HostSpace> {
  enum : bool { assignable = false, accessible = false, deepcopy = true };
};

template <class Execution>
struct DeepCopy<support::stand_in_memory, HostSpace, Execution> : support::device_copy {
  using device_copy::device_copy;
};
template <class Execution>
struct DeepCopy<HostSpace, support::stand_in_memory, Execution> : support::device_copy {
  using device_copy::device_copy;
};
template <class Execution>
struct DeepCopy<support::stand_in_memory, support::stand_in_memory, Execution> : support::device_copy {
  using device_copy::device_copy;
};

// Kernels run on the host, which views of this memory would refuse: the lock refuses all others.
template <class Execution>
struct RuntimeCheckMemoryAccessViolation<support::stand_in_memory, Execution, false> {
  explicit RuntimeCheckMemoryAccessViolation(const char*) {}
};
template <class Execution>
struct RuntimeCheckBasicViewMemoryAccessViolation<support::stand_in_memory, Execution, false> {
  explicit RuntimeCheckBasicViewMemoryAccessViolation(const SharedAllocationTracker&) {}
};

}  // namespace Kokkos::Impl

KOKKOS_IMPL_HOST_INACCESSIBLE_SHARED_ALLOCATION_SPECIALIZATION(support::stand_in_memory);
