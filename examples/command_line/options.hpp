#pragma once

/// \file
/// What the command's texts mean: names of policies, as objects of the library.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <deepmaacc/core/error.hpp>
#include <deepmaacc/evaluation/evaluate.hpp>
#include <deepmaacc/evaluation/kill_rules.hpp>
#include <deepmaacc/evaluation/oracle.hpp>
#include <deepmaacc/evaluation/outcomes.hpp>
#include <deepmaacc/io/preparation.hpp>
#include <deepmaacc/mutation/operators.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "names.hpp"
#include "numbers.hpp"
#include "written_policy.hpp"

namespace command_line {

/// Reads "cw=0.1,nai,gf=0.1,0.5", or as reports have it, "cw(0.1), nai, gf(0.1, 0.5)".
inline deepmaacc::shipped_operators parse_operators(const std::string& text) {
  const std::string option = "--operators";
  const name_list list{"operator", "operators", {"cw[=P]", "nai", "neb", "gf[=SIGMA[,RATIO]]"}, " (separated by commas)"};
  deepmaacc::shipped_operators set;
  std::vector<std::pair<std::string, deepmaacc::parameter_list>> given;
  const auto add = [&](const auto& operation) {
    const std::pair<std::string, deepmaacc::parameter_list> one{operation.name(), operation.parameters()};
    if (std::find(given.begin(), given.end(), one) != given.end())
      throw deepmaacc::usage_error(option + ": " + one.first +
                                   " is there twice with the same numbers, and would count twice; give each operator once" + list.text());
    given.push_back(one);
    set.add(operation);
  };
  for (const written_policy& one : read_policies(option, text)) {
    if (one.name == "cw") {
      one.require_numbers(1, list);
      add(deepmaacc::mutation::change_weight{one.number().value_or(0.1)});
    } else if (one.name == "nai") {
      one.require_numbers(0, list);
      add(deepmaacc::mutation::activation_inversion{});
    } else if (one.name == "neb") {
      one.require_numbers(0, list);
      add(deepmaacc::mutation::effect_blocking{});
    } else if (one.name == "gf") {
      one.require_numbers(2, list);
      add(deepmaacc::mutation::gaussian_fuzzing{one.number(0).value_or(0.1), one.number(1).value_or(1)});
    } else {
      list.refuse(option, one.name);
    }
  }
  return set;
}

/// Reads the name of an outcome.
inline deepmaacc::any_outcome parse_outcome(const std::string& text) {
  namespace outcome = deepmaacc::outcome;
  const std::string option = "--outcome";
  const name_list list{
      "outcome", "outcomes", {"auto", "arg-max", "threshold[=P]", "within=ERROR", "multi-label[=P]", "per-position[=SHARE]"}};
  const written_policy one(option, text);
  if (!list.has(one.name)) list.refuse(option, one.name);
  one.require_numbers(one.name == "auto" || one.name == "arg-max" ? 0 : 1, list);
  const auto number = one.number();
  if (one.name == "arg-max") return outcome::arg_max{};
  if (one.name == "threshold") return outcome::threshold{number.value_or(0.5)};
  if (one.name == "multi-label") return outcome::multi_label{number.value_or(0.5)};
  if (one.name == "per-position") return outcome::per_position{number.value_or(1)};
  if (one.name == "auto") return outcome::automatic{};
  if (!number) throw deepmaacc::usage_error(option + ": within needs the largest error that is right, as in within=0.1");
  return outcome::within{*number};
}

/// Reads the names of kill rules; none gives the one named `unless`.
inline deepmaacc::shipped_kill_rules parse_kill_rules(std::vector<std::string> texts, const std::string& unless) {
  const std::string option = "--kill-rule";
  const name_list list{"kill rule", "rules", {"predicted-class", "true-class", "any-flip", "top-k[=K]", "accuracy-drop[=DROP]"}};
  deepmaacc::shipped_kill_rules set;
  std::vector<std::string> names;
  const auto add = [&](auto rule) {
    if (std::find(names.begin(), names.end(), rule.name()) != names.end())
      throw deepmaacc::usage_error(option + ": " + rule.name() + " is there twice; give each rule once");
    names.push_back(rule.name());
    set.add(std::move(rule));
  };
  if (texts.empty()) texts.push_back(unless);
  for (const auto& text : texts) {
    const written_policy one(option, text);
    const bool takes_number = one.name == "top-k" || one.name == "accuracy-drop";
    if (!list.has(one.name)) list.refuse(option, one.name);
    one.require_numbers(takes_number ? 1 : 0, list);
    if (one.name == "top-k") {
      deepmaacc::kill::top_k rule;
      if (!one.numbers.empty()) rule.k = parse_whole_number(option, one.numbers[0]);
      if (rule.k == 0)
        throw deepmaacc::usage_error(option + ": K of top-k is 0, but no class is among the 0 largest outputs; take 1 or more");
      add(rule);
    } else if (one.name == "accuracy-drop") {
      deepmaacc::kill::accuracy_drop rule;
      rule.drop = one.number().value_or(rule.drop);
      if (!(rule.drop >= 0 && rule.drop < 1))
        throw deepmaacc::usage_error(
            deepmaacc::detail::text(option, ": DROP of accuracy-drop is ", rule.drop, ", but must be from 0 to below 1, as in 0.01"));
      add(rule);
    }
    if (one.name == "predicted-class") add(deepmaacc::kill::predicted_class{});
    if (one.name == "true-class") add(deepmaacc::kill::true_class{});
    if (one.name == "any-flip") add(deepmaacc::kill::any_flip{});
  }
  return set;
}

inline deepmaacc::oracle_kind parse_oracle(const std::string& name) {
  using deepmaacc::oracle_kind;
  return choose_value<oracle_kind>("--oracle", name, "oracle", "oracles", {oracle_kind::labels, oracle_kind::predictions});
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
      name_list{
          "skip", "skips", {"auto", "all", "none", "dead", "certified", "saturated"}, " (of the last three several, separated by commas)"}
          .refuse("--skip", name);
    chosen.*(found->second) = true;
  }
  return chosen;
}

/// \param skips  of engine delta, as `parse_skips` reads them: to ask for any asks for that engine
inline deepmaacc::any_engine parse_engine(const std::string& name, const std::string& skips) {
  namespace engine = deepmaacc::engine;
  const auto skip = parse_skips(skips);
  const auto chosen = choose_value<deepmaacc::any_engine>(
      "--engine", name, "engine", "engines",
      {engine::automatic{}, engine::whole{}, engine::resumable{}, engine::delta{skip}, engine::batched{}});
  if (!skip || std::holds_alternative<engine::delta>(chosen)) return chosen;
  if (std::holds_alternative<engine::automatic>(chosen)) return engine::delta{skip};
  if (*skip != deepmaacc::skip_nothing)
    throw deepmaacc::usage_error("--skip: only engine delta skips anything, but --engine is " + name + "; leave one of them out");
  return chosen;
}

/// Reads "channels=3,pad=2,subtract-mean=0.5,0.4,0.3": steps in their order, each with its numbers; a comma before a number continues
/// the step before it, and a slash leads from means to deviations.
inline deepmaacc::io::preparation parse_preparation(const std::string& text) {
  const std::string option = "--prepare";
  const name_list list{
      "preparation",
      "preparations",
      {"none", "deepmaacc", "channels=N", "pad=N", "divide-by=X", "subtract-mean=M[,M...]", "standardise=M[,M...]/D[,D...]"},
      " (steps separated by commas)"};
  const auto fail = [&](const std::string& why) -> void { throw deepmaacc::usage_error(option + ": " + why + list.text()); };
  const auto numbers_of = [&](const std::string& texts) {
    std::vector<double> numbers;
    for (const std::string& one : CLI::detail::split(texts, ',')) numbers.push_back(parse_number(option, one));
    return numbers;
  };

  deepmaacc::io::preparation steps;
  const auto given = read_policies(option, text);
  for (const written_policy& step : given) {
    const std::string& name = step.name;
    if (name == "none" || name == "deepmaacc") {
      if (!step.numbers.empty()) fail(name + " takes no number");
      if (name == "none" && given.size() > 1) fail("none stands for no step at all, but there are others");
      if (name == "deepmaacc") steps.add(deepmaacc::io::deepmaacc_preparation());
      continue;
    }
    const bool is_step = name == "channels" || name == "pad" || name == "divide-by" || name == "subtract-mean" || name == "standardise";
    if (!is_step) list.refuse(option, name);
    if (step.numbers.empty())
      fail(name + " needs " + (name == "standardise" ? "numbers, as in standardise=0.5/0.25" : "a number, as in " + name + "=1"));
    const std::string numbers = CLI::detail::join(step.numbers, ",");
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
