#pragma once

/// \file
/// Trained arrays.

#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace deepmaacc {

/// A named array of numbers, row-major, float or double as whoever gave them has them. Copies share the numbers, which do not change.
class parameter {
 public:
  parameter(std::string name, shape extents) : name_(std::move(name)), extents_(std::move(extents)) {}

  const std::string& name() const { return name_; }
  const shape& extents() const { return extents_; }
  std::size_t size() const { return element_count(extents_); }
  bool is_filled() const { return !std::holds_alternative<std::monostate>(numbers_); }

  /// \throws model_error where these are not as many numbers as the array holds
  void fill(std::vector<float> numbers) { set(std::move(numbers)); }
  void fill(std::vector<double> numbers) { set(std::move(numbers)); }
  /// Forgets the numbers, which copies keep.
  void clear() { numbers_ = std::monostate{}; }

  /// Calls `visit(span)` with the numbers; with none where they have not been given.
  template <class Visit>
  void visit(const Visit& visit) const {
    if (const auto* floats = std::get_if<shared<float>>(&numbers_))
      visit(std::span<const float>(**floats));
    else if (const auto* doubles = std::get_if<shared<double>>(&numbers_))
      visit(std::span<const double>(**doubles));
  }

 private:
  template <class T>
  using shared = std::shared_ptr<const std::vector<T>>;

  template <class T>
  void set(std::vector<T> numbers) {
    if (numbers.size() != size())
      throw model_error(detail::text("its ", name_, " has shape ", to_string(extents_), ", but is given ", numbers.size(), " numbers"));
    numbers_ = std::make_shared<const std::vector<T>>(std::move(numbers));
  }

  std::string name_;
  shape extents_;
  std::variant<std::monostate, shared<float>, shared<double>> numbers_;
};

}  // namespace deepmaacc
