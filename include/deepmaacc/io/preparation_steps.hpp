#pragma once

/// \file
/// What can be done to images before a network takes them.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/array.hpp>
#include <initializer_list>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::io {

namespace detail {

/// Numbers with the fewest digits that give them again, separated by commas.
inline std::string list_text(const std::vector<double>& numbers) {
  std::string text;
  for (const double number : numbers) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    text += (text.empty() ? "" : ",") + std::string(digits.data(), end);
  }
  return text;
}

/// The same array as count × height × width × channels. \throws data_error where it holds no images.
template <class T>
array<T> as_images(array<T> images) {
  if (images.extents.size() == 3) images.extents.push_back(1);
  if (images.extents.size() != 4)
    throw data_error("inputs of shape " + to_string(images.extents) +
                     " are no images: height and width are needed, and at most one axis of channels behind them");
  return images;
}

/// A number in the precision of the inputs. \throws usage_error where they cannot hold it, or it becomes the 0 that must not be.
template <class T>
T in_precision(double number, bool may_be_zero) {
  const bool is_small_enough = std::abs(number) <= static_cast<double>(std::numeric_limits<T>::max());
  if (!is_small_enough || (!may_be_zero && static_cast<T>(number) == T{0}))
    throw usage_error(deepmaacc::detail::text(number, " is too ", is_small_enough ? "small" : "large", " for the inputs' precision"));
  return static_cast<T>(number);
}

/// Calls `change(value, number)` on every value with the number of its channel, the last axis; one number is that of all.
template <class T, class Change>
array<T> by_channel(array<T> inputs, std::size_t numbers, const Change& change) {
  if (numbers > 1 && (inputs.extents.size() < 2 || inputs.extents.back() != numbers))
    throw data_error(deepmaacc::detail::text("inputs of shape ", to_string(inputs.extents), " do not have ", numbers,
                                             " channels, which are the last axis; give one number, or one per channel"));
  for (std::size_t at = 0; at < inputs.values.size(); at += numbers)
    for (std::size_t c = 0; c < numbers; ++c) change(inputs.values[at + c], c);
  return inputs;
}

}  // namespace detail

/// `channels=COUNT`: repeats the one grey channel; images that have COUNT channels stay as they are.
class channels {
 public:
  /// \throws usage_error where `count` is 0.
  explicit channels(std::size_t count) : count_(count) {
    if (count == 0) throw usage_error("step channels: images need 1 channel or more, as in channels=3");
  }

  std::string name() const { return "channels"; }
  std::string parameters() const { return std::to_string(count_); }

  template <class T>
  array<T> apply(array<T> inputs) const {
    array<T> images = detail::as_images(std::move(inputs));
    if (images.extents[3] == count_) return images;
    if (images.extents[3] != 1)
      throw data_error(deepmaacc::detail::text("images of shape ", to_string(images.extents), " have ", images.extents[3],
                                               " channels; only one can be repeated to ", count_));
    images.extents[3] = count_;
    array<T> result{images.extents, std::vector<T>(element_count(images.extents))};
    auto to = result.values.begin();
    for (const T value : images.values) to = std::fill_n(to, count_, value);
    return result;
  }

 private:
  std::size_t count_;
};

/// `pad=WIDTH`: zeros on every side of height and width.
class pad {
 public:
  explicit pad(std::size_t width) : width_(width) {}

  std::string name() const { return "pad"; }
  std::string parameters() const { return std::to_string(width_); }

  template <class T>
  array<T> apply(array<T> inputs) const {
    array<T> images = detail::as_images(std::move(inputs));
    const std::size_t count = images.extents[0], height = images.extents[1], width = images.extents[2], depth = images.extents[3];
    if (width_ > (std::numeric_limits<std::size_t>::max() - std::max(height, width)) / 2)
      throw data_error(deepmaacc::detail::text("images of shape ", to_string(images.extents), " cannot be padded by ", width_));
    const shape extents{count, height + 2 * width_, width + 2 * width_, depth};
    array<T> result{extents, std::vector<T>(element_count(extents), T{0})};
    if (images.values.empty()) return result;
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t y = 0; y < height; ++y)
        std::copy_n(images.values.data() + (i * height + y) * width * depth, width * depth,
                    result.values.data() + ((i * extents[1] + y + width_) * extents[2] + width_) * depth);
    return result;
  }

 private:
  std::size_t width_;
};

/// `divide-by=DIVISOR`: every number.
class divide_by {
 public:
  /// \throws usage_error where the divisor is not a finite number above 0.
  explicit divide_by(double divisor) : divisor_(divisor) {
    if (!(divisor > 0) || std::isinf(divisor))
      throw usage_error("step divide-by: the divisor must be a finite number above 0, as in divide-by=255");
  }

  std::string name() const { return "divide-by"; }
  std::string parameters() const { return detail::list_text({divisor_}); }

  template <class T>
  array<T> apply(array<T> inputs) const {
    const T divisor = detail::in_precision<T>(divisor_, false);
    for (T& value : inputs.values) value /= divisor;
    return inputs;
  }

 private:
  double divisor_;
};

/// `subtract-mean=MEAN[,MEAN...]`: one mean, or one per channel, the last axis.
class subtract_mean {
 public:
  /// \throws usage_error where there is none, or one is not finite.
  explicit subtract_mean(std::vector<double> means) : means_(std::move(means)) {
    if (means_.empty() || !std::all_of(means_.begin(), means_.end(), [](double one) { return std::isfinite(one); }))
      throw usage_error("step subtract-mean: a mean must be a finite number, as in subtract-mean=0.5");
  }
  subtract_mean(std::initializer_list<double> means) : subtract_mean(std::vector<double>(means)) {}

  std::string name() const { return "subtract-mean"; }
  std::string parameters() const { return detail::list_text(means_); }

  template <class T>
  array<T> apply(array<T> inputs) const {
    std::vector<T> means;
    for (const double one : means_) means.push_back(detail::in_precision<T>(one, true));
    return detail::by_channel(std::move(inputs), means.size(), [&](T& value, std::size_t c) { value -= means[c]; });
  }

 private:
  std::vector<double> means_;
};

/// `standardise=MEAN[,MEAN...]/DEVIATION[,DEVIATION...]`: subtracts the mean and divides by the standard deviation, one of each, or one
/// of each per channel, the last axis.
class standardise {
 public:
  /// \throws usage_error where there is none, their numbers differ, a mean is not finite, or a deviation is not a finite number above 0.
  standardise(std::vector<double> means, std::vector<double> deviations) : means_(std::move(means)), deviations_(std::move(deviations)) {
    if (means_.empty() || means_.size() != deviations_.size())
      throw usage_error(deepmaacc::detail::text("step standardise: there are ", means_.size(), " means, but ", deviations_.size(),
                                                " deviations; give one deviation per mean, as in standardise=0.5/0.25"));
    for (const double one : means_)
      if (!std::isfinite(one)) throw usage_error("step standardise: a mean must be a finite number, as in standardise=0.5/0.25");
    for (const double one : deviations_)
      if (!(one > 0) || std::isinf(one))
        throw usage_error("step standardise: a deviation must be a finite number above 0, as in standardise=0.5/0.25");
  }

  std::string name() const { return "standardise"; }
  std::string parameters() const { return detail::list_text(means_) + "/" + detail::list_text(deviations_); }

  template <class T>
  array<T> apply(array<T> inputs) const {
    std::vector<T> means, deviations;
    for (const double one : means_) means.push_back(detail::in_precision<T>(one, true));
    for (const double one : deviations_) deviations.push_back(detail::in_precision<T>(one, false));
    return detail::by_channel(std::move(inputs), means.size(),
                              [&](T& value, std::size_t c) { value = (value - means[c]) / deviations[c]; });
  }

 private:
  std::vector<double> means_, deviations_;
};

}  // namespace deepmaacc::io
