#pragma once

/// \file
/// Weight storage on the host, by xtensor.

#include <Kokkos_Core.hpp>
#include <array>
#include <cstddef>
#include <deepmaacc/concepts/weight_storage.hpp>
#include <deepmaacc/core/xtensor.hpp>

namespace deepmaacc::storage {

/// A host array owned by an `xt::xtensor`.
template <class T>
class xtensor_host {
 public:
  using value_type = T;
  using memory_space = Kokkos::HostSpace;

  xtensor_host() : xtensor_host(0) {}
  explicit xtensor_host(std::size_t size) : numbers_(std::array<std::size_t, 1>{size}, T{0}) {}

  T* data() { return numbers_.data(); }
  const T* data() const { return numbers_.data(); }
  std::size_t size() const { return numbers_.size(); }

 private:
  xt::xtensor<T, 1> numbers_;
};

static_assert(WeightStorage<xtensor_host<float>>);

}  // namespace deepmaacc::storage
