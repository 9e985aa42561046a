#pragma once

/// \file
/// Operations of a user's own, over rows.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/operations/custom.hpp>
#include <deepmaacc/network/rows/context.hpp>
#include <span>
#include <type_traits>
#include <vector>

namespace deepmaacc::by_rows {

/// Calls the function for the number type.
template <class T>
void call(const operation::custom& does, const operation::custom_rows<T>& rows) {
  if constexpr (std::is_same_v<T, float>)
    does.of_float(rows);
  else
    does.of_double(rows);
}

/// On the host; rows of a device are copied there and back.
template <class Space, class T>
void forward(const operation::custom& does, const context<Space, T>& at) {
  using memory = typename Space::memory_space;
  if constexpr (is_host_accessible<memory>) {
    std::vector<matrix<const T>> inputs;
    for (const auto& one : at.inputs) inputs.emplace_back(one.data(), one.extent(0), one.extent(1));
    at.space.fence("deepmaacc::network::custom");
    call(does, operation::custom_rows<T>{inputs, at.input_shapes, at.parameters,
                                         matrix<T>(at.output.data(), at.output.extent(0), at.output.extent(1)), at.output_shape});
  } else {
    std::vector<std::vector<T>> kept;
    const auto copied = [&](const T* from, std::size_t rows, std::size_t columns) {
      kept.emplace_back(rows * columns);
      const matrix<T> to(kept.back().data(), rows, columns);
      Kokkos::deep_copy(at.space, to, matrix<const T, memory>(from, rows, columns));
      return matrix<const T>(to);
    };
    std::vector<matrix<const T>> inputs;
    for (const auto& one : at.inputs) inputs.push_back(copied(one.data(), one.extent(0), one.extent(1)));
    std::vector<const T*> parameters;
    for (std::size_t i = 0; i < does.parameters.size(); ++i)
      parameters.push_back(copied(at.parameters[i], 1, element_count(does.parameters[i])).data());
    std::vector<T> output(at.output.size());
    const matrix<T> to(output.data(), at.output.extent(0), at.output.extent(1));
    at.space.fence("deepmaacc::network::custom");
    call(does, operation::custom_rows<T>{inputs, at.input_shapes, parameters, to, at.output_shape});
    Kokkos::deep_copy(at.space, at.output, matrix<const T>(to));
    at.space.fence("deepmaacc::network::custom");
  }
}

}  // namespace deepmaacc::by_rows
