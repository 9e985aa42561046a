#pragma once

/// \file
/// Functions of two tensors over rows.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/core/one_of.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/operations/elementwise.hpp>
#include <deepmaacc/network/rows/context.hpp>
#include <deepmaacc/network/strided_index.hpp>

namespace deepmaacc::by_rows {

/// One side: where its numbers of a row are, and how far apart rows lie; 0 for a constant.
template <class T>
struct merged_side {
  const T* numbers;
  std::size_t row_step;
  strided_index index;  ///< of the output's elements
};

template <class Space, class T, class Function>
void merge(const context<Space, T>& at, const merged_side<T>& left, const merged_side<T>& right, bool is_plain, const Function& function) {
  const std::size_t width = at.output.extent(1);
  T* to = at.output.data();
  if (is_plain) {
    const T *from = left.numbers, *other = right.numbers;
    parallel_loop(
        at.space, "deepmaacc::network::merge", at.output.extent(0), width, KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) {
          to[i * width + j] = function(from[i * width + j], other[i * width + j]);
        });
  } else {
    const merged_side<T> one = left, two = right;
    parallel_loop(
        at.space, "deepmaacc::network::merge_broadcast", at.output.extent(0), width,
        KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) {
          to[i * width + j] = function(one.numbers[i * one.row_step + one.index(j)], two.numbers[i * two.row_step + two.index(j)]);
        });
  }
}

template <class Space, class T>
void forward(const operation::binary& does, const context<Space, T>& at) {
  using side = operation::binary::constant_side;
  const auto shapes = does.sides(at.input_shapes);
  std::size_t next = 0;
  const auto side_of = [&](side which, const shape& extents) {
    const bool is_constant = does.constant == which;
    const T* numbers = is_constant ? at.parameters[0] : at.inputs[next++].data();
    return merged_side<T>{numbers, is_constant ? 0 : element_count(extents), broadcast_index(extents, at.output_shape)};
  };
  const merged_side<T> left = side_of(side::left, shapes.left), right = side_of(side::right, shapes.right);
  const bool is_plain = does.constant == side::none && shapes.left == at.output_shape && shapes.right == at.output_shape;
  does.function.visit([&](const auto& function) { merge(at, left, right, is_plain, function); });
}

}  // namespace deepmaacc::by_rows
