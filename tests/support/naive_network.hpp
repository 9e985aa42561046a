#pragma once

/// \file
/// An independent verifier: networks and mutation analysis as plain loops in double. It shares no code with the library, and is
/// written for being read: one input at a time, one mutant at a time, nothing kept.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace naive {

/// One layer. Weights are row-major: Dense (in, out), Conv2D (height, width, in, out).
struct layer {
  std::string kind;                   // dense, conv2d, average_pooling2d, max_pooling2d, flatten, dropout, activation
  std::string activation = "linear";  // of dense, conv2d, activation
  std::size_t neurons = 0;            // dense: units, conv2d: output channels
  std::size_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1;
  bool same = false;
  std::vector<double> weights, bias;  // bias may be empty
};

/// A tensor (height, width, channels); vectors have height and width 1.
struct tensor {
  std::size_t h = 1, w = 1, c = 1;
  std::vector<double> values;
  double& at(std::size_t y, std::size_t x, std::size_t k) { return values[(y * w + x) * c + k]; }
  double at(std::size_t y, std::size_t x, std::size_t k) const { return values[(y * w + x) * c + k]; }
};

inline void activate(const std::string& name, tensor& t) {
  if (name == "softmax") {
    for (std::size_t p = 0; p < t.h * t.w; ++p) {
      double* row = t.values.data() + p * t.c;
      const double largest = *std::max_element(row, row + t.c);
      double sum = 0;
      for (std::size_t k = 0; k < t.c; ++k) sum += std::exp(row[k] - largest);
      for (std::size_t k = 0; k < t.c; ++k) row[k] = std::exp(row[k] - largest) / sum;
    }
    return;
  }
  for (double& v : t.values) {
    if (name == "relu") v = v > 0 ? v : 0;
    if (name == "sigmoid") v = 1 / (1 + std::exp(-v));
    if (name == "tanh") v = std::tanh(v);
  }
}

/// Where a window begins: the padding of Keras' "same" puts the odd element behind.
inline long window_begin(std::size_t out, std::size_t input, std::size_t kernel, std::size_t stride, bool same) {
  long begin = static_cast<long>(out * stride);
  if (same) {
    const std::size_t count = (input + stride - 1) / stride;
    const long total = static_cast<long>((count - 1) * stride + kernel) - static_cast<long>(input);
    if (total > 0) begin -= total / 2;
  }
  return begin;
}

inline std::size_t window_count(std::size_t input, std::size_t kernel, std::size_t stride, bool same) {
  return same ? (input + stride - 1) / stride : (input - kernel) / stride + 1;
}

inline tensor run(const layer& l, const tensor& in) {
  if (l.kind == "flatten") return {1, 1, in.values.size(), in.values};
  if (l.kind == "dropout") return in;
  if (l.kind == "activation") {
    tensor out = in;
    activate(l.activation, out);
    return out;
  }
  if (l.kind == "dense") {
    tensor out{in.h, in.w, l.neurons, std::vector<double>(in.h * in.w * l.neurons)};
    for (std::size_t p = 0; p < in.h * in.w; ++p)
      for (std::size_t j = 0; j < l.neurons; ++j) {
        double sum = l.bias.empty() ? 0 : l.bias[j];
        for (std::size_t i = 0; i < in.c; ++i) sum += in.values[p * in.c + i] * l.weights[i * l.neurons + j];
        out.values[p * l.neurons + j] = sum;
      }
    activate(l.activation, out);
    return out;
  }
  const std::size_t h = window_count(in.h, l.kernel_h, l.stride_h, l.same), w = window_count(in.w, l.kernel_w, l.stride_w, l.same);
  const bool is_convolution = l.kind == "conv2d";
  const std::size_t channels = is_convolution ? l.neurons : in.c;
  tensor out{h, w, channels, std::vector<double>(h * w * channels)};
  for (std::size_t y = 0; y < h; ++y)
    for (std::size_t x = 0; x < w; ++x)
      for (std::size_t k = 0; k < channels; ++k) {
        double sum = is_convolution && !l.bias.empty() ? l.bias[k] : 0, largest = -INFINITY;
        std::size_t count = 0;
        for (std::size_t ky = 0; ky < l.kernel_h; ++ky)
          for (std::size_t kx = 0; kx < l.kernel_w; ++kx) {
            const long iy = window_begin(y, in.h, l.kernel_h, l.stride_h, l.same) + static_cast<long>(ky);
            const long ix = window_begin(x, in.w, l.kernel_w, l.stride_w, l.same) + static_cast<long>(kx);
            if (iy < 0 || ix < 0 || iy >= static_cast<long>(in.h) || ix >= static_cast<long>(in.w)) continue;
            const auto sy = static_cast<std::size_t>(iy), sx = static_cast<std::size_t>(ix);
            if (is_convolution) {
              for (std::size_t i = 0; i < in.c; ++i)
                sum += in.at(sy, sx, i) * l.weights[((ky * l.kernel_w + kx) * in.c + i) * l.neurons + k];
            } else {
              sum += in.at(sy, sx, k);
              largest = std::max(largest, in.at(sy, sx, k));
              ++count;
            }
          }
        out.at(y, x, k) = is_convolution ? sum : l.kind == "max_pooling2d" ? largest : sum / static_cast<double>(count);
      }
  if (is_convolution) activate(l.activation, out);
  return out;
}

using network = std::vector<layer>;

/// The last layer's outputs, without a final softmax, sigmoid or linear activation.
inline std::vector<double> outputs(const network& net, tensor x) {
  for (std::size_t i = 0; i < net.size(); ++i) {
    layer l = net[i];
    const bool is_dropped = l.activation == "softmax" || l.activation == "sigmoid" || l.activation == "linear";
    if (i + 1 == net.size() && is_dropped) l.activation = "linear";
    x = run(l, x);
  }
  return x.values;
}

/// The classes that an arg max can fall on: one, or two for a near tie; the actual one first.
inline std::vector<std::size_t> possible_classes(const std::vector<double>& z) {
  std::size_t first = 0;
  for (std::size_t k = 1; k < z.size(); ++k)
    if (z[k] > z[first]) first = k;
  if (z.size() == 1) return {first};
  std::size_t second = first == 0 ? 1 : 0;
  for (std::size_t k = 0; k < z.size(); ++k)
    if (k != first && z[k] > z[second]) second = k;
  if (z[first] - z[second] <= 1e-5 * std::max({1.0, std::abs(z[first]), std::abs(z[second])})) return {first, second};
  return {first};
}

/// The paper's operators, on one neuron: 0 CW(0.1), 1 NAI, 2 NEB.
inline void mutate(layer& l, std::size_t neuron, std::size_t operation) {
  for (std::size_t i = neuron; i < l.weights.size(); i += l.neurons)
    l.weights[i] = operation == 0 ? l.weights[i] * static_cast<double>(1.1F) : operation == 1 ? -l.weights[i] : 0;
  if (operation == 0 && !l.bias.empty()) l.bias[neuron] *= static_cast<double>(1.1F);
}

/// Killed cells of one mutant under one rule: as the arg maxes fell, and the least and most that near ties allow.
struct kills {
  std::set<std::size_t> actual, sure, possible;
  std::set<std::size_t> borderline() const {
    std::set<std::size_t> cells;
    for (const std::size_t cell : possible)
      if (!sure.contains(cell)) cells.insert(cell);
    return cells;
  }
};

enum class kill_rule { predicted_class, true_class, any_flip };

/// The cells that one input kills: at most one.
inline std::set<std::size_t> killed_by(kill_rule which, std::size_t label, std::size_t original, std::size_t mutated) {
  if (original != label || mutated == label) return {};
  return {which == kill_rule::predicted_class ? mutated : which == kill_rule::true_class ? label : 0};
}

inline kills run_mutant(const network& original, const network& mutant, const std::vector<tensor>& inputs,
                        const std::vector<std::size_t>& labels, kill_rule which) {
  kills found;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto before = possible_classes(outputs(original, inputs[i])), after = possible_classes(outputs(mutant, inputs[i]));
    found.actual.merge(killed_by(which, labels[i], before[0], after[0]));
    std::set<std::size_t> in_all = killed_by(which, labels[i], before[0], after[0]);
    for (const std::size_t b : before)
      for (const std::size_t a : after) {
        const auto cells = killed_by(which, labels[i], b, a);
        std::erase_if(in_all, [&](std::size_t cell) { return !cells.contains(cell); });
        found.possible.insert(cells.begin(), cells.end());
      }
    found.sure.merge(in_all);
  }
  return found;
}

}  // namespace naive
