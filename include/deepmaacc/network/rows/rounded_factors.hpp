#pragma once

/// \file
/// What a network in a precision that rounds multiplies over rows.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/precision.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/model/operation.hpp>
#include <deepmaacc/network/plan.hpp>
#include <deepmaacc/storage/precision.hpp>
#include <utility>
#include <vector>

namespace deepmaacc::by_rows {

/// Whether an operation's inputs and its first parameter serve as the factors of a matrix product, and for nothing else: where a precision
/// rounds factors, they are rounded. Depthwise sums run over one channel's window, which no hardware computes as a matrix product.
inline bool is_product(const any_operation& one) {
  const auto* sums = one.get_if<operation::weighted_sums>();
  return sums && !sums->is_depthwise;
}

/// Rounded copies of one operation's factors, a buffer of one thread. Operations run one after the other, so the largest fixes the memory.
template <class PrecisionPolicy, class Storage>
class rounded_factors {
 public:
  using value_type = typename Storage::value_type;
  using input_matrix = matrix<const value_type, typename Storage::memory_space>;

  /// Numbers needed per input of the network. The room for the largest kernel is not part of it: that is needed once.
  static std::size_t size_per_row(const network_plan& plan) {
    std::size_t needed = 0;
    for (const std::size_t node : plan.order)
      if (is_product(plan.model[node].does)) needed = std::max(needed, input_size(plan, node));
    return needed;
  }
  void reserve(const network_plan& plan, std::size_t rows) {
    std::size_t needed = 0;
    for (const std::size_t node : plan.order)
      if (is_product(plan.model[node].does)) needed = std::max(needed, kernel_size(plan, node) + rows * input_size(plan, node));
    if (numbers_.size() < needed) numbers_ = Storage(needed);
  }

  /// Puts rounded copies in the place of a product's inputs and kernel; leaves other operations alone. Each number is rounded once per
  /// pass, however often it is then read.
  template <ExecutionSpace Space>
  void round(const Space& space, const network_plan& plan, std::size_t node, std::vector<input_matrix>& inputs,
             std::vector<const value_type*>& parameters) {
    if (!is_product(plan.model[node].does)) return;
    auto* free = numbers_.data();
    const auto rounded = [&](const auto* from, std::size_t size) {
      auto* to = std::exchange(free, free + size);
      round_factors<PrecisionPolicy>(space, from, to, size);
      return to;
    };
    for (auto& one : inputs) one = input_matrix(rounded(one.data(), one.size()), one.extent(0), one.extent(1));
    parameters.front() = rounded(parameters.front(), kernel_size(plan, node));
  }

 private:
  static std::size_t input_size(const network_plan& plan, std::size_t node) { return element_count(plan.input_shapes[node].front()); }
  static std::size_t kernel_size(const network_plan& plan, std::size_t node) {
    return plan.model.parameters()[plan.model[node].parameters.front()].size();
  }

  Storage numbers_;
};

/// Where nothing is rounded, nothing is copied.
template <class PrecisionPolicy, class Storage>
requires(!precision_traits<PrecisionPolicy>::rounds_factors) class rounded_factors<PrecisionPolicy, Storage> {
 public:
  static std::size_t size_per_row(const network_plan&) { return 0; }
  template <class... Arguments>
  void reserve(const Arguments&...) {}
  template <class... Arguments>
  void round(const Arguments&...) {}
};

}  // namespace deepmaacc::by_rows
