#pragma once

/// \file
/// One thread of the delta engine: a block of inputs, and what the outputs of a mutant say about them.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/execution_space.hpp>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/lanes.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/decision.hpp>
#include <deepmaacc/evaluation/label_rank.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

namespace deepmaacc {

namespace detail {

/// Positions [first, first + count) of an order.
inline std::span<const std::uint32_t> part_of(const std::vector<std::uint32_t>& order, std::size_t first, std::size_t count) {
  return std::span(order).subspan(first, std::min(count, order.size() - first));
}

inline std::vector<std::uint32_t> counted_order(std::size_t count) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  return order;
}

}  // namespace detail

/// A runner, and the inputs that it holds.
template <class Runner, class T>
class delta_worker {
 public:
  explicit delta_worker(const Runner& runner)
      : runner_(runner),
        winners_(lanes()),
        is_unsure_(lanes()),
        picked_(lanes()),
        own_(lanes()),
        rivals_(lanes()),
        sums_(lanes()),
        flags_(lanes()) {}

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

  /// Tells the runner, where it listens, by how much each class may rise over the expected one before that is no longer sure.
  void protect() {
    if constexpr (requires(Runner one, std::span<const std::uint32_t> winners, matrix<const T> allowed) {
                    one.protect(winners, allowed, near_tie_tolerance);
                  }) {
      const matrix<const T> outputs = runner_.outputs();
      std::vector<T> allowed(outputs.size(), 0);
      for (std::size_t lane = 0; lane < inputs_.size(); ++lane)
        for (std::size_t c = 0; c < outputs.extent(0); ++c) {
          const T own = outputs(winners_[lane], lane), other = outputs(c, lane);
          const T scale = std::max({T{1}, std::abs(own), std::abs(other)});
          // A little less, for the rounding of these differences and of those that are compared with them.
          const T left = own - other - static_cast<T>(near_tie_tolerance) * scale - 16 * std::numeric_limits<T>::epsilon() * scale;
          allowed[c * outputs.extent(1) + lane] = is_unsure_[lane] == 0 ? left : T{-1};
        }
      runner_.protect(std::span<const std::uint32_t>(winners_).first(inputs_.size()),
                      matrix<const T>(allowed.data(), outputs.extent(0), outputs.extent(1)), 2 * near_tie_tolerance);
    }
  }

  /// The outputs of one input.
  std::span<const T> column(const matrix<const T>& outputs, std::size_t lane) {
    column_.resize(outputs.extent(0));
    for (std::size_t c = 0; c < column_.size(); ++c) column_[c] = outputs(c, lane);
    return column_;
  }

  /// Says what is expected of each input: what `for_each_unsure` and `protect` go by.
  void expect(std::span<const expectation> expected) {
    for (std::size_t lane = 0; lane < inputs_.size(); ++lane) {
      winners_[lane] = expected[lane].original.winner;
      is_unsure_[lane] = expected[lane].original.is_certain() ? T{0} : T{1};
    }
  }

  /// Calls `visit(column)` for the outputs that do not surely predict the class that is expected for the column's input, which `lanes`
  /// names: those whose decision may differ. Most are sure, and are found in vectors.
  template <class Visit>
  void for_each_unsure(const matrix<const T>& outputs, std::span<const std::uint32_t> lanes, const Visit& visit) {
    const std::size_t count = lanes.size(), width = outputs.extent(1);
    T *own = own_.data(), *rivals = rivals_.data(), *sums = sums_.data(), *is_unsure = flags_.data();
    std::uint32_t* winners = picked_.data();
    for (std::size_t i = 0; i < count; ++i) {
      winners[i] = winners_[lanes[i]];
      own[i] = outputs.data()[winners[i] * width + i];
      is_unsure[i] = is_unsure_[lanes[i]];
      rivals[i] = -std::numeric_limits<T>::infinity();
      sums[i] = 0;
    }
    for (std::uint32_t c = 0; c < outputs.extent(0); ++c) {
      const T* row = outputs.data() + c * width;
      vector_loop(count, [&](std::size_t i) {
        const bool is_rival = row[i] > rivals[i] && winners[i] != c;
        rivals[i] = is_rival ? row[i] : rivals[i];
        sums[i] += row[i];
      });
    }
    T any = 0;
    vector_loop(count, [&](std::size_t i) { is_unsure[i] = is_near_tie(own[i], rivals[i]) || sums[i] != sums[i] ? T{1} : is_unsure[i]; });
    for (std::size_t i = 0; i < count; ++i) any = is_unsure[i] != 0 ? T{1} : any;
    if (any == 0) return;
    for (std::size_t i = 0; i < count; ++i)
      if (is_unsure[i] != 0) visit(i);
  }

 private:
  Runner runner_;
  std::vector<std::uint32_t> inputs_;
  std::vector<std::uint32_t> winners_;  ///< expected, by lane
  std::vector<T> is_unsure_;            ///< 1 where what is expected is a near tie
  std::vector<const T*> rows_;
  std::vector<T> packed_, column_;
  std::vector<std::uint32_t> picked_;  ///< by column, as the following
  std::vector<T> own_, rivals_, sums_, flags_;
};

/// Workers for the threads of a host space. Each is made by the thread that first uses it, so that its memory lies near.
template <class Space, class Runner, class T>
class delta_crew {
 public:
  delta_crew(const Space& space, const Runner& runner) : space_(space), runner_(runner), workers_(threads_of(space)) {}

  std::size_t size() const { return workers_.size(); }
  /// Inputs of a block.
  std::size_t lanes() const { return static_cast<std::size_t>(runner_.lanes()); }

  /// Runs `task(i, worker)` for i in [0, count).
  template <class Task>
  void run(const char* label, std::size_t count, const Task& task) {
    const auto with_worker = [&](std::size_t i, std::size_t who) {
      if (!workers_[who]) workers_[who].emplace(runner_);
      task(i, *workers_[who]);
    };
    if constexpr (HostExecutionSpace<Space>)
      parallel_tasks(space_, label, count, with_worker);
    else
      for (std::size_t i = 0; i < count; ++i) with_worker(i, 0);
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
  static std::size_t threads_of(const Space& space) {
    if constexpr (HostExecutionSpace<Space>) return static_cast<std::size_t>(std::max(1, space.concurrency()));
    return 1;
  }
  template <class Sum, class Count>
  Sum sum_of(const Count& count) {
    Sum sum = 0;
    for (auto& one : workers_)
      if (one) sum += count(one->runner());
    return sum;
  }

  Space space_;
  Runner runner_;
  std::vector<std::optional<delta_worker<Runner, T>>> workers_;
};

}  // namespace deepmaacc
