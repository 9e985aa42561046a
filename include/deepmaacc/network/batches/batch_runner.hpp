#pragma once

/// \file
/// Runs many mutants of one layer at once.

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/network/batches/added_channels.hpp>
#include <deepmaacc/network/batches/batch_changes.hpp>
#include <deepmaacc/network/batches/changed_sums.hpp>
#include <deepmaacc/network/batches/channel_path.hpp>
#include <deepmaacc/network/batches/channel_steps.hpp>
#include <deepmaacc/network/plan.hpp>
#include <deepmaacc/network/rows/activate.hpp>
#include <deepmaacc/network/rows/executor.hpp>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace deepmaacc::by_batches {

/// One thread's buffers for batches of mutants. Copies begin with no buffers.
template <class Storage, class PrecisionPolicy>
class batch_runner {
 public:
  using value_type = typename Storage::value_type;
  using memory_space = typename Storage::memory_space;
  using input_matrix = matrix<const value_type, memory_space>;
  using output_matrix = matrix<value_type, memory_space>;

  explicit batch_runner(const network_plan& plan) : plan_(std::make_shared<const batch_plan>(plan)) {}
  batch_runner(const batch_runner& other) : plan_(other.plan_) {}
  batch_runner(batch_runner&&) noexcept = default;
  batch_runner& operator=(const batch_runner& other) {
    if (this != &other) plan_ = other.plan_;  // buffers are one's own
    return *this;
  }
  batch_runner& operator=(batch_runner&&) noexcept = default;
  ~batch_runner() = default;

  const std::vector<channel_path>& paths() const { return plan_->paths; }
  /// Whose tensors of the original network must be kept.
  const std::vector<bool>& is_kept() const { return plan_->is_kept; }

  /// Numbers that a mutant of so many neurons takes for each input, beside a pass over one row.
  std::size_t numbers_per_row(const network_plan& plan, std::size_t layer, std::size_t neurons) const {
    const channel_path& path = plan_->paths[layer];
    if (path.sums == channel_path::none) return 0;
    std::size_t count = 2 * neurons * path.widest + plan.widths[path.made(plan)];
    for (const std::size_t from : path.across) count += plan.width_of(from);
    return count;
  }

  /// Outputs of mutants of a layer: row m · inputs + i is mutant m's of input i.
  /// \param kept      the original network's tensors, those that `is_kept` names
  /// \param executor  runs what runs in full
  template <ExecutionSpace Space, class Executor>
  void run(const Space& space, const network_plan& plan, Executor& executor, std::size_t layer, const std::vector<Storage>& parameters,
           const std::vector<Storage>& kept, input_matrix inputs, std::span<const std::span<const neuron_change<value_type>>> mutants,
           output_matrix outputs) {
    const channel_path& path = plan_->paths[layer];
    const batch_changes<value_type, memory_space> changes(mutants);
    const std::size_t inputs_of_each = inputs.extent(0), rows = outputs.extent(0), made = path.made(plan);
    const std::size_t of_channels = changes.changes * inputs_of_each * path.widest, made_width = plan.widths[made];
    std::size_t needed = 2 * of_channels + (made == plan.output ? 0 : rows * made_width);
    for (const std::size_t from : path.across) needed += rows * plan.width_of(from);
    reserve(buffers_, needed);
    value_type* free = buffers_.data();
    const auto take = [&](std::size_t count) { return std::exchange(free, free + count); };
    const auto original = [&](std::size_t node) -> const value_type* { return node == 0 ? inputs.data() : kept[node].data(); };

    value_type *const first = take(of_channels), *const second = take(of_channels);
    value_type* const changed = run_changed(space, plan, path, parameters, original, inputs, changes, first, second);
    const output_matrix tensor(made == plan.output ? outputs.data() : take(rows * made_width), rows, made_width);
    const channel_rows<value_type> channels{changes.of_channels.data(),
                                            changes.begins.data(),
                                            inputs_of_each,
                                            plan.widths[path.end] / channels_of(plan, path),
                                            channels_of(plan, path),
                                            changed,
                                            original(path.end)};
    make(space, plan, path, parameters, original, changes, channels, changed == first ? second : first, tensor);
    if (made == plan.output) return;

    std::vector<input_matrix> given(plan.model.size());
    given[made] = tensor;
    input_matrix repeated_inputs;
    for (const std::size_t from : path.across) {
      const std::size_t width = plan.width_of(from);
      value_type* const to = take(rows * width);
      repeat_rows(space, input_matrix(original(from), inputs_of_each, width), changes.mutants, to);
      (from == 0 ? repeated_inputs : given[from]) = input_matrix(to, rows, width);
    }
    executor.reserve(rows);
    executor.run(space, path.rest, parameters, std::as_const(given), false, repeated_inputs, outputs);
  }

 private:
  static void reserve(Storage& buffer, std::size_t count) {
    if (buffer.size() >= count) return;
    buffer = Storage();  // so that the old one is gone before there is a new one
    buffer = Storage(count);
  }
  static std::size_t channels_of(const network_plan& plan, const channel_path& path) { return plan.model[path.sums].output_shape.back(); }
  static const operation::weighted_sums& sums_at(const network_plan& plan, std::size_t node) {
    return plan.model[node].does.as<operation::weighted_sums>();
  }
  static std::vector<const value_type*> numbers_of(const network_plan& plan, std::size_t node, const std::vector<Storage>& parameters) {
    std::vector<const value_type*> numbers;
    for (const std::size_t one : plan.model[node].parameters) numbers.push_back(parameters[one].data());
    return numbers;
  }

  /// Writes what the changed channels are at the path's end, to one of two buffers. \return which
  template <class Space, class Original>
  value_type* run_changed(const Space& space, const network_plan& plan, const channel_path& path, const std::vector<Storage>& parameters,
                          const Original& original, input_matrix inputs, const batch_changes<value_type, memory_space>& changes,
                          value_type* changed, value_type* other) {
    const operation::weighted_sums& does = sums_at(plan, path.sums);
    const shape& read = plan.input_shapes[path.sums].front();
    const std::size_t channels = read.back(), groups = does.groups_of(channels), rows = changes.changes * inputs.extent(0);
    const sum_windows windows(does, read, plan.model[path.sums].output_shape, channels, false);
    const auto kernel = numbers_of(plan, path.sums, parameters);
    const changed_sums<PrecisionPolicy, memory_space> sums{
        windows,
        changes.of_channels.data(),
        changes.numbers.data(),
        changes.numbers_apart,
        kernel[0],
        does.has_bias ? kernel[1] : nullptr,
        original(path.sums),
        input_matrix(original(plan.sources[path.sums].front()), inputs.extent(0), element_count(read)),
        changed,
        channels / groups,
        does.sums / groups,
        !does.is_depthwise};
    parallel_loop(space, "deepmaacc::network::changed_sums", rows, windows.positions, sums);
    std::size_t positions = windows.positions;
    for (const std::size_t node : path.steps) {
      const any_operation& step = plan.model[node].does;
      reserve(scratch_, by_rows::scratch_of(step, plan.input_shapes[node], 1));
      const auto numbers = numbers_of(plan, node, parameters);
      const channel_context<Space, value_type> at{space,
                                                  changes.of_channels.data(),
                                                  rows,
                                                  inputs.extent(0),
                                                  plan.input_shapes[node].front(),
                                                  plan.model[node].output_shape,
                                                  numbers,
                                                  scratch_.data(),
                                                  changed,
                                                  other};
      if (!run_step(step, at, positions)) std::swap(changed, other);
      positions = plan.widths[node] / channels_of(plan, path);
    }
    return changed;
  }

  /// Writes the tensor from which the rest runs. \param free  room for the differences of the channels
  template <class Space, class Original>
  void make(const Space& space, const network_plan& plan, const channel_path& path, const std::vector<Storage>& parameters,
            const Original& original, const batch_changes<value_type, memory_space>& changes, const channel_rows<value_type>& channels,
            value_type* free, output_matrix tensor) const {
    if (path.next == channel_path::none) {
      put_beside(space, channels, changes.mutants, changes.changes,
                 input_matrix(original(path.end), channels.inputs, plan.widths[path.end]), tensor.data());
      return;
    }
    const operation::weighted_sums& does = sums_at(plan, path.next);
    const auto numbers = numbers_of(plan, path.next, parameters);
    subtract_original<PrecisionPolicy>(space, channels, changes.changes, free);
    const sum_windows windows(does, plan.input_shapes[path.next].front(), plan.model[path.next].output_shape, channels.channels,
                              path.is_flattened);
    add_channels(space, changes.mutants,
                 added_channels<PrecisionPolicy, memory_space>{windows, channels, free, numbers[0], does.has_bias ? numbers[1] : nullptr,
                                                               original(path.next), tensor.data()});
    const std::size_t function = plan.then[path.next];
    if (function != network_plan::none)
      by_rows::activate(space, plan.model[function].does.as<operation::unary>().function, static_cast<const value_type*>(nullptr),
                        output_matrix(tensor.data(), tensor.size() / does.sums, does.sums));
  }

  std::shared_ptr<const batch_plan> plan_;
  Storage buffers_, scratch_;
};

}  // namespace deepmaacc::by_batches
