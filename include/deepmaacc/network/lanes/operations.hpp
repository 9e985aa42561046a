#pragma once

/// \file
/// What steps do with the rows of a block of inputs, other than weighted sums.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/network/elementwise.hpp>
#include <deepmaacc/network/lanes/changed_channels.hpp>
#include <deepmaacc/network/lanes/group_layout.hpp>
#include <deepmaacc/network/reductions.hpp>
#include <deepmaacc/network/window_axes.hpp>
#include <functional>
#include <limits>
#include <span>
#include <vector>

namespace deepmaacc::by_lanes {

/// A tensor as an operation reads it: rows that a mutant has changed, and the original ones.
template <class T>
struct lane_input {
  const T *original, *changed_rows;
  const changed_channels* changed;
  std::size_t rows, channel_stride;

  /// A row as the mutant sees it.
  const T* row(std::size_t at) const { return (is_changed(at) ? changed_rows : original) + at * lanes_per_group<T>; }

 private:
  bool is_changed(std::size_t at) const {
    if (changed->is_all() || changed->is_clean()) return changed->is_all();
    const auto channels = changed->channels();
    return std::find(channels.begin(), channels.end(), at % channel_stride) != channels.end();
  }
};

/// Every operation has `apply(inputs, output, changed)`: it writes those rows of the output that depend on changed rows of the inputs, and
/// says which they are; other rows may be written too.

/// An activation over every element.
struct lane_activation {
  unary_function function;

  template <class T>
  void apply(std::span<const lane_input<T>> inputs, T* output, changed_channels& changed) const {
    const lane_input<T>& in = inputs.front();
    changed = *in.changed;
    in.changed->for_each_run(in.rows, in.channel_stride, [&](std::size_t first, std::size_t count) {
      const std::size_t begin = first * lanes_per_group<T>, numbers = count * lanes_per_group<T>;
      if (output != in.changed_rows) std::copy_n(in.changed_rows + begin, numbers, output + begin);
      deepmaacc::detail::apply_in_place(function, std::span(output + begin, numbers));
    });
  }
};

/// Softmax over so many neighbouring elements.
struct lane_softmax {
  std::size_t channels;

  template <class T>
  void apply(std::span<const lane_input<T>> inputs, T* output, changed_channels& changed) const {
    constexpr std::size_t width = lanes_per_group<T>;
    const lane_input<T>& in = inputs.front();
    for (std::size_t first = 0; first < in.rows; first += channels) {
      T largest[width], sum[width] = {};
      std::copy_n(in.row(first), width, largest);
      for (std::size_t c = 1; c < channels; ++c) {
        const T* from = in.row(first + c);
        vector_loop(width, [&](std::size_t i) { largest[i] = from[i] > largest[i] ? from[i] : largest[i]; });
      }
      for (std::size_t c = 0; c < channels; ++c) {
        const T* from = in.row(first + c);
        T* to = output + (first + c) * width;
        vector_loop(width, [&](std::size_t i) { sum[i] += to[i] = branchless_exp(from[i] - largest[i]); });
      }
      for (std::size_t c = 0; c < channels; ++c) {
        T* to = output + (first + c) * width;
        vector_loop(width, [&](std::size_t i) { to[i] /= sum[i]; });
      }
    }
    changed.set_all();
  }
};

/// A function of an element and of two parameters, which several rows may have in common: batch normalisation, trained slopes, rescaling.
template <class T>
struct lane_parametric {
  using one_row = void (*)(const T* from, T first, T second, T* to);
  one_row function;
  std::vector<std::uint32_t> index;  ///< for each row, that of its numbers
  std::vector<T> first, second;

  /// The loop over a row of `one(element, first, second)`, an object without state.
  template <class Function>
  static one_row over(Function) {
    return [](const T* from, T one, T other, T* to) {
      vector_loop(lanes_per_group<T>, [&](std::size_t i) { to[i] = Function{}(from[i], one, other); });
    };
  }

  void apply(std::span<const lane_input<T>> inputs, T* output, changed_channels& changed) const {
    const lane_input<T>& in = inputs.front();
    changed = *in.changed;
    in.changed->for_each_run(in.rows, in.channel_stride, [&](std::size_t begin, std::size_t count) {
      for (std::size_t at = begin; at < begin + count; ++at)
        function(in.changed_rows + at * lanes_per_group<T>, first[index[at]], second[index[at]], output + at * lanes_per_group<T>);
    });
  }
};

/// Averages or maxima of windows, channel by channel.
template <class Reduction>
struct lane_pooling {
  window_axes<false> axes;
  std::size_t height, width, channels;  ///< of the output

  template <class T>
  void apply(std::span<const lane_input<T>> inputs, T* output, changed_channels& changed) const {
    const lane_input<T>& in = inputs.front();
    const bool is_mixed = in.channel_stride != channels;
    changed = *in.changed;
    if (is_mixed) changed.set_all();
    for (std::size_t y = 0; y < height; ++y)
      for (std::size_t x = 0; x < width; ++x)
        changed.for_each_run(channels, channels, [&](std::size_t first, std::size_t count) {
          T* to = output + ((y * width + x) * channels + first) * lanes_per_group<T>;
          const auto changed_tap = [&](std::size_t at) { return in.changed_rows + (at + first) * lanes_per_group<T>; };
          if (!is_mixed) return reduce<T>(changed_tap, y, x, count, to);
          for (std::size_t c = 0; c < channels; ++c)
            reduce<T>([&](std::size_t at) { return in.row(at + c); }, y, x, 1, to + c * lanes_per_group<T>);
        });
  }

 private:
  /// The window at a position, for some neighbouring channels.
  /// \param tap  the row of the first of them, where that of channel 0 is
  template <class T, class Tap>
  void reduce(const Tap& tap, std::size_t y, std::size_t x, std::size_t count, T* to) const {
    const Reduction reduction;
    const std::size_t top = axes.y.first_tap(y), bottom = axes.y.end_tap(y), left = axes.x.first_tap(x), right = axes.x.end_tap(x);
    const std::size_t taps = (bottom - top) * (right - left), numbers = count * lanes_per_group<T>;
    const auto at = [&](std::size_t ky, std::size_t kx) {
      return tap((axes.y.element(y, ky) * axes.x.input + axes.x.element(x, kx)) * channels);
    };
    if (bottom - top == 2 && right - left == 2) {  // so common that it is worth a loop of its own
      const T *a = at(top, left), *b = at(top, left + 1), *c = at(top + 1, left), *d = at(top + 1, left + 1);
      vector_loop(numbers, [&](std::size_t i) { to[i] = reduce_four(reduction, a[i], b[i], c[i], d[i]); });
      return;
    }
    for (std::size_t ky = top; ky < bottom; ++ky)
      for (std::size_t kx = left; kx < right; ++kx) {
        const T* from = at(ky, kx);
        if (ky == top && kx == left)
          std::copy_n(from, numbers, to);
        else
          vector_loop(numbers, [&](std::size_t i) { to[i] = reduction.merge(to[i], from[i]); });
      }
    vector_loop(numbers, [&](std::size_t i) { to[i] = reduction.finish(to[i], taps); });
  }
};

/// Gathers rows of the inputs: reshape, transpose, pad, crop, concatenate and the like.
struct lane_gather {
  static constexpr std::uint32_t nothing = std::numeric_limits<std::uint32_t>::max();
  struct source_row {
    std::uint32_t input = 0, row = nothing;  ///< a row that comes from nowhere is zero
  };
  std::vector<source_row> source;  ///< of each row of the output
  std::size_t channel_stride = 1;  ///< channels of the output
  /// For each input, and each of its channels, the channel of the output that alone depends on it, or `nothing`; no list where there are
  /// several.
  std::vector<std::vector<std::uint32_t>> channel_of;

  template <class T>
  void apply(std::span<const lane_input<T>> inputs, T* output, changed_channels& changed) const {
    changed.clear();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].changed->is_clean()) continue;
      if (channel_of[i].empty() || inputs[i].changed->is_all()) {
        changed.set_all();
        break;
      }
      for (const std::uint32_t channel : inputs[i].changed->channels())
        if (channel_of[i][channel] != nothing) changed.add(channel_of[i][channel]);
    }
    changed.for_each_run(source.size(), channel_stride, [&](std::size_t first, std::size_t count) {
      for (std::size_t at = first; at < first + count; ++at) {
        T* to = output + at * lanes_per_group<T>;
        if (source[at].row == nothing)
          std::fill_n(to, lanes_per_group<T>, T{0});
        else
          std::copy_n(inputs[source[at].input].row(source[at].row), lanes_per_group<T>, to);
      }
    });
  }
};

/// A function of two tensors, element by element.
template <class T>
struct lane_merge {
  using two_rows = void (*)(const T* left, const T* right, T* to);
  two_rows merge;
  std::size_t rows = 0;                           ///< of the output
  std::vector<std::vector<std::uint32_t>> index;  ///< for each input the rows that it gives; empty where both have the output's

  template <class Function>
  static two_rows over(Function) {
    return [](const T* left, const T* right, T* to) {
      const Function function;
      vector_loop(lanes_per_group<T>, [&](std::size_t i) { to[i] = function(left[i], right[i]); });
    };
  }

  void apply(std::span<const lane_input<T>> inputs, T* output, changed_channels& changed) const {
    changed.clear();
    for (const lane_input<T>& one : inputs) {
      if (one.changed->is_clean()) continue;
      if (one.changed->is_all() || !index.empty() || one.channel_stride != inputs.front().channel_stride) {
        changed.set_all();
        break;
      }
      for (const std::uint32_t channel : one.changed->channels()) changed.add(channel);
    }
    const auto row = [&](std::size_t input, std::size_t at) { return inputs[input].row(index.empty() ? at : index[input][at]); };
    changed.for_each_run(rows, inputs.front().channel_stride, [&](std::size_t first, std::size_t count) {
      for (std::size_t at = first; at < first + count; ++at) merge(row(0, at), row(1, at), output + at * lanes_per_group<T>);
    });
  }
};

/// An operation that has no form of its own here: the block is turned into one row per input, run as the network runs it, and turned back.
template <class T>
struct lane_rows {
  std::function<void(std::span<const matrix<const T>>, matrix<T>)> forward;
  std::size_t width;  ///< elements of the output

  void apply(std::span<const lane_input<T>> inputs, T* output, changed_channels& changed) const {
    constexpr std::size_t lanes = lanes_per_group<T>;
    std::vector<std::vector<T>> turned(inputs.size());
    std::vector<matrix<const T>> sources;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      turned[i].resize(inputs[i].rows * lanes);
      for (std::size_t at = 0; at < inputs[i].rows; ++at)
        for (std::size_t lane = 0; lane < lanes; ++lane) turned[i][lane * inputs[i].rows + at] = inputs[i].row(at)[lane];
      sources.emplace_back(turned[i].data(), lanes, inputs[i].rows);
    }
    std::vector<T> result(width * lanes);
    forward(sources, matrix<T>(result.data(), lanes, width));
    for (std::size_t at = 0; at < width; ++at)
      for (std::size_t lane = 0; lane < lanes; ++lane) output[at * lanes + lane] = result[lane * width + at];
    changed.set_all();
  }
};

}  // namespace deepmaacc::by_lanes
