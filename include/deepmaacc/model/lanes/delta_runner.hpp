#pragma once

/// \file
/// Runs changes of single neurons on blocks of inputs.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/model/lanes/block.hpp>
#include <deepmaacc/model/lanes/change_bounds.hpp>
#include <deepmaacc/model/lanes/changed_channels.hpp>
#include <deepmaacc/model/lanes/lane_program.hpp>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace deepmaacc {

/// The delta tier of the native network: a snapshot of its weights, and one thread's block of inputs with all that the original network
/// makes of it. A change begins at the sums of the changed neurons, follows their channel through layers that keep channels apart, is added
/// to the original sums of the next layer, and from there on runs as usual.
///
/// A block is made of groups of `lanes_per_block` inputs, which are run one after the other. Where dense layers follow, the inputs of all
/// groups that a change matters for are packed together first.
template <class T>
class delta_runner {
  using program_type = model::lane_program<T>;
  using sums_type = model::weighted_sums<T>;

 public:
  /// Bytes that the original network's tensors of a block take at most, unless a single group takes more.
  static constexpr std::size_t block_bytes = std::size_t{4} << 20;

  explicit delta_runner(std::shared_ptr<const program_type> program)
      : program_(std::move(program)),
        groups_(std::clamp<std::size_t>(block_bytes / (program_->rows * row * sizeof(T)), 1, 8)),
        original_(groups_ * program_->rows * row),
        outputs_(program_->tensors[program_->output].rows * lanes()),
        changed_rows_(program_->changed_rows * row),
        change_(program_->largest_input * row),
        changed_(program_->tensors.size()),
        is_finite_(groups_, true) {}

  /// Inputs that a block holds.
  std::size_t lanes() const { return groups_ * row; }
  /// Layers that have no form of their own for blocks, and run as rows of inputs.
  const std::vector<std::string>& layers_in_rows() const { return program_->in_rows; }
  /// Multiplications and additions in weighted sums so far.
  double operations() const { return operations_; }
  /// How often, so far, an input was left out because its prediction could not change, rather than because nothing did.
  std::size_t certified() const { return certified_; }

  /// What need not be computed. \param certified  makes bounds, once: they are shared with copies
  void skip(bool dead, bool certified) {
    skips_dead_ = dead;
    bounds_.reset();
    if (!certified) return;
    bounds_ = std::make_shared<const model::layer_bounds<T>>(*program_);
    spent_.clear();
    for (const auto& one : bounds_->of_step) spent_.emplace_back(one ? groups_ * 2 * one->rows() * row : 0);
    packed_change_.resize(change_.size());
    packed_original_.resize(bounds_->most_sums * row);
  }

  /// Runs the original network on a block: at most `lanes()` inputs, each a row of numbers.
  void load(std::span<const T* const> inputs) {
    count_ = inputs.size();
    is_protected_ = false;
    for (std::size_t first = 0; first < count_; first += row) {
      enter(first / row);
      load_group(inputs.subspan(first, inputs_here()));
      is_finite_[group_] = only_finite();
      const T* from = original(program_->output);
      for (std::size_t c = 0; c < outputs_.size() / lanes(); ++c) std::copy_n(from + c * row, row, outputs_.data() + c * lanes() + first);
    }
  }

  /// The original network's outputs for the block: (classes × lanes).
  matrix<const T> outputs() const { return {outputs_.data(), outputs_.size() / lanes(), lanes()}; }

  /// From now on, and until the next block, `change` may leave out inputs for which it is certain that for every class c output c minus
  /// output `winners[lane]` rises by less than `allowed(c, lane)` less `share` of each output's own change.
  void protect(std::span<const std::uint32_t> winners, const matrix<const T>& allowed, double share) {
    is_protected_ = bounds_ != nullptr;
    if (!is_protected_) return;
    for (std::size_t first = 0; first < count_; first += row) {
      enter(first / row);
      for (std::size_t step = 0; step < spent_.size(); ++step)
        if (bounds_->of_step[step])
          bounds_->of_step[step]->spend(
              winners.subspan(first, inputs_here()), allowed, first, share, [&](std::size_t tensor) { return original(tensor); },
              spent_up(step), spent_up(step) + bounds_->of_step[step]->rows() * row);
    }
  }

  /// Calls `sink(outputs, lanes)`, any number of times, with outputs of the mutant: (classes × columns), and which input of the block each
  /// of the first `lanes.size()` columns belongs to. Inputs that it is never called with keep the original outputs, or surely the
  /// prediction.
  template <class Sink>
  void change(std::size_t layer, std::span<const neuron_change<T>> changes, const Sink& sink) {
    const std::size_t first = program_->sums_of[layer];
    decisive_step_ = is_protected_ ? bounds_->decisive_step[layer] : program_type::no_step;
    packed_lanes_.clear();
    for (std::size_t begin = 0; begin < count_; begin += row) {
      enter(begin / row);
      for (auto& one : changed_) one.clear();
      change_sums(first, changes);
      is_left_to_packing_ = false;
      follow_from(first + 1, [&](std::size_t step, std::size_t input) { pack(step, input, sink); });
      if (changed_[program_->output].is_clean() || is_left_to_packing_) continue;
      complete(program_->output);
      std::array<std::uint32_t, row> lanes;
      for (std::size_t i = 0; i < inputs_here(); ++i) lanes[i] = static_cast<std::uint32_t>(begin + i);
      sink(outputs_at(changed(program_->output)), std::span<const std::uint32_t>(lanes).first(inputs_here()));
    }
    if (!packed_lanes_.empty()) run_packed(sink);
  }

 private:
  using changed_channels = model::changed_channels;
  static constexpr std::size_t row = model::lanes_per_block<T>;
  static constexpr T unbounded = -std::numeric_limits<T>::infinity();
#ifdef NDEBUG
  static constexpr T padding = 0;
#else
  static constexpr T padding = std::numeric_limits<T>::quiet_NaN();  // whatever uses it would be seen
#endif

  /// Makes a group the one that is worked on.
  void enter(std::size_t group) { group_ = group; }
  std::size_t inputs_here() const { return std::min(row, count_ - group_ * row); }
  T* original(std::size_t tensor) { return original_.data() + (group_ * program_->rows + program_->tensors[tensor].offset) * row; }
  T* changed(std::size_t tensor) { return changed_rows_.data() + program_->tensors[tensor].changed_offset * row; }
  T* spent_up(std::size_t step) { return spent_[step].data() + group_ * 2 * bounds_->of_step[step]->rows() * row; }
  matrix<const T> outputs_at(const T* rows) const { return {rows, program_->tensors[program_->output].rows, row}; }
  void count_operations(double each) { operations_ += each * static_cast<double>(inputs_here()); }

  void load_group(std::span<const T* const> inputs) {
    const std::vector<std::uint32_t>& elements = program_->input_elements;
    T* to = original(0);
    std::fill_n(to, inputs.size() < row ? elements.size() * row : 0, padding);
    constexpr std::size_t at_once = 64 / sizeof(T);  // a cache line of an input, so that the rows written stay in the cache
    for (std::size_t first = 0; first < elements.size(); first += at_once)
      for (std::size_t lane = 0; lane < inputs.size(); ++lane)
        for (std::size_t i = first; i < std::min(elements.size(), first + at_once); ++i) to[i * row + lane] = inputs[lane][elements[i]];
    changed_channels all;
    all.set_all();
    for (const auto& step : program_->steps) {
      sources_.clear();
      for (const std::size_t one : step.inputs)
        sources_.push_back({original(one), original(one), &all, program_->tensors[one].rows, program_->tensors[one].period});
      std::visit(
          [&](const auto& operation) {
            if constexpr (std::is_same_v<std::decay_t<decltype(operation)>, sums_type>) {
              operation.run(factors(operation, step.inputs.front(), sources_.front().original), original(step.output), unbounded);
              count_operations(operation.operations());
            } else {
              changed_channels made;
              operation.apply(std::span<const model::lane_input<T>>(sources_), original(step.output), made);
            }
          },
          step.operation);
    }
  }

  /// Infinite numbers and NaN cancel what is added to original sums: such groups are computed without deltas. Those of an input are seen in
  /// the sums that it goes into.
  bool only_finite() {
    T sum[row] = {};
    const T* from = original(0);
    for (std::size_t at = program_->tensors[0].rows; at < program_->rows; ++at)
      vector_loop(row, [&](std::size_t i) { sum[i] += from[at * row + i] * 0; });
    return std::all_of(sum, sum + inputs_here(), [](T one) { return one == 0; });
  }

  /// A tensor's rows as factors of sums: rounded, where these have to be.
  const T* factors(const sums_type& sums, std::size_t tensor, const T* rows) {
    if (!sums.shape().round) return rows;
    rounded_.resize(program_->largest_input * row);
    sums.shape().round(rows, rounded_.data(), program_->tensors[tensor].rows * row);
    return rounded_.data();
  }

  /// The changed neurons' sums.
  void change_sums(std::size_t at, std::span<const neuron_change<T>> changes) {
    const auto& step = program_->steps[at];
    const auto& sums = std::get<sums_type>(step.operation);
    const T* from = original(step.output);
    T* to = changed(step.output);
    for (const neuron_change<T>& one : changes) {
      changed_[step.output].add(static_cast<std::uint32_t>(one.neuron));
      if (!one.numbers.empty()) {
        const std::size_t numbers = sums.given_numbers();
        const T bias = one.numbers.size() > numbers ? one.numbers[numbers] : T{0};
        const std::size_t input = step.inputs.front();
        sums.run_one(one.neuron, one.numbers.first(numbers), bias, factors(sums, input, original(input)), to);
        count_operations(2 * static_cast<double>(sums.numbers() * sums.positions()));
        continue;
      }
      for (std::size_t position = 0; position < sums.positions(); ++position) {
        const std::size_t begin = (position * sums.sums() + one.neuron) * row;
        vector_loop(row, [&](std::size_t i) { to[begin + i] = one.factor * from[begin + i] + one.shift; });
      }
    }
  }

  /// Follows what has changed through the steps from `first` on. At the decisive step it hands over to `decide(step, tensor)`, and stops.
  template <class Decide>
  void follow_from(std::size_t first, const Decide& decide) {
    for (std::size_t at = first; at < program_->steps.size() && !is_left_to_packing_; ++at) {
      const auto& step = program_->steps[at];
      const bool is_clean = std::all_of(step.inputs.begin(), step.inputs.end(), [&](std::size_t one) { return changed_[one].is_clean(); });
      if (is_clean) continue;
      std::visit(
          [&](const auto& operation) {
            if constexpr (std::is_same_v<std::decay_t<decltype(operation)>, sums_type>) {
              sum(operation, at, decide);
            } else if (step.is_done_by_sums && changed_[step.inputs.front()].is_all()) {
              changed_[step.output].set_all();
            } else {
              sources_.clear();
              for (const std::size_t one : step.inputs)
                sources_.push_back(
                    {original(one), changed(one), &changed_[one], program_->tensors[one].rows, program_->tensors[one].period});
              operation.apply(std::span<const model::lane_input<T>>(sources_), changed(step.output), changed_[step.output]);
            }
          },
          step.operation);
    }
  }

  template <class Decide>
  void sum(const sums_type& sums, std::size_t at, const Decide& decide) {
    const auto& step = program_->steps[at];
    const std::size_t input = step.inputs.front();
    const bool is_finite = is_finite_[group_];
    if (!changed_[input].is_all() && (!is_finite || sums.shape().period != program_->tensors[input].period)) complete(input);
    if (changed_[input].is_all()) {
      sums.run(factors(sums, input, changed(input)), changed(step.output), least_of(step));
      changed_[step.output].set_all();
      count_operations(sums.operations());
      return;
    }
    if (!subtract(input, sums.shape().round) && skips_dead_) return;
    if (at == decisive_step_) decide(at, input);
    if (!is_left_to_packing_) add(sums, step, changed_[input], change_.data(), original(step.output));
  }

  void add(const sums_type& sums, const model::lane_step<T>& step, const changed_channels& channels, const T* change, const T* original) {
    count_operations(sums.operations_per_channel() * static_cast<double>(channels.channels().size()));
    changed_[step.output] = channels;
    sums.add(change, original, changed(step.output), least_of(step), changed_[step.output]);
  }

  static T least_of(const model::lane_step<T>& step) { return step.is_before_relu ? T{0} : unbounded; }

  /// The differences of a tensor's changed rows. \return whether there are any
  bool subtract(std::size_t tensor, model::factor_rounding<T> round) {
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
    return std::any_of(is_changed, is_changed + inputs_here(), [](T one) { return one != 0; });
  }

  template <class Visit>
  void for_each_changed_row(std::size_t tensor, const Visit& visit) const {
    const model::lane_tensor& of = program_->tensors[tensor];
    changed_[tensor].for_each_run(of.rows, of.period, [&](std::size_t at, std::size_t) { visit(at * row); });
  }

  /// At the decisive step: drops the inputs that a change does not matter for, and packs the others together with those of other groups,
  /// where that takes less time than to run the group.
  template <class Sink>
  void pack(std::size_t step, std::size_t tensor, const Sink& sink) {
    const T *up = spent_up(step), *down = up + bounds_->of_step[step]->rows() * row;
    T used[row] = {};
    std::size_t changed_rows = 0;
    for_each_changed_row(tensor, [&](std::size_t begin) {
      ++changed_rows;
      vector_loop(row, [&](std::size_t i) {
        const T change = change_[begin + i], rate = change > 0 ? up[begin + i] : -down[begin + i];
        used[i] += change == 0 ? T{0} : change * rate;
      });
    });
    std::array<std::uint32_t, row> needed;
    std::size_t count = 0, certain = 0;
    for (std::size_t i = 0; i < inputs_here(); ++i) {
      const bool is_certain = used[i] < 1, is_dead = is_changed_[i] == 0;
      needed[count] = static_cast<std::uint32_t>(i);
      count += is_certain && (skips_dead_ || !is_dead) ? 0 : 1;
      certain += is_certain && !is_dead ? 1 : 0;
    }
    const std::size_t output = program_->steps[step].output, sums = program_->tensors[output].rows;
    const double run = bounds_->multiplications[step] / static_cast<double>(lane_width<T>);
    if (static_cast<double>(count) * (static_cast<double>(changed_rows + sums) + run) > static_cast<double>(row) * run) return;
    is_left_to_packing_ = true;
    certified_ += certain;
    if (count == 0) return;
    const changed_channels channels = changed_[tensor];
    for (std::size_t done = 0; done < count;) {
      const std::size_t first = packed_lanes_.size(), now = std::min(count - done, row - first);
      const auto copy = [&](const T* from, T* to) {
        for (std::size_t i = 0; i < now; ++i) to[first + i] = from[needed[done + i]];
      };
      changed_[tensor] = channels;  // running what is packed clears it
      for_each_changed_row(tensor, [&](std::size_t begin) { copy(change_.data() + begin, packed_change_.data() + begin); });
      for (std::size_t at = 0; at < sums; ++at) copy(original(output) + at * row, packed_original_.data() + at * row);
      for (std::size_t i = 0; i < now; ++i) packed_lanes_.push_back(static_cast<std::uint32_t>(group_ * row + needed[done + i]));
      done += now;
      packed_channels_ = channels;
      if (packed_lanes_.size() == row) run_packed(sink);
    }
  }

  /// Runs what is packed from the decisive step on, where all follows from the sums alone.
  template <class Sink>
  void run_packed(const Sink& sink) {
    const auto& step = program_->steps[decisive_step_];
    const double before = operations_;
    for (auto& one : changed_) one.clear();
    is_left_to_packing_ = false;
    add(std::get<sums_type>(step.operation), step, packed_channels_, packed_change_.data(), packed_original_.data());
    follow_from(decisive_step_ + 1, [](std::size_t, std::size_t) {});
    operations_ = before + (operations_ - before) / static_cast<double>(inputs_here()) * static_cast<double>(packed_lanes_.size());
    sink(outputs_at(changed(program_->output)), std::span<const std::uint32_t>(packed_lanes_));
    packed_lanes_.clear();
    is_left_to_packing_ = true;
  }

  /// Puts a tensor's unchanged rows beside the changed ones.
  void complete(std::size_t tensor) {
    if (changed_[tensor].is_all()) return;
    const model::lane_tensor& of = program_->tensors[tensor];
    const auto channels = changed_[tensor].channels();
    for (std::size_t at = 0; at < of.rows; ++at)
      if (std::find(channels.begin(), channels.end(), at % of.period) == channels.end())
        std::copy_n(original(tensor) + at * row, row, changed(tensor) + at * row);
    changed_[tensor].set_all();
  }

  std::shared_ptr<const program_type> program_;
  std::shared_ptr<const model::layer_bounds<T>> bounds_;
  std::size_t groups_, group_ = 0, count_ = 0;
  model::aligned_vector<T> original_;  ///< (groups × rows × lanes of a group)
  std::vector<T> outputs_;             ///< (classes × lanes)
  model::aligned_vector<T> changed_rows_, change_, rounded_;
  std::vector<model::aligned_vector<T>> spent_;  ///< by step and group: what changes use up, up and down
  std::vector<changed_channels> changed_;
  std::vector<model::lane_input<T>> sources_;
  std::vector<std::uint8_t> is_finite_;  ///< of each group
  std::array<T, row> is_changed_{};      ///< of the group's inputs
  model::aligned_vector<T> packed_change_, packed_original_;
  std::vector<std::uint32_t> packed_lanes_;
  changed_channels packed_channels_;
  bool skips_dead_ = true, is_protected_ = false, is_left_to_packing_ = false;
  std::size_t decisive_step_ = program_type::no_step, certified_ = 0;
  double operations_ = 0;
};

}  // namespace deepmaacc
