#pragma once

/// \file
/// Names as they are written in options, and what to say of one that is none.

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace command_line {

/// How many letters are to be changed, added, left out or swapped with the next one to make one name of another; capitals aside.
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto is_same = [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  };
  std::vector<std::vector<std::size_t>> least(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        least[i][j] = i + j;
        continue;
      }
      least[i][j] = std::min({least[i - 1][j] + 1, least[i][j - 1] + 1, least[i - 1][j - 1] + (is_same(a[i - 1], b[j - 1]) ? 0U : 1U)});
      if (i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) && is_same(a[i - 2], b[j - 1]))
        least[i][j] = std::min(least[i][j], least[i - 2][j - 2] + 1);
    }
  return least[a.size()][b.size()];
}

/// " (did you mean ward?)": the nearest of the names, the first of equally near ones, or nothing where none is near: a third of the letters
/// may be wrong. \param names  with their numbers as help shows them: "minkowski[=P]"
inline std::string suggestion(std::string_view given, const std::vector<std::string>& names) {
  std::string nearest;
  std::size_t least = std::max<std::size_t>(1, given.size() / 3) + 1;
  for (const std::string& one : names) {
    const std::string name = one.substr(0, one.find_first_of("[="));
    const std::size_t apart = edit_distance(given, name);
    if (apart >= least || apart >= given.size()) continue;
    least = apart;
    nearest = name;
  }
  return nearest.empty() ? "" : " (did you mean " + nearest + "?)";
}

/// The names of one kind of things, with their numbers as help shows them.
struct name_list {
  std::string kind, kinds;  ///< "metric", "metrics"
  std::vector<std::string> names;
  std::string note = "";  ///< how to give several, behind the names

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
