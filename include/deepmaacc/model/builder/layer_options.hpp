#pragma once

/// \file
/// The settings of layers, with Keras' defaults.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/model/activation.hpp>
#include <deepmaacc/model/window.hpp>
#include <ranges>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace deepmaacc {

/// The numbers of a trained array, row-major: a copy of a vector, a span or an xtensor container of float or double.
class trained_array {
 public:
  template <std::ranges::contiguous_range Numbers>
  requires std::is_floating_point_v<std::ranges::range_value_t<Numbers>> trained_array(const Numbers& numbers)
      : numbers_(std::vector<std::ranges::range_value_t<Numbers>>(numbers.begin(), numbers.end())) {}

  /// Calls `use(vector)`.
  template <class Use>
  void take(const Use& use) const {
    std::visit(use, numbers_);
  }

 private:
  std::variant<std::vector<float>, std::vector<double>> numbers_;
};

/// Those of a layer, in the order in which Keras saves them; none where they will be given later.
using trained_arrays = std::vector<trained_array>;

/// What is thought around an image. `valid`: nothing, windows stay inside. `same`: ceil(extent / stride) windows, with as much before the
/// image as behind it, the odd element behind. `causal`, of conv1d alone: as many windows, but all before the sequence, so that a step sees
/// none after it.
enum class padding { valid, same, causal };

/// A number for each axis, all 1.
template <std::size_t Rank>
constexpr std::array<std::size_t, Rank> each_one() {
  std::array<std::size_t, Rank> all{};
  for (std::size_t& one : all) one = 1;
  return all;
}

namespace detail {

/// The settings of a window over any number of axes, before the image is known.
struct window_settings {
  std::vector<std::size_t> taps, strides, dilation;
  padding around = padding::valid;

  template <std::size_t Rank>
  // NOLINTNEXTLINE(bugprone-easily-swappable-parameters): in Keras' order
  window_settings(const std::array<std::size_t, Rank>& extents, const std::array<std::size_t, Rank>& steps,
                  const std::array<std::size_t, Rank>& apart, padding edge)
      : taps(extents.begin(), extents.end()), strides(steps.begin(), steps.end()), dilation(apart.begin(), apart.end()), around(edge) {}

  /// The window over an image of these extents, where it fits: what does not is refused by the operation.
  sliding_window over(const shape& image) const {
    sliding_window window;
    for (std::size_t axis = 0; axis < taps.size(); ++axis) {
      window_axis one{taps[axis], strides[axis], dilation[axis], 0, 0};
      const bool is_sensible = one.taps > 0 && one.stride > 0 && one.dilation > 0 && axis < image.size() &&
                               std::max({one.taps, one.dilation, image[axis]}) <= most_elements / 4 &&
                               one.taps <= most_elements / one.dilation;
      if (is_sensible && around == padding::causal) one.before = one.reach() - 1;
      if (is_sensible && around == padding::same && image[axis] > 0) {
        const std::size_t end = (image[axis] - 1) / one.stride * one.stride + one.reach();
        const std::size_t lacking = end > image[axis] ? end - image[axis] : 0;
        one.before = lacking / 2;
        one.behind = lacking - one.before;
      }
      window.push_back(one);
    }
    return window;
  }
};

}  // namespace detail

struct dense_options {
  std::size_t units = 1;
  activation_function activation{};
  bool use_bias = true;
};

/// Of a convolution over images (two axes) or sequences (one).
template <std::size_t Axes>
struct convolution_options {
  std::size_t filters = 1;
  std::array<std::size_t, Axes> kernel = each_one<Axes>(), strides = each_one<Axes>();
  deepmaacc::padding padding = deepmaacc::padding::valid;
  std::array<std::size_t, Axes> dilation = each_one<Axes>();
  std::size_t groups = 1;
  activation_function activation{};
  bool use_bias = true;

  detail::window_settings window() const { return {kernel, strides, dilation, padding}; }
};

/// Of a depthwise convolution.
template <std::size_t Axes>
struct depthwise_options {
  std::array<std::size_t, Axes> kernel = each_one<Axes>(), strides = each_one<Axes>();
  deepmaacc::padding padding = deepmaacc::padding::valid;
  std::array<std::size_t, Axes> dilation = each_one<Axes>();
  std::size_t multiplier = 1;
  activation_function activation{};
  bool use_bias = true;

  detail::window_settings window() const { return {kernel, strides, dilation, padding}; }
};

/// Of a depthwise convolution whose channels are then mixed.
template <std::size_t Axes>
struct separable_options {
  std::size_t filters = 1;
  std::array<std::size_t, Axes> kernel = each_one<Axes>(), strides = each_one<Axes>();
  deepmaacc::padding padding = deepmaacc::padding::valid;
  std::array<std::size_t, Axes> dilation = each_one<Axes>();
  std::size_t multiplier = 1;
  activation_function activation{};
  bool use_bias = true;

  detail::window_settings window() const { return {kernel, strides, dilation, padding}; }
};

/// Of averages and maxima of windows; strides are those of windows side by side where none are given.
template <std::size_t Axes>
struct pooling_options {
  std::array<std::size_t, Axes> size = twos();
  std::array<std::size_t, Axes> strides{};
  deepmaacc::padding padding = deepmaacc::padding::valid;

  detail::window_settings window() const {
    return {size, strides == std::array<std::size_t, Axes>{} ? size : strides, each_one<Axes>(), padding};
  }

 private:
  static constexpr std::array<std::size_t, Axes> twos() {
    auto all = each_one<Axes>();
    for (std::size_t& one : all) one = 2;
    return all;
  }
};

struct batch_normalization_options {
  std::int64_t axis = -1;
  double epsilon = 1e-3;
  bool has_beta = true, has_gamma = true;
};

struct layer_normalization_options {
  std::vector<std::int64_t> axes{-1};
  double epsilon = 1e-3;
  bool has_beta = true, has_gamma = true;
};

struct normalization_options {
  std::vector<std::int64_t> axes{-1};  ///< none where one mean stands for all
  /// Settings; one number stands for all. Empty where they are trained arrays: mean, variance and, which does nothing, of how many inputs.
  std::vector<double> mean{}, variance{};
  bool is_inverse = false;
};

/// Elements before and behind an image on each axis: (top, bottom), (left, right).
template <std::size_t Axes>
using image_border = std::array<std::array<std::size_t, 2>, Axes>;

}  // namespace deepmaacc
