#pragma once

/// \file
/// Copies between weight storages, whatever memory they lie in.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstddef>
#include <deepmaacc/concepts/weight_storage.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <ranges>
#include <vector>

namespace deepmaacc::storage {

/// A storage of another kind with the same numbers.
template <WeightStorage To, WeightStorage From>
To converted(const From& from) {
  using T = typename From::value_type;
  static_assert(std::is_same_v<T, typename To::value_type>,
                "deepmaacc::storage::converted: both storages must hold the same type; storage::from_host converts numbers");
  To to(from.size());
  if constexpr (is_host_accessible<typename From::memory_space> && is_host_accessible<typename To::memory_space>) {
    std::copy_n(from.data(), from.size(), to.data());  // no Kokkos call: this may be inside a parallel region
  } else {
    const matrix<const T, typename From::memory_space> source(from.data(), 1, from.size());
    const matrix<T, typename To::memory_space> target(to.data(), 1, to.size());
    if (from.size() > 0) Kokkos::deep_copy(target, source);
  }
  return to;
}

/// A storage that holds a copy of host numbers, converted to its value type. `xtensor_host` needs no initialised Kokkos.
template <WeightStorage To, std::ranges::contiguous_range Numbers>
To from_host(const Numbers& numbers) {
  using T = typename To::value_type;
  To to(std::ranges::size(numbers));
  const auto convert = [](const auto& number) { return static_cast<T>(number); };
  if constexpr (is_host_accessible<typename To::memory_space>) {
    std::ranges::transform(numbers, to.data(), convert);
  } else {
    std::vector<T> staged(to.size());
    std::ranges::transform(numbers, staged.begin(), convert);
    Kokkos::deep_copy(matrix<T, typename To::memory_space>(to.data(), 1, to.size()), matrix<const T>(staged.data(), 1, staged.size()));
  }
  return to;
}

}  // namespace deepmaacc::storage
