#pragma once

/// \file
/// Suggestions for unknown names: the most similar of the known ones.

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace deepmaacc::detail {

/// How many letters are to be changed, added, left out or swapped with the next one to make one name of another; capitals aside.
[[gnu::cold]] inline std::size_t edit_distance(std::string_view a, std::string_view b) {
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
/// may be wrong.
[[gnu::cold]] inline std::string suggestion(std::string_view given, const std::vector<std::string>& names) {
  std::string nearest;
  std::size_t least = std::max<std::size_t>(1, given.size() / 3) + 1;
  for (const std::string& name : names) {
    const std::size_t apart = edit_distance(given, name);
    if (apart >= least || apart >= given.size()) continue;
    least = apart;
    nearest = name;
  }
  return nearest.empty() ? "" : " (did you mean " + nearest + "?)";
}

}  // namespace deepmaacc::detail
