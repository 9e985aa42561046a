#pragma once

/// \file
/// How the shipped outcomes judge the outputs of a model.

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/concepts/outcome.hpp>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/evaluation/decision.hpp>
#include <deepmaacc/evaluation/label_rank.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <limits>
#include <span>

/// How the shipped outcomes judge.
namespace deepmaacc::judge {

namespace detail {

/// What a test set says of a class or a label, as a whole number.
/// \throws data_error where it is none from 0 to below `count`.
inline double checked_class(double given, std::size_t count) {
  if (given >= 0 && given < static_cast<double>(count) && given == std::floor(given)) return given;
  throw data_error(deepmaacc::detail::text("its target ", given, " is no whole number from 0 to ", count - 1));
}

/// Whether z is at least `cut`, and whether that is sure.
template <class T>
KOKKOS_INLINE_FUNCTION bool reaches(T z, T cut, double tolerance, bool& is_sure) {
  const bool is_on = z >= cut;
  is_sure = is_on ? !is_near_tie(z, cut, tolerance) : !is_near_tie(cut, z, tolerance);
  return is_on;
}

}  // namespace detail

/// The class of the largest output.
struct arg_max {
  std::size_t count = 0;

  std::size_t classes() const { return count; }
  template <class T>
  KOKKOS_INLINE_FUNCTION decision decide(const T* outputs, const double*, std::size_t, double tolerance) const {
    return deepmaacc::decide(outputs, count, tolerance);
  }
  /// The same where the decision is likely to be a known one.
  template <class T>
  KOKKOS_INLINE_FUNCTION decision decide_against(const decision& known, const T* outputs, double tolerance) const {
    return deepmaacc::decide_against(known, outputs, count, tolerance);
  }
  /// Where the right classes stand among the outputs.
  template <class T>
  KOKKOS_INLINE_FUNCTION label_ranks ranks(const T* outputs, const expectation& wanted, const decision& decided, double tolerance) const {
    return ranks_of(outputs, count, wanted, decided, tolerance);
  }
  template <class T>
  float margin(const T* outputs, const double*) const {
    return gap_of(std::span(outputs, count), deepmaacc::decide(outputs, count).winner);
  }
};

/// Class 1 where the only output is at least `cut`, else class 0.
struct threshold {
  double cut = 0;

  std::size_t classes() const { return 2; }
  template <class T>
  KOKKOS_INLINE_FUNCTION decision decide(const T* outputs, const double*, std::size_t, double tolerance) const {
    bool is_sure = true;
    const std::uint32_t is_on = detail::reaches(outputs[0], static_cast<T>(cut), tolerance, is_sure) ? 1 : 0;
    return {is_on, is_sure ? is_on : 1 - is_on};
  }
  template <class T>
  float margin(const T* outputs, const double*) const {
    return static_cast<float>(std::abs(static_cast<double>(outputs[0]) - cut));
  }
};

/// For each output its label, where it is at least `cut`, else none.
struct multi_label {
  std::size_t count = 0;
  double cut = 0;

  std::size_t classes() const { return count; }
  std::size_t parts() const { return count; }
  template <class T>
  KOKKOS_INLINE_FUNCTION decision decide(const T* outputs, const double*, std::size_t part, double tolerance) const {
    bool is_sure = true;
    const bool is_on = detail::reaches(outputs[part], static_cast<T>(cut), tolerance, is_sure);
    const auto label = static_cast<std::uint32_t>(part);
    return {is_on ? label : decision::none, is_on == is_sure ? label : decision::none};
  }
  template <class T>
  float margin(const T* outputs, const double*) const {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < count; ++i) least = std::min(least, std::abs(static_cast<double>(outputs[i]) - cut));
    return static_cast<float>(least);
  }

  std::size_t target_size() const { return count; }
  std::size_t given_size() const { return count; }
  void read_target(std::span<const double> given, std::span<double> target) const {
    for (std::size_t i = 0; i < count; ++i) target[i] = detail::checked_class(given[i], 2);
  }
  std::uint32_t right(const double* target, std::size_t part) const {
    return target[part] != 0 ? static_cast<std::uint32_t>(part) : decision::none;
  }
};

/// Right where every output is within `tolerated` of its target.
struct within {
  std::size_t count = 0;
  double tolerated = 0;
  bool is_before_sigmoid = false;

  std::size_t classes() const { return 0; }
  template <class T>
  KOKKOS_INLINE_FUNCTION decision decide(const T* outputs, const double* target, std::size_t, double tolerance) const {
    bool is_right = true, is_surely_right = true, is_surely_wrong = false;
    for (std::size_t i = 0; i < count; ++i) {
      const double value = value_of(outputs[i]), error = Kokkos::abs(value - target[i]);
      const double near = tolerance * Kokkos::max(1.0, Kokkos::max(Kokkos::abs(value), Kokkos::abs(target[i])));
      is_right = is_right && error <= tolerated;
      is_surely_right = is_surely_right && error < tolerated - near;
      is_surely_wrong = is_surely_wrong || error > tolerated + near;
    }
    const std::uint32_t made = is_right ? decision::right : decision::wrong;
    return {made, is_surely_right || is_surely_wrong ? made : 1 - made};
  }
  template <class T>
  float margin(const T* outputs, const double* target) const {
    double largest = 0;
    for (std::size_t i = 0; i < count; ++i) largest = std::max(largest, std::abs(value_of(outputs[i]) - target[i]));
    return static_cast<float>(std::abs(largest - tolerated));
  }

  std::size_t target_size() const { return count; }
  std::size_t given_size() const { return count; }
  void read_target(std::span<const double> given, std::span<double> target) const {
    if (!std::all_of(given.begin(), given.end(), [](double one) { return std::isfinite(one); }))
      throw data_error("its target is not finite");
    std::copy(given.begin(), given.end(), target.begin());
  }
  template <class T>
  KOKKOS_INLINE_FUNCTION void take_target(const T* outputs, double* target, double) const {
    for (std::size_t i = 0; i < count; ++i) target[i] = value_of(outputs[i]);
  }

 private:
  template <class T>
  KOKKOS_INLINE_FUNCTION double value_of(T output) const {
    const auto z = static_cast<double>(output);
    return is_before_sigmoid ? 1 / (1 + Kokkos::exp(-z)) : z;
  }
};

/// Right where the class of the largest output, along the last axis, is right at `needed` positions or more.
struct per_position {
  std::size_t positions = 0, count = 0;  ///< of positions, and of classes at each
  std::size_t needed = 0;

  std::size_t classes() const { return 0; }
  template <class T>
  KOKKOS_INLINE_FUNCTION decision decide(const T* outputs, const double* target, std::size_t, double tolerance) const {
    std::size_t right = 0, surely_right = 0, perhaps_right = 0;
    for (std::size_t i = 0; i < positions; ++i) {
      const decision made = deepmaacc::decide(outputs + i * count, count, tolerance);
      const auto wanted = static_cast<std::uint32_t>(target[2 * i]), or_else = static_cast<std::uint32_t>(target[2 * i + 1]);
      const bool is_right = made.winner == wanted, is_certain = made.is_certain() && wanted == or_else;
      right += is_right;
      surely_right += is_right && is_certain;
      perhaps_right += is_right || made.rival == wanted || made.winner == or_else || made.rival == or_else;
    }
    const std::uint32_t made = right >= needed ? decision::right : decision::wrong;
    const bool is_sure = surely_right >= needed || perhaps_right < needed;
    return {made, is_sure ? made : 1 - made};
  }

  /// Of each position the class, and the class that it could be otherwise.
  std::size_t target_size() const { return 2 * positions; }
  std::size_t given_size() const { return positions; }
  void read_target(std::span<const double> given, std::span<double> target) const {
    for (std::size_t i = 0; i < positions; ++i) target[2 * i] = target[2 * i + 1] = detail::checked_class(given[i], count);
  }
  template <class T>
  KOKKOS_INLINE_FUNCTION void take_target(const T* outputs, double* target, double tolerance) const {
    for (std::size_t i = 0; i < positions; ++i) {
      const decision made = deepmaacc::decide(outputs + i * count, count, tolerance);
      target[2 * i] = made.winner;
      target[2 * i + 1] = made.rival;
    }
  }
};

}  // namespace deepmaacc::judge
