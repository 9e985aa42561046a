#pragma once

/// \file
/// Runs a network over rows.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/network/plan.hpp>
#include <deepmaacc/network/rows/buffers.hpp>
#include <deepmaacc/network/rows/context.hpp>
#include <deepmaacc/network/rows/forward.hpp>
#include <deepmaacc/network/rows/rounded_factors.hpp>
#include <memory>
#include <utility>
#include <vector>

namespace deepmaacc::by_rows {

/// One thread's buffers, and passes over rows in them. Copies begin with no buffers.
template <class Storage, class PrecisionPolicy>
class executor {
 public:
  using value_type = typename Storage::value_type;
  using memory_space = typename Storage::memory_space;
  using input_matrix = matrix<const value_type, memory_space>;
  using output_matrix = matrix<value_type, memory_space>;

  explicit executor(std::shared_ptr<const network_plan> plan)
      : plan_(std::move(plan)), layout_(std::make_shared<const buffer_layout>(*plan_)) {}
  executor(const executor& other) : plan_(other.plan_), layout_(other.layout_) {}
  executor(executor&&) noexcept = default;
  executor& operator=(const executor& other) {
    if (this != &other) {
      plan_ = other.plan_;
      layout_ = other.layout_;
      reserved_ = 0;
    }
    return *this;
  }
  executor& operator=(executor&&) noexcept = default;
  ~executor() = default;

  /// Allocates what a pass over so many rows needs.
  void reserve(std::size_t rows) {
    if (rows <= reserved_) return;
    if (buffers_.size() < rows * layout_->width) buffers_ = Storage(rows * layout_->width);
    factors_.reserve(*plan_, rows);
    const std::size_t needed = scratch_size(rows);
    if (scratch_.size() < needed) scratch_ = Storage(needed);
    reserved_ = rows;
  }
  /// Bytes of all that grows with the inputs, for one of them.
  std::size_t bytes_per_row() const {
    return (layout_->width + scratch_size(1) + rounded_factors<PrecisionPolicy, Storage>::size_per_row(*plan_)) * sizeof(value_type);
  }

  /// Runs some nodes, in the plan's order.
  /// \param parameters  the numbers of each array of the program
  /// \param kept        for each node its tensor, where it is to be kept, or is there: empty ones are neither
  /// \param keeps       whether nodes that run write to `kept`; else they only read what other nodes have left there
  template <ExecutionSpace Space, class Kept>
  void run(const Space& space, const std::vector<std::size_t>& nodes, const std::vector<Storage>& parameters, Kept& kept, bool keeps,
           input_matrix inputs, output_matrix outputs) {
    const std::size_t rows = outputs.extent(0);
    if (rows == 0) return;
    std::vector<value_type*> at(plan_->model.size(), nullptr);
    std::vector<input_matrix> sources;
    std::vector<const value_type*> numbers;
    const auto is_kept = [&](std::size_t node) { return node < kept.size() && kept[node].size() > 0; };
    const auto place_of = [&](std::size_t node) {
      if (node == plan_->output) return outputs.data();
      if constexpr (!std::is_const_v<Kept>)
        if (keeps && is_kept(node)) return kept[node].data();
      return buffers_.data() + rows * layout_->offsets[node];
    };
    for (const std::size_t node : nodes) {
      if (at[node]) continue;  // done with the sums before it
      const std::size_t function = plan_->then[node];
      const bool is_fused = function != network_plan::none && !(keeps && is_kept(node));
      const std::size_t written = is_fused ? function : node;
      at[written] = place_of(written);
      sources.clear();
      numbers.clear();
      for (std::size_t j = 0; j < plan_->sources[node].size(); ++j) {
        const std::size_t from = plan_->sources[node][j];
        const value_type* there = from == 0 ? inputs.data() : at[from] ? at[from] : kept[from].data();
        sources.emplace_back(there, rows, element_count(plan_->input_shapes[node][j]));
      }
      for (const std::size_t one : plan_->model[node].parameters) numbers.push_back(parameters[one].data());
      factors_.round(space, *plan_, node, sources, numbers);
      const unary_function* then = is_fused ? &plan_->model[function].does.as<operation::unary>().function : nullptr;
      by_rows::run(plan_->model[node].does,
                   context_in_precision<Space, PrecisionPolicy>{{space, sources, plan_->input_shapes[node],
                                                                 output_matrix(at[written], rows, plan_->widths[written]),
                                                                 plan_->model[node].output_shape, numbers, scratch_.data(), then}});
    }
  }

 private:
  std::size_t scratch_size(std::size_t rows) const {
    std::size_t needed = 0;
    for (const std::size_t node : plan_->order)
      needed = std::max(needed, scratch_of(plan_->model[node].does, plan_->input_shapes[node], rows));
    return needed;
  }

  std::shared_ptr<const network_plan> plan_;
  std::shared_ptr<const buffer_layout> layout_;
  std::size_t reserved_ = 0;  ///< rows that there is room for
  Storage buffers_, scratch_;
  rounded_factors<PrecisionPolicy, Storage> factors_;
};

}  // namespace deepmaacc::by_rows
