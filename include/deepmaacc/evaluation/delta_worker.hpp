#pragma once

/// \file
/// One thread of the delta engine: a block of inputs, and what the outputs of a mutant say about them.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/simd.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/decision.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace deepmaacc {

namespace detail {

/// first, first + 1, …
inline std::vector<std::uint32_t> counted(std::size_t first, std::size_t count) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), static_cast<std::uint32_t>(first));
  return numbers;
}

}  // namespace detail

/// A runner, and the inputs that it holds.
template <class Runner, class T>
class delta_worker {
 public:
  /// \param tolerance  of near ties
  explicit delta_worker(const Runner& runner, double tolerance = near_tie_tolerance)
      : runner_(runner), tolerance_(tolerance), winners_(lanes()), wanted_(lanes()), is_unsure_(lanes()) {}

  Runner& runner() { return runner_; }
  std::size_t lanes() const { return static_cast<std::size_t>(runner_.lanes()); }
  std::span<const std::uint32_t> inputs() const { return inputs_; }

  /// Runs the original network on some inputs, at most `lanes()`.
  template <class U>
  void load(const test_set<U>& tests, std::span<const std::uint32_t> inputs) {
    inputs_.assign(inputs.begin(), inputs.end());
    const bool is_view = tests.template is_contiguous_as<T>();
    packed_.resize(is_view ? 0 : inputs.size() * tests.features());
    rows_.clear();
    for (std::size_t lane = 0; lane < inputs.size(); ++lane)
      rows_.push_back(tests.template row<T>(inputs[lane], is_view ? nullptr : packed_.data() + lane * tests.features()));
    runner_.load(rows_);
  }

  /// Passes the runner, where it has `protect`, the margin of each class: by how much its output may rise relative to that of the expected
  /// class before the prediction is no longer certain; negative where it is uncertain already.
  void protect() {
    if constexpr (requires(Runner one, std::span<const std::uint32_t> winners, matrix<const T> margins) {
                    one.protect(winners, margins, 1.0);
                  }) {
      const matrix<const T> outputs = runner_.outputs();
      std::vector<T> margins(outputs.size(), 0);
      for (std::size_t lane = 0; lane < inputs_.size(); ++lane)
        for (std::size_t c = 0; c < outputs.extent(0); ++c) {
          const T own = outputs(winners_[lane], lane), other = outputs(c, lane);
          const T scale = std::max({T{1}, std::abs(own), std::abs(other)});
          // A little less, for the rounding of these differences and of those that are compared with them.
          const T left = own - other - static_cast<T>(tolerance_) * scale - 16 * std::numeric_limits<T>::epsilon() * scale;
          margins[c * outputs.extent(1) + lane] = is_unsure_[lane] == 0 ? left : T{-1};
        }
      runner_.protect(std::span<const std::uint32_t>(winners_).first(inputs_.size()),
                      matrix<const T>(margins.data(), outputs.extent(0), outputs.extent(1)), 2 * tolerance_);
    }
  }

  /// The outputs of one input.
  std::span<const T> column(const matrix<const T>& outputs, std::size_t lane) {
    column_.resize(outputs.extent(0));
    for (std::size_t c = 0; c < column_.size(); ++c) column_[c] = outputs(c, lane);
    return column_;
  }

  /// Sets the expected decision of each input, one for each, which `for_each_unsure` and `protect` use.
  void expect(std::span<const expectation> expected) {
    for (std::size_t lane = 0; lane < inputs_.size(); ++lane) {
      winners_[lane] = expected[lane].original.winner;
      wanted_[lane] = static_cast<T>(winners_[lane]);
      is_unsure_[lane] = expected[lane].original.is_certain() ? T{0} : T{1};
    }
  }

  /// Where decisions are the class of the largest output: calls `visit(column)` for the outputs that do not surely predict the class that is
  /// expected for the column's input, which `lanes` names: those whose decision may differ, or all of the last where `outputs` has too few
  /// for a register. Most are sure, and are found in
  /// vectors.
  template <class Visit>
  void for_each_unsure(const matrix<const T>& outputs, std::span<const std::uint32_t> lanes, const Visit& visit) const {
    std::array<T, width> is_unsure{};
    for (std::size_t first = 0; first < lanes.size(); first += width) {
      const auto some = lanes.subspan(first, std::min(lanes.size() - first, width));
      const bool is_register_full = first + width <= outputs.extent(1);
      if (is_register_full && !find_unsure(outputs, first, some, is_unsure)) continue;
      for (std::size_t i = 0; i < some.size(); ++i)
        if (!is_register_full || is_unsure[i] != 0) visit(first + i);
    }
  }

 private:
  using vector_type = deepmaacc::simd_vector<T>;
  static constexpr std::size_t width = simd_width<T>;

  /// Whether inputs fill a register, in their order.
  static bool are_neighbours(std::span<const std::uint32_t> inputs) {
    std::uint32_t apart = inputs.size() == width ? 0 : 1;
    for (std::uint32_t i = 0; i < inputs.size(); ++i) apart |= inputs[i] - inputs.front() - i;
    return apart == 0;
  }

  /// Says which of the columns that a register holds do not surely predict what is expected, as 1 and 0.
  /// \return whether any
  bool find_unsure(const matrix<const T>& outputs, std::size_t first, std::span<const std::uint32_t> inputs,
                   std::array<T, width>& is_unsure) const {
    std::array<T, width> own, rivals, sums, picked{};
    const T* wanted = &wanted_[inputs.front()];
    if (are_neighbours(inputs)) {
      std::copy_n(&is_unsure_[inputs.front()], width, is_unsure.begin());
    } else {
      is_unsure = {};
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        picked[i] = wanted_[inputs[i]];
        is_unsure[i] = is_unsure_[inputs[i]];
      }
      wanted = picked.data();
    }
    const auto winner = vector_type::load(wanted);
    const vector_type nothing(-std::numeric_limits<T>::infinity());
    vector_type best = nothing, rival = nothing, sum(T{0});
    for (std::size_t c = 0; c < outputs.extent(0); ++c) {
      const auto number = vector_type::load(&outputs(c, first));
      const vector_type here(static_cast<T>(c));
      best = vector_type::where_equal(winner, here, number, best);
      rival = rival.at_least(vector_type::where_equal(winner, here, nothing, number));
      sum.add(number);
    }
    best.store(own.data());
    rival.store(rivals.data());
    sum.store(sums.data());
    unsigned any = 0;
    for (std::size_t i = 0; i < width; ++i) {
      is_unsure[i] = is_near_tie(own[i], rivals[i], tolerance_) || sums[i] != sums[i] ? T{1} : is_unsure[i];
      any |= is_unsure[i] != 0 ? 1U : 0U;
    }
    return any != 0;
  }

  Runner runner_;
  double tolerance_;
  std::vector<std::uint32_t> inputs_;
  std::vector<std::uint32_t> winners_;  ///< expected, by lane
  std::vector<T> wanted_;               ///< the same, to compare in vectors
  std::vector<T> is_unsure_;            ///< 1 where what is expected is a near tie
  std::vector<const T*> rows_;
  std::vector<T> packed_, column_;
};

/// Workers for the host's threads. Each is made by the thread that first uses it, so that its memory lies near.
template <class Space, class Runner, class T>
class delta_worker_pool {
 public:
  /// \param tolerance  of near ties
  delta_worker_pool(const Space& space, const Runner& runner, double tolerance)
      : space_(host_space(space)),
        runner_(runner),
        tolerance_(tolerance),
        workers_(static_cast<std::size_t>(std::max(1, space_.concurrency()))) {}

  std::size_t size() const { return workers_.size(); }
  /// Inputs of a block.
  std::size_t lanes() const { return static_cast<std::size_t>(runner_.lanes()); }

  /// Runs `task(i, worker)` for i in [0, count).
  template <class Task>
  void run(const char* label, std::size_t count, const Task& task) {
    parallel_tasks(space_, label, count, [&](std::size_t i, std::size_t who) {
      if (!workers_[who]) workers_[who].emplace(runner_, tolerance_);
      task(i, *workers_[who]);
    });
  }

  /// Multiplications and additions of all workers; 0 where the runner does not count.
  double operations() {
    return sum_of<double>([](const auto& runner) {
      if constexpr (requires { runner.operations(); })
        return runner.operations();
      else
        return 0.0;
    });
  }
  /// How often an input was left out because its prediction could not change; 0 where the runner does not count.
  std::size_t certified() {
    return sum_of<std::size_t>([](const auto& runner) {
      if constexpr (requires { runner.certified(); })
        return runner.certified();
      else
        return std::size_t{0};
    });
  }

 private:
  template <class Sum, class Count>
  Sum sum_of(const Count& count) {
    Sum sum = 0;
    for (auto& one : workers_)
      if (one) sum += count(one->runner());
    return sum;
  }

  decltype(host_space(std::declval<const Space&>())) space_;
  Runner runner_;
  double tolerance_;
  std::vector<std::optional<delta_worker<Runner, T>>> workers_;
};

}  // namespace deepmaacc
