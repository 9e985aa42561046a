#pragma once

/// \file
/// Operations on changed channels alone: each row is an image of one channel.

#include <Kokkos_Core.hpp>
#include <array>
#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/one_of.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/operation.hpp>
#include <deepmaacc/network/batches/changed_sums.hpp>
#include <deepmaacc/network/rows/activate.hpp>
#include <deepmaacc/network/rows/channels.hpp>
#include <deepmaacc/network/rows/context.hpp>
#include <deepmaacc/network/rows/pooling.hpp>
#include <span>

namespace deepmaacc::by_batches {

/// Changed channels before and after an operation, (changes × inputs) × positions.
template <ExecutionSpace Space, class T>
struct channel_context {
  Space space;
  const channel_change<T>* changes;
  std::size_t rows, inputs;                 ///< rows: changes · inputs
  const shape &input_shape, &output_shape;  ///< of the whole tensors
  std::span<const T* const> parameters;
  T* scratch;
  T *from, *to;
};

/// The shape of one channel of an image.
inline shape shape_of_channel(shape image) {
  image.back() = 1;
  return image;
}

/// Whether an operation leaves its result where it has read.
template <class Space, class T>
bool run_on_channels(const operation::unary& does, const channel_context<Space, T>& at, std::size_t positions) {
  by_rows::activate(at.space, does.function, static_cast<const T*>(nullptr),
                    matrix<T, typename Space::memory_space>(at.from, at.rows, positions));
  return true;
}

template <class Space, class T>
bool run_on_channels(const operation::pooling& does, const channel_context<Space, T>& at, std::size_t positions) {
  using memory = typename Space::memory_space;
  const shape input = shape_of_channel(at.input_shape), output = shape_of_channel(at.output_shape);
  const std::array<matrix<const T, memory>, 1> from{matrix<const T, memory>(at.from, at.rows, positions)};
  by_rows::forward(
      does, by_rows::context<Space, T>{
                at.space, from, std::span(&input, 1), matrix<T, memory>(at.to, at.rows, element_count(output)), output, {}, nullptr});
  return false;
}

/// Numbers that an operation has for each channel: those of the row's.
template <class Space, class T, class Operation>
requires requires(const Operation& does, const channel_context<Space, T>& at) {
  by_rows::channel_function(at.space, does, at.parameters, std::size_t{}, at.scratch);
}
bool run_on_channels(const Operation& does, const channel_context<Space, T>& at, std::size_t positions) {
  const auto function = by_rows::channel_function(at.space, does, at.parameters, at.input_shape.back(), at.scratch);
  const channel_change<T>* changes = at.changes;
  const std::size_t inputs = at.inputs;
  T* numbers = at.from;
  parallel_loop(
      at.space, "deepmaacc::network::changed_channels", at.rows, positions, KOKKOS_LAMBDA(const std::size_t row, const std::size_t i) {
        T& number = numbers[row * positions + i];
        number = function(number, changes[row / inputs].channel);
      });
  return true;
}

/// Runs one of the operations that a path follows.
/// \return whether the result lies where it has read
template <class Space, class T>
bool run_step(const any_operation& one, const channel_context<Space, T>& at, std::size_t positions) {
  return one.visit([&](const auto& does) {
    if constexpr (requires { run_on_channels(does, at, positions); })
      return run_on_channels(does, at, positions);
    else
      return true;  // no path goes through others
  });
}

}  // namespace deepmaacc::by_batches
