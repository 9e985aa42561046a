#pragma once

/// \file
/// Every operation over rows.

#include <cstddef>
#include <deepmaacc/core/one_of.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/operation.hpp>
#include <deepmaacc/network/rows/activate.hpp>
#include <deepmaacc/network/rows/binary.hpp>
#include <deepmaacc/network/rows/channels.hpp>
#include <deepmaacc/network/rows/context.hpp>
#include <deepmaacc/network/rows/custom.hpp>
#include <deepmaacc/network/rows/normalization.hpp>
#include <deepmaacc/network/rows/pooling.hpp>
#include <deepmaacc/network/rows/rearrangement.hpp>
#include <deepmaacc/network/rows/weighted_sums.hpp>
#include <span>
#include <type_traits>

namespace deepmaacc::by_rows {

/// Whether nothing runs for a kind of operations, whatever its settings.
template <class Operation>
inline constexpr bool is_never_run = std::is_same_v<Operation, operation::input> || std::is_same_v<Operation, operation::reshape>;

/// Says at compile time which operation has no body here.
template <class Operation, class Context>
constexpr void check_operation() {
  static_assert(
      is_never_run<Operation> || requires(const Operation& one, const Context& at) { forward(one, at); },
      "deepmaacc::network: an operation must have a body over rows; add forward(operation, context) in network/rows/");
}

/// Numbers of scratch that an operation needs over so many rows.
inline std::size_t scratch_of(const any_operation& one, std::span<const shape> inputs, std::size_t rows) {
  return one.visit([&](const auto& does) -> std::size_t {
    if constexpr (requires { scratch_size(does, inputs, rows); })
      return scratch_size(does, inputs, rows);
    else
      return 0;
  });
}

/// Runs an operation.
template <class Context>
void run(const any_operation& one, const Context& at) {
  one.visit([&]<class Operation>(const Operation& does) {
    check_operation<Operation, Context>();
    if constexpr (!is_never_run<Operation>) forward(does, at);
  });
}

}  // namespace deepmaacc::by_rows
