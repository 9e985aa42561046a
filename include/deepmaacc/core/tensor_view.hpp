#pragma once

/// \file
/// Tensors that somebody else owns, of whatever library and layout.

#include <Kokkos_Core.hpp>
#include <concepts>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/shape.hpp>
#include <type_traits>
#include <vector>

namespace deepmaacc {

namespace detail {

/// Where the elements of a tensor lie: any layout, whose first dimension runs over inputs or points.
template <class T>
struct strided_tensor {
  using value_type = T;

  const T* data = nullptr;
  shape extents;
  std::vector<std::size_t> strides;

  /// Whether the elements lie one after the other, row-major.
  bool is_row_major() const {
    std::size_t expected = 1;
    for (std::size_t d = extents.size(); d-- > 0; expected *= extents[d])
      if (extents[d] > 1 && strides[d] != expected) return false;
    return true;
  }

  /// Writes the elements below one index of the first dimension row-major.
  template <class U>
  void pack(std::size_t index, U* row) const {
    std::size_t count = 1;
    for (std::size_t d = 1; d < extents.size(); ++d) count *= extents[d];
    if (count == 0) return;  // there may be no data either
    const T* const begin = data + index * strides[0];
    std::vector<std::size_t> at(extents.size(), 0);
    for (std::size_t f = 0; f < count; ++f) {
      std::size_t offset = 0;
      for (std::size_t d = 1; d < at.size(); ++d) offset += at[d] * strides[d];
      row[f] = static_cast<U>(begin[offset]);
      for (std::size_t d = at.size(); d-- > 1;) {
        if (++at[d] < extents[d]) break;
        at[d] = 0;
      }
    }
  }
};

template <class Tensor>
concept xtensor_like = requires(const Tensor& tensor) {
  { tensor.data() } -> std::convertible_to<const void*>;
  tensor.shape().begin();
  tensor.strides().begin();
  tensor.data_offset();
};

template <class Tensor>
inline constexpr bool is_strided_tensor = false;
template <class T>
inline constexpr bool is_strided_tensor<strided_tensor<T>> = true;

/// The types in which inputs and points are passed: an xtensor container or view, a Kokkos view, or a `strided_tensor` made from one.
template <class Tensor>
concept tensor_like = Kokkos::is_view_v<std::remove_cvref_t<Tensor>> || xtensor_like<std::remove_cvref_t<Tensor>> ||
    is_strided_tensor<std::remove_cvref_t<Tensor>>;

/// Whether the elements lie where the host can read them.
template <class Tensor>
inline constexpr bool is_host_tensor = true;
template <class Tensor>
requires Kokkos::is_view_v<Tensor>
inline constexpr bool is_host_tensor<Tensor> = is_host_accessible<typename Tensor::memory_space>;

template <class Tensor>
requires is_host_tensor<Tensor>
auto view_of(const Tensor& tensor) {
  using T = std::remove_cv_t<typename Tensor::value_type>;
  strided_tensor<T> view;
  if constexpr (is_strided_tensor<Tensor>) {
    view = tensor;
  } else if constexpr (Kokkos::is_view_v<Tensor>) {
    view.data = tensor.data();
    for (std::size_t d = 0; d < Tensor::rank(); ++d) {
      view.extents.push_back(tensor.extent(d));
      view.strides.push_back(tensor.stride(static_cast<unsigned>(d)));
    }
  } else {
    view.data = tensor.data() + tensor.data_offset();
    for (const auto extent : tensor.shape()) view.extents.push_back(static_cast<std::size_t>(extent));
    for (const auto stride : tensor.strides()) view.strides.push_back(static_cast<std::size_t>(stride));
  }
  return view;
}

/// A vector's numbers as a row-major tensor. Refers to the vector.
/// \throws data_error where a shape has no extent, or takes another count of numbers.
template <class T>
strided_tensor<T> shaped(const std::vector<T>& numbers, const shape& extents) {
  if (extents.empty() || element_count(extents) != numbers.size())
    throw data_error(text("a std::vector of ", numbers.size(), " numbers has not the shape ", to_string(extents),
                          "; give the extents of all its numbers, such as {rows, columns}"));
  strided_tensor<T> tensor{numbers.data(), extents, std::vector<std::size_t>(extents.size(), 1)};
  for (std::size_t d = extents.size(); d-- > 1;) tensor.strides[d - 1] = tensor.strides[d] * extents[d];
  return tensor;
}

}  // namespace detail
}  // namespace deepmaacc
