#pragma once

/// \file
/// Policies with their numbers as they are written in options and in reports.

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "names.hpp"
#include "numbers.hpp"

namespace command_line {

/// A name with its numbers: "nai", "top-k=10", "gf=0.3,0.5", or as reports write operators, "gf(0.3, 0.5)".
struct written_policy {
  std::string option, name;
  std::vector<std::string> numbers;

  /// Reads one. \throws usage_error naming the option where a parenthesis is not closed.
  written_policy(std::string in_option, const std::string& text) : option(std::move(in_option)) {
    const std::size_t begin = std::min(text.find_first_of("=("), text.size());
    name = text.substr(0, begin);
    if (begin == text.size()) return;
    const bool has_parentheses = text[begin] == '(';
    if (has_parentheses && text.back() != ')') throw deepmaacc::usage_error(option + ": '" + text + "' has no ) at its end");
    const std::string list = text.substr(begin + 1, text.size() - begin - (has_parentheses ? 2 : 1));
    for (std::size_t at = 0; at <= list.size();) {
      const std::size_t comma = std::min(list.find(',', at), list.size());
      numbers.push_back(list.substr(at, comma - at));
      if (has_parentheses) numbers.back().erase(0, numbers.back().find_first_not_of(' '));
      at = comma + 1;
    }
  }

  /// A number, where it is given. \throws usage_error where it is none.
  std::optional<double> number(std::size_t which = 0) const {
    return which < numbers.size() ? std::optional(parse_number(option, numbers[which])) : std::nullopt;
  }

  /// \throws usage_error where more numbers are given than the policy takes.
  void require_numbers(std::size_t most, const name_list& list) const {
    if (numbers.size() <= most) return;
    const std::string allowed = most == 0 ? "no number" : most == 1 ? "one number" : "at most " + std::to_string(most) + " numbers";
    throw deepmaacc::usage_error(option + ": " + name + " takes " + allowed + list.text());
  }
};

/// Reads policies separated by commas, with or without a space behind; a comma before a number continues the policy before it.
/// \throws usage_error naming the option where a parenthesis is not closed.
inline std::vector<written_policy> read_policies(const std::string& option, const std::string& text) {
  std::vector<std::string> parts(1);
  bool is_inside = false;
  for (const char letter : text) {
    if (letter == '(' || letter == ')') is_inside = letter == '(';
    if (letter == ',' && !is_inside)
      parts.emplace_back();
    else if (letter != ' ' || !parts.back().empty())
      parts.back() += letter;
  }
  std::vector<std::string> policies;
  for (const std::string& part : parts) {
    const bool is_number = !part.empty() && (std::isdigit(static_cast<unsigned char>(part[0])) || part[0] == '.' || part[0] == '-');
    if (is_number && !policies.empty() && policies.back().find('=') != std::string::npos)
      policies.back() += "," + part;
    else
      policies.push_back(part);
  }
  std::vector<written_policy> read;
  for (const std::string& policy : policies) read.emplace_back(option, policy);
  return read;
}

}  // namespace command_line
