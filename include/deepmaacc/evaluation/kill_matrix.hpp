#pragma once

/// \file
/// What was killed: mutants by rules by cells.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/evaluation/input_kills.hpp>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace deepmaacc {

/// Which cells of which mutants are killed, under each rule, and which of them are borderline: their value could differ if near
/// ties fell the other way. Beside that, how many predictions of each mutant changed, whatever the rules.
class kill_matrix {
 public:
  kill_matrix() = default;
  explicit kill_matrix(std::size_t mutants) : flips_(mutants, 0) {}

  /// Adds a rule with so many cells per mutant, none killed.
  /// \return its position
  std::size_t add_rule(std::string name, std::size_t cells) {
    rules_.push_back({std::move(name), cells, std::vector<std::uint8_t>(mutants() * cells, 0)});
    return rules_.size() - 1;
  }

  std::size_t mutants() const { return flips_.size(); }
  std::size_t rules() const { return rules_.size(); }
  const std::string& rule_name(std::size_t rule) const { return rules_.at(rule).name; }
  /// Cells per mutant under a rule.
  std::size_t cells(std::size_t rule) const { return rules_.at(rule).cells; }

  void set(std::size_t rule, std::size_t mutant, std::size_t cell, bool is_killed, bool is_borderline) {
    flag(rule, mutant, cell) = static_cast<std::uint8_t>((is_killed ? killed_flag : 0) | (is_borderline ? borderline_flag : 0));
  }

  bool is_killed(std::size_t rule, std::size_t mutant, std::size_t cell) const { return flag(rule, mutant, cell) & killed_flag; }
  bool is_borderline(std::size_t rule, std::size_t mutant, std::size_t cell) const { return flag(rule, mutant, cell) & borderline_flag; }

  /// Is refused: it does not say which of the two is asked for.
  template <class Rule>
  bool operator()(Rule, std::size_t, std::size_t) const {
    static_assert(std::is_void_v<Rule>,
                  "deepmaacc::kill_matrix: a cell must be asked for by name; write is_killed(rule, mutant, cell) or is_borderline(rule, "
                  "mutant, cell)");
    return false;
  }

  /// The killed cells of a mutant, ascending.
  std::vector<std::size_t> killed_cells(std::size_t rule, std::size_t mutant) const { return flagged(rule, mutant, killed_flag); }
  /// The borderline cells of a mutant, ascending.
  std::vector<std::size_t> borderline_cells(std::size_t rule, std::size_t mutant) const { return flagged(rule, mutant, borderline_flag); }

  /// Inputs that the original model predicts correctly and the mutant does not, as the arg maxes fell; none where a mutant was not run to
  /// the end.
  std::optional<std::size_t> flips(std::size_t mutant) const { return flips_.at(mutant); }
  void set_flips(std::size_t mutant, std::optional<std::size_t> count) { flips_.at(mutant) = count; }

  /// What each input says; none unless `evaluation_options::by_input` asked for it.
  const std::optional<input_kills>& by_input() const { return by_input_; }
  void set_by_input(std::optional<input_kills> found) { by_input_ = std::move(found); }
  /// The inputs whose outcome a mutant changes, ascending.
  /// \throws usage_error where that was not asked for.
  std::vector<std::size_t> inputs(std::size_t mutant) const { return known_inputs().changed.ones(mutant); }
  /// The inputs whose outcome near ties could change, or leave as it is, ascending.
  /// \throws usage_error where that was not asked for.
  std::vector<std::size_t> borderline_inputs(std::size_t mutant) const { return known_inputs().borderline.ones(mutant); }

  /// Appends the mutants of another matrix. A matrix without rules and mutants takes over the other's rules, and adds nothing to others.
  /// \throws usage_error where the rules or their cells are not the same, in the same order.
  void append(const kill_matrix& more) {
    if (&more == this) return append(kill_matrix(more));
    if (more == kill_matrix{}) return;
    if (*this == kill_matrix{}) {
      *this = more;
      return;
    }
    check_same_rules(more);
    if (by_input_) {
      by_input_->changed.append(more.by_input_->changed);
      by_input_->borderline.append(more.by_input_->borderline);
    }
    flips_.insert(flips_.end(), more.flips_.begin(), more.flips_.end());
    for (std::size_t rule = 0; rule < rules(); ++rule) {
      const auto& flags = more.rules_[rule].flags;
      rules_[rule].flags.insert(rules_[rule].flags.end(), flags.begin(), flags.end());
    }
  }

  /// The rows of some mutants, in the given order; a mutant may be there more than once. The rules stay.
  /// \throws usage_error for a mutant that is not there.
  kill_matrix selected(std::span<const std::size_t> which) const {
    for (const std::size_t one : which)
      if (one >= mutants())
        throw usage_error(detail::text("kill_matrix::selected: there is no mutant ", one, "; the matrix has ", mutants()));
    kill_matrix part(which.size());
    for (std::size_t i = 0; i < which.size(); ++i) part.flips_[i] = flips_[which[i]];
    if (by_input_) part.by_input_ = {by_input_->changed.selected(which), by_input_->borderline.selected(which)};
    for (const rule_flags& from : rules_) {
      std::vector<std::uint8_t>& flags = part.rules_[part.add_rule(from.name, from.cells)].flags;
      for (std::size_t i = 0; i < which.size(); ++i)
        std::copy_n(from.flags.data() + which[i] * from.cells, from.cells, flags.data() + i * from.cells);
    }
    return part;
  }

  friend bool operator==(const kill_matrix&, const kill_matrix&) = default;

 private:
  static constexpr std::uint8_t killed_flag = 1, borderline_flag = 2;

  struct rule_flags {
    std::string name;
    std::size_t cells;
    std::vector<std::uint8_t> flags;
    friend bool operator==(const rule_flags&, const rule_flags&) = default;
  };

  void check_same_rules(const kill_matrix& more) const {
    bool is_same = rules() == more.rules();
    for (std::size_t rule = 0; is_same && rule < rules(); ++rule)
      is_same = rule_name(rule) == more.rule_name(rule) && cells(rule) == more.cells(rule);
    if (!is_same)
      throw usage_error("kill_matrix::append: the other matrix has other rules or cells; append kills of the same set of rules");
    if (by_input_.has_value() != more.by_input_.has_value() ||
        (by_input_ && by_input_->changed.columns() != more.by_input_->changed.columns()))
      throw usage_error("kill_matrix::append: one matrix tells of inputs that the other does not; append kills of the same inputs");
  }

  const input_kills& known_inputs() const {
    if (!by_input_) throw usage_error("kill_matrix: kills by input are not known; ask for them by evaluation_options{.by_input = true}");
    return *by_input_;
  }

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

  std::vector<std::optional<std::size_t>> flips_;  // one per mutant
  std::vector<rule_flags> rules_;
  std::optional<input_kills> by_input_;
};

}  // namespace deepmaacc
