#pragma once

/// \file
/// What each input says about each mutant: the kill matrix of mutants by inputs, in bits.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace deepmaacc {

/// A bit for each of some columns, row by row; the bits of a row begin with the lowest of its first word.
class bit_rows {
 public:
  using word = std::uint32_t;
  static constexpr std::size_t word_bits = 32;
  /// Words that a row of so many bits takes.
  static constexpr std::size_t words_for(std::size_t columns) { return (columns + word_bits - 1) / word_bits; }

  bit_rows() = default;
  /// All 0.
  bit_rows(std::size_t rows, std::size_t columns) : bit_rows(std::vector<word>(rows * words_for(columns), 0), columns) {}
  /// \param words  of all rows; bits behind the columns are 0
  bit_rows(std::vector<word> words, std::size_t columns) : columns_(columns), words_(std::move(words)) {}

  std::size_t columns() const { return columns_; }
  bool operator()(std::size_t row, std::size_t column) const {
    return (words_[row * words_for(columns_) + column / word_bits] >> (column % word_bits) & 1U) != 0;
  }
  std::span<const word> row(std::size_t row) const { return std::span(words_).subspan(row * words_for(columns_), words_for(columns_)); }

  /// Columns of a row whose bit is 1, ascending.
  std::vector<std::size_t> ones(std::size_t row) const {
    std::vector<std::size_t> found;
    for (std::size_t column = 0; column < columns_; ++column)
      if ((*this)(row, column)) found.push_back(column);
    return found;
  }

  /// Appends the rows of others with as many columns.
  void append(const bit_rows& more) { words_.insert(words_.end(), more.words_.begin(), more.words_.end()); }
  /// Some rows, in the given order.
  bit_rows selected(std::span<const std::size_t> which) const {
    const std::size_t words = words_for(columns_);
    bit_rows part(which.size(), columns_);
    for (std::size_t i = 0; i < which.size(); ++i) std::copy_n(words_.data() + which[i] * words, words, part.words_.data() + i * words);
    return part;
  }

  friend bool operator==(const bit_rows&, const bit_rows&) = default;

 private:
  std::size_t columns_ = 0;
  std::vector<word> words_;
};

/// For each mutant the inputs whose outcome it changes, as decisions fell, and those for which near ties could make it otherwise. An outcome
/// with several decisions changes where one of them does. Whether the original model is right does not matter.
/// Memory: a quarter of a byte per mutant and input.
struct input_kills {
  bit_rows changed, borderline;

  friend bool operator==(const input_kills&, const input_kills&) = default;
};

}  // namespace deepmaacc
