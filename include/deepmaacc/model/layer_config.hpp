#pragma once

/// \file
/// The settings of one layer, as a model file gives them.

#include <array>
#include <cmath>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/shape.hpp>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace deepmaacc::model {

/// The settings of one layer under Keras' names, whatever file they came from. Asking for a setting checks it; what is wrong is
/// reported with the layer's name and class.
class layer_config {
 public:
  /// One setting. A list's entries are numbers; an open extent (Keras' null) is -1. Anything else is `std::monostate`.
  using value = std::variant<std::monostate, bool, double, std::string, std::vector<double>>;

  layer_config(std::string name, std::string class_name) : name_(std::move(name)), class_name_(std::move(class_name)) {}

  const std::string& name() const { return name_; }
  const std::string& class_name() const { return class_name_; }
  void set(std::string key, value setting) { settings_.insert_or_assign(std::move(key), std::move(setting)); }

  /// \throws model_error "layer conv (Conv2D): …".
  [[noreturn]] void fail(const std::string& why) const { throw model_error("layer " + name_ + " (" + class_name_ + "): " + why); }

  /// A whole number from 1.
  std::size_t size(const std::string& key) const {
    const auto* setting = find<double>(key);
    if (!setting) fail(key + " is missing, or no number");
    return whole(key, *setting);
  }

  /// Two whole numbers from 1; one number stands for both.
  std::array<std::size_t, 2> pair(const std::string& key, std::optional<std::array<std::size_t, 2>> fallback = std::nullopt) const {
    if (is_absent(key) && fallback) return *fallback;
    if (const auto* both = find<double>(key)) return {whole(key, *both), whole(key, *both)};
    const auto* list = find<std::vector<double>>(key);
    if (!list || list->size() != 2) fail(key + " must be one or two numbers");
    return {whole(key, (*list)[0]), whole(key, (*list)[1])};
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
    return found == settings_.end() ? nullptr : std::get_if<T>(&found->second);
  }

  bool is_absent(const std::string& key) const { return !settings_.contains(key); }

  std::size_t whole(const std::string& key, double number) const {
    if (!(number >= 1 && number <= 0x1p53) || number != std::floor(number)) fail(key + " must be a whole number from 1");
    return static_cast<std::size_t>(number);
  }

  std::string name_, class_name_;
  std::map<std::string, value> settings_;
};

}  // namespace deepmaacc::model
