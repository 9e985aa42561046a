#pragma once

/// \file
/// Runs changes of single neurons on blocks of inputs.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/function_ref.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/simd.hpp>
#include <deepmaacc/network/lanes/change_bounds.hpp>
#include <deepmaacc/network/lanes/changed_channels.hpp>
#include <deepmaacc/network/lanes/group_layout.hpp>
#include <deepmaacc/network/lanes/lane_groups.hpp>
#include <deepmaacc/network/lanes/lane_program.hpp>
#include <deepmaacc/network/lanes/skip_estimate.hpp>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc {

/// The delta tier of the native network: a snapshot of its weights, and one thread's block of inputs with all that the original network
/// makes of it. A block is made of groups of `lanes_per_group` inputs, which are run one after the other. Where dense layers follow, the
/// inputs of all groups that a change matters for are packed together first.
template <class T>
class delta_runner {
  using program_type = by_lanes::lane_program<T>;

 public:
  /// Is given a mutant's outputs (classes × columns), and which input of the block each column belongs to.
  using output_sink = function_ref<void(const matrix<const T>&, std::span<const std::uint32_t>)>;

  /// Bytes that the original network's tensors of a block take at most, unless a single group takes more: they stay in a core's cache; and
  /// where groups are packed together, it takes several of them.
  static constexpr std::size_t block_bytes = std::size_t{1} << 20, packed_block_bytes = std::size_t{4} << 20;

  explicit delta_runner(const std::shared_ptr<const program_type>& program) : delta_runner(program, block_bytes) {}

  /// Inputs that a block holds.
  std::size_t lanes() const { return count_of_groups_ * row; }
  /// Layers that have no form of their own for blocks, and run as rows of inputs.
  const std::vector<std::string>& layers_in_rows() const { return at_.program().in_rows; }
  /// Multiplications and additions in weighted sums so far.
  double operations() const { return at_.operations(); }
  /// How often, so far, an input was left out because its prediction could not change, rather than because nothing did.
  std::size_t certified() const { return certified_; }

  /// What need not be computed. Forgets the block and the counts; `lanes` may be others.
  /// \param certified  makes bounds, once: they are shared with copies.
  /// Complexity: as `change_bounds::make`, for each dense layer that has them
  void skip(bool dead, bool certified);

  /// Whether `skip(true, true)` is likely to save more than it takes, for so many mutants of each layer: by counted operations.
  /// \param has_golden  whether the golden run that orders the inputs has been made anyway
  bool pays_to_skip(std::span<const std::size_t> mutants, std::size_t inputs, bool has_golden) const {
    return by_lanes::pays_to_skip(at_.program(), mutants, inputs, has_golden);
  }

  /// Runs the original network on a block: at most `lanes()` inputs, each a row of numbers.
  void load(std::span<const T* const> inputs);

  /// The original network's outputs for the block: (classes × lanes).
  matrix<const T> outputs() const { return matrix<const T>(outputs_.data(), outputs_.size() / lanes(), lanes()); }

  /// From now on, and until the next block, `change` may leave out inputs for which it is proven that for every class c, output c minus
  /// output `winners[lane]` rises by less than `margins(c, lane)` minus `relative_tolerance` times each of the two outputs' own change.
  void protect(std::span<const std::uint32_t> winners, const matrix<const T>& margins, double relative_tolerance);

  /// Calls `sink(outputs, lanes)`, any number of times, with outputs of the mutant: (classes × columns), and which input of the block each
  /// of the first `lanes.size()` columns belongs to. Inputs that it is never called with keep the original outputs, or surely the
  /// prediction.
  void change(std::size_t layer, std::span<const neuron_change<T>> changes, output_sink sink);

 private:
  static constexpr std::size_t row = by_lanes::lanes_per_group<T>;

  delta_runner(const std::shared_ptr<const program_type>& program, std::size_t bytes);

  /// What becomes of a group's inputs at the decisive step.
  struct verdict {
    std::array<std::uint32_t, row> needed;  ///< those that must be computed
    std::size_t count = 0, certain = 0;     ///< of them; and of those that change but need not be
    std::size_t changed_rows = 0;
  };

  void enter(std::size_t first) { at_.enter(first / row, std::min(row, count_ - first)); }
  matrix<const T> changed_outputs() {
    const std::size_t output = at_.program().output;
    return matrix<const T>(at_.changed(output), at_.program().tensors[output].rows, row);
  }
  T* margin_rates_up(std::size_t step) { return margin_rates_[step].data() + at_.group() * 2 * bounds_->of_step[step]->rows() * row; }
  T* margin_rates_down(std::size_t step) { return margin_rates_up(step) + bounds_->of_step[step]->rows() * row; }

  /// Gives the outputs of those inputs of a group which are finite, or of the others.
  void give(output_sink sink, bool are_finite);

  /// Which inputs a change matters for; of those that are finite.
  verdict judge();

  /// At the decisive step: drops the inputs that a change does not matter for, and packs the others together with those of other groups.
  /// \return whether that was done, which it is where it takes less time than to run the group
  bool pack(output_sink sink);

  /// Runs what is packed from the decisive step on, where all follows from the sums alone.
  void run_packed(output_sink sink);

  std::size_t count_of_groups_, count_ = 0;
  by_lanes::lane_groups<T> at_;
  std::vector<T> outputs_;  ///< (classes × lanes)
  std::shared_ptr<const by_lanes::layer_bounds<T>> bounds_;
  std::vector<by_lanes::aligned_vector<T>> margin_rates_;  ///< by step: rates of margins, (groups × up and down × rows × lanes of a group)
  by_lanes::aligned_vector<T> packed_change_, packed_original_;
  std::vector<std::uint32_t> packed_lanes_;
  by_lanes::changed_channels packed_channels_;
  bool skips_dead_ = true, is_protected_ = false;
  std::size_t decisive_step_ = program_type::no_step, certified_ = 0;
};

template <class T>
delta_runner<T>::delta_runner(const std::shared_ptr<const program_type>& program, std::size_t bytes)
    : count_of_groups_(std::clamp<std::size_t>(bytes / (program->rows * row * sizeof(T)), 1, 8)),
      at_(program, count_of_groups_),
      outputs_(program->tensors[program->output].rows * lanes()) {}

template <class T>
void delta_runner<T>::skip(bool dead, bool certified) {
  *this = delta_runner(at_.shared_program(), certified ? packed_block_bytes : block_bytes);
  skips_dead_ = dead;
  if (!certified) return;
  bounds_ = std::make_shared<const by_lanes::layer_bounds<T>>(at_.program());
  for (const auto& one : bounds_->of_step) margin_rates_.emplace_back(one ? count_of_groups_ * 2 * one->rows() * row : 0);
  packed_change_.resize(at_.program().largest_input * row);
  packed_original_.resize(bounds_->most_sums * row);
}

template <class T>
void delta_runner<T>::load(std::span<const T* const> inputs) {
  count_ = inputs.size();
  is_protected_ = false;
  for (std::size_t first = 0; first < count_; first += row) {
    enter(first);
    at_.load(inputs.subspan(first, at_.inputs()));
    const T* from = at_.original(at_.program().output);
    for (std::size_t c = 0; c < outputs_.size() / lanes(); ++c) std::copy_n(from + c * row, row, outputs_.data() + c * lanes() + first);
  }
}

template <class T>
void delta_runner<T>::protect(std::span<const std::uint32_t> winners, const matrix<const T>& margins, double relative_tolerance) {
  is_protected_ = bounds_ != nullptr;
  if (!is_protected_) return;
  for (std::size_t first = 0; first < count_; first += row) {
    enter(first);
    for (std::size_t step = 0; step < margin_rates_.size(); ++step)
      if (bounds_->of_step[step])
        bounds_->of_step[step]->margin_rates(
            winners.subspan(first, at_.inputs()), margins, first, relative_tolerance,
            [&](std::size_t tensor) { return at_.original(tensor); }, margin_rates_up(step), margin_rates_down(step));
  }
}

template <class T>
void delta_runner<T>::change(std::size_t layer, std::span<const neuron_change<T>> changes, output_sink sink) {
  const std::size_t first = layer < at_.program().sums_of.size() ? at_.program().sums_of[layer] : program_type::no_step;
  if (first == program_type::no_step)
    throw usage_error(detail::text("deepmaacc::delta_runner: layer ", layer, " has no neurons to change"));
  decisive_step_ = is_protected_ ? bounds_->decisive_step[layer] : program_type::no_step;
  packed_lanes_.clear();
  for (std::size_t begin = 0; begin < count_; begin += row) {
    enter(begin);
    const bool all_finite = at_.all_finite();
    if (at_.follow(at_.begin(first, changes), skips_dead_, [&](std::size_t step) { return step == decisive_step_ && pack(sink); }))
      give(sink, true);
    if (all_finite) continue;
    enter(begin);
    if (at_.follow(at_.begin(first, changes, false), skips_dead_, [](std::size_t) { return false; })) give(sink, false);
  }
  if (!packed_lanes_.empty()) run_packed(sink);
}

template <class T>
void delta_runner<T>::give(output_sink sink, bool are_finite) {
  if (at_.all_finite()) {
    std::array<std::uint32_t, row> lanes;
    for (std::size_t i = 0; i < at_.inputs(); ++i) lanes[i] = static_cast<std::uint32_t>(at_.group() * row + i);
    sink(changed_outputs(), std::span<const std::uint32_t>(lanes).first(at_.inputs()));
    return;
  }
  // One by one: this is rare.
  const matrix<const T> all = changed_outputs();
  std::vector<T> column(all.extent(0) * row);
  for (std::size_t i = 0; i < at_.inputs(); ++i) {
    if (at_.is_finite(i) != are_finite) continue;
    for (std::size_t c = 0; c < all.extent(0); ++c) column[c * row] = all(c, i);
    const auto lane = static_cast<std::uint32_t>(at_.group() * row + i);
    sink(matrix<const T>(column.data(), all.extent(0), row), std::span<const std::uint32_t>(&lane, 1));
  }
}

template <class T>
typename delta_runner<T>::verdict delta_runner<T>::judge() {
  const T *up = margin_rates_up(decisive_step_), *down = margin_rates_down(decisive_step_), *change = at_.change();
  const std::array<T, row>& is_changed = at_.is_changed();
  verdict found;
  T used[row] = {};
  at_.for_each_changed_row(at_.program().steps[decisive_step_].inputs.front(), [&](std::size_t begin) {
    ++found.changed_rows;
    vector_loop(row, [&](std::size_t i) {
      // The larger is the one that is not negative. 0 times infinity is not below 1 either.
      const T rise = change[begin + i] * up[begin + i], fall = -change[begin + i] * down[begin + i];
      used[i] += rise > fall ? rise : fall;
    });
  });
  std::array<std::uint32_t, row> is_needed, is_certain;
  const std::uint32_t computes_dead = skips_dead_ ? 0 : 1;
  vector_loop(row, [&](std::size_t i) {
    const std::uint32_t is_alive = is_changed[i] != 0, is_sure = used[i] < 1;
    is_needed[i] = ((1 - is_sure) & is_alive) | (computes_dead & (1 - is_alive));
    is_certain[i] = is_sure & is_alive;
  });
  if (!at_.all_finite())
    for (std::size_t i = 0; i < row; ++i)
      if (!at_.is_finite(i)) is_needed[i] = is_certain[i] = 0;
  for (std::size_t i = 0; i < at_.inputs(); ++i) {
    found.count += is_needed[i];
    found.certain += is_certain[i];
  }
  for (std::size_t i = 0, at = 0; at < found.count; ++i) {
    found.needed[at] = static_cast<std::uint32_t>(i);
    at += is_needed[i];
  }
  return found;
}

template <class T>
bool delta_runner<T>::pack(output_sink sink) {
  const program_type& program = at_.program();
  const auto& step = program.steps[decisive_step_];
  const by_lanes::lane_tensor &input = program.tensors[step.inputs.front()], &sums = program.tensors[step.output];
  const verdict found = judge();
  const double run = bounds_->multiplications[decisive_step_] / static_cast<double>(simd_width<T>);  // moving a number takes about 1
  const double packed = static_cast<double>(found.count) * (static_cast<double>(found.changed_rows + sums.rows) + run);
  if (packed > static_cast<double>(row) * run) return false;
  certified_ += found.certain;
  if (found.count == 0) return true;
  packed_channels_ = at_.channels(step.inputs.front());
  const std::size_t first_lane = at_.group() * row;
  const T* original = at_.original(step.output);
  for (std::size_t done = 0, now = 0; done < found.count; done += now) {
    const std::size_t first = packed_lanes_.size();
    now = std::min(found.count - done, row - first);
    const auto copy = [&](const T* from, T* to) {
      for (std::size_t i = 0; i < now; ++i) to[first + i] = from[found.needed[done + i]];
    };
    at_.for_each_row(input, packed_channels_, [&](std::size_t begin) { copy(at_.change() + begin, packed_change_.data() + begin); });
    for (std::size_t at = 0; at < sums.rows; ++at) copy(original + at * row, packed_original_.data() + at * row);
    for (std::size_t i = 0; i < now; ++i) packed_lanes_.push_back(static_cast<std::uint32_t>(first_lane + found.needed[done + i]));
    if (packed_lanes_.size() == row) run_packed(sink);
  }
  return true;
}

template <class T>
void delta_runner<T>::run_packed(output_sink sink) {
  at_.follow_given(decisive_step_, packed_channels_, packed_change_.data(), packed_original_.data(), packed_lanes_.size());
  sink(changed_outputs(), std::span<const std::uint32_t>(packed_lanes_));
  packed_lanes_.clear();
}

#ifdef DEEPMAACC_COMPILED
extern template class delta_runner<float>;
extern template class delta_runner<double>;
#endif

}  // namespace deepmaacc
