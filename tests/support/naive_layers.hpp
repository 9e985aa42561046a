#pragma once

/// \file
/// Layers over images as plain loops in double: an image is padded first, element by element, and then every window is looked at where it
/// lies on the padded image. It shares no code with the library. A sequence is an image of height 1, its windows of height 1.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "support/naive_network.hpp"

namespace naive {

/// Windows along the two axes.
struct image_windows {
  std::size_t h = 1, w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  std::string padding = "valid";
};

inline tensor blank(std::size_t h, std::size_t w, std::size_t c, double value) { return {h, w, c, std::vector<double>(h * w * c, value)}; }

/// The image with `value` around it.
inline tensor bordered(const tensor& image, std::size_t top, std::size_t bottom, std::size_t left, std::size_t right, double value) {
  tensor out = blank(top + image.h + bottom, left + image.w + right, image.c, value);
  for (std::size_t y = 0; y < image.h; ++y)
    for (std::size_t x = 0; x < image.w; ++x)
      for (std::size_t k = 0; k < image.c; ++k) out.at(top + y, left + x, k) = image.at(y, x, k);
  return out;
}

inline tensor cropped(const tensor& image, std::size_t top, std::size_t bottom, std::size_t left, std::size_t right) {
  tensor out = blank(image.h - top - bottom, image.w - left - right, image.c, 0);
  for (std::size_t y = 0; y < out.h; ++y)
    for (std::size_t x = 0; x < out.w; ++x)
      for (std::size_t k = 0; k < image.c; ++k) out.at(y, x, k) = image.at(top + y, left + x, k);
  return out;
}

inline tensor enlarged(const tensor& image, std::size_t times_h, std::size_t times_w) {
  tensor out = blank(image.h * times_h, image.w * times_w, image.c, 0);
  for (std::size_t y = 0; y < image.h; ++y)
    for (std::size_t x = 0; x < image.w; ++x)
      for (std::size_t i = 0; i < times_h; ++i)
        for (std::size_t j = 0; j < times_w; ++j)
          for (std::size_t k = 0; k < image.c; ++k) out.at(y * times_h + i, x * times_w + j, k) = image.at(y, x, k);
  return out;
}

/// Keras' padding before and behind an axis.
inline std::pair<std::size_t, std::size_t> padding_of(const std::string& kind, std::size_t input, std::size_t taps, std::size_t stride,
                                                      std::size_t dilation) {
  const std::size_t reach = (taps - 1) * dilation + 1;
  if (kind == "causal") return {reach - 1, 0};
  if (kind != "same") return {0, 0};
  std::size_t windows = 0;
  for (std::size_t at = 0; at < input; at += stride) ++windows;
  std::size_t total = 0;
  while (input + total < (windows - 1) * stride + reach) ++total;
  return {total / 2, total - total / 2};
}

inline tensor padded(const tensor& image, const image_windows& windows, double value) {
  const auto h = padding_of(windows.padding, image.h, windows.h, windows.stride_h, windows.dilation_h);
  const auto w = padding_of(windows.padding, image.w, windows.w, windows.stride_w, windows.dilation_w);
  return bordered(image, h.first, h.second, w.first, w.second, value);
}

/// How often a window fits on an axis that is padded already.
inline std::size_t fits(std::size_t padded, std::size_t taps, std::size_t stride, std::size_t dilation) {
  std::size_t count = 0;
  while (count * stride + (taps - 1) * dilation < padded) ++count;
  return count;
}

inline std::size_t fits_h(const tensor& image, const image_windows& windows) {
  return fits(image.h, windows.h, windows.stride_h, windows.dilation_h);
}
inline std::size_t fits_w(const tensor& image, const image_windows& windows) {
  return fits(image.w, windows.w, windows.stride_w, windows.dilation_w);
}

/// kernel (h, w, in / groups, filters).
inline tensor convolved(const tensor& image, const image_windows& windows, const std::vector<double>& kernel, std::size_t filters,
                        std::size_t groups, const std::vector<double>& bias) {
  const tensor from = padded(image, windows, 0);
  tensor out = blank(fits_h(from, windows), fits_w(from, windows), filters, 0);
  const std::size_t in = image.c / groups;
  for (std::size_t y = 0; y < out.h; ++y)
    for (std::size_t x = 0; x < out.w; ++x)
      for (std::size_t f = 0; f < filters; ++f) {
        const std::size_t group = f / (filters / groups);
        double sum = bias.empty() ? 0 : bias[f];
        for (std::size_t i = 0; i < windows.h; ++i)
          for (std::size_t j = 0; j < windows.w; ++j)
            for (std::size_t k = 0; k < in; ++k)
              sum += from.at(y * windows.stride_h + i * windows.dilation_h, x * windows.stride_w + j * windows.dilation_w, group * in + k) *
                     kernel[((i * windows.w + j) * in + k) * filters + f];
        out.at(y, x, f) = sum;
      }
  return out;
}

/// kernel (h, w, in, multiplier).
inline tensor convolved_by_channel(const tensor& image, const image_windows& windows, const std::vector<double>& kernel,
                                   std::size_t multiplier, const std::vector<double>& bias) {
  const tensor from = padded(image, windows, 0);
  tensor out = blank(fits_h(from, windows), fits_w(from, windows), image.c * multiplier, 0);
  for (std::size_t y = 0; y < out.h; ++y)
    for (std::size_t x = 0; x < out.w; ++x)
      for (std::size_t k = 0; k < image.c; ++k)
        for (std::size_t m = 0; m < multiplier; ++m) {
          double sum = bias.empty() ? 0 : bias[k * multiplier + m];
          for (std::size_t i = 0; i < windows.h; ++i)
            for (std::size_t j = 0; j < windows.w; ++j)
              sum += from.at(y * windows.stride_h + i * windows.dilation_h, x * windows.stride_w + j * windows.dilation_w, k) *
                     kernel[((i * windows.w + j) * image.c + k) * multiplier + m];
          out.at(y, x, k * multiplier + m) = sum;
        }
  return out;
}

/// Mean, or largest, of a window's elements; the padding is marked by NaN and left out.
inline tensor pooled(const tensor& image, const image_windows& windows, bool is_max) {
  const tensor from = padded(image, windows, std::numeric_limits<double>::quiet_NaN());
  tensor out = blank(fits_h(from, windows), fits_w(from, windows), image.c, 0);
  for (std::size_t y = 0; y < out.h; ++y)
    for (std::size_t x = 0; x < out.w; ++x)
      for (std::size_t k = 0; k < image.c; ++k) {
        double sum = 0, largest = -std::numeric_limits<double>::infinity(), count = 0;
        for (std::size_t i = 0; i < windows.h; ++i)
          for (std::size_t j = 0; j < windows.w; ++j) {
            const double value = from.at(y * windows.stride_h + i, x * windows.stride_w + j, k);
            if (std::isnan(value)) continue;
            sum += value, largest = std::max(largest, value), ++count;
          }
        out.at(y, x, k) = is_max ? largest : sum / count;
      }
  return out;
}

}  // namespace naive
