#pragma once

/// \file
/// What a network in a precision that rounds gives its layers to multiply.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/precision.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/layer_graph.hpp>
#include <deepmaacc/storage/precision.hpp>
#include <utility>
#include <vector>

namespace deepmaacc::model {

/// Rounded copies of one layer's factors, a buffer of one thread. Layers are rounded one after the other, so the largest fixes the memory.
template <class Numbers, class Storage>
class rounded_factors {
 public:
  using input_matrix = matrix<const typename Storage::value_type, typename Storage::memory_space>;

  /// Allocates for passes over this many inputs.
  void reserve(const layer_graph& graph, std::size_t rows) {
    std::size_t needed = 0;
    for (std::size_t i = 0; i < graph.size(); ++i)
      if (graph[i].traits.is_product) needed = std::max(needed, count(graph[i], rows));
    if (numbers_.size() < needed) numbers_ = Storage(needed);
  }

  /// Puts rounded copies in the place of a product's inputs and kernel; leaves other layers alone. Each number is rounded once per pass,
  /// however often the layer then reads it.
  template <ExecutionSpace Space>
  void round(const Space& space, const layer_node& node, std::vector<input_matrix>& inputs,
             std::vector<const typename Storage::value_type*>& parameters) {
    if (!node.traits.is_product) return;
    auto* free = numbers_.data();
    const auto rounded = [&](const auto* from, std::size_t size) {
      auto* to = std::exchange(free, free + size);
      round_factors<Numbers>(space, from, to, size);
      return to;
    };
    for (auto& one : inputs) one = input_matrix(rounded(one.data(), one.size()), one.extent(0), one.extent(1));
    parameters.front() = rounded(parameters.front(), kernel_size(node));
  }

 private:
  static std::size_t kernel_size(const layer_node& node) { return element_count(node.parameters.front().extents); }
  static std::size_t count(const layer_node& node, std::size_t rows) {
    std::size_t sum = kernel_size(node);
    for (const auto& one : node.input_shapes) sum += rows * element_count(one);
    return sum;
  }

  Storage numbers_;
};

/// Where nothing is rounded, nothing is copied.
template <class Numbers, class Storage>
requires(!precision_traits<Numbers>::rounds_factors) class rounded_factors<Numbers, Storage> {
 public:
  template <class... Arguments>
  void reserve(const Arguments&...) {}
  template <class... Arguments>
  void round(const Arguments&...) {}
};

}  // namespace deepmaacc::model
