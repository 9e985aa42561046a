#pragma once

/// \file
/// What mutation means by the neurons of a layer.

#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/model/axes.hpp>
#include <optional>
#include <vector>

namespace deepmaacc {

/// Where a part of each neuron's numbers lies: number i of neuron j is element first + j · neuron_step + i · step of a parameter.
struct neuron_slice {
  std::size_t parameter = 0, count = 0;
  std::size_t first = 0, neuron_step = 1, step = 1;

  friend bool operator==(const neuron_slice&, const neuron_slice&) = default;
};

/// The neurons of one layer: how many, where their numbers lie, and what they compute.
struct neuron_group {
  std::size_t layer = 0, neurons = 0;
  std::vector<neuron_slice> weights{};  ///< incoming weights: the slices one behind the other
  std::optional<neuron_slice> bias{};   ///< of one number
  std::size_t kernel_positions = 1;     ///< places of a convolution's kernel, the outer extents of the weights, which it divides; else 1
  std::optional<std::size_t> sums{};    ///< the weighted sums that are the pre-activations, one each; none where no tensor is

  /// Those of the weights, then the bias where there is one.
  std::vector<neuron_slice> slices() const {
    std::vector<neuron_slice> all = weights;
    if (bias) all.push_back(*bias);
    return all;
  }
  std::size_t weights_per_neuron() const {
    std::size_t count = 0;
    for (const neuron_slice& one : weights) count += one.count;
    return count;
  }
};

namespace detail {

/// \throws model_error where a slice leaves its array of so many numbers
inline void require_within(const neuron_slice& slice, std::size_t neurons, std::size_t size) {
  if (neurons == 0 || slice.count == 0) throw model_error("its neurons have no numbers");
  last_element last(slice.first, size);
  last.go(neurons - 1, slice.neuron_step);
  last.go(slice.count - 1, slice.step);
  if (!last.is_within())
    throw model_error(text("the numbers of its ", neurons, " neurons, ", slice.count, " each from element ", slice.first,
                           " on, leave their array of ", size));
}

}  // namespace detail
}  // namespace deepmaacc
