#pragma once

/// \file
/// Numbers and tables in Markdown.

#include <cmath>
#include <deepmaacc/core/error.hpp>
#include <iomanip>
#include <locale>
#include <sstream>
#include <string>
#include <vector>

namespace reproduce {

/// A number with so many digits behind the point.
inline std::string fixed(double number, int digits) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::fixed << std::setprecision(digits) << number;
  return out.str();
}

/// A share as per cent, with its sign where it is a difference.
inline std::string percent(double share, int digits = 1) { return fixed(100 * share, digits) + " %"; }
inline std::string signed_percent(double share, int digits = 2) {
  const std::string text = percent(share, digits);
  if (text.find_first_of("123456789") == std::string::npos) return percent(0, digits);
  return (share > 0 ? "+" : "") + text;
}

inline std::string table_head(const std::vector<std::string>& columns) {
  std::string line = "|", rule = "|";
  for (const auto& one : columns) {
    line += " " + one + " |";
    rule += "---|";
  }
  return line + "\n" + rule + "\n";
}

inline std::string table_row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const auto& one : cells) line += " " + one + " |";
  return line + "\n";
}

/// A setting as tables print it: 3, 0.35.
inline std::string setting_text(double setting) {
  return setting == std::floor(setting) ? fixed(setting, 0) : deepmaacc::detail::text(setting);
}

}  // namespace reproduce
