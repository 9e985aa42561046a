#pragma once

/// \file
/// What can be done to images before a network takes them.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/number_text.hpp>
#include <deepmaacc/io/preparation_plan.hpp>
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
  for (const double number : numbers) text += (text.empty() ? "" : ",") + shortest_text(number);
  return text;
}

/// A number in the precision of the inputs.
/// \throws usage_error where they cannot hold it, or it becomes the 0 that must not be.
template <class T>
T in_precision(double number, bool may_be_zero) {
  const bool is_small_enough = std::abs(number) <= static_cast<double>(std::numeric_limits<T>::max());
  if (!is_small_enough || (!may_be_zero && static_cast<T>(number) == T{0}))
    throw usage_error(deepmaacc::detail::text(number, " is too ", is_small_enough ? "small" : "large", " for the inputs' precision"));
  return static_cast<T>(number);
}

/// Numbers in the precision of the inputs.
/// \throws usage_error
template <class T>
std::vector<T> in_precision(const std::vector<double>& numbers, bool may_be_zero) {
  std::vector<T> all;
  for (const double one : numbers) all.push_back(in_precision<T>(one, may_be_zero));
  return all;
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
  void add_to(preparation_plan<T>& plan) const {
    plan.take_for_images();
    if (plan.extents()[3] == count_) return;
    if (plan.extents()[3] != 1)
      throw data_error(deepmaacc::detail::text("images of shape ", to_string(plan.extents()), " have ", plan.extents()[3],
                                               " channels; only one can be repeated to ", count_));
    plan.repeat_channel(count_);
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
  void add_to(preparation_plan<T>& plan) const {
    plan.take_for_images();
    plan.add_border(width_);
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
  void add_to(preparation_plan<T>& plan) const {
    plan.subtract_and_divide({}, {detail::in_precision<T>(divisor_, false)});
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
  void add_to(preparation_plan<T>& plan) const {
    plan.subtract_and_divide(detail::in_precision<T>(means_, true), {});
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
  void add_to(preparation_plan<T>& plan) const {
    plan.subtract_and_divide(detail::in_precision<T>(means_, true), detail::in_precision<T>(deviations_, false));
  }

 private:
  std::vector<double> means_, deviations_;
};

}  // namespace deepmaacc::io
