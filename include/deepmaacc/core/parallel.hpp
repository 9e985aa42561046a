#pragma once

/// \file
/// How the toolkit runs loops: kernels on an execution space, and independent tasks on the threads of a host space.

#include <Kokkos_Core.hpp>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/function_ref.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/simd.hpp>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace deepmaacc {

/// The execution space of code that already runs inside a parallel region: its kernels are plain loops on the calling thread.
/// A Kokkos host space cannot serve there: launching on an instance that is busy with the outer region waits for itself.
struct this_thread {
  using execution_space = this_thread;
  using memory_space = Kokkos::HostSpace;
  static const char* name() { return "this_thread"; }
  int concurrency() const { return 1; }
  void fence(const std::string& = {}) const {}
};

/// Runs `body(i)` for i in [0, count), in any order, as the kernel `label`. Does not wait for a device: `space.fence()` does.
template <class Space, class Body>
void parallel_loop(const Space& space, const char* label, std::size_t count, const Body& body) {
  if constexpr (std::is_same_v<Space, this_thread>) {
    static_cast<void>(label);
    for (std::size_t i = 0; i < count; ++i) body(i);
  } else {
    Kokkos::parallel_for(label, Kokkos::RangePolicy<Space, Kokkos::IndexType<std::size_t>>(space, 0, count), body);
  }
}

/// Runs `body(row, column)` over a grid, in any order, as the kernel `label`; on one thread the columns run fastest, and may run in
/// vectors: no two columns of a row may write to one place, atomically or not.
template <class Space, class Body>
void parallel_loop(const Space& space, const char* label, std::size_t row_count, std::size_t column_count, const Body& body) {
  if constexpr (std::is_same_v<Space, this_thread>) {
    static_cast<void>(label);
    for (std::size_t row = 0; row < row_count; ++row) vector_loop(column_count, [&](const std::size_t column) { body(row, column); });
  } else {
    using index = std::int64_t;
    Kokkos::parallel_for(label,
                         Kokkos::MDRangePolicy<Space, Kokkos::Rank<2>, Kokkos::IndexType<index>>(
                             space, {index{0}, index{0}}, {static_cast<index>(row_count), static_cast<index>(column_count)}),
                         body);
  }
}

/// Runs `task(i, worker)` for i in [0, count) on the threads of a host space, each task on one of them, in any order.
/// `worker` is below `space.concurrency()` and names the thread's own workspace: no two running tasks share it.
/// The first exception that a task throws is thrown here when the running ones have ended; tasks not yet begun are left out.
/// A task must not launch Kokkos kernels: it is inside one. Each costs an indirect call, so that a space has one such loop to compile.
template <class Space>
void parallel_tasks(const Space& space, const char* label, std::size_t count, function_ref<void(std::size_t, std::size_t)> task) {
  static_assert(is_host_accessible<typename Space::memory_space>,
                "deepmaacc::parallel_tasks: the space must run on the host; take Kokkos::DefaultHostExecutionSpace or this_thread");
  std::exception_ptr failure;
  std::mutex guard;
  std::atomic<bool> failed = false;
  const auto guarded = [&](std::size_t i, std::size_t worker) {
    if (failed.load(std::memory_order_relaxed)) return;
    try {
      task(i, worker);
    } catch (...) {
      const std::lock_guard lock(guard);
      if (!failed.exchange(true)) failure = std::current_exception();
    }
  };
  if constexpr (std::is_same_v<Space, this_thread>) {
    for (std::size_t i = 0; i < count; ++i) guarded(i, 0);
  } else if (count > 0) {
    const Kokkos::Experimental::UniqueToken<Space> tokens(space);
    using policy = Kokkos::RangePolicy<Space, Kokkos::Schedule<Kokkos::Dynamic>, Kokkos::IndexType<std::size_t>>;
    Kokkos::parallel_for(label, policy(space, 0, count, Kokkos::ChunkSize(1)), [&](const std::size_t i) {
      const auto worker = tokens.acquire();
      guarded(i, static_cast<std::size_t>(worker));
      tokens.release(worker);
    });
    space.fence(std::string(label));
  }
  if (failure) std::rethrow_exception(failure);
}

/// Multiply-add operations below which a parallel region does not pay: they take less time than it takes to wake a sleeping thread, and on
/// a machine that others use, a region waits for threads that have no core. OpenBLAS leaves products of no more on the calling thread too,
/// so that the bits are the same in a region and out of it.
inline constexpr std::size_t small_work = std::size_t{1} << 18;

/// The same for tasks that take about so many `operations` in all: `small_work` is done on the calling thread.
template <class Space>
void parallel_tasks(const Space& space, const char* label, std::size_t count, std::size_t operations,
                    function_ref<void(std::size_t, std::size_t)> task) {
  if (operations <= small_work)
    parallel_tasks(this_thread{}, label, count, task);
  else
    parallel_tasks(space, label, count, task);
}

/// \throws usage_error naming `caller` when the program has not initialised Kokkos: the toolkit never does it.
inline void require_kokkos(const char* caller) {
  if (!Kokkos::is_initialized() || Kokkos::is_finalized())
    throw usage_error(std::string(caller) +
                      ": Kokkos is not initialised; put `Kokkos::ScopeGuard kokkos(argc, argv);` at the beginning of main");
}

namespace detail {

/// \throws usage_error naming `caller` where the calling thread cannot launch on a host space: Kokkos would wait for ever, or throw what
/// tells nobody what to do.
template <class Space>
void require_free_thread(const char* caller, const Space& space) {
#ifdef KOKKOS_ENABLE_OPENMP
  if constexpr (std::is_same_v<Space, Kokkos::OpenMP>)
    if (omp_get_level() > 0)
      throw usage_error(std::string(caller) +
                        ": Kokkos::OpenMP is given inside a parallel region, which it would wait for; give this_thread{} there");
#endif
#ifdef KOKKOS_ENABLE_THREADS
  if constexpr (std::is_same_v<Space, Kokkos::Threads>) {
    try {  // there is no public question, and to launch nothing takes microseconds
      Kokkos::parallel_for("deepmaacc::require_free_thread", Kokkos::RangePolicy<Space>(space, 0, 0), [](const int) {});
    } catch (const std::runtime_error&) {
      throw usage_error(std::string(caller) +
                        ": Kokkos::Threads obeys only the thread that initialised Kokkos, outside of parallel regions; call it from there, "
                        "or give this_thread{}");
    }
  }
#endif
  static_cast<void>(caller);
  static_cast<void>(space);
}

}  // namespace detail

/// The same, and where the calling thread may not launch on the space.
template <class Space>
void require_kokkos(const char* caller, const Space& space) {
  require_kokkos(caller);
  if constexpr (requires { requires is_host_accessible<typename Space::memory_space>; })
    detail::require_free_thread(caller, space);
  else  // a device leaves some of the work to the host's threads
    detail::require_free_thread(caller, Kokkos::DefaultHostExecutionSpace{});
}

}  // namespace deepmaacc
