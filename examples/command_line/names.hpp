#pragma once

/// \file
/// Names as they are written in options, and what to say of one that is none.

#include <algorithm>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/core/suggestion.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace command_line {

/// " (did you mean ward?)", or nothing where no name is near. \param names  with their numbers as help shows them: "minkowski[=P]"
inline std::string suggestion(std::string_view given, std::vector<std::string> names) {
  for (std::string& one : names) one.resize(std::min(one.find_first_of("[="), one.size()));
  return deepmaacc::detail::suggestion(given, names);
}

/// The names of one kind of things, with their numbers as help shows them.
struct name_list {
  std::string kind, kinds;  ///< "metric", "metrics"
  std::vector<std::string> names;
  std::string note = "";  ///< how to give several, behind the names

  bool has(std::string_view name) const {
    return std::any_of(names.begin(), names.end(), [&](const std::string& one) { return one.substr(0, one.find_first_of("[=")) == name; });
  }

  /// "; metrics: euclidean, minkowski[=P]"; nothing where there are no names.
  std::string text() const {
    if (names.empty()) return "";
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
    return "; " + kinds + ": " + list + note;
  }

  /// What is wrong with a name that is none of them.
  std::string fault_of(const std::string& name) const { return "'" + name + "' is no " + kind + suggestion(name, names) + text(); }

  /// \throws usage_error always, naming the option.
  [[noreturn]] void refuse(const std::string& option, const std::string& name) const {
    throw deepmaacc::usage_error(option + ": " + fault_of(name));
  }
};

/// What a name stands for. \throws usage_error where it is none of these.
template <class T>
T choose(const std::string& option, const std::string& name, const std::string& kind, const std::string& kinds,
         const std::vector<std::pair<std::string, T>>& all) {
  name_list list{.kind = kind, .kinds = kinds, .names = {}};
  for (const auto& [one, value] : all) {
    if (one == name) return value;
    list.names.push_back(one);
  }
  list.refuse(option, name);
}

/// The same for values that are named by `to_string`.
template <class T>
T choose_value(const std::string& option, const std::string& name, const std::string& kind, const std::string& kinds,
               const std::vector<T>& values) {
  std::vector<std::pair<std::string, T>> all;
  for (const T& value : values) all.emplace_back(to_string(value), value);
  return choose(option, name, kind, kinds, all);
}

}  // namespace command_line
