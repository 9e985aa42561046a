#pragma once

/// \file
/// One thread of the delta engine: a block of inputs, and what the outputs of a mutant say about them.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/model_adapter.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/parallel.hpp>
#include <deepmaacc/core/test_set.hpp>
#include <deepmaacc/evaluation/decision.hpp>
#include <deepmaacc/evaluation/label_rank.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <limits>
#include <numeric>
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
  explicit delta_worker(const Runner& runner) : runner_(runner), winners_(lanes()), own_(lanes()), rivals_(lanes()), sums_(lanes()) {}

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

  /// Tells the runner, where it listens, by how much each class may rise over the original prediction before that is no longer sure.
  void protect(std::span<const decision> original) {
    if constexpr (requires(Runner one, std::span<const std::uint32_t> winners, matrix<const T> allowed) {
                    one.protect(winners, allowed, near_tie_tolerance);
                  }) {
      const matrix<const T> outputs = runner_.outputs();
      std::vector<T> allowed(outputs.size(), 0);
      for (std::size_t lane = 0; lane < inputs_.size(); ++lane) {
        const decision& made = original[inputs_[lane]];
        winners_[lane] = made.winner;
        for (std::size_t c = 0; c < outputs.extent(0); ++c) {
          const T own = outputs(made.winner, lane), other = outputs(c, lane);
          const T scale = std::max({T{1}, std::abs(own), std::abs(other)});
          // A little less, for the rounding of these differences and of those that are compared with them.
          const T left = own - other - static_cast<T>(near_tie_tolerance) * scale - 16 * std::numeric_limits<T>::epsilon() * scale;
          allowed[c * outputs.extent(1) + lane] = made.is_certain() ? left : T{-1};
        }
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

  /// Calls `visit(column)` for the outputs that do not surely predict the class that the original model predicts for the column's input,
  /// which `lanes` names: those whose decision may differ. Most are sure, and are found in vectors.
  template <class Visit>
  void for_each_unsure(const matrix<const T>& outputs, std::span<const std::uint32_t> lanes, std::span<const decision> original,
                       const Visit& visit) {
    const std::size_t count = lanes.size();
    for (std::size_t i = 0; i < count; ++i) {
      winners_[i] = original[inputs_[lanes[i]]].winner;
      own_[i] = outputs(winners_[i], i);
      rivals_[i] = -std::numeric_limits<T>::infinity();
      sums_[i] = 0;
    }
    T *rivals = rivals_.data(), *sums = sums_.data(), *own = own_.data();
    const std::uint32_t* winners = winners_.data();
    for (std::uint32_t c = 0; c < outputs.extent(0); ++c) {
      const T* row = &outputs(c, 0);
#if defined(__GNUC__) && !defined(__clang__) && !defined(__CUDACC__)
#pragma GCC ivdep
#endif
      for (std::size_t i = 0; i < count; ++i) {
        const bool is_rival = row[i] > rivals[i] && winners[i] != c;
        rivals[i] = is_rival ? row[i] : rivals[i];
        sums[i] += row[i];
      }
    }
    for (std::size_t i = 0; i < count; ++i) own[i] = is_near_tie(own[i], rivals[i]) || sums[i] != sums[i] ? T{1} : T{0};
    for (std::size_t i = 0; i < count; ++i)
      if (own[i] != 0 || !original[inputs_[lanes[i]]].is_certain()) visit(i);
  }

 private:
  Runner runner_;
  std::vector<std::uint32_t> inputs_, winners_;
  std::vector<const T*> rows_;
  std::vector<T> packed_, column_, own_, rivals_, sums_;
};

/// Workers for the threads of a host space.
template <class Space, class Runner, class T>
class delta_crew {
 public:
  delta_crew(const Space& space, const Runner& runner) : space_(space) {
    std::size_t threads = 1;
    if constexpr (HostExecutionSpace<Space>) threads = static_cast<std::size_t>(std::max(1, space.concurrency()));
    workers_.reserve(threads);
    for (std::size_t i = 0; i < threads; ++i) workers_.emplace_back(runner);
  }

  std::size_t size() const { return workers_.size(); }
  std::size_t lanes() const { return workers_.front().lanes(); }

  /// Runs `task(i, worker)` for i in [0, count).
  template <class Task>
  void run(const char* label, std::size_t count, const Task& task) {
    if constexpr (HostExecutionSpace<Space>)
      parallel_tasks(space_, label, count, [&](std::size_t i, std::size_t who) { task(i, workers_[who]); });
    else
      for (std::size_t i = 0; i < count; ++i) task(i, workers_.front());
  }

  /// Multiplications and additions of all workers; 0 where the runner does not count.
  double operations() {
    double sum = 0;
    if constexpr (requires(const Runner constant) { constant.operations(); })
      for (auto& one : workers_) sum += one.runner().operations();
    return sum;
  }
  /// How often an input was left out because its prediction could not change.
  std::size_t certified() {
    std::size_t sum = 0;
    if constexpr (requires(const Runner constant) { constant.certified(); })
      for (auto& one : workers_) sum += one.runner().certified();
    return sum;
  }

 private:
  Space space_;
  std::vector<delta_worker<Runner, T>> workers_;
};

}  // namespace deepmaacc
