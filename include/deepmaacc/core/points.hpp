#pragma once

/// \file
/// Points of a space, as clustering takes them: one row each.

#include <Kokkos_Core.hpp>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/core/tensor_view.hpp>
#include <type_traits>
#include <vector>

namespace deepmaacc {

/// The coordinates of one point: what a distance metric is called with. Device code may use it.
template <class T>
class coordinates {
 public:
  KOKKOS_FUNCTION constexpr coordinates(const T* data, std::size_t size) : data_(data), size_(size) {}
  KOKKOS_FUNCTION constexpr const T* data() const { return data_; }
  KOKKOS_FUNCTION constexpr std::size_t size() const { return size_; }
  KOKKOS_FUNCTION constexpr T operator[](std::size_t i) const { return data_[i]; }
  KOKKOS_FUNCTION constexpr const T* begin() const { return data_; }
  KOKKOS_FUNCTION constexpr const T* end() const { return data_ + size_; }

 private:
  const T* data_;
  std::size_t size_;
};

/// Points that lie row-major on the host: those of a container, or a copy where they lie otherwise.
template <class T>
class point_rows {
 public:
  using value_type = T;

  /// \param points  n × d: an xtensor container or view, or a Kokkos view of either layout; refers to it where it is row-major
  /// \throws data_error where it is no matrix, has no row or no column, or holds a number that is not finite.
  template <detail::tensor_like Points>
  explicit point_rows(const Points& points) {
    static_assert(std::is_same_v<std::remove_cv_t<typename Points::value_type>, T>,
                  "deepmaacc::point_rows: points must hold float or double; convert them first");
    static_assert(detail::is_host_tensor<Points>,
                  "deepmaacc::point_rows: points must lie in memory that the host can read; use Kokkos::create_mirror_view_and_copy");
    const auto tensor = detail::view_of(points);
    if (tensor.extents.size() != 2)
      throw data_error("points must be a matrix, one row per point, but have shape " + to_string(tensor.extents));
    const std::size_t n = tensor.extents[0], d = tensor.extents[1];
    if (n == 0) throw data_error("there are no points: clustering needs at least one");
    if (d == 0) throw data_error("the points have no coordinates: their matrix has shape " + to_string(tensor.extents));
    if (tensor.is_row_major()) {
      rows_ = matrix<const T>(tensor.data, n, d);
    } else {
      owned_.resize(element_count(tensor.extents));
      for (std::size_t i = 0; i < n; ++i) tensor.pack(i, owned_.data() + i * d);
      rows_ = matrix<const T>(owned_.data(), n, d);
    }
    for (std::size_t i = 0; i < n * d; ++i)
      if (!std::isfinite(rows_.data()[i]))
        throw data_error(detail::text("point ", i / d, " has ", rows_.data()[i], " in column ", i % d, "; remove or replace it"));
  }
  template <detail::tensor_like Points>
  explicit point_rows(const Points&&) = delete;
  point_rows(const point_rows&) = delete;
  point_rows& operator=(const point_rows&) = delete;
  ~point_rows() = default;

  /// n × d.
  matrix<const T> rows() const { return rows_; }

 private:
  std::vector<T> owned_;
  matrix<const T> rows_;
};

template <class Points>
point_rows(const Points&)
    -> point_rows<std::conditional_t<std::is_same_v<std::remove_cv_t<typename Points::value_type>, float>, float, double>>;

}  // namespace deepmaacc
