#pragma once

/// \file
/// Weighted sums over rows, as matrix products.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/model/image_shape.hpp>
#include <deepmaacc/model/operations/weighted_sums.hpp>
#include <deepmaacc/network/rows/activate.hpp>
#include <deepmaacc/network/rows/context.hpp>
#include <deepmaacc/network/rows/depthwise.hpp>
#include <deepmaacc/network/rows/windows.hpp>
#include <deepmaacc/storage/matrix_product.hpp>
#include <span>

namespace deepmaacc::by_rows {

/// Numbers of scratch: the windows of some images, and of one group its weights and sums, which lie without gaps in a product.
inline std::size_t scratch_size(const operation::weighted_sums& sums, std::span<const shape> inputs, std::size_t rows) {
  if (sums.window.empty() || sums.is_depthwise) return 0;
  const image_extents output(sums.output_shape(inputs));
  const std::size_t windows = std::min(rows, images_at_once(output)) * output.positions(), inner = sums.taps(inputs);
  return sums.groups == 1 ? windows * inner : windows * inner + (windows + inner) * (sums.sums / sums.groups);
}

/// Adds the bias to sums, and does what is to be done to each.
template <class Context, class T, class MemorySpace>
void finish_sums(const operation::weighted_sums& sums, const Context& at, matrix<T, MemorySpace> values) {
  static const unary_function nothing;
  activate(at.space, at.then ? *at.then : nothing, sums.has_bias ? at.parameters[1] : nullptr, values);
}

/// One group's columns of the product: its part of the kernel is gathered first.
template <class Context, class T, class MemorySpace>
void multiply_group(const operation::weighted_sums& sums, const Context& at, matrix<const T, MemorySpace> block, std::size_t group,
                    matrix<T, MemorySpace> windows, matrix<T, MemorySpace> product) {
  const std::size_t width = sums.sums / sums.groups, from = group * width;
  const matrix<const T, MemorySpace> whole(at.parameters[0], windows.extent(1), sums.sums);
  const matrix<T, MemorySpace> kernel(windows.data() + windows.size(), windows.extent(1), width);
  const matrix<T, MemorySpace> part(kernel.data() + kernel.size(), windows.extent(0), width);
  lay_out_windows<false>(at.space, block, sums, at.input_shape(), at.output_shape, group, windows);
  parallel_loop(
      at.space, "deepmaacc::network::gather_group", kernel.extent(0), width,
      KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) { kernel(i, j) = whole(i, from + j); });
  matrix_product<typename Context::precision_type>(at.space, matrix<const T, MemorySpace>(windows), matrix<const T, MemorySpace>(kernel),
                                                   part);
  parallel_loop(
      at.space, "deepmaacc::network::scatter_group", part.extent(0), width,
      KOKKOS_LAMBDA(const std::size_t i, const std::size_t j) { product(i, from + j) = part(i, j); });
}

/// A convolution as a product of the windows, laid out as rows, with the kernel.
template <bool IsPlain, class Context>
void convolve(const operation::weighted_sums& sums, const Context& at) {
  using T = typename Context::value_type;
  using memory = typename Context::memory_space;
  const std::size_t images = at.output.extent(0), step = images_at_once(image_extents(at.output_shape));
  const std::size_t positions = image_extents(at.output_shape).positions(), inner = sums.taps(at.input_shapes);
  for (std::size_t first = 0; first < images; first += step) {
    const std::size_t count = std::min(step, images - first);
    const matrix<const T, memory> block = rows(at.input(), first, count);
    const matrix<T, memory> windows(at.scratch, count * positions, inner);
    const matrix<T, memory> product(at.output.data() + first * positions * sums.sums, count * positions, sums.sums);
    if (sums.groups == 1) {
      lay_out_windows<IsPlain>(at.space, block, sums, at.input_shape(), at.output_shape, 0, windows);
      matrix_product<typename Context::precision_type>(at.space, matrix<const T, memory>(windows),
                                                       matrix<const T, memory>(at.parameters[0], inner, sums.sums), product);
    } else {
      for (std::size_t group = 0; group < sums.groups; ++group) multiply_group(sums, at, block, group, windows, product);
    }
    finish_sums(sums, at, product);
  }
}

template <class Context>
void forward(const operation::weighted_sums& sums, const Context& at) {
  using T = typename Context::value_type;
  using memory = typename Context::memory_space;
  const std::size_t in = at.input_shape().back();
  if (sums.is_depthwise) {
    const image_extents out(at.output_shape);
    convolve_depthwise(
        at.space, depthwise_sums<T, memory>{at.input(), at.parameters[0], at.output.data(), axes_of<true>(sums.window, at.input_shape()),
                                            out.height, out.width, in, sums.sums / in});
    finish_sums(sums, at, matrix<T, memory>(at.output.data(), at.output.size() / sums.sums, sums.sums));
  } else if (sums.window.empty()) {
    const std::size_t count = at.input().size() / in;  // inputs, times the extents before the last axis
    const matrix<T, memory> output(at.output.data(), count, sums.sums);
    matrix_product<typename Context::precision_type>(at.space, matrix<const T, memory>(at.input().data(), count, in),
                                                     matrix<const T, memory>(at.parameters[0], in, sums.sums), output);
    finish_sums(sums, at, output);
  } else if (sums.groups == 1 && std::all_of(sums.window.begin(), sums.window.end(), [](const auto& one) { return one.dilation == 1; })) {
    convolve<true>(sums, at);  // taps side by side lie in one piece then, which is the common case, and worth code of its own
  } else {
    convolve<false>(sums, at);
  }
}

}  // namespace deepmaacc::by_rows
