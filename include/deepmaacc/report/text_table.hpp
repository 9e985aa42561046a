#pragma once

/// \file
/// Tables of text for a terminal.

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc::report {

/// Columns that are as wide as their widest cell. Cells are ASCII; words begin on the left, numbers end on the right.
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

  /// Writes title and the first rows; what is more than `most` is counted.
  void write(std::ostream& out, std::size_t most) const {
    const auto wide = widths();
    const auto line = [&](const auto& cell) {
      std::string text;
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        const std::string space(wide[c] - cell(c).size(), ' ');
        text += "  " + (columns_[c].is_words ? cell(c) + space : space + cell(c));
      }
      out << text.erase(text.find_last_not_of(' ') + 1) << '\n';
    };
    line([&](std::size_t c) { return columns_[c].title; });
    for (std::size_t r = 0; r < std::min(most, rows_.size()); ++r) line([&](std::size_t c) { return rows_[r][c]; });
    if (rows_.size() > most) out << "  … and " << rows_.size() - most << " more; --json or --csv lists them all\n";
  }

 private:
  struct heading {
    std::string title;
    bool is_words;
  };

  std::vector<std::size_t> widths() const {
    std::vector<std::size_t> wide;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      wide.push_back(columns_[c].title.size());
      for (const auto& cells : rows_) wide[c] = std::max(wide[c], cells[c].size());
    }
    return wide;
  }

  std::vector<heading> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace deepmaacc::report
