#pragma once

/// \file
/// The kernel of the delta engine: weighted sums of rows, several at once in registers.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/simd.hpp>
#include <deepmaacc/network/lanes/group_layout.hpp>
#include <limits>
#include <span>
#include <utility>

namespace deepmaacc::by_lanes {

/// Rows of a window that lie at equal steps, and the first of their rows of weights.
struct tap_run {
  std::size_t row = 0, weight = 0, count = 0;
};

/// The rows that a sum runs over: every run, once for every channel, whose number is added to both rows of the run.
struct tap_rows {
  std::span<const tap_run> runs;
  std::span<const std::uint32_t> channels;  ///< one 0 where the runs name every row
  std::size_t row_step = 1, weight_step = 1;
};

/// What a tile works on: `M` neighbouring sums, such as output channels, at each of `X` neighbouring positions.
template <class T>
struct sum_tile_arguments {
  const T* rows;           ///< the input below the first position's first tap
  std::size_t rows_apart;  ///< numbers between neighbouring positions of it
  const T* weights;        ///< a row of M weights for each tap
  const tap_rows* taps;
  const T* start;                                 ///< what is added to, laid out as the sums; null where the bias is
  const T* bias;                                  ///< M numbers
  T* sums;                                        ///< M rows at each position
  std::size_t sums_apart;                         ///< numbers between neighbouring positions of them
  T least = -std::numeric_limits<T>::infinity();  ///< sums below are raised to it
};

template <class T>
using sum_tile = void (*)(const sum_tile_arguments<T>&);

/// The tile as code: its M · X rows are accumulated in registers.
template <std::size_t M, std::size_t X, class T>
void sum_in_registers(const sum_tile_arguments<T>& in) {
  constexpr std::size_t width = simd_width<T>, row = lanes_per_group<T>, count = registers_per_row;
  simd_vector<T> sums[X][M][count];
#pragma GCC unroll 16
  for (std::size_t x = 0; x < X; ++x)
#pragma GCC unroll 16
    for (std::size_t m = 0; m < M; ++m)
#pragma GCC unroll 16
      for (std::size_t v = 0; v < count; ++v)
        sums[x][m][v] = in.start ? simd_vector<T>::load(in.start + x * in.sums_apart + m * row + v * width) : simd_vector<T>(in.bias[m]);
  const std::size_t row_step = in.taps->row_step * row, weight_step = in.taps->weight_step * M;
  for (const std::size_t channel : in.taps->channels)
    for (const tap_run& run : in.taps->runs) {
      const T* from = in.rows + (run.row + channel) * row;
      const T* weights = in.weights + (run.weight + channel) * M;
      for (std::size_t i = 0; i < run.count; ++i, from += row_step, weights += weight_step) {
        simd_vector<T> values[X][count];
#pragma GCC unroll 16
        for (std::size_t x = 0; x < X; ++x)
#pragma GCC unroll 16
          for (std::size_t v = 0; v < count; ++v) values[x][v] = simd_vector<T>::load(from + x * in.rows_apart + v * width);
#pragma GCC unroll 16
        for (std::size_t m = 0; m < M; ++m) {
          const simd_vector<T> weight(weights[m]);
#pragma GCC unroll 16
          for (std::size_t x = 0; x < X; ++x)
#pragma GCC unroll 16
            for (std::size_t v = 0; v < count; ++v) sums[x][m][v].add_product(weight, values[x][v]);
        }
      }
    }
  const simd_vector<T> least(in.least);
#pragma GCC unroll 16
  for (std::size_t x = 0; x < X; ++x)
#pragma GCC unroll 16
    for (std::size_t m = 0; m < M; ++m)
#pragma GCC unroll 16
      for (std::size_t v = 0; v < count; ++v) sums[x][m][v].at_least(least).store(in.sums + x * in.sums_apart + m * row + v * width);
}

/// The tiles that fit into the registers, compiled once; the shapes of networks stay run-time values.
template <class T>
class sum_tiles {
  static constexpr std::size_t registers = register_bytes == 64 ? 24 : 12;  // of 32 and 16, the rest for inputs and a weight
  static constexpr std::array<std::size_t, 9> heights{12, 10, 8, 6, 5, 4, 3, 2, 1};
  static constexpr std::array<std::size_t, 3> widths{4, 2, 1};

 public:
  sum_tiles() {
    for_each([&]<std::size_t M, std::size_t X>() { table_[M][X] = &sum_in_registers<M, X, T>; });
  }

  /// The tile of a height and width that fit.
  sum_tile<T> at(std::size_t height, std::size_t width) const { return table_[height][width]; }
  /// The largest height of a tile of this width that is not above `most`.
  static std::size_t height(std::size_t most, std::size_t width) {
    for (const std::size_t one : heights)
      if (one <= most && fits(one, width)) return one;
    return 1;
  }
  /// The height and width that take the least time for so many sums at each of so many neighbouring positions: multiplications, of which
  /// eight hide their latency, and a part of the loads, as measured.
  static std::pair<std::size_t, std::size_t> choose(std::size_t sums, std::size_t positions) {
    const auto cost = [](std::size_t m, std::size_t x) {
      const auto products = static_cast<double>(std::max<std::size_t>(m * x * registers_per_row, 8));
      return products + 0.25 * static_cast<double>(m + x * registers_per_row) + 2;
    };
    std::pair<std::size_t, std::size_t> best{1, 1};
    double least = std::numeric_limits<double>::infinity();
    for (const std::size_t m : heights)
      for (const std::size_t x : widths) {
        if (!fits(m, x) || m > sums || x > positions) continue;
        double total = 0;
        for (std::size_t left = positions, wide = x; left > 0; left -= wide) {
          while (wide > left) wide /= 2;
          for (std::size_t rest = sums, high = m; rest > 0; rest -= high) {
            high = height(std::min(rest, m), wide);
            total += cost(high, wide);
          }
        }
        if (total < least) least = total, best = {m, x};
      }
    return best;
  }

 private:
  static constexpr bool fits(std::size_t m, std::size_t x) { return m * x * registers_per_row <= registers; }

  template <class Visit>
  static void for_each(Visit visit) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (
          [&] {
            constexpr std::size_t M = heights[I / widths.size()], X = widths[I % widths.size()];
            if constexpr (fits(M, X)) visit.template operator()<M, X>();
          }(),
          ...);
    }
    (std::make_index_sequence<heights.size() * widths.size()>());
  }

  std::array<std::array<sum_tile<T>, widths.front() + 1>, heights.front() + 1> table_{};
};

}  // namespace deepmaacc::by_lanes
