#pragma once

/// \file
/// Weight storages of another value type.

#include <Kokkos_Core.hpp>
#include <deepmaacc/concepts/weight_storage.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/storage/copy.hpp>
#include <deepmaacc/storage/kokkos_view.hpp>
#include <deepmaacc/storage/xtensor_host.hpp>
#include <span>
#include <type_traits>

namespace deepmaacc::storage {

namespace detail {

template <class Storage, class T>
struct storage_of {
  using memory = typename Storage::memory_space;
  using type = std::conditional_t<std::is_same_v<memory, Kokkos::HostSpace>, xtensor_host<T>, kokkos_view<T, memory>>;
};
template <class Storage>
struct storage_of<Storage, typename Storage::value_type> {
  using type = Storage;
};
template <template <class, class...> class Kind, class Old, class... More, class T>
requires(!std::is_same_v<Old, T> && std::is_same_v<Old, typename Kind<Old, More...>::value_type> &&
         WeightStorage<Kind<T, More...>>) struct storage_of<Kind<Old, More...>, T> {
  using type = Kind<T, More...>;
};

}  // namespace detail

/// The storage that holds T in the memory of another: the same template where the value type is its first argument, else a shipped one.
template <WeightStorage Storage, class T>
using holding = typename detail::storage_of<Storage, T>::type;

/// The same numbers as another type, in the same memory; each is the nearest that T has.
template <class T, WeightStorage From>
holding<From, T> cast(const From& from) {
  if constexpr (std::is_same_v<T, typename From::value_type>) {
    return from;
  } else if constexpr (is_host_accessible<typename From::memory_space>) {
    return from_host<holding<From, T>>(std::span(from.data(), from.size()));
  } else {
    const auto host = converted<xtensor_host<typename From::value_type>>(from);
    return from_host<holding<From, T>>(std::span(host.data(), host.size()));
  }
}

}  // namespace deepmaacc::storage
