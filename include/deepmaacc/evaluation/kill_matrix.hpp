#pragma once

/// \file
/// What was killed: mutants by rules by cells.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace deepmaacc {

/// Which cells of which mutants are killed, under each rule, and which of them are borderline: their value could differ if near
/// ties fell the other way.
class kill_matrix {
 public:
  kill_matrix() = default;
  explicit kill_matrix(std::size_t mutants) : mutants_(mutants) {}

  /// Adds a rule with so many cells per mutant, none killed. \return its position
  std::size_t add_rule(std::string name, std::size_t cells) {
    rules_.push_back({std::move(name), cells, std::vector<std::uint8_t>(mutants_ * cells, 0)});
    return rules_.size() - 1;
  }

  std::size_t mutants() const { return mutants_; }
  std::size_t rules() const { return rules_.size(); }
  const std::string& rule_name(std::size_t rule) const { return rules_.at(rule).name; }
  /// Cells per mutant under a rule.
  std::size_t cells(std::size_t rule) const { return rules_.at(rule).cells; }

  void set(std::size_t rule, std::size_t mutant, std::size_t cell, bool is_killed, bool is_borderline) {
    flag(rule, mutant, cell) = static_cast<std::uint8_t>((is_killed ? killed_flag : 0) | (is_borderline ? borderline_flag : 0));
  }

  bool is_killed(std::size_t rule, std::size_t mutant, std::size_t cell) const { return flag(rule, mutant, cell) & killed_flag; }
  bool is_borderline(std::size_t rule, std::size_t mutant, std::size_t cell) const { return flag(rule, mutant, cell) & borderline_flag; }

  /// The killed cells of a mutant, ascending.
  std::vector<std::size_t> killed_cells(std::size_t rule, std::size_t mutant) const { return flagged(rule, mutant, killed_flag); }
  /// The borderline cells of a mutant, ascending.
  std::vector<std::size_t> borderline_cells(std::size_t rule, std::size_t mutant) const { return flagged(rule, mutant, borderline_flag); }

  friend bool operator==(const kill_matrix&, const kill_matrix&) = default;

 private:
  static constexpr std::uint8_t killed_flag = 1, borderline_flag = 2;

  struct rule_flags {
    std::string name;
    std::size_t cells;
    std::vector<std::uint8_t> flags;
    friend bool operator==(const rule_flags&, const rule_flags&) = default;
  };

  std::uint8_t& flag(std::size_t rule, std::size_t mutant, std::size_t cell) {
    return rules_.at(rule).flags.at(mutant * rules_[rule].cells + cell);
  }
  std::uint8_t flag(std::size_t rule, std::size_t mutant, std::size_t cell) const {
    return rules_.at(rule).flags.at(mutant * rules_[rule].cells + cell);
  }

  std::vector<std::size_t> flagged(std::size_t rule, std::size_t mutant, std::uint8_t which) const {
    std::vector<std::size_t> found;
    for (std::size_t cell = 0; cell < cells(rule); ++cell)
      if (flag(rule, mutant, cell) & which) found.push_back(cell);
    return found;
  }

  std::size_t mutants_ = 0;
  std::vector<rule_flags> rules_;
};

}  // namespace deepmaacc
