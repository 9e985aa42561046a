#pragma once

/// \file
/// The section of the results that tells which method to take.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "experiments.hpp"
#include "markdown.hpp"
#include "results.hpp"

namespace reproduce {

/// Mean absolute errors of methods at equal cost, and which is the least.
class decision_table {
 public:
  decision_table(const std::vector<decision>& all, const std::string& rule) {
    for (const auto& one : all) {
      if (one.rule != rule) continue;
      all_.push_back(one);
      if (std::find(methods_.begin(), methods_.end(), one.method) == methods_.end()) methods_.push_back(one.method);
    }
  }

  const std::vector<std::string>& methods() const { return methods_; }

  /// Mean over the models, and over the shares where none is given.
  double error(const std::string& method, double share = 0) const {
    double sum = 0;
    std::size_t count = 0;
    for (const auto& one : all_) {
      if (one.method != method || (share > 0 && one.share != share)) continue;
      sum += one.error;
      ++count;
    }
    return sum / static_cast<double>(count);
  }

  /// Standard error of `error(method)`, from the random choices.
  double noise(const std::string& method) const {
    double squares = 0;
    std::size_t count = 0;
    for (const auto& one : all_) {
      if (one.method != method) continue;
      squares += one.noise * one.noise;
      ++count;
    }
    return std::sqrt(squares) / static_cast<double>(count);
  }

  /// Methods from the least mean error to the largest.
  std::vector<std::string> ranked() const {
    auto names = methods_;
    std::stable_sort(names.begin(), names.end(), [&](const auto& a, const auto& b) { return error(a) < error(b); });
    return names;
  }

  void write_means(std::ostream& out) const {
    std::vector<std::string> head{"method"};
    for (const double share : shares()) head.push_back(percent(share, 0));
    head.emplace_back("mean");
    out << table_head(head);
    for (const auto& method : ranked()) {
      std::vector<std::string> cells{method};
      for (const double share : shares()) cells.push_back(fixed(error(method, share), 4));
      cells.push_back(fixed(error(method), 4) + (noise(method) > 0 ? " ± " + fixed(noise(method), 4) : ""));
      out << table_row(cells);
    }
  }

  void write_model(std::ostream& out, const std::string& model) const {
    std::vector<std::string> head{"method"};
    for (const double share : shares()) head.push_back(percent(share, 0));
    out << table_head(head);
    for (const auto& method : methods_) {
      std::vector<std::string> cells{method};
      for (const auto& one : all_)
        if (one.model == model && one.method == method)
          cells.push_back(fixed(one.error, 4) + " (" + (one.deviation > 0 ? fixed(one.deviation, 3) + "; " : "") +
                          std::to_string(one.executed) + ")");
      out << table_row(cells);
    }
  }

 private:
  std::vector<decision> all_;
  std::vector<std::string> methods_;
};

inline void write_decision(std::ostream& out, const results& found) {
  const decision_table first(found.decisions, "predicted-class"), second(found.decisions, "true-class");
  const std::string joint = "neuron clustering, joint", plain = "random sampling, plain";
  // The score of joint mutants is no estimate, so it is not among those to take.
  const auto best_of = [&](const decision_table& table) {
    auto names = table.ranked();
    std::erase(names, joint);
    return names.front();
  };
  const std::string best = best_of(first), best_by_second = best_of(second);
  out << "## Which method to take\n\n"
         "Every method runs about the same share of the mutants of the hidden layers; the error is |score − exhaustive score| on the same "
         "layers. Clusterings are cut into max(1, round(share · n)) clusters per layer, samples are of round(share · total) mutants: so "
         "the "
         "clusterings may run a few more or less, as the tables by model tell. Stratified samples draw from each layer and operator in "
         "proportion, rounded up or down at random, so that each mutant has the same chance. Random choices are repeated "
      << found.draws
      << " times, and errors are means over them, ± the standard error of the mean.\n\nMean absolute error, rule predicted-class, mean "
         "over the "
      << found.models().size() << " models:\n\n";
  first.write_means(out);
  out << "\nThe same for rule true-class:\n\n";
  second.write_means(out);
  out << "\n**Take " << best << "**: in the mean over models and costs it is " << fixed(first.error(best), 4)
      << " off the exhaustive score, plain random sampling " << fixed(first.error(plain), 4) << " ("
      << fixed(first.error(plain) / first.error(best), 2) << " times as much).";
  if (best_by_second == best)
    out << " It has the least error by true-class too (" << fixed(second.error(best), 4) << " against " << fixed(second.error(plain), 4)
        << ").";
  else
    out << " By true-class " << best_by_second << " has the least error (" << fixed(second.error(best_by_second), 4) << "; " << best
        << " has " << fixed(second.error(best), 4) << ", plain sampling " << fixed(second.error(plain), 4) << ").";
  std::string better, even, worse;
  for (const auto& method : first.ranked()) {
    if (method == plain) continue;
    const double gain = first.error(plain) - first.error(method), noise = 2 * std::hypot(first.noise(plain), first.noise(method));
    std::string& list = gain > noise ? better : gain < -noise ? worse : even;
    list += (list.empty() ? "" : "; ") + method;
  }
  const auto none_or = [](const std::string& list) { return list.empty() ? std::string("none") : list; };
  out << " Beside plain random sampling, beyond twice the standard error (of the random choices; the models are two architectures on two "
         "test sets): better are "
      << none_or(better) << ". About even: " << none_or(even) << ". Worse: " << none_or(worse)
      << ".\n\nWhy: a mutant drawn at random from its cluster, or stratum, is right in the mean, and its error grows with the spread "
         "within the cluster times the cluster's size. Strata of one layer and operator hold mutants that are killed alike, and share the "
         "sample evenly; clusters of mutants by weights mix operators that are killed differently, and average linkage leaves a few large "
         "ones. Clusters of neurons, mutated by each operator, avoid the first fault; but each neuron that is drawn is run by every "
         "operator, so 45 mutants are 15 neurons only.\n\nA joint mutant changes a whole cluster and is "
         "killed more easily than its neurons' mutants. So the score of "
      << joint << " is a measure of its own, and its distance from the exhaustive score (" << fixed(first.error(joint), 4)
      << ") is no error that more repetitions would lessen: do not read it as an estimate.\n\n";
  for (const auto& model : found.models()) {
    out << "### " << model
        << "\n\nMean absolute error (standard deviation of the scores; mutants run), rule predicted-class. Exhaustive score of the hidden "
           "layers: "
        << fixed(found.at(model, "float32", "exhaustive, hidden layers").mean(), 4) << ", of "
        << found.at(model, "float32", "exhaustive, hidden layers").total << " mutants.\n\n";
    first.write_model(out, model);
    out << '\n';
  }
}

}  // namespace reproduce
