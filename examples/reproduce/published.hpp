#pragma once

/// \file
/// The tables published with Lyons and Ghanbari (ICST 2025), from their replication package.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/error.hpp>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace reproduce {

/// What the repetitions of one model and setting gave.
struct published_runs {
  std::vector<double> scores, seconds;

  double mean_score() const { return mean(scores); }
  double mean_seconds() const { return mean(seconds); }
  double least() const { return *std::min_element(scores.begin(), scores.end()); }
  double most() const { return *std::max_element(scores.begin(), scores.end()); }

  static double mean(const std::vector<double>& numbers) {
    double sum = 0;
    for (const double one : numbers) sum += one;
    return sum / static_cast<double>(numbers.size());
  }
};

/// By model, such as "fcnn-mnist", and setting: neurons per cluster, or threshold; 0 for exhaustive runs.
using published_table = std::map<std::pair<std::string, double>, published_runs>;

/// Reads one of the tables. \param setting  name of the column with the setting; empty where there is none
/// \throws data_error where the file or a column is missing, or a field is no number.
inline published_table read_published(const std::string& file, const std::string& setting) {
  std::ifstream in(file);
  std::string line;
  const auto fail = [&](const std::string& why) {
    throw deepmaacc::data_error(file + ": " + why + "; give the folder of the published tables");
  };
  if (!std::getline(in, line)) fail("cannot be read");
  const auto fields_of = [](const std::string& text) {
    std::vector<std::string> fields;
    std::istringstream parts(text);
    for (std::string field; std::getline(parts, field, ',');) fields.push_back(field.substr(0, field.find('\r')));
    return fields;
  };
  const auto header = fields_of(line);
  const auto column = [&](const std::string& name) {
    const auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end()) fail("has no column " + name);
    return static_cast<std::size_t>(found - header.begin());
  };
  const std::size_t model = column("Model_Type"), score = column("Mutation_Score"), seconds = column("MS_time");
  const std::size_t value = setting.empty() ? model : column(setting);
  published_table table;
  while (std::getline(in, line)) {
    const auto fields = fields_of(line);
    if (line.empty() || line == "\r") continue;
    if (fields.size() <= std::max({model, score, seconds, value})) fail("has a row of only " + std::to_string(fields.size()) + " fields");
    const auto number = [&](std::size_t which) {
      try {
        return std::stod(fields[which]);
      } catch (const std::exception&) {
        fail("'" + fields[which] + "' in column " + header[which] + " is no number");
        throw;
      }
    };
    const std::string path = fields[model], name = path.substr(path.rfind('/') + 1);
    published_runs& runs = table[{name.substr(0, name.rfind('.')), setting.empty() ? 0 : number(value)}];
    runs.scores.push_back(number(score));
    runs.seconds.push_back(number(seconds));
  }
  return table;
}

/// All three tables.
struct published_tables {
  published_table exhaustive, neurons, mutants;

  explicit published_tables(const std::string& folder)
      : exhaustive(read_published(folder + "/final_vanilla_experiments.csv", "")),
        neurons(read_published(folder + "/final_approach1_experiments.csv", "Neurons_per_Cluster_param")),
        mutants(read_published(folder + "/final_approach2_experiments.csv", "ParHAC_Threshold")) {}
};

/// Mean over the settings of one model of what two runs give: `of(exhaustive, method)`.
template <class Function>
double mean_over_settings(const published_tables& tables, const published_table& method, const std::string& model, const Function& of) {
  double sum = 0;
  std::size_t count = 0;
  for (const auto& [key, runs] : method) {
    if (key.first != model) continue;
    sum += of(tables.exhaustive.at({model, 0}), runs);
    ++count;
  }
  return sum / static_cast<double>(count);
}

}  // namespace reproduce
