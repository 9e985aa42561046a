#pragma once

/// \file
/// Weight storage in any Kokkos memory space.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstddef>
#include <deepmaacc/concepts/weight_storage.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/shared_array.hpp>
#include <utility>

namespace deepmaacc::storage {

/// An array in a Kokkos memory space. Unlike a view, a copy owns numbers of its own; and in the host's memory it makes no Kokkos call, so
/// that networks can be copied inside a parallel region.
template <class T, class MemorySpace = Kokkos::DefaultExecutionSpace::memory_space>
class kokkos_view {
 public:
  using value_type = T;
  using memory_space = MemorySpace;

  kokkos_view() = default;
  explicit kokkos_view(std::size_t size) : numbers_("deepmaacc::storage", size) {}
  kokkos_view(const kokkos_view& other) : kokkos_view(other.size()) {
    if constexpr (shared_array<T, MemorySpace>::is_plain) {
      std::copy_n(other.data(), size(), data());
    } else {
      using row = matrix<T, MemorySpace>;
      Kokkos::deep_copy(row(data(), 1, size()), row(other.numbers_.data(), 1, size()));
    }
  }
  kokkos_view(kokkos_view&&) noexcept = default;
  kokkos_view& operator=(kokkos_view other) noexcept {
    numbers_ = std::move(other.numbers_);
    return *this;
  }
  ~kokkos_view() = default;

  T* data() { return numbers_.data(); }
  const T* data() const { return numbers_.data(); }
  std::size_t size() const { return numbers_.size(); }

 private:
  shared_array<T, MemorySpace> numbers_;
};

static_assert(WeightStorage<kokkos_view<float>>);

}  // namespace deepmaacc::storage
