#pragma once

/// \file
/// Weight storage in any Kokkos memory space.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/concepts/weight_storage.hpp>

namespace deepmaacc::storage {

/// An array in a Kokkos memory space. Unlike a view, a copy owns numbers of its own.
template <class T, class MemorySpace = Kokkos::DefaultExecutionSpace::memory_space>
class kokkos_view {
 public:
  using value_type = T;
  using memory_space = MemorySpace;

  kokkos_view() = default;
  explicit kokkos_view(std::size_t size) : numbers_("deepmaacc::storage", size) {}
  kokkos_view(const kokkos_view& other) : kokkos_view(other.size()) { Kokkos::deep_copy(numbers_, other.numbers_); }
  kokkos_view(kokkos_view&&) noexcept = default;
  kokkos_view& operator=(kokkos_view other) noexcept {
    numbers_ = other.numbers_;
    return *this;
  }
  ~kokkos_view() = default;

  T* data() { return numbers_.data(); }
  const T* data() const { return numbers_.data(); }
  std::size_t size() const { return numbers_.extent(0); }

 private:
  Kokkos::View<T*, MemorySpace> numbers_;
};

static_assert(WeightStorage<kokkos_view<float>>);

}  // namespace deepmaacc::storage
