#pragma once

/// \file
/// Arrays in any memory space, which on the host cost no Kokkos call.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/core/matrix.hpp>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {

/// An array of numbers, or of plain structures, in a memory space. Copies share it. To allocate or free a `Kokkos::View` fences every
/// execution space, which inside a parallel region waits for itself; so on the host this is plain memory.
template <class T, class MemorySpace>
requires std::is_trivially_destructible_v<T>
class shared_array {
 public:
  static constexpr bool is_plain = std::is_same_v<MemorySpace, Kokkos::HostSpace>;

  shared_array() = default;
  /// `size` elements, value-initialised: numbers are 0.
  shared_array(const char* label, std::size_t size) : size_(size) {
    if constexpr (is_plain) {
      if (size > 0) numbers_ = allocated(size);
    } else {
      numbers_ = storage(std::string(label), size);
    }
  }
  /// The elements of a vector, without a copy where it lies in this memory.
  shared_array(const char* label, std::vector<T> from) : size_(from.size()) {
    if constexpr (is_plain) {
      const auto owner = std::make_shared<std::vector<T>>(std::move(from));
      numbers_ = storage(owner, owner->data());
    } else {
      numbers_ = storage(Kokkos::view_alloc(Kokkos::WithoutInitializing, std::string(label)), size_);
      Kokkos::deep_copy(numbers_, host_view<const T>(from.data(), size_));
    }
  }

  T* data() const {
    if constexpr (is_plain)
      return numbers_.get();
    else
      return numbers_.data();
  }
  std::size_t size() const { return size_; }

  /// The same elements where the host can read them: these, or a copy.
  shared_array<T, Kokkos::HostSpace> on_host() const {
    if constexpr (is_plain) {
      return *this;
    } else {
      shared_array<T, Kokkos::HostSpace> copy("deepmaacc::shared_array", size_);
      Kokkos::deep_copy(host_view<T>(copy.data(), size_), numbers_);
      return copy;
    }
  }

 private:
  using storage = std::conditional_t<is_plain, std::shared_ptr<T[]>, Kokkos::View<T*, MemorySpace>>;
  template <class Element>
  using host_view = Kokkos::View<Element*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

  static std::shared_ptr<T[]> allocated(std::size_t size) {
    constexpr std::align_val_t line{64};  // as Kokkos aligns
    T* const numbers = static_cast<T*>(::operator new(checked_bytes(size), line));
    std::uninitialized_value_construct_n(numbers, size);
    return std::shared_ptr<T[]>(numbers, [](T* memory) { ::operator delete (memory, std::align_val_t{64}); });
  }
  static std::size_t checked_bytes(std::size_t size) {
    if (size > static_cast<std::size_t>(-1) / 2 / sizeof(T)) throw std::bad_array_new_length();
    return size * sizeof(T);
  }

  storage numbers_;
  std::size_t size_ = 0;
};

}  // namespace deepmaacc
