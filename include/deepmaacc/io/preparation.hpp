#pragma once

/// \file
/// How images become inputs: steps, one after the other.

#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/one_of.hpp>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/preparation_plan.hpp>
#include <deepmaacc/io/preparation_steps.hpp>
#include <initializer_list>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::io {

/// Steps from images (count × height × width, or with channels last) to a network's inputs, in the order in which they are given:
/// `io::preparation{io::channels{3}, io::pad{2}, io::divide_by{255}}`. Without steps the images are the inputs.
class preparation {
 public:
  /// Each step knows its name, its parameters as a text, and what it adds to a plan.
  using step = one_of<channels, pad, divide_by, subtract_mean, standardise>;

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
  return one.visit([](const auto& step) { return step.name() + "=" + step.parameters(); });
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

/// What the steps do to inputs.
/// \param extents  of all inputs: count × shape of one
/// \throws data_error naming the step, its number and the shape that it cannot work on; usage_error where the inputs' precision cannot
///         hold a step's number.
template <class T>
preparation_plan<T> plan_of(const preparation& all, shape extents) {
  preparation_plan<T> plan(std::move(extents));
  std::size_t number = 0;
  for (const auto& one : all.steps()) {
    const auto where = [&, at = ++number] {
      return deepmaacc::detail::text("step ", at, " of the preparation, ", detail::step_text(one), ": ");
    };
    try {
      one.visit([&](const auto& step) { step.add_to(plan); });
    } catch (const data_error& fault) {
      throw data_error(where() + fault.what());
    } catch (const usage_error& fault) {
      throw usage_error(where() + fault.what());
    }
  }
  return plan;
}

/// Applies the steps to inputs in memory.
/// \throws as `plan_of`; data_error where there is not enough memory for what they make.
template <class T>
array<T> prepare(array<T> images, const preparation& all) {
  const auto plan = plan_of<T>(all, images.extents);
  if (plan.stays_in_place()) {
    plan.change(images.values.data(), images.values.size());
    return {plan.extents(), std::move(images.values)};
  }
  try {
    array<T> result{plan.extents(), std::vector<T>(element_count(plan.extents()))};
    const std::size_t count = images.extents[0];
    const std::size_t features = count == 0 ? 0 : plan.features(), own = count == 0 ? 0 : images.values.size() / count;
    for (std::size_t i = 0; i < count && features > 0; ++i)
      plan.write(images.values.data() + i * own, own, result.values.data() + i * features);
    return result;
  } catch (const std::bad_alloc&) {
    throw data_error("there is not enough memory for the inputs of shape " + to_string(plan.extents()) + " that the preparation makes");
  } catch (const std::length_error&) {  // more than any container may hold
    throw data_error("there is not enough memory for the inputs of shape " + to_string(plan.extents()) + " that the preparation makes");
  }
}

}  // namespace deepmaacc::io
