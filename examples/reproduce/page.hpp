#pragma once

/// \file
/// What the experiments gave, as a page for readers.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "decision.hpp"
#include "experiments.hpp"
#include "markdown.hpp"
#include "published.hpp"
#include "results.hpp"

namespace reproduce {

inline void write_exhaustive(std::ostream& out, const results& found, const published_tables& published) {
  out << "## Exhaustive\n\nAll layers, as published. *Difference*: (ours − published) / published.\n\n"
      << table_head({"model", "published", "float32", "killed", "borderline", "difference", "TF32", "difference"});
  for (const auto& model : found.models()) {
    const auto& ours = found.at(model, "float32", "exhaustive, all layers");
    const auto& rounded = found.at(model, "tf32", "exhaustive, all layers");
    const double theirs = published.exhaustive.at({model, 0}).mean_score();
    out << table_row({model, fixed(theirs, 6), fixed(ours.mean(), 6), fixed(ours.killed, 0) + " of " + fixed(ours.possible, 0),
                      std::to_string(ours.borderline), signed_percent((ours.mean() - theirs) / theirs), fixed(rounded.mean(), 6),
                      signed_percent((rounded.mean() - theirs) / theirs)});
  }
  out << "\n";
}

inline void write_neurons(std::ostream& out, const results& found, const published_tables& published) {
  out << "## Neuron clustering, joint\n\nHidden layers. Per cent: difference from the published score, in float32 and with TF32 "
         "products.\n\n";
  std::vector<std::string> exceptions;
  std::size_t rounded_beyond = 0, rows = 0;
  for (const auto& model : found.models()) {
    out << "### " << model << "\n\n"
        << table_head(
               {"neurons per cluster", "mutants", "killed", "borderline", "score", "published", "float32", "TF32", "evaluation saved"});
    const auto& all = found.at(model, "float32", "exhaustive, hidden layers");
    for (std::size_t size = 1; size <= largest_size; ++size) {
      const auto setting = static_cast<double>(size);
      const auto& ours = found.at(model, "float32", "neuron clustering, joint", setting);
      const auto& rounded = found.at(model, "tf32", "neuron clustering, joint", setting);
      const double theirs = published.neurons.at({model, setting}).mean_score();
      const double difference = (ours.mean() - theirs) / theirs, of_rounded = (rounded.mean() - theirs) / theirs;
      out << table_row({std::to_string(size), fixed(ours.executed, 0), fixed(ours.killed, 0), std::to_string(ours.borderline),
                        fixed(ours.mean(), 6), fixed(theirs, 6), signed_percent(difference), signed_percent(of_rounded),
                        ours.seconds && all.seconds ? percent(dm::speed_up(*all.seconds, *ours.seconds)) : "–"});
      ++rows;
      rounded_beyond += std::abs(of_rounded) > 0.01;
      if (std::abs(difference) > 0.01)
        exceptions.push_back(model + ", " + std::to_string(size) + ": " + signed_percent(difference) + " in float32, " +
                             signed_percent(of_rounded) + " with TF32 products, " + std::to_string(ours.borderline) + " borderline cells");
    }
    out << '\n';
  }
  out << "More than 1 % off the published score: with TF32 products " << rounded_beyond << " of " << rows << " rows; in float32 ";
  if (exceptions.empty())
    out << "none.\n\n";
  else {
    out << "\n\n";
    for (const auto& one : exceptions) out << "* " << one << '\n';
    out << '\n';
  }
}

inline void write_mutants(std::ostream& out, const results& found, const published_tables& published) {
  const std::string exact = "mutant clustering, artifact, exact linkage", approximate = "mutant clustering, artifact, approximate linkage",
                    paper = "mutant clustering, paper";
  out << "## Mutant clustering\n\nHidden layers, " << published_repeats
      << " repetitions. *Artifact*: what the published code does, with (1 + ε)-approximate linkage like the one that it calls, and with "
         "exact average "
         "linkage. *Paper*: similarity as the paper defines it; nothing was published for it.\n\n";
  std::vector<std::string> exceptions;
  std::size_t count = 0;
  for (const auto& model : found.models()) {
    out << "### " << model << "\n\n"
        << table_head(
               {"threshold", "published mean", "least … most", "artifact", "mutants", "exact linkage", "mutants", "paper", "mutants"});
    for (const double threshold : thresholds()) {
      const auto& ours = found.at(model, "float32", approximate, threshold);
      const auto& ours_exact = found.at(model, "float32", exact, threshold);
      const auto& ours_paper = found.at(model, "float32", paper, threshold);
      const auto& theirs = published.mutants.at({model, threshold});
      const bool is_inside = ours.mean() >= 0.98 * theirs.least() && ours.mean() <= 1.02 * theirs.most();
      out << table_row({setting_text(threshold), fixed(theirs.mean_score(), 4), fixed(theirs.least(), 4) + " … " + fixed(theirs.most(), 4),
                        fixed(ours.mean(), 4) + (is_inside ? "" : " *"), fixed(ours.executed, 0), fixed(ours_exact.mean(), 4),
                        fixed(ours_exact.executed, 0), fixed(ours_paper.mean(), 4), fixed(ours_paper.executed, 0)});
      ++count;
      if (!is_inside) {
        const auto& rounded = found.at(model, "tf32", approximate, threshold);
        const auto [low, high] = std::minmax_element(ours.scores.begin(), ours.scores.end());
        const double deviation = dm::spread_of(ours.scores).deviation, their_deviation = dm::spread_of(theirs.scores).deviation;
        const double error = std::sqrt(deviation * deviation / static_cast<double>(ours.scores.size()) +
                                       their_deviation * their_deviation / static_cast<double>(theirs.scores.size()));
        exceptions.push_back(model + ", " + setting_text(threshold) + ": mean " + fixed(ours.mean(), 4) + " (" + fixed(*low, 4) + " … " +
                             fixed(*high, 4) + ", " + fixed(rounded.mean(), 4) + " with TF32 products), published " +
                             fixed(theirs.mean_score(), 4) + " (" + fixed(theirs.least(), 4) + " … " + fixed(theirs.most(), 4) +
                             "): the means are " + fixed(std::abs(ours.mean() - theirs.mean_score()) / error, 1) +
                             " standard errors of their difference apart; what either should give in the mean is the exhaustive score, " +
                             fixed(found.at(model, "float32", "exhaustive, hidden layers").mean(), 4));
      }
    }
    out << '\n';
  }
  out << count - exceptions.size() << " of " << count
      << " means in artifact mode lie between the least and the largest published score, widened by 2 %. The others (marked *):\n\n";
  for (const auto& one : exceptions) out << "* " << one << '\n';
  if (exceptions.empty()) out << "none.\n";
  out << "\nRepresentatives are drawn at random on both sides. The rows share the seeds of their draws, so they are not independent, and "
         "equal clusters give equal scores. A representative that is drawn from its cluster, and counts for all of it, gives the "
         "exhaustive score "
         "of the same layers in the mean, whatever the clusters are: only the spread depends on them. A low threshold leaves few clusters "
         "of many "
         "mutants, where one draw decides much of the score; a high one leaves clusters of one, and all repetitions give nearly the same. "
         "So the mean "
         "of six draws differs from the mean of six others by chance, most at low thresholds.\n\n";
}

inline void write_headline(std::ostream& out, const results& found, const published_tables& published) {
  out << "## Headline figures\n\nSpeed-up = (t exhaustive − t method) / t exhaustive, over the time spent on testing mutants; error = "
         "(score exhaustive − score "
         "method) / score exhaustive. *Published*: from the published tables, where the exhaustive runs include the output layer and the "
         "methods do "
         "not. *Ours*: the same layers on both sides; speed-up by mutants run, and for neuron clustering also by seconds. Means over sizes "
         "1 to 10, and over all thresholds.\n\n";
  std::vector<std::string> models;
  for (const auto& [key, runs] : published.exhaustive) models.push_back(key.first);
  const auto saved = [](const published_runs& all, const published_runs& method) {
    return dm::speed_up(all.mean_seconds(), method.mean_seconds());
  };
  const auto error = [](const published_runs& all, const published_runs& method) {
    return dm::score_error{all.mean_score(), method.mean_score()}.relative();
  };
  const auto absolute = [&](const published_runs& all, const published_runs& method) { return std::abs(error(all, method)); };
  const auto ours_of = [&](const std::string& model, const std::string& method, const auto& value) -> std::string {
    double sum = 0;
    std::size_t count = 0;
    const auto& all = found.at(model, "float32", "exhaustive, hidden layers");
    for (const auto& one : found.experiments) {
      if (one.model != model || one.precision != "float32" || one.method != method) continue;
      sum += value(all, one);
      ++count;
    }
    return percent(sum / static_cast<double>(count));
  };
  const auto by_mutants = [](const experiment& all, const experiment& one) {
    return dm::speed_up(static_cast<double>(all.total), one.executed);
  };
  const auto by_seconds = [](const experiment& all, const experiment& one) { return dm::speed_up(*all.seconds, *one.seconds); };
  const auto our_error = [](const experiment& all, const experiment& one) {
    return std::abs(dm::score_error{all.mean(), one.mean()}.relative());
  };
  const auto is_ours = [&](const std::string& model) {
    const auto names = found.models();
    return std::find(names.begin(), names.end(), model) != names.end();
  };
  struct part {
    std::string name;
    const published_table* table;
    std::string method;
    bool is_timed;
  };
  for (const part& one : {part{"Neuron clustering, joint", &published.neurons, "neuron clustering, joint", true},
                          part{"Mutant clustering", &published.mutants, "mutant clustering, artifact, approximate linkage", false}}) {
    out << "### " << one.name << "\n\n"
        << table_head({"model", "published: saved", "error", "\\|error\\|", "ours: mutants saved", "seconds saved", "\\|error\\|"});
    double sums[3] = {0, 0, 0};
    for (const auto& model : models) {
      const double values[3] = {mean_over_settings(published, *one.table, model, saved),
                                mean_over_settings(published, *one.table, model, error),
                                mean_over_settings(published, *one.table, model, absolute)};
      for (int i = 0; i < 3; ++i) sums[i] += values[i] / static_cast<double>(models.size());
      std::vector<std::string> cells{model, percent(values[0]), signed_percent(values[1], 1), percent(values[2]), "–", "–", "–"};
      if (is_ours(model)) {
        cells[4] = ours_of(model, one.method, by_mutants);
        if (one.is_timed) cells[5] = ours_of(model, one.method, by_seconds);
        cells[6] = ours_of(model, one.method, our_error);
      }
      out << table_row(cells);
    }
    out << table_row({"**mean**", percent(sums[0], 2), signed_percent(sums[1], 1), percent(sums[2]), "", "", ""}) << '\n';
  }
  out << "The abstract of the paper names 69.77 % and 35.31 %; these tables do not give them by the formula above. Where numbers of "
         "ours are missing the test set was not at hand.\n\n";
}

/// Whether TF32 products come nearer to the published scores, over exhaustive runs and neuron clusterings.
inline std::string rounding_verdict(const results& found, const published_tables& published) {
  std::size_t nearer = 0, farther = 0, equal = 0;
  double moved = 0;
  for (const auto& one : found.experiments) {
    const published_runs* const runs = published_for(published, one);
    if (one.precision != "float32" || !runs || one.method.find("mutant") != std::string::npos) continue;
    const double rounded = found.at(one.model, "tf32", one.method, one.setting).mean();
    const double plain_error = std::abs(one.mean() - runs->mean_score()), rounded_error = std::abs(rounded - runs->mean_score());
    ++(rounded_error < plain_error - 1e-9 ? nearer : rounded_error > plain_error + 1e-9 ? farther : equal);
    moved = std::max(moved, std::abs(rounded - one.mean()) / one.mean());
  }
  return "That moves a score by up to " + percent(moved) + ", as much as ours differ from the published ones; but it brings only " +
         std::to_string(nearer) + " of " + std::to_string(nearer + farther + equal) +
         " scores (exhaustive, and neuron clustering by size) nearer, " + std::to_string(farther) + " farther, and leaves " +
         std::to_string(equal) +
         " as they are. So rounding of this size can explain differences of this size, but the published ones did not come about by just "
         "this rounding.";
}

/// The whole page.
inline void write_page(std::ostream& out, const results& found, const published_tables& published) {
  out << "# Results\n\nThe experiments of Lyons and Ghanbari (ICST 2025) on their models, run again, beside the scores that they "
         "published. Written by\n"
         "`build/release/bin/reproduce DATA docs` (DATA: [data.md](data.md)), in "
      << fixed(found.seconds, 0) << " s on " << found.threads << " threads, from " << found.inputs
      << " test inputs per model; all experiments are also in [results.csv](results.csv). What the words mean: "
         "[semantics.md](semantics.md).\n\n";
  write_decision(out, found);
  write_exhaustive(out, found, published);
  write_neurons(out, found, published);
  write_mutants(out, found, published);
  write_headline(out, found, published);
  out << "## What explains the differences\n\n"
         "* **TF32.** The published scores were computed on a GPU, whose float32 products may round their factors to 10 mantissa bits. A "
         "class is "
         "killed by a single input, so inputs near a decision count. The columns *TF32* round the same factors. "
      << rounding_verdict(found, published)
      << "\n"
         "* **Borderline cells** are those that float32 rounding alone could change. There are few: rounding of float32 explains next to "
         "nothing.\n"
         "* **Population.** The published exhaustive scores include the output layer, the scores of the two methods do not. Against "
         "exhaustive on the same "
         "layers the errors are others.\n"
         "* **Inverted similarity.** The published code of mutant clustering takes the scaled distance for the similarity, so mutants that "
         "are far apart are "
         "put together first, and its mutants' coordinates begin with the neuron's index. Mode *paper* does what the paper says: at low "
         "thresholds it leaves "
         "a handful of mutants.\n"
         "* **Linkage.** The published code clusters with (1 + ε)-approximate linkage, unseeded, and draws representatives at random: its "
         "scores at low "
         "thresholds differ widely between repetitions.\n";
}

}  // namespace reproduce
