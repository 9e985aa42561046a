#pragma once

/// \file
/// An independent verifier of outcomes: what outputs say about an input, in every way in which near ties can fall, and what that comes to
/// under four rules. Shares no code with the library.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "support/naive_network.hpp"

namespace naive {

/// An outcome by its name: arg-max, threshold, within, multi-label, per-position.
struct outcome {
  std::string name;
  double number = 0;          ///< the cut of a logit, the tolerated error, or the share of positions
  std::size_t positions = 1;  ///< of per-position
  bool has_classes() const { return name == "arg-max" || name == "threshold" || name == "multi-label"; }
  bool has_labels() const { return name == "arg-max" || name == "threshold"; }
};

using values = std::vector<double>;

/// What one part of an input can be decided as: the first as it fell. A label that is off is −1.
using ways_of_part = std::vector<long>;

inline bool is_near(double one, double other) { return std::abs(one - other) <= 1e-5 * std::max({1.0, std::abs(one), std::abs(other)}); }

/// \param targets  in each way in which they can fall; the first as they fell
inline std::vector<ways_of_part> decide(const outcome& by, const values& z, const std::vector<std::vector<long>>& classes,
                                        const values& numbers) {
  std::vector<ways_of_part> parts;
  if (by.name == "arg-max") {
    const auto found = possible_classes(z);
    parts.emplace_back(found.begin(), found.end());
  }
  if (by.name == "threshold" || by.name == "multi-label")
    for (std::size_t i = 0; i < z.size(); ++i) {
      const long on = by.name == "threshold" ? 1 : static_cast<long>(i), off = by.name == "threshold" ? 0 : -1;
      const bool is_on = z[i] >= by.number;
      parts.push_back({is_on ? on : off});
      if (is_near(z[i], by.number)) parts.back().push_back(is_on ? off : on);
    }
  if (by.name == "within") {
    bool is_right = true, could_be_right = true, could_be_wrong = false;
    for (std::size_t i = 0; i < z.size(); ++i) {
      const double error = std::abs(z[i] - numbers[i]), near = 1e-5 * std::max({1.0, std::abs(z[i]), std::abs(numbers[i])});
      if (error > by.number) is_right = false;
      if (error - by.number > near) could_be_right = false;
      if (error - by.number >= -near) could_be_wrong = true;
    }
    parts.push_back({is_right ? 1 : 0});
    if (is_right ? could_be_wrong : could_be_right) parts.back().push_back(is_right ? 0 : 1);
  }
  if (by.name == "per-position") {
    const std::size_t count = z.size() / by.positions;
    std::size_t fell = 0, least = 0, most = 0;
    for (std::size_t p = 0; p < by.positions; ++p) {
      const auto found = possible_classes(values(z.begin() + static_cast<long>(p * count), z.begin() + static_cast<long>((p + 1) * count)));
      bool could_be_right = false, could_be_wrong = false;
      for (const std::size_t one : found)
        for (const long wanted : classes[p]) (static_cast<long>(one) == wanted ? could_be_right : could_be_wrong) = true;
      fell += static_cast<long>(found[0]) == classes[p][0];
      least += !could_be_wrong;
      most += could_be_right;
    }
    const auto is_enough = [&](std::size_t right) {
      return static_cast<double>(right) >= by.number * static_cast<double>(by.positions) - 1e-9;
    };
    parts.push_back({is_enough(fell) ? 1 : 0});
    if (is_enough(least) != is_enough(most)) parts.back().push_back(is_enough(fell) ? 0 : 1);
  }
  return parts;
}

/// How outputs are judged for one input: what is right.
struct question {
  values numbers;                          ///< given: real numbers, or 0 and 1 for each label
  std::vector<std::vector<long>> classes;  ///< of positions, or the only class, in each way in which they can fall
};

/// What is right where the original's predictions are the oracle.
inline question predicted(const outcome& by, const values& z) {
  question made{z, {}};
  if (by.name != "per-position") return made;
  const std::size_t count = z.size() / by.positions;
  for (std::size_t p = 0; p < by.positions; ++p) {
    made.classes.emplace_back();
    for (const std::size_t one :
         possible_classes(values(z.begin() + static_cast<long>(p * count), z.begin() + static_cast<long>((p + 1) * count))))
      made.classes.back().push_back(static_cast<long>(one));
  }
  return made;
}

/// The rules of the verifier: predicted-class, true-class, any-flip, accuracy-drop=0.05.
inline int contribution(const std::string& rule, long cell, long label, long before, long after) {
  const bool is_flip = before == label && after != label;
  if (rule == "predicted-class") return is_flip && after == cell ? 1 : 0;
  if (rule == "true-class") return is_flip && label == cell ? 1 : 0;
  if (rule == "any-flip") return is_flip ? 1 : 0;
  return (before == label ? 1 : 0) - (after == label ? 1 : 0);
}

/// Whether a mutant changes what is said about an input, and whether near ties could make it otherwise.
inline std::pair<bool, bool> change_of(const outcome& by, const values& original, const values& mutant, const question& asked) {
  const auto before = decide(by, original, asked.classes, asked.numbers), after = decide(by, mutant, asked.classes, asked.numbers);
  bool is_changed = false, could_change = false, could_stay = true;
  for (std::size_t part = 0; part < before.size(); ++part) {
    is_changed = is_changed || before[part][0] != after[part][0];
    bool part_could_stay = false;
    for (const long b : before[part])
      for (const long a : after[part]) (a == b ? part_could_stay : could_change) = true;
    could_stay = could_stay && part_could_stay;
  }
  return {is_changed, could_change && could_stay};
}

struct judged_cell {
  bool is_killed = false, is_borderline = false;
};

/// A cell of a mutant.
/// \param is_predicted  whether the original's predictions are the oracle
inline judged_cell judge(const outcome& by, const std::string& rule, long cell, const std::vector<values>& originals,
                         const std::vector<values>& mutants, const std::vector<question>& questions, bool is_predicted) {
  int sum = 0, least = 0, most = 0;
  std::size_t decisions = 0;
  for (std::size_t i = 0; i < originals.size(); ++i) {
    const auto before = decide(by, originals[i], questions[i].classes, questions[i].numbers);
    const auto after = decide(by, mutants[i], questions[i].classes, questions[i].numbers);
    for (std::size_t part = 0; part < before.size(); ++part, ++decisions) {
      const auto label = [&](long original) {
        if (!by.has_classes()) return 1L;
        if (is_predicted) return original;
        if (by.has_labels()) return questions[i].classes[0][0];
        return questions[i].numbers[part] != 0 ? static_cast<long>(part) : -1L;
      };
      const int fell = contribution(rule, cell, label(before[part][0]), before[part][0], after[part][0]);
      int low = fell, high = fell;
      for (const long b : before[part])
        for (const long a : after[part]) {
          const int one = contribution(rule, cell, label(b), b, a);
          low = std::min(low, one), high = std::max(high, one);
        }
      sum += fell, least += low, most += high;
    }
  }
  const auto is_killed = [&](int count) { return rule == "accuracy-drop" ? count / static_cast<double>(decisions) > 0.05 : count > 0; };
  return {is_killed(sum), is_killed(least) != is_killed(most)};
}

}  // namespace naive
