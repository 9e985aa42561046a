#pragma once

/// \file
/// Steps of a preparation, as they run on one input after the other.

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace deepmaacc::io {

/// What all steps together do to inputs of one shape, in the precision of the inputs. Numbers come out as if each step ran on all inputs
/// before the next: what moves numbers is put together, and what changes all numbers alike is done before they are repeated and padded.
template <class T>
class preparation_plan {
 public:
  /// \param extents  of all inputs: count × shape of one
  explicit preparation_plan(shape extents) : extents_(std::move(extents)) {}

  /// The extents that the steps so far give.
  const shape& extents() const { return extents_; }
  /// Numbers of a prepared input.
  std::size_t features() const { return element_count(std::span(extents_).subspan(1)); }
  /// Whether there is nothing to do.
  bool empty() const { return steps_.empty(); }
  /// Whether every number stays in its place, so that any number of inputs can be prepared at once.
  bool stays_in_place() const {
    return std::none_of(steps_.begin(), steps_.end(), [](const auto& one) { return one.places.has_value(); });
  }

  /// Takes the inputs for images: count × height × width × channels.
  /// \throws data_error where they are none.
  void take_for_images() {
    if (extents_.size() == 3) extents_.push_back(1);
    if (extents_.size() != 4)
      throw data_error("inputs of shape " + to_string(extents_) +
                       " are no images: height and width are needed, and at most one axis of channels behind them");
  }

  /// Repeats the one channel of images.
  /// \throws data_error where there are more numbers than this machine can address.
  void repeat_channel(std::size_t times) {
    layout next{extents_[1], extents_[2], 1, times, 0, T{0}};
    extents_[3] = times;
    element_count(extents_);
    if (layout* const last = last_layout(); last && last->depth * last->repeat == 1)
      last->repeat = times;
    else
      steps_.push_back({next, {}});
  }

  /// Puts zeros on every side of images.
  /// \throws data_error where there are more numbers than this machine can address.
  void add_border(std::size_t width) {
    if (width > (std::numeric_limits<std::size_t>::max() - std::max(extents_[1], extents_[2])) / 2)
      throw data_error(deepmaacc::detail::text("images of shape ", to_string(extents_), " cannot be padded by ", width));
    const layout next{extents_[1], extents_[2], extents_[3], 1, width, T{0}};
    extents_[1] += 2 * width;
    extents_[2] += 2 * width;
    element_count(extents_);
    if (layout* const last = last_layout(); last && last->border == 0) {
      last->border = width;
      last->fill = T{0};
    } else {
      steps_.push_back({next, {}});
    }
  }

  /// Subtracts means and divides by divisors, each one, or one per channel, the last axis, or none.
  /// \throws data_error where there are more than one, and not as many channels.
  void subtract_and_divide(std::vector<T> means, std::vector<T> divisors) {
    const std::size_t numbers = std::max(means.size(), divisors.size());
    if (numbers > 1 && (extents_.size() < 2 || extents_.back() != numbers))
      throw data_error(deepmaacc::detail::text("inputs of shape ", to_string(extents_), " do not have ", numbers,
                                               " channels, which are the last axis; give one number, or one per channel"));
    const arithmetic next{std::move(means), std::move(divisors)};
    auto place = steps_.end();
    while (numbers == 1 && place != steps_.begin() && std::prev(place)->places) {
      --place;
      next.change(&place->places->fill, 1);
    }
    steps_.insert(place, step{std::nullopt, next});
  }

  /// Changes some inputs, where numbers stay in place.
  void change(T* numbers, std::size_t count) const {
    assert(stays_in_place());
    for (const auto& one : steps_) one.numbers.change(numbers, count);
  }

  /// Writes one prepared input.
  /// \param input  the numbers of the input, which are changed on the way
  void write(T* input, std::size_t count, T* prepared) const {
    std::size_t layouts_left = 0;
    for (const auto& one : steps_) layouts_left += one.places.has_value();
    std::vector<T> between;
    for (const auto& one : steps_) {
      if (!one.places) {
        one.numbers.change(input, count);
        continue;
      }
      std::vector<T> next(--layouts_left == 0 ? 0 : one.places->size());
      T* const to = layouts_left == 0 ? prepared : next.data();
      one.places->write(input, to);
      between = std::move(next);
      input = to;
      count = one.places->size();
    }
  }

  /// Between which bounds numbers are that were between others: every step leaves a larger number larger, or makes it equal.
  std::pair<T, T> bounds(T least, T most) const {
    for (const auto& one : steps_) {
      if (one.places) {
        least = std::min(least, one.places->fill);
        most = std::max(most, one.places->fill);
        continue;
      }
      std::vector<T> low(std::max(one.numbers.means.size(), one.numbers.divisors.size()), least), high(low.size(), most);
      one.numbers.change(low.data(), low.size());
      one.numbers.change(high.data(), high.size());
      least = *std::min_element(low.begin(), low.end());
      most = *std::max_element(high.begin(), high.end());
    }
    return {least, most};
  }

 private:
  /// Every number `repeat` times, and a border around the image.
  struct layout {
    std::size_t height, width, depth, repeat, border;
    T fill;  ///< of the border

    std::size_t row() const { return (width + 2 * border) * depth * repeat; }
    std::size_t size() const { return (height + 2 * border) * row(); }

    void write(const T* from, T* to) const {
      if (height == 0) {
        std::fill_n(to, size(), fill);
        return;
      }
      const std::size_t side = border * depth * repeat, length = width * depth;
      to = std::fill_n(to, border * row() + side, fill);
      for (std::size_t y = 0; y < height; ++y, from += length) {
        to = write_row(from, length, to);
        to = std::fill_n(to, y + 1 < height ? 2 * side : side + border * row(), fill);
      }
    }

    T* write_row(const T* from, std::size_t length, T* to) const {
      if (repeat == 1) return std::copy_n(from, length, to);
      if (repeat == 3) {  // grey images as colours: a loop that compilers unroll
        for (std::size_t i = 0; i < length; ++i)
          for (std::size_t c = 0; c < 3; ++c) to[3 * i + c] = from[i];
        return to + 3 * length;
      }
      for (std::size_t i = 0; i < length; ++i) to = std::fill_n(to, repeat, from[i]);
      return to;
    }
  };

  /// A mean that is subtracted and a divisor: none of a kind, one, or one per channel.
  struct arithmetic {
    std::vector<T> means, divisors;

    void change(T* numbers, std::size_t count) const {
      each(numbers, count, means, [](T number, T mean) { return number - mean; });
      each(numbers, count, divisors, [](T number, T divisor) { return number / divisor; });
    }

    template <class Change>
    static void each(T* numbers, std::size_t count, const std::vector<T>& by, const Change& change) {
      if (by.size() == 1) {
        const T all = by[0];
        for (std::size_t i = 0; i < count; ++i) numbers[i] = change(numbers[i], all);
      } else if (!by.empty()) {
        for (std::size_t at = 0; at < count; at += by.size())
          for (std::size_t c = 0; c < by.size(); ++c) numbers[at + c] = change(numbers[at + c], by[c]);
      }
    }
  };

  /// Either moves numbers, or changes them.
  struct step {
    std::optional<layout> places;
    arithmetic numbers;
  };

  layout* last_layout() { return steps_.empty() || !steps_.back().places ? nullptr : &*steps_.back().places; }

  shape extents_;
  std::vector<step> steps_;
};

}  // namespace deepmaacc::io
