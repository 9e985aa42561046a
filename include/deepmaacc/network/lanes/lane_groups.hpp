#pragma once

/// \file
/// Runs a network, and what changes of it lead to, on as many inputs as fill a row.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/function_ref.hpp>
#include <deepmaacc/core/simd.hpp>
#include <deepmaacc/network/elementwise.hpp>
#include <deepmaacc/network/lanes/changed_channels.hpp>
#include <deepmaacc/network/lanes/group_layout.hpp>
#include <deepmaacc/network/lanes/lane_program.hpp>
#include <limits>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc::by_lanes {

/// The original network's tensors of some groups of inputs, and a mutant's of one group at a time. A change begins at the sums of the
/// changed neurons, follows their channel through layers that keep channels apart, is added to the original sums of the next layer, and
/// from there on runs as usual. All members refer to the group that was entered last.
template <class T>
class lane_groups {
  using sums_type = weighted_sums<T>;

 public:
  static constexpr std::size_t row = lanes_per_group<T>;

  lane_groups(std::shared_ptr<const lane_program<T>> program, std::size_t groups)
      : program_(std::move(program)),
        original_(groups * program_->rows * row),
        changed_rows_(program_->changed_rows * row),
        change_(program_->largest_input * row),
        changed_(program_->tensors.size()),
        is_finite_(groups * row, 1),
        all_finite_(groups, 1) {}

  const lane_program<T>& program() const { return *program_; }
  const std::shared_ptr<const lane_program<T>>& shared_program() const { return program_; }
  /// Selects the group that all members refer to from now on, and says how many inputs it holds.
  void enter(std::size_t group, std::size_t inputs) {
    group_ = group;
    count_ = inputs;
  }
  std::size_t group() const { return group_; }
  std::size_t inputs() const { return count_; }

  T* original(std::size_t tensor) { return original_.data() + (group_ * program_->rows + program_->tensors[tensor].offset) * row; }
  T* changed(std::size_t tensor) { return changed_rows_.data() + program_->tensors[tensor].changed_offset * row; }
  const changed_channels& channels(std::size_t tensor) const { return changed_[tensor]; }
  /// The differences at the input of the step that was last asked about, in the rows of its changed channels; and for each input 1 where
  /// there are any.
  const T* change() const { return change_.data(); }
  const std::array<T, row>& is_changed() const { return is_changed_; }
  /// Multiplications and additions of weighted sums so far.
  double operations() const { return operations_; }

  /// Runs the original network: a pointer to the numbers of each input.
  void load(std::span<const T* const> inputs) {
    const std::vector<std::uint32_t>& elements = program_->input_elements;
    T* to = original(0);
    // What runs as rows may look things up by its numbers: lanes without an input repeat the first then.
    const bool repeats = !program_->in_rows.empty() && !inputs.empty();
    if (!repeats) std::fill_n(to, inputs.size() < row ? elements.size() * row : 0, padding);
    constexpr std::size_t at_once = 64 / sizeof(T);  // a cache line of an input, so that the rows written stay in the cache
    for (std::size_t first = 0; first < elements.size(); first += at_once) {
      const std::size_t end = std::min(elements.size(), first + at_once);
      for (std::size_t lane = 0; lane < inputs.size(); ++lane) {
        const T* numbers = inputs[lane];
        // So many inputs are more streams than a core looks ahead for by itself.
        if (end < elements.size()) {
          const std::size_t last = elements[std::min(end + at_once, elements.size()) - 1];
          for (std::size_t ahead = elements[end]; ahead < last; ahead += at_once) __builtin_prefetch(numbers + ahead);
          __builtin_prefetch(numbers + last);
        }
        for (std::size_t i = first; i < end; ++i) to[i * row + lane] = numbers[elements[i]];
      }
    }
    for (std::size_t i = 0; repeats && i < elements.size(); ++i)
      std::fill_n(to + i * row + inputs.size(), row - inputs.size(), to[i * row]);
    changed_channels all;
    all.set_all();
    T zeros[row] = {};  // until an infinite number or NaN comes along
    for (const lane_step<T>& step : program_->steps) {
      sources_.clear();
      for (const std::size_t one : step.inputs)
        sources_.push_back({original(one), original(one), &all, program_->tensors[one].rows, program_->tensors[one].channel_stride});
      step.operation.visit([&](const auto& operation) {
        if constexpr (std::is_same_v<std::decay_t<decltype(operation)>, sums_type>) {
          operation.run(factors(operation, step.inputs.front(), sources_.front().original), original(step.output), unbounded);
          count_operations(operation.operations(), count_);
          // Infinite numbers and NaN of other steps go into sums, or do no harm.
          const T* made = original(step.output);
          for (std::size_t at = 0; at < program_->tensors[step.output].rows; ++at)
            vector_loop(row, [&](std::size_t i) { zeros[i] += made[at * row + i] * 0; });
        } else {
          changed_channels made;
          operation.apply(std::span<const lane_input<T>>(sources_), original(step.output), made);
        }
      });
    }
    std::uint8_t* is_finite = &is_finite_[group_ * row];
    for (std::size_t i = 0; i < row; ++i) is_finite[i] = zeros[i] == 0 ? 1 : 0;
    all_finite_[group_] = std::all_of(is_finite, is_finite + count_, [](std::uint8_t one) { return one != 0; }) ? 1 : 0;
  }

  /// Whether all weighted sums of an input are finite in the original network. Infinite numbers and NaN would cancel what is added to
  /// them: for such inputs a mutant is computed without.
  bool is_finite(std::size_t lane) const { return is_finite_[group_ * row + lane] != 0; }
  bool all_finite() const { return all_finite_[group_] != 0; }

  /// Begins a mutant: changes the sums of some neurons, which a step makes.
  /// \param uses_deltas  else all that follows is computed anew
  /// \return the step to follow it from
  std::size_t begin(std::size_t step, std::span<const neuron_change<T>> changes, bool uses_deltas = true) {
    uses_deltas_ = uses_deltas;
    clear();
    const bool are_maps = std::all_of(changes.begin(), changes.end(), [](const auto& one) { return one.numbers.empty(); });
    if (are_maps && uses_deltas) return map_sums(step, changes);
    change_sums(step, changes);
    return step + 1;
  }

  /// Follows what has changed through the steps from `first` on, and completes the outputs. Where a change has come to the sums of a step
  /// through single channels, `take_over(step)` is asked before it is added; if it returns true, all stops.
  /// \param skips_dead  whether differences that are all 0 change nothing
  /// \return whether outputs have changed
  bool follow(std::size_t first, bool skips_dead, function_ref<bool(std::size_t)> take_over) {
    for (std::size_t at = first; at < program_->steps.size(); ++at) {
      const lane_step<T>& step = program_->steps[at];
      const bool is_clean = std::all_of(step.inputs.begin(), step.inputs.end(), [&](std::size_t one) { return changed_[one].is_clean(); });
      if (is_clean) continue;
      const bool is_taken_over = step.operation.visit([&](const auto& operation) {
        if constexpr (std::is_same_v<std::decay_t<decltype(operation)>, sums_type>) {
          return !sum(operation, at, skips_dead, take_over);
        } else if (step.is_done_by_sums && changed_[step.inputs.front()].is_all()) {
          changed_[step.output].set_all();
        } else {
          sources_.clear();
          for (const std::size_t one : step.inputs)
            sources_.push_back(
                {original(one), changed(one), &changed_[one], program_->tensors[one].rows, program_->tensors[one].channel_stride});
          operation.apply(std::span<const lane_input<T>>(sources_), changed(step.output), changed_[step.output]);
        }
        return false;
      });
      if (is_taken_over) return false;
    }
    if (changed_[program_->output].is_clean()) return false;
    complete(program_->output);
    return true;
  }

  /// The same from a step's sums on, whose original ones and the differences that they get are given: for inputs of any groups.
  /// \param inputs  that count
  void follow_given(std::size_t at, const changed_channels& channels, const T* change, const T* original, std::size_t inputs) {
    clear();
    count_ = inputs;
    const lane_step<T>& step = program_->steps[at];
    add(step.operation.template as<sums_type>(), step, channels, change, original);
    follow(at + 1, false, [](std::size_t) { return false; });
  }

  template <class Visit>
  void for_each_changed_row(std::size_t tensor, const Visit& visit) const {
    for_each_row(program_->tensors[tensor], changed_[tensor], visit);
  }
  /// Calls `visit(number)` with where each row of some channels begins.
  template <class Visit>
  static void for_each_row(const lane_tensor& of, const changed_channels& channels, const Visit& visit) {
    channels.for_each_run(of.rows, of.channel_stride, [&](std::size_t at, std::size_t) { visit(at * row); });
  }

 private:
  static constexpr T unbounded = -std::numeric_limits<T>::infinity();
#ifdef NDEBUG
  static constexpr T padding = 0;
#else
  static constexpr T padding = std::numeric_limits<T>::quiet_NaN();  // whatever uses it would be seen
#endif

  void clear() {
    for (changed_channels& one : changed_) one.clear();
  }
  void count_operations(double each, std::size_t inputs) { operations_ += each * static_cast<double>(inputs); }
  static T least_of(const lane_step<T>& step) { return step.is_before_relu ? T{0} : unbounded; }

  /// A tensor's rows as factors of sums: rounded, where these have to be.
  const T* factors(const sums_type& sums, std::size_t tensor, const T* rows) {
    if (!sums.descriptor().round) return rows;
    rounded_.resize(program_->largest_input * row);
    sums.descriptor().round(rows, rounded_.data(), program_->tensors[tensor].rows * row);
    return rounded_.data();
  }

  /// The changed neurons' sums, where each comes of its original one; and the activation that alone reads them.
  /// \return the step after these
  std::size_t map_sums(std::size_t at, std::span<const neuron_change<T>> changes) {
    const lane_step<T>& step = program_->steps[at];
    const auto& sums = step.operation.template as<sums_type>();
    const T* from = original(step.output);
    T* to = changed(step.output);
    for (const neuron_change<T>& one : changes) changed_[step.output].add(static_cast<std::uint32_t>(one.neuron));
    const lane_activation* activation = program_->activation_after(at);
    const std::size_t stride = sums.sums() * row;
    const auto activate = [&](T* first, std::size_t rows) {
      if (activation) deepmaacc::detail::apply_in_place(activation->function, std::span(first, row), {rows, stride});
    };
    constexpr std::size_t at_once = 16;  // which stay in the nearest cache
    for (const neuron_change<T>& one : changes) {
      const T factor = one.factor, shift = one.shift;
      const T* before = from + one.neuron * row;
      T* after = to + one.neuron * row;
      if (factor == 0) {
        std::fill_n(after, row, shift);
        activate(after, 1);
        for (std::size_t position = 1; position < sums.positions(); ++position) std::copy_n(after, row, after + position * stride);
        continue;
      }
      for (std::size_t first = 0; first < sums.positions(); first += at_once) {
        const std::size_t end = std::min(first + at_once, sums.positions());
        for (std::size_t position = first; position < end; ++position) {
          const T* old_sums = before + position * stride;
          T* new_sums = after + position * stride;
          vector_loop(row, [&](std::size_t i) { new_sums[i] = factor * old_sums[i] + shift; });
        }
        activate(after + first * stride, end - first);
      }
    }
    if (!activation) return at + 1;
    changed_[program_->steps[at + 1].output] = changed_[step.output];
    return at + 2;
  }

  /// The changed neurons' sums, computed anew.
  void change_sums(std::size_t at, std::span<const neuron_change<T>> changes) {
    const lane_step<T>& step = program_->steps[at];
    const auto& sums = step.operation.template as<sums_type>();
    const std::size_t input = step.inputs.front();
    const T* from = factors(sums, input, original(input));
    T* to = changed(step.output);
    for (const neuron_change<T>& one : changes) {
      changed_[step.output].add(static_cast<std::uint32_t>(one.neuron));
      if (one.numbers.empty()) {
        sums.run_scaled(one.neuron, one.factor, one.shift, from, to);
      } else {
        const std::size_t numbers = sums.given_numbers();
        const T bias = one.numbers.size() > numbers ? one.numbers[numbers] : T{0};
        sums.run_one(one.neuron, one.numbers.first(numbers), bias, from, to);
      }
      count_operations(2 * static_cast<double>(sums.numbers() * sums.positions()), count_);
    }
  }

  /// \return whether to go on
  bool sum(const sums_type& sums, std::size_t at, bool skips_dead, function_ref<bool(std::size_t)> take_over) {
    const lane_step<T>& step = program_->steps[at];
    const std::size_t input = step.inputs.front();
    if (!changed_[input].is_all() && (!uses_deltas_ || sums.descriptor().channel_stride != program_->tensors[input].channel_stride))
      complete(input);
    if (changed_[input].is_all()) {
      sums.run(factors(sums, input, changed(input)), changed(step.output), least_of(step));
      changed_[step.output].set_all();
      count_operations(sums.operations(), count_);
      return true;
    }
    if (!subtract(input, sums.descriptor().round) && skips_dead) return true;
    if (take_over(at)) return false;
    add(sums, step, changed_[input], change_.data(), original(step.output));
    return true;
  }

  void add(const sums_type& sums, const lane_step<T>& step, const changed_channels& channels, const T* change, const T* original) {
    count_operations(sums.operations_per_channel() * static_cast<double>(channels.channels().size()), count_);
    changed_[step.output] = channels;
    sums.add(change, original, changed(step.output), least_of(step), changed_[step.output]);
  }

  /// The differences of a tensor's changed rows.
  /// \return whether there are any
  bool subtract(std::size_t tensor, factor_rounding<T> round) {
    const T *before = original(tensor), *after = changed(tensor);
    T *to = change_.data(), *is_changed = is_changed_.data();
    is_changed_.fill(0);
    for_each_changed_row(tensor, [&](std::size_t begin) {
      if (round) {
        T old_factor[row], new_factor[row];
        round(before + begin, old_factor, row);
        round(after + begin, new_factor, row);
        for (std::size_t i = 0; i < row; ++i) {
          to[begin + i] = new_factor[i] - old_factor[i];
          if (to[begin + i] != 0) is_changed[i] = 1;
        }
        return;
      }
      vector_loop(row, [&](std::size_t i) {
        to[begin + i] = after[begin + i] - before[begin + i];
        is_changed[i] = to[begin + i] == 0 ? is_changed[i] : T{1};
      });
    });
    return std::any_of(is_changed, is_changed + count_, [](T one) { return one != 0; });
  }

  /// Puts a tensor's unchanged rows beside the changed ones.
  void complete(std::size_t tensor) {
    if (changed_[tensor].is_all()) return;
    const lane_tensor& of = program_->tensors[tensor];
    const auto channels = changed_[tensor].channels();
    for (std::size_t at = 0; at < of.rows; ++at)
      if (std::find(channels.begin(), channels.end(), at % of.channel_stride) == channels.end())
        std::copy_n(original(tensor) + at * row, row, changed(tensor) + at * row);
    changed_[tensor].set_all();
  }

  std::shared_ptr<const lane_program<T>> program_;
  std::size_t group_ = 0, count_ = 0;
  aligned_vector<T> original_;  ///< (groups × rows × lanes of a group)
  aligned_vector<T> changed_rows_, change_, rounded_;
  std::vector<changed_channels> changed_;  ///< by tensor
  std::vector<lane_input<T>> sources_;
  std::vector<std::uint8_t> is_finite_;   ///< (groups × lanes of a group)
  std::vector<std::uint8_t> all_finite_;  ///< by group
  bool uses_deltas_ = true;
  std::array<T, row> is_changed_{};
  double operations_ = 0;
};

}  // namespace deepmaacc::by_lanes
