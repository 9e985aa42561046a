#pragma once

/// \file
/// What operations add their steps over blocks of inputs with.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/network/lanes/lane_program.hpp>
#include <span>
#include <utility>
#include <vector>

namespace deepmaacc::by_lanes {

/// Adds the steps of one operation to a program.
template <class T>
class lane_builder {
 public:
  using value_type = T;
  using source_row = lane_gather::source_row;

  /// \param input_shapes  of the operation; `inputs` are the tensors that have its elements
  /// \param regularity    of the network's inputs; null where this operation is not the only one that reads them
  /// \param round         for factors of products, where the operation is one; else null
  lane_builder(lane_program<T>& program, std::span<const shape> input_shapes, const shape& output_shape,
               std::span<const T* const> parameters, std::vector<std::size_t> inputs, const input_regularity* regularity,
               factor_rounding<T> round)
      : program_(program),
        input_shapes_(input_shapes),
        output_shape_(output_shape),
        parameters_(parameters),
        inputs_(std::move(inputs)),
        regularity_(regularity),
        round_(round) {}

  std::size_t input(std::size_t which = 0) const { return inputs_[which]; }
  const shape& input_shape(std::size_t which = 0) const { return input_shapes_[which]; }
  const shape& output_shape() const { return output_shape_; }
  const T* parameter(std::size_t which) const { return parameters_[which]; }
  std::span<const T* const> parameters() const { return parameters_; }
  std::size_t channel_stride(std::size_t tensor) const { return program_.tensors[tensor].channel_stride; }

  /// Each of these adds a step, and returns the tensor that it makes.
  std::size_t weighted_sums(sum_descriptor<T> sums) {
    sums.channel_stride = channel_stride(input());
    sums.round = round_;
    if (regularity_ && input() == 0) leave_out_inputs(sums);
    const std::size_t elements = sums.height * sums.width * sums.sums;
    return program_.add_step(by_lanes::weighted_sums<T>(sums), {input()}, elements, sums.sums);
  }
  /// A step that leaves every element in its place.
  std::size_t in_place(lane_operation<T> step) {
    const auto [rows, channel_stride] = std::pair(program_.tensors[input()].rows, program_.tensors[input()].channel_stride);
    return program_.add_step(std::move(step), {input()}, rows, channel_stride);
  }
  /// A step that computes function(element, first[i], second[i]), where i is `index` of the element. The function is an object without
  /// state.
  template <class Function>
  std::size_t parametric(Function function, std::vector<std::uint32_t> index, std::vector<T> first, std::vector<T> second) {
    lane_parametric<T> numbers{lane_parametric<T>::over(function), std::move(index), std::move(first),
                               std::move(second)};  // nvcc wants a name
    return in_place(std::move(numbers));
  }
  template <class Reduction>
  std::size_t pooled(Reduction, const window_axes<false>& axes, std::size_t height, std::size_t width, std::size_t channels) {
    return program_.add_step(lane_pooling<Reduction>{axes, height, width, channels}, {input()}, height * width * channels, channels);
  }
  /// \param source  where each element comes from, of all inputs
  std::size_t gathered(std::vector<source_row> source) {
    const std::size_t rows = source.size(), channels = output_shape_.empty() ? 1 : output_shape_.back();
    auto kept = channels_kept(source, channels);
    return program_.add_step(lane_gather{std::move(source), channels, std::move(kept)}, inputs_, rows, channels);
  }
  /// \param index  for each input the elements that it gives, where these are not the output's
  template <class Function>
  std::size_t merged(Function function, std::vector<std::vector<std::uint32_t>> index) {
    const std::size_t rows = element_count(output_shape_);
    const std::size_t channels = index.empty() ? channel_stride(input()) : output_shape_.empty() ? 1 : output_shape_.back();
    return program_.add_step(lane_merge<T>{lane_merge<T>::over(function), rows, std::move(index)}, inputs_, rows, channels);
  }
  /// What follows reads another tensor, which has the elements of the output.
  lane_builder after(std::size_t tensor) const {
    return {program_, std::span<const shape>(&output_shape_, 1), output_shape_, parameters_, {tensor}, nullptr, round_};
  }

 private:
  /// Keeps one of channels that are equal, with the sum of their weights; and no inputs of a dense layer that are always 0. Each sum has
  /// fewer terms then, and so a smaller bound on its rounding error.
  void leave_out_inputs(sum_descriptor<T>& sums) {
    lane_tensor& inputs = program_.tensors[0];
    const std::size_t channels = inputs.channel_stride, equal = regularity_->channels_equal ? channels : 1;
    const bool is_dense = sums.height * sums.width * sums.axes.x.taps * sums.axes.y.taps * sums.axes.x.input * sums.axes.y.input == 1;
    if (sums.groups != 1 || sums.round || (!is_dense && (equal == 1 || sums.channels != channels))) return;
    std::vector<std::uint32_t> kept;
    for (std::uint32_t element = 0; element < inputs.rows; element += static_cast<std::uint32_t>(equal))
      if (!is_dense || regularity_->is_zero.empty() || !regularity_->is_zero[element]) kept.push_back(element);
    if (kept.empty()) return;
    sums.equal_weights = equal;
    sums.given_weights = sums.axes.x.taps * sums.axes.y.taps * sums.channels;
    if (is_dense) {
      sums.first_weight = kept;
      sums.channels = kept.size();
    } else {
      sums.channels = 1;
      for (std::size_t tap = 0; tap < sums.axes.x.taps * sums.axes.y.taps; ++tap)
        sums.first_weight.push_back(static_cast<std::uint32_t>(tap * channels));
    }
    sums.channel_stride = sums.channels;
    inputs.rows = kept.size();
    inputs.channel_stride = sums.channels;
    program_.input_elements = std::move(kept);
  }

  /// For each input, and each channel of it, the only channel of the output that its elements come to.
  std::vector<std::vector<std::uint32_t>> channels_kept(const std::vector<source_row>& source, std::size_t channels) const {
    constexpr std::uint32_t nothing = lane_gather::nothing;
    std::vector<std::vector<std::uint32_t>> kept;
    for (const std::size_t one : inputs_) kept.emplace_back(channel_stride(one), nothing);
    std::vector<bool> is_kept(inputs_.size(), true);
    for (std::size_t at = 0; at < source.size(); ++at) {
      const source_row& from = source[at];
      if (from.row == nothing || !is_kept[from.input]) continue;
      std::uint32_t& known = kept[from.input][from.row % kept[from.input].size()];
      const auto to = static_cast<std::uint32_t>(at % channels);
      is_kept[from.input] = known == nothing || known == to;
      known = to;
    }
    for (std::size_t i = 0; i < kept.size(); ++i)
      if (!is_kept[i]) kept[i].clear();
    return kept;
  }

  lane_program<T>& program_;
  std::span<const shape> input_shapes_;
  const shape& output_shape_;
  std::span<const T* const> parameters_;
  std::vector<std::size_t> inputs_;
  const input_regularity* regularity_;
  factor_rounding<T> round_;
};

}  // namespace deepmaacc::by_lanes
