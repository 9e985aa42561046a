#pragma once

/// \file
/// Elements in other places, over rows.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/operations/rearrangement.hpp>
#include <deepmaacc/network/rows/context.hpp>
#include <vector>

namespace deepmaacc::by_rows {

/// A box as kernels hold it: lines along its last axis.
struct box_lines {
  Kokkos::Array<std::size_t, most_axes> extents{}, source_steps{}, target_steps{};
  std::size_t axes = 0, source = 0, target = 0;  ///< axes but the last
  std::size_t lines = 1, length = 1, source_step = 0, target_step = 0;

  /// Axes that lie one behind the other on both sides become one.
  explicit box_lines(const operation::rearrangement::box& from) : source(from.source), target(from.target) {
    std::vector<operation::rearrangement::axis> merged;
    for (const auto& one : from.axes) {
      if (one.extent == 1) continue;
      if (!merged.empty() && merged.back().source_step == one.extent * one.source_step &&
          merged.back().target_step == one.extent * one.target_step)
        merged.back() = {merged.back().extent * one.extent, one.source_step, one.target_step};
      else
        merged.push_back(one);
    }
    if (merged.empty()) return;
    length = merged.back().extent;
    source_step = merged.back().source_step;
    target_step = merged.back().target_step;
    merged.pop_back();
    for (const auto& one : merged) {
      extents[axes] = one.extent;
      source_steps[axes] = one.source_step;
      target_steps[axes] = one.target_step;
      ++axes;
      lines *= one.extent;
    }
  }

  /// Where a line begins.
  KOKKOS_INLINE_FUNCTION void begin(std::size_t line, std::size_t& from, std::size_t& to) const {
    from = source;
    to = target;
    for (std::size_t axis = axes; axis-- > 0;) {
      const std::size_t at = line % extents[axis];
      line /= extents[axis];
      from += at * source_steps[axis];
      to += at * target_steps[axis];
    }
  }
};

/// Copies the elements of a box, for every row.
template <class T>
struct box_copy {
  box_lines box;
  const T* input;
  T* output;
  std::size_t input_width, output_width;

  /// One line; lines that lie in one piece on both sides at once.
  KOKKOS_INLINE_FUNCTION void operator()(const std::size_t line) const {
    const T* from = input;
    T* to = output;
    find(line, from, to);
    if (box.source_step == 1 && box.target_step == 1)
      for (std::size_t j = 0; j < box.length; ++j) to[j] = from[j];
    else
      for (std::size_t j = 0; j < box.length; ++j) to[j * box.target_step] = from[j * box.source_step];
  }
  /// One element of it.
  KOKKOS_INLINE_FUNCTION void operator()(const std::size_t line, const std::size_t j) const {
    const T* from = input;
    T* to = output;
    find(line, from, to);
    to[j * box.target_step] = from[j * box.source_step];
  }

 private:
  KOKKOS_INLINE_FUNCTION void find(const std::size_t line, const T*& from, T*& to) const {
    const std::size_t row = line / box.lines;
    std::size_t first = 0, target = 0;
    box.begin(line % box.lines, first, target);
    from += row * input_width + first;
    to += row * output_width + target;
  }
};

template <class Space, class T>
void forward(const operation::rearrangement& does, const context<Space, T>& at) {
  const std::size_t rows = at.output.extent(0), width = at.output.extent(1);
  T* output = at.output.data();
  std::size_t covered = 0;
  std::vector<box_lines> boxes;
  for (const auto& one : does.boxes) {
    boxes.emplace_back(one);
    covered += boxes.back().lines * boxes.back().length;
  }
  if (covered < width)
    parallel_loop(
        at.space, "deepmaacc::network::zeros", rows, width,
        KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) { output[i * width + j] = T{0}; });
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const auto input = at.inputs[does.boxes[i].input];
    const box_copy<T> copy{boxes[i], input.data(), output, input.extent(1), width};
    // On the host the place of a line is worked out once; on a device neighbours in memory are neighbouring threads.
    if constexpr (is_host_accessible<typename Space::memory_space>)
      parallel_loop(at.space, "deepmaacc::network::rearrangement", rows * copy.box.lines, copy);
    else
      parallel_loop(at.space, "deepmaacc::network::rearrangement", rows * copy.box.lines, copy.box.length, copy);
  }
}

}  // namespace deepmaacc::by_rows
