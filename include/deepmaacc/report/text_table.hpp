#pragma once

/// \file
/// Tables of text for a terminal.

#include <algorithm>
#include <cstddef>
#include <limits>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace deepmaacc::report {

/// How many columns of a terminal a text in UTF-8 takes, where each of its characters takes one.
inline std::size_t width_of(std::string_view text) {
  const auto begins_character = [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; };
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

/// Columns that are as wide as their widest cell. Words begin on the left, numbers end on the right.
class text_table {
 public:
  /// Adds a column, to be filled row by row.
  text_table& column(std::string title, bool is_words = false) {
    columns_.push_back({std::move(title), is_words});
    return *this;
  }

  /// Adds a row of as many cells as there are columns.
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  std::size_t rows() const { return rows_.size(); }

  /// Columns of a line, the indent included.
  std::size_t width() const {
    std::size_t sum = 0;
    for (const std::size_t one : widths()) sum += one + 2;
    return sum;
  }

  /// Writes titles and the first rows; what is more than `most` is counted.
  void write(std::ostream& out, std::size_t most = std::numeric_limits<std::size_t>::max()) const {
    const auto wide = widths();
    const auto line = [&](const auto& cell) {
      std::string text;
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        const std::string space(wide[c] - width_of(cell(c)), ' ');
        text += "  " + (columns_[c].is_words ? cell(c) + space : space + cell(c));
      }
      out << text.erase(text.find_last_not_of(' ') + 1) << '\n';
    };
    line([&](std::size_t c) { return columns_[c].title; });
    for (std::size_t r = 0; r < std::min(most, rows_.size()); ++r) line([&](std::size_t c) { return rows_[r][c]; });
    if (rows_.size() > most) out << "  … and " << rows_.size() - most << " more; the JSON and CSV reports list them all\n";
  }

 private:
  struct heading {
    std::string title;
    bool is_words;
  };

  std::vector<std::size_t> widths() const {
    std::vector<std::size_t> wide;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      wide.push_back(width_of(columns_[c].title));
      for (const auto& cells : rows_) wide[c] = std::max(wide[c], width_of(cells[c]));
    }
    return wide;
  }

  std::vector<heading> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace deepmaacc::report
