#pragma once

/// \file
/// How images become inputs: steps, one after the other.

#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/preparation_steps.hpp>
#include <initializer_list>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace deepmaacc::io {

/// Steps from images (count × height × width, or with channels last) to a network's inputs, in the order in which they are given:
/// `io::preparation{io::channels{3}, io::pad{2}, io::divide_by{255}}`. Without steps the images are the inputs.
class preparation {
 public:
  /// Each step knows its name, its parameters as a text, and how to change an array.
  using step = std::variant<channels, pad, divide_by, subtract_mean, standardise>;

  preparation() = default;
  preparation(std::initializer_list<step> steps) : steps_(steps) {}

  /// Appends a step.
  preparation& add(step next) {
    steps_.push_back(std::move(next));
    return *this;
  }
  /// Appends all steps of another preparation.
  preparation& add(const preparation& more) {
    const auto copy = more.steps_;
    steps_.insert(steps_.end(), copy.begin(), copy.end());
    return *this;
  }

  const std::vector<step>& steps() const { return steps_; }
  bool empty() const { return steps_.empty(); }
  std::string text() const;

 private:
  std::vector<step> steps_;
};

namespace detail {

/// "pad=2".
inline std::string step_text(const preparation::step& one) {
  return std::visit([](const auto& step) { return step.name() + "=" + step.parameters(); }, one);
}

}  // namespace detail

/// "channels=3,pad=2,divide-by=255", as the command takes it, or "none".
inline std::string preparation::text() const {
  std::string all;
  for (const auto& one : steps_) all += (all.empty() ? "" : ",") + detail::step_text(one);
  return all.empty() ? "none" : all;
}

/// As Lyons and Ghanbari (ICST 2025) prepare 28 × 28 grey images: 3 channels, padded by 2 to 32 × 32, divided by 255.
inline preparation deepmaacc_preparation() { return {channels{3}, pad{2}, divide_by{255}}; }

/// Applies the steps. Memory: at most two arrays at a time.
/// \throws data_error naming the step, its number and the shape that it cannot work on; usage_error where the inputs' precision cannot
///         hold a step's number.
template <class T>
array<T> prepare(array<T> images, const preparation& all) {
  std::size_t number = 0;
  for (const auto& one : all.steps()) {
    const auto where = [&, at = ++number] {
      return deepmaacc::detail::text("step ", at, " of the preparation, ", detail::step_text(one), ": ");
    };
    try {
      images = std::visit([&](const auto& step) { return step.apply(std::move(images)); }, one);
    } catch (const data_error& fault) {
      throw data_error(where() + fault.what());
    } catch (const usage_error& fault) {
      throw usage_error(where() + fault.what());
    } catch (const std::bad_alloc&) {
      throw data_error(where() + "there is not enough memory for what it makes");
    } catch (const std::length_error&) {  // more than any container may hold
      throw data_error(where() + "there is not enough memory for what it makes");
    }
  }
  return images;
}

}  // namespace deepmaacc::io
