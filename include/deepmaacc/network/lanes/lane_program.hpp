#pragma once

/// \file
/// A network as steps over blocks of inputs.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/one_of.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/network/lanes/operations.hpp>
#include <deepmaacc/network/lanes/weighted_sums.hpp>
#include <deepmaacc/network/reductions.hpp>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::by_lanes {

/// What a step does.
template <class T>
using lane_operation = one_of<weighted_sums<T>, lane_activation, lane_softmax, lane_parametric<T>, lane_pooling<pool_average>,
                              lane_pooling<pool_max>, lane_gather, lane_merge<T>, lane_rows<T>>;

/// A step reads tensors and makes one.
template <class T>
struct lane_step {
  lane_operation<T> operation;
  std::vector<std::size_t> inputs;
  std::size_t output = 0;
  bool is_before_relu = false;   ///< sums that only a relu reads: where they are computed in full they apply it,
  bool is_done_by_sums = false;  ///< and the relu's own step is skipped
};

/// One row per element. Channel c of the last axis is rows c, c + channel_stride, c + 2 · channel_stride, …, also after flattening.
struct lane_tensor {
  std::size_t rows = 0, channel_stride = 1;
  std::size_t offset = 0;          ///< of its first row among all original tensors'
  std::size_t changed_offset = 0;  ///< of its first row among all mutants' tensors: sums that only an activation reads share its place
  std::size_t readers = 0;         ///< steps that read it
};

/// Steps in an order in which each comes after those it reads from. Made once, from a network's graph and weights; it does not change, and
/// threads share it.
template <class T>
struct lane_program {
  static constexpr std::size_t no_step = static_cast<std::size_t>(-1);

  std::vector<lane_tensor> tensors;  ///< the first is the input
  std::vector<lane_step<T>> steps;
  std::vector<std::size_t> sums_of;  ///< for each layer the step of its neurons' sums; `no_step` for layers without neurons
  std::vector<std::string> in_rows;  ///< layers of operations that have no form of their own here
  std::size_t output = 0;            ///< the network's outputs
  /// The elements of an input that the rows of the first tensor are.
  std::vector<std::uint32_t> input_elements;
  std::size_t rows = 0, changed_rows = 0, largest_input = 0;

  std::size_t add_tensor(std::size_t elements, std::size_t channel_stride) {
    tensors.push_back({elements, channel_stride});
    return tensors.size() - 1;
  }
  std::size_t add_step(lane_operation<T> operation, std::vector<std::size_t> inputs, std::size_t elements, std::size_t channel_stride) {
    const std::size_t made = add_tensor(elements, channel_stride);
    for (const std::size_t one : inputs) ++tensors[one].readers;
    steps.push_back({std::move(operation), std::move(inputs), made});
    return made;
  }

  /// The first step that reads a tensor. There must be one.
  std::size_t reader_of(std::size_t tensor) const {
    std::size_t step = 0;
    while (std::find(steps[step].inputs.begin(), steps[step].inputs.end(), tensor) == steps[step].inputs.end()) ++step;
    return step;
  }

  /// The activation that the next step is, if it alone reads a step's sums, and mutants' in their place; else null.
  const lane_activation* activation_after(std::size_t step) const {
    if (step + 1 == steps.size() || steps[step + 1].inputs.front() != steps[step].output) return nullptr;
    const bool is_in_place = tensors[steps[step + 1].output].changed_offset == tensors[steps[step].output].changed_offset;
    return is_in_place ? steps[step + 1].operation.template get_if<lane_activation>() : nullptr;
  }

  /// The sums that a step's output is the only way to, through steps that each have one input and one reader; `no_step` where it branches,
  /// or where none follow.
  std::size_t next_sums(std::size_t step) const {
    if (step == no_step) return no_step;
    do {
      if (steps[step].output == output || tensors[steps[step].output].readers != 1) return no_step;
      step = reader_of(steps[step].output);
      if (steps[step].inputs.size() != 1) return no_step;
    } while (!steps[step].operation.template holds<weighted_sums<T>>());
    return step;
  }

  /// Says where everything lies, once all steps are there.
  void lay_out() {
    ++tensors[output].readers;
    for (lane_tensor& one : tensors) {
      one.offset = rows;
      rows += one.rows;
    }
    for (lane_step<T>& step : steps) {
      if (tensors[step.output].readers == 1 && step.output != output && step.operation.template holds<weighted_sums<T>>()) {
        lane_step<T>& next = steps[reader_of(step.output)];
        const auto* activation = next.operation.template get_if<lane_activation>();
        step.is_before_relu = next.is_done_by_sums = activation && activation->function.template holds<activation::relu>();
      }
      lane_tensor& made = tensors[step.output];
      const lane_tensor& read = tensors[step.inputs.front()];
      if (step.operation.template holds<lane_activation>() && read.readers == 1 && step.inputs.front() != 0) {
        made.changed_offset = read.changed_offset;
      } else {
        made.changed_offset = changed_rows;
        changed_rows += made.rows;
      }
      if (step.operation.template holds<weighted_sums<T>>()) largest_input = std::max(largest_input, read.rows);
    }
  }
};

}  // namespace deepmaacc::by_lanes
