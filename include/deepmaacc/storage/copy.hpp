#pragma once

/// \file
/// Copies between weight storages, whatever memory they lie in.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/concepts/weight_storage.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <span>

namespace deepmaacc::storage {

/// A storage of another kind with the same numbers.
template <WeightStorage To, WeightStorage From>
To converted(const From& from) {
  using T = typename From::value_type;
  static_assert(std::is_same_v<T, typename To::value_type>,
                "deepmaacc::storage::converted: both storages must hold the same type; storage::from_host converts numbers");
  To to(from.size());
  const matrix<const T, typename From::memory_space> source(from.data(), 1, from.size());
  const matrix<T, typename To::memory_space> target(to.data(), 1, to.size());
  if (from.size() > 0) Kokkos::deep_copy(target, source);
  return to;
}

/// A storage that holds a copy of host numbers, converted to its value type.
template <WeightStorage To, class T>
To from_host(std::span<const T> numbers) {
  Kokkos::View<typename To::value_type**, Kokkos::LayoutRight, Kokkos::HostSpace> staged("deepmaacc::storage::from_host", 1,
                                                                                         numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) staged(0, i) = static_cast<typename To::value_type>(numbers[i]);
  To to(numbers.size());
  const matrix<typename To::value_type, typename To::memory_space> target(to.data(), 1, to.size());
  if (!numbers.empty()) Kokkos::deep_copy(target, staged);
  return to;
}

}  // namespace deepmaacc::storage
