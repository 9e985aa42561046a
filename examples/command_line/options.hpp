#pragma once

/// \file
/// What the command's texts mean: names of policies, as objects of the library.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <deepmaacc/io/preparation.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <optional>
#include <string>
#include <utility>
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
  std::vector<std::pair<std::string, deepmaacc::parameter_list>> given;
  const auto add = [&](const auto& operation) {
    const std::pair<std::string, deepmaacc::parameter_list> one{operation.name(), operation.parameters()};
    if (std::find(given.begin(), given.end(), one) != given.end())
      fail(one.first + " is there twice with the same numbers, and would count twice; give each operator once");
    given.push_back(one);
    set.add(operation);
  };
  for (const auto& [name, numbers] : items) {
    const auto at_most = [&, &name = name, &numbers = numbers](std::size_t count) {
      if (numbers.size() > count) fail(name + " takes " + (count ? "at most " + std::to_string(count) : "no") + " numbers");
    };
    const auto number = [&numbers = numbers](std::size_t i, double fallback) { return i < numbers.size() ? numbers[i] : fallback; };
    if (name == "cw") {
      at_most(1);
      add(deepmaacc::mutation::change_weight{number(0, 0.1)});
    } else if (name == "nai") {
      at_most(0);
      add(deepmaacc::mutation::activation_inversion{});
    } else if (name == "neb") {
      at_most(0);
      add(deepmaacc::mutation::effect_blocking{});
    } else if (name == "gf") {
      at_most(2);
      add(deepmaacc::mutation::gaussian_fuzzing{number(0, 0.1), number(1, 1)});
    } else {
      fail("'" + name + "' is no operator");
    }
  }
  return set;
}

/// Reads the names of kill rules; none gives predicted-class.
inline deepmaacc::shipped_kill_rules parse_kill_rules(std::vector<std::string> texts) {
  const std::string option = "--kill-rule", list = "; rules: predicted-class, true-class, any-flip, top-k[=K], accuracy-drop[=DROP]";
  deepmaacc::shipped_kill_rules set;
  std::vector<std::string> names;
  if (texts.empty()) texts.emplace_back("predicted-class");
  for (const auto& text : texts) {
    const auto equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const auto number = [&] { return text.substr(equals + 1); };
    const auto add = [&](auto rule) {
      if (std::find(names.begin(), names.end(), rule.name()) != names.end())
        throw deepmaacc::usage_error(option + ": " + rule.name() + " is there twice; give each rule once");
      names.push_back(rule.name());
      set.add(std::move(rule));
    };
    if (name == "top-k") {
      deepmaacc::kill::top_k rule;
      if (equals != std::string::npos) rule.k = parse_whole_number(option, number());
      if (rule.k == 0)
        throw deepmaacc::usage_error(option + ": K of top-k is 0, but no class is among the 0 largest outputs; take 1 or more");
      add(rule);
    } else if (name == "accuracy-drop") {
      deepmaacc::kill::accuracy_drop rule;
      if (equals != std::string::npos) rule.drop = parse_number(option, number());
      if (!(rule.drop >= 0 && rule.drop < 1))
        throw deepmaacc::usage_error(
            deepmaacc::detail::text(option, ": DROP of accuracy-drop is ", rule.drop, ", but must be from 0 to below 1, as in 0.01"));
      add(rule);
    } else if (name == "predicted-class" || name == "true-class" || name == "any-flip") {
      if (equals != std::string::npos) throw deepmaacc::usage_error(option + ": " + name + " takes no number" + list);
      if (name == "predicted-class") add(deepmaacc::kill::predicted_class{});
      if (name == "true-class") add(deepmaacc::kill::true_class{});
      if (name == "any-flip") add(deepmaacc::kill::any_flip{});
    } else {
      throw deepmaacc::usage_error(option + ": '" + text + "' is no kill rule" + list);
    }
  }
  return set;
}

inline deepmaacc::oracle_kind parse_oracle(const std::string& name) {
  for (const auto one : {deepmaacc::oracle_kind::labels, deepmaacc::oracle_kind::predictions})
    if (name == to_string(one)) return one;
  throw deepmaacc::usage_error("--oracle: '" + name + "' is no oracle; oracles: labels, predictions");
}

inline deepmaacc::engine_kind parse_engine(const std::string& name) {
  using deepmaacc::engine_kind;
  for (const auto one : {engine_kind::automatic, engine_kind::whole, engine_kind::resumable, engine_kind::delta})
    if (name == to_string(one)) return one;
  throw deepmaacc::usage_error("--engine: '" + name + "' is no engine; engines: auto, whole, resumable, delta");
}

/// Reads "auto" (nothing), "all", "none", or "dead,certified,saturated" or a part of it.
inline std::optional<deepmaacc::skip_options> parse_skips(const std::string& list) {
  if (list == "auto") return std::nullopt;
  if (list == "all") return deepmaacc::skip_options{};
  deepmaacc::skip_options chosen = deepmaacc::skip_nothing;
  if (list == "none") return chosen;
  for (const std::string& name : CLI::detail::split(list, ',')) {
    const auto found =
        std::find_if(deepmaacc::skip_names.begin(), deepmaacc::skip_names.end(), [&](const auto& one) { return name == one.first; });
    if (found == deepmaacc::skip_names.end())
      throw deepmaacc::usage_error("--skip: '" + name +
                                   "' is nothing that can be skipped; give auto, all, none, or some of dead,certified,saturated");
    chosen.*(found->second) = true;
  }
  return chosen;
}

inline deepmaacc::population parse_population(const std::string& name) {
  for (const auto one : {deepmaacc::population::all, deepmaacc::population::hidden})
    if (name == to_string(one)) return one;
  throw deepmaacc::usage_error("--layers: '" + name + "' is no population; populations: all, hidden");
}

/// Reads "channels=3,pad=2,subtract-mean=0.5,0.4,0.3": steps in their order, each with its numbers; a comma before a number continues
/// the step before it, and a slash leads from means to deviations.
inline deepmaacc::io::preparation parse_preparation(const std::string& text) {
  const std::string option = "--prepare";
  const auto fail = [&](const std::string& why) -> void {
    throw deepmaacc::usage_error(option + ": " + why +
                                 "; preparations: none, deepmaacc, or steps separated by commas: channels=N, pad=N, divide-by=X, "
                                 "subtract-mean=M[,M...], standardise=M[,M...]/D[,D...]");
  };
  struct item {
    std::string name, numbers;
    bool has_numbers;
  };
  std::vector<item> items;
  for (const std::string& part : CLI::detail::split(text, ',')) {
    const bool is_number = !part.empty() && (std::isdigit(static_cast<unsigned char>(part[0])) || part[0] == '.' || part[0] == '-');
    if (is_number && !items.empty() && items.back().has_numbers) {
      items.back().numbers += "," + part;
      continue;
    }
    const auto equals = std::min(part.find('='), part.size());
    items.push_back({part.substr(0, equals), part.substr(std::min(equals + 1, part.size())), equals < part.size()});
  }
  const auto numbers_of = [&](const std::string& list) {
    std::vector<double> numbers;
    for (const std::string& one : CLI::detail::split(list, ',')) numbers.push_back(parse_number(option, one));
    return numbers;
  };

  deepmaacc::io::preparation steps;
  for (const auto& [name, numbers, has_numbers] : items) {
    if (name == "none" || name == "deepmaacc") {
      if (has_numbers) fail(name + " takes no number");
      if (name == "none" && items.size() > 1) fail("none stands for no step at all, but there are others");
      if (name == "deepmaacc") steps.add(deepmaacc::io::deepmaacc_preparation());
      continue;
    }
    const bool is_step = name == "channels" || name == "pad" || name == "divide-by" || name == "subtract-mean" || name == "standardise";
    if (!is_step) fail("'" + name + "' is no preparation");
    if (!has_numbers)
      fail(name + " needs " + (name == "standardise" ? "numbers, as in standardise=0.5/0.25" : "a number, as in " + name + "=1"));
    try {
      if (name == "channels") {
        steps.add(deepmaacc::io::channels{parse_whole_number(option, numbers)});
      } else if (name == "pad") {
        steps.add(deepmaacc::io::pad{parse_whole_number(option, numbers)});
      } else if (name == "divide-by") {
        steps.add(deepmaacc::io::divide_by{parse_number(option, numbers)});
      } else if (name == "subtract-mean") {
        steps.add(deepmaacc::io::subtract_mean{numbers_of(numbers)});
      } else {
        const auto slash = numbers.find('/');
        if (slash == std::string::npos)
          fail("standardise needs means and deviations with a slash between them, as in standardise=0.5/0.25");
        steps.add(deepmaacc::io::standardise{numbers_of(numbers.substr(0, slash)), numbers_of(numbers.substr(slash + 1))});
      }
    } catch (const deepmaacc::usage_error& fault) {
      const std::string why = fault.what();
      throw deepmaacc::usage_error(why.starts_with(option) ? why : option + ": " + why);
    }
  }
  return steps;
}

}  // namespace command_line
