#pragma once

/// \file
/// The section of the results that tells which method to take.

#include <algorithm>
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
      cells.push_back(fixed(error(method), 4));
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
          cells.push_back(fixed(one.error, 4) + (one.deviation > 0 ? " ± " + fixed(one.deviation, 3) : ""));
      out << table_row(cells);
    }
  }

 private:
  std::vector<decision> all_;
  std::vector<std::string> methods_;
};

inline void write_decision(std::ostream& out, const results& found) {
  const decision_table first(found.decisions, "predicted-class"), second(found.decisions, "true-class");
  const auto ranked = first.ranked(), ranked_second = second.ranked();
  const std::string joint = "neuron clustering, joint", plain = "random sampling, plain";
  out << "## Which method to take\n\n"
         "Every method runs the same share of the mutants of the hidden layers; the error is |score − exhaustive score| on the same "
         "layers. "
      << "Random choices are repeated " << found.draws
      << " times, and errors are means over them. Clusterings are cut into max(1, round(share · n)) clusters per layer; stratified samples "
         "draw from "
         "each layer and operator in proportion, by largest remainders.\n\nMean absolute error, rule predicted-class, mean over the "
      << found.models().size() << " models:\n\n";
  first.write_means(out);
  out << "\nThe same for rule true-class:\n\n";
  second.write_means(out);
  out << "\n**Take " << ranked.front() << "**: in the mean over models and costs it is " << fixed(first.error(ranked.front()), 4)
      << " off the exhaustive score, plain random sampling " << fixed(first.error(plain), 4) << " ("
      << fixed(first.error(plain) / first.error(ranked.front()), 2) << " times as much).";
  if (ranked_second.front() == ranked.front())
    out << " It has the least error by true-class too (" << fixed(second.error(ranked.front()), 4) << " against "
        << fixed(second.error(plain), 4) << ").";
  else
    out << " By true-class " << ranked_second.front() << " has the least error (" << fixed(second.error(ranked_second.front()), 4) << "; "
        << ranked.front() << " has " << fixed(second.error(ranked.front()), 4) << ", plain sampling " << fixed(second.error(plain), 4)
        << ").";
  std::string better, worse;
  for (const auto& method : ranked) {
    if (method == plain) continue;
    std::string& list = first.error(method) < first.error(plain) ? better : worse;
    list += (list.empty() ? "" : "; ") + method;
  }
  out << " Better than plain random sampling at equal cost: " << (better.empty() ? "none" : better)
      << ". No better: " << (worse.empty() ? "none" : worse)
      << ".\n\nWhy: a mutant drawn at random from its cluster, or stratum, is right in the mean, and its error grows with the spread "
         "within the "
         "cluster times the cluster's size. Strata of one layer and operator hold mutants that are killed alike, and share the sample "
         "evenly; clusters of "
         "mutants by weights mix operators that are killed differently, and average linkage leaves a few large ones. Clusters of neurons, "
         "mutated by "
         "each operator, avoid the first fault.\n\nA joint mutant changes a whole cluster and is killed more easily than its neurons' "
         "mutants. So the "
         "score of "
      << joint << " is a measure of its own, and its distance from the exhaustive score (" << fixed(first.error(joint), 4)
      << ") is no error that more repetitions would lessen: do not read it as an estimate.\n\n";
  for (const auto& model : found.models()) {
    out << "### " << model
        << "\n\nMean absolute error ± standard deviation of the scores, rule predicted-class. Exhaustive score of the hidden layers: "
        << fixed(found.at(model, "float32", "exhaustive, hidden layers").mean(), 4) << ".\n\n";
    first.write_model(out, model);
    out << '\n';
  }
}

}  // namespace reproduce
