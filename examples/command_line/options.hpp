#pragma once

/// \file
/// What the command's texts mean: names of policies, as objects of the library.

#include <CLI/CLI.hpp>
#include <cctype>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/io/preparation.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <string>
#include <vector>

#include "numbers.hpp"

namespace command_line {

/// Reads "cw=0.1,nai,gf=0.1,0.5": names, each with its numbers; a comma before a number continues the operator before it.
inline deepmaacc::shipped_operators parse_operators(const std::string& text) {
  const auto fail = [&](const std::string& why) -> void {
    throw deepmaacc::usage_error("--operators: " + why + "; operators: cw[=P], nai, neb, gf[=SIGMA[,RATIO]], separated by commas");
  };
  struct item {
    std::string name;
    std::vector<double> numbers;
  };
  std::vector<item> items;
  for (const std::string& part : CLI::detail::split(text, ',')) {
    const auto equals = part.find('=');
    const bool is_number = !part.empty() && (std::isdigit(static_cast<unsigned char>(part[0])) || part[0] == '.' || part[0] == '-');
    if (is_number && !items.empty() && !items.back().numbers.empty()) {
      items.back().numbers.push_back(parse_number("--operators", part));
      continue;
    }
    items.push_back({part.substr(0, equals), {}});
    if (equals != std::string::npos) items.back().numbers.push_back(parse_number("--operators", part.substr(equals + 1)));
  }

  deepmaacc::shipped_operators set;
  for (const auto& [name, numbers] : items) {
    const auto at_most = [&, &name = name, &numbers = numbers](std::size_t count) {
      if (numbers.size() > count) fail(name + " takes " + (count ? "at most " + std::to_string(count) : "no") + " numbers");
    };
    const auto number = [&numbers = numbers](std::size_t i, double fallback) { return i < numbers.size() ? numbers[i] : fallback; };
    if (name == "cw") {
      at_most(1);
      set.add(deepmaacc::mutation::change_weight{number(0, 0.1)});
    } else if (name == "nai") {
      at_most(0);
      set.add(deepmaacc::mutation::activation_inversion{});
    } else if (name == "neb") {
      at_most(0);
      set.add(deepmaacc::mutation::effect_blocking{});
    } else if (name == "gf") {
      at_most(2);
      set.add(deepmaacc::mutation::gaussian_fuzzing{number(0, 0.1), number(1, 1)});
    } else {
      fail("'" + name + "' is no operator");
    }
  }
  return set;
}

/// Reads the names of kill rules; none gives predicted-class.
inline deepmaacc::shipped_kill_rules parse_kill_rules(std::vector<std::string> names) {
  deepmaacc::shipped_kill_rules set;
  if (names.empty()) names.emplace_back("predicted-class");
  for (const auto& name : names) {
    if (name == "predicted-class")
      set.add(deepmaacc::kill::predicted_class{});
    else if (name == "true-class")
      set.add(deepmaacc::kill::true_class{});
    else if (name == "any-flip")
      set.add(deepmaacc::kill::any_flip{});
    else
      throw deepmaacc::usage_error("--kill-rule: '" + name + "' is no kill rule; rules: predicted-class, true-class, any-flip");
  }
  return set;
}

inline deepmaacc::engine_kind parse_engine(const std::string& name) {
  for (const auto one : {deepmaacc::engine_kind::automatic, deepmaacc::engine_kind::whole, deepmaacc::engine_kind::resumable})
    if (name == to_string(one)) return one;
  throw deepmaacc::usage_error("--engine: '" + name + "' is no engine; engines: auto, whole, resumable");
}

inline deepmaacc::population parse_population(const std::string& name) {
  for (const auto one : {deepmaacc::population::all, deepmaacc::population::hidden})
    if (name == to_string(one)) return one;
  throw deepmaacc::usage_error("--layers: '" + name + "' is no population; populations: all, hidden");
}

inline deepmaacc::io::preparation parse_preparation(const std::string& name) {
  if (name == "none") return {};
  if (name == "deepmaacc") return deepmaacc::io::deepmaacc_preparation();
  throw deepmaacc::usage_error("--prepare: '" + name + "' is no preparation; preparations: none, deepmaacc");
}

}  // namespace command_line
