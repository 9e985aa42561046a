#pragma once

/// \file
/// Inputs that stay in their file until they are asked for.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/input_source.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/preparation.hpp>
#include <deepmaacc/io/preparation_plan.hpp>
#include <deepmaacc/io/stored_array.hpp>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc::io {

/// The rows of an array as inputs: in the file's own type until they are asked for, then in precision T and prepared.
template <class T>
class stored_inputs final : public input_source<T> {
 public:
  /// \param images  count × shape of one, in any number of axes above 0
  /// \throws data_error, usage_error as `plan_of`.
  stored_inputs(stored_array images, const preparation& steps)
      : images_(std::move(images)),
        plan_(plan_of<T>(steps, images_.extents())),
        input_shape_(plan_.extents().begin() + 1, plan_.extents().end()),
        features_(plan_.features()),
        stays_in_place_(plan_.stays_in_place()) {}

  std::size_t size() const override { return images_.rows(); }
  const shape& input_shape() const override { return input_shape_; }
  const T* rows() const override { return plan_.empty() ? images_.template data<T>() : nullptr; }

  void write(std::size_t first, std::size_t count, T* rows) const override {
    const std::size_t own = images_.row_elements();
    if (stays_in_place_) {
      images_.read(first * own, count * own, rows);
      plan_.change(rows, count * own);
      return;
    }
    const std::unique_ptr<T[]> input(new T[own]);  // not set to 0: each is written
    for (std::size_t i = 0; i < count; ++i) {
      images_.read((first + i) * own, own, input.get());
      plan_.write(input.get(), own, rows + i * features_);
    }
  }

  /// \throws data_error with the first input that is not all finite numbers, counted from 0.
  void require_finite(const preparation& steps) const {
    if (features_ == 0 || are_surely_finite()) return;
    std::vector<T> row(features_);
    for (std::size_t input = 0; input < size(); ++input) {
      write(input, 1, row.data());
      for (const T number : row)
        if (!std::isfinite(number))
          throw data_error(deepmaacc::detail::text("input ", input, " holds ", number,
                                                   steps.empty() ? "" : " after the preparation " + steps.text(),
                                                   "; every number must be finite, so mend or leave out this input"));
    }
  }

 private:
  /// Whether that can be said without preparing anything: the preparation keeps bounds.
  bool are_surely_finite() const {
    const auto keeps = [&](T least, T most) {
      const auto [low, high] = plan_.bounds(least, most);
      return std::isfinite(low) && std::isfinite(high);
    };
    bool is_sure = false;
    detail::with_type(images_.type(), [&]<class Stored>(Stored) {
      if constexpr (std::is_integral_v<Stored>)
        is_sure = keeps(static_cast<T>(std::numeric_limits<Stored>::min()), static_cast<T>(std::numeric_limits<Stored>::max()));
      else
        is_sure = are_within(plan_.empty() ? std::numeric_limits<T>::max() : T{0x1p60}, keeps);
    });
    return is_sure;
  }

  template <class Keeps>
  bool are_within(T most, const Keeps& keeps) const {
    if (!keeps(-most, most)) return false;
    constexpr std::size_t most_at_once = std::size_t{1} << 14;
    std::vector<T> numbers(std::min(images_.size(), most_at_once));
    for (std::size_t first = 0; first < images_.size(); first += most_at_once) {
      const std::size_t count = std::min(most_at_once, images_.size() - first);
      images_.read(first, count, numbers.data());
      unsigned beyond = 0;  // no early end, so that compilers vectorise this
      for (std::size_t i = 0; i < count; ++i) beyond |= static_cast<unsigned>(!(std::abs(numbers[i]) <= most));
      if (beyond != 0) return false;
    }
    return true;
  }

  stored_array images_;
  preparation_plan<T> plan_;
  shape input_shape_;
  std::size_t features_;
  bool stays_in_place_;
};

}  // namespace deepmaacc::io
