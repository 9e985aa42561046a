#pragma once

/// \file
/// A stand-in for a device, where there is none: an execution space whose kernels run on the calling thread, over memory that the host
/// cannot reach. What forgets a copy between host and device does not compile, is stopped, or computes wrong numbers. It does what it is
/// asked at once, so a forgotten fence is not found. Made of what is private to Kokkos, for the version that tests are built with.

#include <Kokkos_Core.hpp>
#include <type_traits>

#include "support/stand_in_memory.hpp"

namespace support {

/// An instance is one of `Kokkos::Serial`.
class stand_in : public Kokkos::Serial {
 public:
  using execution_space = stand_in;
  using memory_space = stand_in_memory;
  using device_type = Kokkos::Device<execution_space, memory_space>;
  using size_type = memory_space::size_type;
  using array_layout = Kokkos::LayoutLeft;  // as of GPUs
  using scratch_memory_space = Kokkos::ScratchMemorySpace<execution_space>;

  static const char* name() { return "StandIn"; }
};

}  // namespace support

template <>
struct Kokkos::Tools::Experimental::DeviceTypeTraits<support::stand_in> : DeviceTypeTraits<Kokkos::Serial> {};

namespace Kokkos::Impl {

template <>
class TeamPolicyInternal<support::stand_in, support::stand_in> : public TeamPolicyInternal<Serial, Serial> {
 public:
  using traits = PolicyTraits<support::stand_in>;
  using execution_policy = TeamPolicyInternal;
  using execution_space = support::stand_in;

  template <class... Sizes>
  explicit TeamPolicyInternal(const support::stand_in& space, const Sizes&... sizes)
      : TeamPolicyInternal<Serial, Serial>(space, sizes...), space_(space) {}
  const support::stand_in& space() const { return space_; }

 private:
  support::stand_in space_;
};

}  // namespace Kokkos::Impl

namespace support {

/// The policy by which Serial runs what the device is given.
template <class Policy>
struct policy_of_serial {
  using type = Policy;
};
template <>
struct policy_of_serial<Kokkos::TeamPolicy<stand_in>> {
  using type = Kokkos::TeamPolicy<Kokkos::Serial>;
};

/// A kernel of Serial, for which the device's memory is open.
template <class Kernel>
struct device_kernel : Kernel {
  using Kernel::Kernel;
  void execute() const {
    const device_memory::opened open;
    Kernel::execute();
  }
};

}  // namespace support

namespace Kokkos::Impl {

template <class Functor, class Policy>
struct ParallelFor<Functor, Policy, support::stand_in>
    : support::device_kernel<ParallelFor<Functor, typename support::policy_of_serial<Policy>::type, Serial>> {
  using support::device_kernel<ParallelFor<Functor, typename support::policy_of_serial<Policy>::type, Serial>>::device_kernel;
};

template <class Functor, class Policy>
struct ParallelReduce<Functor, Policy, support::stand_in>
    : support::device_kernel<ParallelReduce<Functor, typename support::policy_of_serial<Policy>::type, Serial>> {
  using support::device_kernel<ParallelReduce<Functor, typename support::policy_of_serial<Policy>::type, Serial>>::device_kernel;
};

}  // namespace Kokkos::Impl
