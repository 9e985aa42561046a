#pragma once

/// \file
/// How far a change can move the outputs: what proves that a prediction stays. Derivation: docs/certificates.md.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/network/lanes/group_layout.hpp>
#include <deepmaacc/network/lanes/lane_program.hpp>
#include <deepmaacc/network/lanes/slope_bounds.hpp>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace deepmaacc::by_lanes {

/// Bounds for changes of a tensor that only one dense layer reads, where dense layers and activations of bounded slope follow up to the
/// outputs: for every row e, class w and class c the most that output c minus output w rises when the row changes by 1, up or down; and the
/// most that rounding can add.
template <class T>
class change_bounds {
 public:
  /// The bounds for the input of a step; none where what follows it is of another kind, or would take more than a second or two, or 64 MiB.
  /// Complexity: weights of the dense layers × classes²; memory rows × classes².
  static std::optional<change_bounds> make(const lane_program<T>& program, std::size_t step) {
    change_bounds made;
    if (!made.follow(program, step) || !made.steps(program)) return std::nullopt;
    made.bound(program);
    return made;
  }
  /// The steps that `make` takes; none where it makes nothing.
  static std::optional<double> steps_to_make(const lane_program<T>& program, std::size_t step) {
    change_bounds made;
    return made.follow(program, step) ? made.steps(program) : std::nullopt;
  }

  /// For every lane and row, the largest fraction of a margin that a change of that row by 1 can consume. The margin of class c is how far
  /// output c minus output w may rise, where w is `winners[lane]`. Invariant: as long as Σ |change of a row| · its rate < 1, no class
  /// reaches its margin.
  /// \param margins  (classes × lanes), the first lane in column `first`; negative where there is no margin
  /// \param relative_tolerance  this fraction of each output's own change is subtracted from the margin, too
  /// \param tensor   gives the original rows of a tensor
  /// \param up, down  (rows × lanes), written: the rates of rising and of falling rows; infinite where there is no margin
  /// Complexity: classes × rows × lanes.
  template <class Tensor>
  void margin_rates(std::span<const std::uint32_t> winners, const matrix<const T>& margins, std::size_t first, double relative_tolerance,
                    const Tensor& tensor, T* up, T* down) const {
    constexpr std::size_t lanes = lanes_per_group<T>;
    std::vector<double> slack(lanes, 0);
    for (const rounding& one : roundings_) {
      double largest[lanes] = {};
      for (std::size_t row = 0; row < one.rows; ++row)
        for (std::size_t i = 0; i < lanes; ++i)
          largest[i] = std::max(largest[i], std::abs(static_cast<double>(tensor(one.tensor)[row * lanes + i])));
      for (std::size_t i = 0; i < lanes; ++i) slack[i] += one.constant + one.factor * largest[i];
    }
    // Covers the rounding of the sum of consumed fractions, whose terms are all positive, and of the rates to float.
    const double more = (1 + static_cast<double>(rows_ + 64) * static_cast<double>(std::numeric_limits<T>::epsilon())) * (1 + 1e-6);
    const double extra = slack_per_change_ + relative_tolerance * largest_own_;
    std::vector<float> used(2 * rows_);
    for (std::size_t lane = 0; lane < winners.size(); ++lane) {
      bool has_margin = true;
      std::fill(used.begin(), used.end(), 0.0F);
      for (std::size_t c = 0; c < classes_; ++c) {
        if (c == winners[lane]) continue;
        const double left = static_cast<double>(margins(c, first + lane)) - slack[lane];
        has_margin = has_margin && left > 1e-30;  // so that its reciprocal is a float
        const auto rate = static_cast<float>(more / left), always = static_cast<float>(more * extra / left);
        const float* bounds = bounds_.data() + (winners[lane] * classes_ + c) * 2 * rows_;
        for (std::size_t i = 0; i < 2 * rows_; ++i) {
          const float one = bounds[i] * rate + always;
          used[i] = one > used[i] ? one : used[i];
        }
      }
      constexpr T never = std::numeric_limits<T>::infinity();
      for (std::size_t row = 0; row < rows_; ++row) {
        up[row * lanes + lane] = has_margin ? static_cast<T>(used[row]) : never;
        down[row * lanes + lane] = has_margin ? static_cast<T>(used[rows_ + row]) : never;
      }
    }
  }

  std::size_t rows() const { return rows_; }

 private:
  /// A dense layer of what follows, and its activation.
  struct link {
    const weighted_sums<T>* sums;
    std::size_t sums_tensor, output_tensor;
    slope_bounds slopes;
    bool rounds = false;  ///< whether the activation does
  };
  /// Slack from one place: constant + factor × the largest number of a tensor.
  struct rounding {
    std::size_t tensor, rows;
    double constant, factor;
  };
  struct interval {
    double low = 0, high = 0;
    double magnitude() const { return std::max(std::abs(low), std::abs(high)); }
  };
  /// Sensitivities of a difference of outputs, at every sum and activation of the chain (1-norms), and at the rows of the first input.
  struct sensitivities {
    std::vector<double> at_sums, at_outputs;
    std::vector<interval> at_rows;
  };

  bool follow(const lane_program<T>& program, std::size_t step) {
    for (;;) {
      const auto* sums = program.steps[step].operation.template get_if<weighted_sums<T>>();
      if (!sums || !sums->reads_each_row() || sums->descriptor().round) return false;
      link one{sums, program.steps[step].output, program.steps[step].output, {}};
      while (one.output_tensor != program.output) {
        if (program.tensors[one.output_tensor].readers != 1) return false;
        step = program.reader_of(one.output_tensor);
        const auto* activation = program.steps[step].operation.template get_if<lane_activation>();
        if (!activation || one.output_tensor != one.sums_tensor) break;
        const auto slopes = bounds_of_slope(activation->function);
        if (!slopes) return false;
        one.slopes = *slopes;
        one.rounds = !activation->function.template holds<activation::relu>() && !activation->function.template holds<activation::relu6>();
        one.output_tensor = program.steps[step].output;
      }
      chain_.push_back(one);
      if (one.output_tensor == program.output) return true;
    }
  }

  /// What the chain takes; none where that is too much.
  std::optional<double> steps(const lane_program<T>& program) const {
    double weights = 0;
    for (const link& one : chain_) weights += static_cast<double>(one.sums->numbers() * one.sums->sums());
    const auto classes = static_cast<double>(program.tensors[program.output].rows);
    const double bytes = 2 * sizeof(float) * classes * classes * static_cast<double>(chain_.front().sums->numbers());
    const double steps = classes * classes / 2 * weights;
    return steps > 1e9 || bytes > 64 * 1024 * 1024 ? std::nullopt : std::optional(steps);
  }

  sensitivities backward(std::vector<interval> at) const {
    sensitivities found;
    const auto norm = [&] {
      double sum = 0;
      for (const interval& one : at) sum += one.magnitude();
      return sum;
    };
    for (std::size_t i = chain_.size(); i-- > 0;) {
      const link& one = chain_[i];
      found.at_outputs.push_back(norm());
      for (interval& each : at) {
        const double least = one.slopes.least, most = one.slopes.most;
        each = {std::min({each.low * least, each.low * most, each.high * least, each.high * most}),
                std::max({each.low * least, each.low * most, each.high * least, each.high * most})};
      }
      found.at_sums.push_back(norm());
      std::vector<interval> before(one.sums->numbers());
      one.sums->for_each_weight([&](std::size_t tap, std::size_t sum, T number) {
        const double weight = static_cast<double>(number), low = weight * at[sum].low, high = weight * at[sum].high;
        before[tap].low += std::min(low, high);
        before[tap].high += std::max(low, high);
      });
      at = std::move(before);
    }
    std::reverse(found.at_sums.begin(), found.at_sums.end());
    std::reverse(found.at_outputs.begin(), found.at_outputs.end());
    found.at_rows = std::move(at);
    return found;
  }

  void bound(const lane_program<T>& program) {
    classes_ = program.tensors[program.output].rows;
    rows_ = chain_.front().sums->numbers();
    bounds_.resize(classes_ * rows_ * classes_ * 2);
    std::vector<double> at_sums(chain_.size(), 0), at_outputs(chain_.size(), 0);
    for (std::size_t c = 0; c < classes_; ++c) {
      std::vector<interval> own(classes_);
      own[c] = {1, 1};
      for (const interval& one : backward(own).at_rows) largest_own_ = std::max(largest_own_, one.magnitude());
      for (std::size_t w = 0; w < c; ++w) {
        std::vector<interval> difference(classes_);
        difference[c] = {1, 1};
        difference[w] = {-1, -1};
        const sensitivities found = backward(std::move(difference));
        for (std::size_t i = 0; i < chain_.size(); ++i) {
          at_sums[i] = std::max(at_sums[i], found.at_sums[i]);
          at_outputs[i] = std::max(at_outputs[i], found.at_outputs[i]);
        }
        for (std::size_t row = 0; row < rows_; ++row) {
          const float rise = upwards(found.at_rows[row].high), fall = upwards(-found.at_rows[row].low);
          // Of c over w; w over c is the other way round.
          bound_of(w, row, c, 0) = bound_of(c, row, w, 1) = rise;
          bound_of(w, row, c, 1) = bound_of(c, row, w, 0) = fall;
        }
      }
    }
    add_roundings(at_sums, at_outputs);
  }

  /// The slack: what rounding in the mutant's and in the original's pass adds up to, at most. Twice what first-order terms give.
  void add_roundings(const std::vector<double>& at_sums, const std::vector<double>& at_outputs) {
    const double unit = static_cast<double>(std::numeric_limits<T>::epsilon()) / 2;
    double growth = 0;  // of the largest activation, per unit of change
    for (std::size_t i = 0; i < chain_.size(); ++i) {
      const link& one = chain_[i];
      // Of the sums; and of the intervals, which are summed over the sums, in double.
      const auto terms = static_cast<double>(std::max(one.sums->numbers(), one.sums->sums()) + 4);
      const double gamma = terms * unit / (1 - terms * unit);
      double largest_weight = 0, largest_bias = 0;
      std::vector<double> sums(one.sums->sums(), 0);
      one.sums->for_each_weight([&](std::size_t, std::size_t sum, T weight) {
        largest_weight = std::max(largest_weight, std::abs(static_cast<double>(weight)));
        sums[sum] += std::abs(static_cast<double>(weight));
      });
      for (std::size_t sum = 0; sum < sums.size(); ++sum)
        largest_bias = std::max(largest_bias, std::abs(static_cast<double>(one.sums->bias(sum))));
      const double norm = *std::max_element(sums.begin(), sums.end());
      if (i == 0) {
        // The original sums are taken as they are; only what is added to them is rounded.
        roundings_.push_back({one.sums_tensor, one.sums->sums(), 0, 2 * at_sums[i] * gamma});
        slack_per_change_ += 2 * at_sums[i] * gamma * largest_weight;
        growth = largest_weight;
      } else {
        const link& before = chain_[i - 1];
        roundings_.push_back(
            {before.output_tensor, before.sums->sums(), 4 * at_sums[i] * gamma * largest_bias, 4 * at_sums[i] * gamma * norm});
        slack_per_change_ += 4 * at_sums[i] * gamma * norm * growth;
        growth *= norm;
      }
      growth *= std::max(std::abs(one.slopes.least), std::abs(one.slopes.most));
      if (one.rounds) {
        const double most = 8 * unit * 4 * at_outputs[i];
        roundings_.push_back({one.output_tensor, one.sums->sums(), most, most});
        slack_per_change_ += most * growth;
      }
    }
  }

  float& bound_of(std::size_t winner, std::size_t row, std::size_t other, std::size_t direction) {
    return bounds_[((winner * classes_ + other) * 2 + direction) * rows_ + row];
  }
  /// Not below 0, and not below the number.
  static float upwards(double number) {
    return number > 0 ? std::max(static_cast<float>(number * (1 + 1e-6)), std::numeric_limits<float>::min()) : 0;
  }

  std::vector<link> chain_;
  std::size_t classes_ = 0, rows_ = 0;
  std::vector<float> bounds_;  ///< (winner × other class × direction × row)
  std::vector<rounding> roundings_;
  double slack_per_change_ = 0, largest_own_ = 0;
};

/// Multiplications of a step of weighted sums, for one changed channel of its input, and of all such steps that follow.
template <class T>
double multiplications_from(const lane_program<T>& program, std::size_t step) {
  double all = program.steps[step].operation.template as<weighted_sums<T>>().operations_per_channel() / 2;
  for (std::size_t after = step + 1; after < program.steps.size(); ++after)
    if (const auto* sums = program.steps[after].operation.template get_if<weighted_sums<T>>()) all += sums->operations() / 2;
  return all;
}

/// All bounds of a network, shared by its runners.
template <class T>
struct layer_bounds {
  std::vector<std::optional<change_bounds<T>>> of_step;  ///< by the step whose input they are of
  std::vector<std::size_t> decisive_step;                ///< for each layer the step at which its changes are judged, or none
  std::vector<double> multiplications;                   ///< by step: of it and all that follow, for one changed channel of its input
  std::size_t most_sums = 0;                             ///< of a decisive step

  explicit layer_bounds(const lane_program<T>& program)
      : of_step(program.steps.size()),
        decisive_step(program.sums_of.size(), lane_program<T>::no_step),
        multiplications(program.steps.size(), 0) {
    for (std::size_t vertex = 0; vertex < program.sums_of.size(); ++vertex) {
      const std::size_t step = program.next_sums(program.sums_of[vertex]);
      if (step == lane_program<T>::no_step) continue;
      if (!of_step[step]) of_step[step] = change_bounds<T>::make(program, step);
      if (!of_step[step]) continue;
      decisive_step[vertex] = step;
      most_sums = std::max(most_sums, program.tensors[program.steps[step].output].rows);
      multiplications[step] = multiplications_from(program, step);
    }
  }
};

}  // namespace deepmaacc::by_lanes
