#pragma once

/// \file
/// The weight storage slot: what owns the numbers of a model.

#include <concepts>
#include <cstddef>
#include <deepmaacc/concepts/self_description.hpp>
#include <memory>
#include <type_traits>

namespace deepmaacc {

namespace detail {

/// Names the type of its numbers and the memory space that they lie in.
template <class Storage>
concept NamesNumbersAndMemory = requires {
  typename Storage::value_type;
  typename Storage::memory_space;
};

/// Gives its numbers, of a floating-point type, to be read and to be changed, and tells how many there are.
template <class Storage>
concept GivesItsNumbers = NamesItsValueType<Storage> && requires(Storage storage, const Storage constant) {
  { storage.data() } -> std::same_as<typename Storage::value_type*>;
  { constant.data() } -> std::same_as<const typename Storage::value_type*>;
  { constant.size() } -> std::convertible_to<std::size_t>;
};

}  // namespace detail

/// An owning, fixed-size array of floating-point numbers in one memory space.
///
/// Syntax: 1. `value_type`, float or double; 2. `memory_space`, a Kokkos memory space; 3. constructible from a size;
/// 4. `data()`, a pointer valid in `memory_space`; 5. `size()`; 6. copyable and default constructible.
/// Laws: a copy owns numbers of its own, equal to the original's; a new array holds zeros; `data()` stays valid until the array
/// is assigned to or destroyed, also when it is moved from one variable to another.
/// Shipped: `storage::xtensor_host` (host, xtensor), `storage::kokkos_view` (any Kokkos memory space).
template <class Storage>
concept WeightStorage = std::copyable<Storage> && std::default_initializable<Storage> && std::constructible_from<Storage, std::size_t> &&
    detail::NamesNumbersAndMemory<Storage> && detail::GivesItsNumbers<Storage>;

/// Says at compile time what is wrong with a type that is meant to be a weight storage.
template <class Storage>
constexpr void check_weight_storage() {
  static_assert(detail::NamesNumbersAndMemory<Storage>,
                "deepmaacc::network: a weight storage must name its value_type and its memory_space; see docs/policies/weight_storage.md");
  static_assert(std::constructible_from<Storage, std::size_t> && std::default_initializable<Storage>,
                "deepmaacc::network: a weight storage must be constructible from its size, and by default empty; see "
                "docs/policies/weight_storage.md");
  static_assert(std::copyable<Storage>,
                "deepmaacc::network: a weight storage must be copyable, and a copy must own its numbers; see "
                "docs/policies/weight_storage.md");
  if constexpr (requires { typename Storage::value_type; })
    static_assert(detail::GivesItsNumbers<Storage>,
                  "deepmaacc::network: a weight storage must have data() (const and not), size() and a floating value_type; see "
                  "docs/policies/weight_storage.md");
}

namespace archetype {

/// The least that is a weight storage.
template <class T, class MemorySpace>
class weight_storage {
 public:
  using value_type = T;
  using memory_space = MemorySpace;
  weight_storage() = default;
  explicit weight_storage(std::size_t size) : numbers_(new T[size]()), size_(size) {}
  weight_storage(const weight_storage& other) : weight_storage(other.size_) {
    for (std::size_t i = 0; i < size_; ++i) numbers_[i] = other.numbers_[i];
  }
  weight_storage(weight_storage&&) noexcept = default;
  weight_storage& operator=(weight_storage other) noexcept {
    numbers_ = std::move(other.numbers_);
    size_ = other.size_;
    return *this;
  }
  T* data() { return numbers_.get(); }
  const T* data() const { return numbers_.get(); }
  std::size_t size() const { return size_; }

 private:
  std::unique_ptr<T[]> numbers_;
  std::size_t size_ = 0;
};

}  // namespace archetype
}  // namespace deepmaacc
