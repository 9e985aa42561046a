#pragma once

/// \file
/// Distances that the program has already.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/core/tensor_view.hpp>
#include <deepmaacc/distance/distance_matrix.hpp>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc::distance {

/// Distances of all pairs of n points, checked: finite, symmetric, from 0, and 0 on the diagonal. What rounding leaves of the last three is
/// forgiven, up to 10⁻⁵ of the largest distance: the lower triangle is taken, negative numbers and the diagonal are 0. Refers to the
/// numbers of an xtensor container that is given as an lvalue, where they lie row-major; keeps one that is given as an rvalue, and a
/// managed Kokkos view, alive; copies what lies otherwise.
template <class T>
class precomputed {
 public:
  using value_type = T;

  /// \param distances  n × n, or the n(n − 1)/2 distances above the diagonal row by row (condensed, as SciPy's pdist writes them; none for
  /// one point)
  /// \throws data_error where the numbers are not such distances.
  template <class Distances>
  requires deepmaacc::detail::tensor_like<Distances>
  // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): its requires keeps copies out, which the check does not read
  explicit precomputed(Distances&& distances) {
    using container = std::remove_cvref_t<Distances>;
    static_assert(std::is_same_v<std::remove_cv_t<typename container::value_type>, T>,
                  "deepmaacc::distance::precomputed: distances must hold float or double; convert them first");
    static_assert(deepmaacc::detail::is_host_tensor<container>,
                  "deepmaacc::distance::precomputed: distances must lie in memory that the host can read; use "
                  "Kokkos::create_mirror_view_and_copy");
    deepmaacc::detail::strided_tensor<T> tensor;
    if constexpr (Kokkos::is_view_v<container> || !std::is_lvalue_reference_v<Distances>) {
      auto kept = std::make_shared<const container>(std::forward<Distances>(distances));
      tensor = deepmaacc::detail::view_of(*kept);
      owner_ = std::move(kept);
    } else {
      tensor = deepmaacc::detail::view_of(distances);
    }
    if (tensor.extents.empty() || tensor.extents.size() > 2)
      throw data_error("distances must be a square matrix or a condensed vector, but have shape " + to_string(tensor.extents));
    numbers_ = tensor.data;
    if (!tensor.is_row_major()) {
      const std::size_t count = element_count(tensor.extents);
      owned_.resize(count);
      for (std::size_t i = 0; i < tensor.extents[0]; ++i) tensor.pack(i, owned_.data() + i * (count / tensor.extents[0]));
      numbers_ = owned_.data();
    }
    if (tensor.extents.size() == 2)
      check_square(tensor.extents);
    else
      check_condensed(tensor.extents[0]);
  }
  precomputed(const precomputed&) = delete;
  precomputed& operator=(const precomputed&) = delete;
  ~precomputed() = default;

  /// Number of points.
  std::size_t size() const { return size_; }
  T operator()(std::size_t i, std::size_t j) const {
    if (i == j) return 0;
    const auto [low, high] = std::minmax(i, j);
    return std::max(T(0), numbers_[is_square_ ? high * size_ + low : condensed_index(size_, low, high)]);
  }

  /// Where the condensed form has the distance of two points, row < column.
  static constexpr std::size_t condensed_index(std::size_t points, std::size_t row, std::size_t column) {
    return row * (2 * points - row - 1) / 2 + column - row - 1;
  }

  /// The matrix that algorithms work in. `is_squared`: of the squares.
  /// \throws data_error where a square is infinite or vanishes.
  template <HostExecutionSpace Space>
  distance_matrix<T> matrix_of(const Space& space, bool is_squared) const {
    distance_matrix<T> matrix(size_);
    parallel_tasks(space, "deepmaacc::distance::precomputed", size_, size_ * size_, [&](std::size_t i, std::size_t) {
      T* const row = matrix.row(i);
      for (std::size_t j = 0; j < size_; ++j) row[j] = (*this)(i, j);
      if (is_squared) deepmaacc::detail::square_row(row, size_, i);
    });
    return matrix;
  }

 private:
  [[noreturn]] static void refuse(std::size_t i, std::size_t j, T number) {
    throw data_error(
        deepmaacc::detail::text("the distance of points ", i, " and ", j, " is ", number, "; distances must be finite numbers from 0"));
  }

  /// The largest distance.
  /// \param at  the number that is given for two points
  /// \throws data_error where one is not finite.
  template <class At>
  T largest(const At& at) const {
    T most = 0;
    for (std::size_t i = 0; i < size_; ++i)
      for (std::size_t j = 0; j < i; ++j) {
        const T number = at(i, j);
        if (!std::isfinite(number)) refuse(i, j, number);
        most = std::max(most, number);
      }
    return most;
  }

  void check_square(const shape& extents) {
    size_ = extents[0];
    is_square_ = true;
    if (extents[0] != extents[1]) throw data_error("a matrix of distances must be square, but has shape " + to_string(extents));
    if (size_ == 0) throw data_error("there are no points: clustering needs at least one");
    const auto number = [&](std::size_t i, std::size_t j) { return numbers_[i * size_ + j]; };
    const T slack = forgiven * largest(number);
    for (std::size_t i = 0; i < size_; ++i) {
      if (!(std::abs(number(i, i)) <= slack))
        throw data_error(deepmaacc::detail::text(
            "point ", i, " has distance ", number(i, i),
            " to itself, but must have 0; set the diagonal to 0, or, if these are similarities, subtract them from their largest"));
      for (std::size_t j = 0; j < i; ++j) {
        const T below = number(i, j), above = number(j, i);
        if (below < -slack) refuse(i, j, below);
        if (!(std::abs(below - above) <= slack))
          throw data_error(deepmaacc::detail::text("the distances of points ", i, " and ", j, " are ", below, " below and ", above,
                                                   " above the diagonal, but must be equal; take their mean, or the condensed form"));
      }
    }
  }

  void check_condensed(std::size_t length) {
    size_ = static_cast<std::size_t>((1 + std::sqrt(1 + 8 * static_cast<double>(length))) / 2);
    while (size_ * (size_ - 1) / 2 < length) ++size_;  // the root may be rounded either way
    while (size_ > 1 && size_ * (size_ - 1) / 2 > length) --size_;
    if (size_ * (size_ - 1) / 2 != length)
      throw data_error(deepmaacc::detail::text(length, " condensed distances are those of no number of points: ", size_, " points have ",
                                               size_ * (size_ - 1) / 2, ", ", size_ + 1, " have ", size_ * (size_ + 1) / 2));
    const auto number = [&](std::size_t i, std::size_t j) { return numbers_[condensed_index(size_, j, i)]; };
    const T slack = forgiven * largest(number);
    for (std::size_t i = 0; i < size_; ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (number(i, j) < -slack) refuse(j, i, number(i, j));
  }

  static constexpr T forgiven = T(1e-5);  // of the largest distance

  std::shared_ptr<const void> owner_;
  std::vector<T> owned_;
  const T* numbers_ = nullptr;
  std::size_t size_ = 0;
  bool is_square_ = false;
};

template <class Distances>
precomputed(Distances&&) -> precomputed<
    std::conditional_t<std::is_same_v<std::remove_cv_t<typename std::remove_cvref_t<Distances>::value_type>, float>, float, double>>;

}  // namespace deepmaacc::distance
