#pragma once

/// \file
/// The settings of one layer, as a model file gives them.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/one_of.hpp>
#include <deepmaacc/core/shape.hpp>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace deepmaacc::io {

/// A layer's settings are missing, or say what cannot be read.
class setting_error : public model_error {
 public:
  using model_error::model_error;
};

/// The settings of one layer under Keras' names, whatever file they came from. Asking for a setting checks it; what is wrong is
/// reported with the layer's name and class.
class layer_config {
 public:
  /// One setting. A list's entries are numbers, those of lists within it one after the other; an open extent (Keras' null) is -1. A layer
  /// within a layer has settings of its own. Anything else is `std::monostate`.
  using value = one_of<std::monostate, bool, double, std::string, std::vector<double>, std::shared_ptr<const layer_config>>;

  layer_config(std::string name, std::string class_name) : name_(std::move(name)), class_name_(std::move(class_name)) {}

  const std::string& name() const { return name_; }
  /// The name with those of the models around it, as it has to be within the network.
  void rename(std::string name) { name_ = std::move(name); }
  const std::string& class_name() const { return class_name_; }
  bool is_absent(const std::string& key) const { return !settings_.contains(key); }
  void set(std::string key, value setting) { settings_.insert_or_assign(std::move(key), std::move(setting)); }

  /// \throws setting_error "layer conv (Conv2D): …".
  [[noreturn]] void fail(const std::string& why) const { throw setting_error("layer " + name_ + " (" + class_name_ + "): " + why); }

  /// A whole number from 1.
  std::size_t size(const std::string& key) const {
    const auto* setting = find<double>(key);
    if (!setting) fail(key + " is missing, or no number");
    return whole(key, *setting);
  }

  /// Rank whole numbers from 1, such as a window's extents; one number stands for all.
  template <std::size_t Rank>
  std::array<std::size_t, Rank> sizes(const std::string& key, std::optional<std::array<std::size_t, Rank>> fallback = std::nullopt) const {
    if (is_absent(key) && fallback) return *fallback;
    std::array<std::size_t, Rank> all{};
    if (const auto* one = find<double>(key)) {
      all.fill(whole(key, *one));
      return all;
    }
    const auto* list = find<std::vector<double>>(key);
    if (!list || list->size() != Rank)
      fail(deepmaacc::detail::text(key, " must be one number", Rank > 1 ? deepmaacc::detail::text(", or ", Rank) : ""));
    for (std::size_t i = 0; i < Rank; ++i) all[i] = whole(key, (*list)[i]);
    return all;
  }

  /// Finite numbers; one number is a list of one. Empty where there is no such setting.
  std::vector<double> numbers(const std::string& key) const {
    if (is_absent(key)) return {};
    std::vector<double> all;
    if (const auto* list = find<std::vector<double>>(key))
      all = *list;
    else if (const auto* one = find<double>(key))
      all = {*one};
    else
      fail(key + " must be a number, or a list of numbers");
    for (const double one : all)
      if (!std::isfinite(one)) fail(key + " must be finite");
    return all;
  }

  /// A finite number.
  double number(const std::string& key, double fallback) const {
    const auto all = numbers(key);
    if (is_absent(key)) return fallback;
    if (all.size() != 1) fail(key + " must be one number");
    return all.front();
  }

  /// Whole numbers of either sign, such as axes and extents that may be -1.
  std::vector<std::int64_t> integers(const std::string& key) const {
    std::vector<std::int64_t> all;
    for (const double one : numbers(key)) {
      if (one != std::floor(one) || std::abs(one) > 0x1p53) fail(key + " must be made of whole numbers");
      all.push_back(static_cast<std::int64_t>(one));
    }
    return all;
  }

  /// A whole number of either sign.
  std::int64_t integer(const std::string& key, std::int64_t fallback) const {
    const auto all = integers(key);
    if (is_absent(key)) return fallback;
    if (all.size() != 1) fail(key + " must be one whole number");
    return all.front();
  }

  /// The settings of a layer within this layer, such as an activation; null where there is none.
  std::shared_ptr<const layer_config> nested(const std::string& key) const {
    const auto* inner = find<std::shared_ptr<const layer_config>>(key);
    return inner ? *inner : nullptr;
  }

  /// The shape of one input from a batch shape, whose first extent stays open.
  shape batch_shape(const std::string& key) const {
    const auto* list = find<std::vector<double>>(key);
    if (!list || list->size() < 2) fail(key + " must list the batch's extent and those of one input");
    shape extents;
    for (std::size_t i = 1; i < list->size(); ++i) {
      if ((*list)[i] < 0) fail(key + " leaves an extent open; save the model with a fixed input shape");
      extents.push_back(whole(key, (*list)[i]));
    }
    return extents;
  }

  bool flag(const std::string& key, bool fallback) const {
    if (is_absent(key)) return fallback;
    const auto* setting = find<bool>(key);
    if (!setting) fail(key + " must be true or false");
    return *setting;
  }

  std::string text(const std::string& key, const std::string& fallback) const {
    if (is_absent(key)) return fallback;
    const auto* setting = find<std::string>(key);
    if (!setting) fail(key + " must be a text");
    return *setting;
  }

  /// One of the texts that are allowed, by position.
  std::size_t choice(const std::string& key, const std::string& fallback, std::initializer_list<const char*> allowed) const {
    const std::string chosen = text(key, fallback);
    std::string list;
    std::size_t position = 0;
    for (const char* one : allowed) {
      if (chosen == one) return position;
      list += (position++ ? ", " : "") + std::string(one);
    }
    fail(key + " '" + chosen + "' is not supported; supported: " + list);
  }

 private:
  template <class T>
  const T* find(const std::string& key) const {
    const auto found = settings_.find(key);
    return found == settings_.end() ? nullptr : found->second.template get_if<T>();
  }

  std::size_t whole(const std::string& key, double number) const {
    if (!(number >= 1 && number <= 0x1p53) || number != std::floor(number)) fail(key + " must be a whole number from 1");
    return static_cast<std::size_t>(number);
  }

  std::string name_, class_name_;
  std::map<std::string, value> settings_;
};

}  // namespace deepmaacc::io
