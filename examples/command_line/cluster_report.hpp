#pragma once

/// \file
/// What `deepmaacc cluster` found, as JSON and as text.

#include <algorithm>
#include <cstddef>
#include <deepmaacc/core/number_text.hpp>
#include <deepmaacc/core/version.hpp>
#include <iomanip>
#include <locale>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

namespace command_line {

struct cluster_report {
  std::string points_file;
  std::size_t points = 0;
  std::optional<std::size_t> dimensions;  ///< none for distances
  std::string metric, linkage, scaler, precision;
  std::map<std::string, double> metric_parameters, linkage_parameters;
  std::optional<std::size_t> cut_clusters;  ///< how many clusters were asked for,
  std::optional<double> cut_height;         ///< or the height to cut at
  std::vector<std::size_t> sizes;           ///< of the clusters, by label
  std::size_t merges = 0;
  std::optional<double> lowest, highest;       ///< heights; none for a single point
  std::optional<double> below_cut, above_cut;  ///< the highest merge that holds, and the lowest that does not
  int threads = 0;
  std::string execution_space;
  double load_seconds = 0, scale_seconds = 0, cluster_seconds = 0, write_seconds = 0, total_seconds = 0;
};

/// The report as JSON, schema `deepmaacc.clusters/1`: docs/report.md describes it.
inline void write_json(std::ostream& out, const cluster_report& report) {
  using json = nlohmann::ordered_json;
  const auto policy = [](const std::string& name, const std::map<std::string, double>& numbers) {
    json parameters = json::object();
    for (const auto& [key, value] : numbers) parameters[key] = value;
    return json{{"name", name}, {"parameters", std::move(parameters)}};
  };
  const auto number = [](const auto& one) { return one ? json(*one) : json(nullptr); };
  const json whole{{"schema", "deepmaacc.clusters/1"},
                   {"deepmaacc", deepmaacc::version()},
                   {"points", {{"file", report.points_file}, {"count", report.points}, {"dimensions", number(report.dimensions)}}},
                   {"metric", policy(report.metric, report.metric_parameters)},
                   {"linkage", policy(report.linkage, report.linkage_parameters)},
                   {"scaler", report.scaler},
                   {"precision", report.precision},
                   {"cut", {{"clusters", number(report.cut_clusters)}, {"height", number(report.cut_height)}}},
                   {"clusters", {{"count", report.sizes.size()}, {"sizes", report.sizes}}},
                   {"merges", report.merges},
                   {"heights",
                    {{"lowest", number(report.lowest)},
                     {"highest", number(report.highest)},
                     {"below_cut", number(report.below_cut)},
                     {"above_cut", number(report.above_cut)}}},
                   {"threads", report.threads},
                   {"execution_space", report.execution_space},
                   {"seconds",
                    {{"load", report.load_seconds},
                     {"scale", report.scale_seconds},
                     {"cluster", report.cluster_seconds},
                     {"write", report.write_seconds},
                     {"total", report.total_seconds}}}};
  // A file name need not be UTF-8; JSON must be.
  out << whole.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
}

/// The report as text: what was clustered and how, where the cut lies, and the largest clusters.
inline void write_summary(std::ostream& stream, const cluster_report& report) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  const auto counted = [](std::size_t count, const std::string& what) {
    return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
  };
  const auto policy = [](const std::string& name, const std::map<std::string, double>& numbers) {
    std::string text = name;
    for (const auto& [key, value] : numbers) text += "=" + deepmaacc::number_text(value);
    return text;
  };
  out << report.points_file << ": " << (report.dimensions ? "" : "distances of ") << counted(report.points, "point");
  if (report.dimensions) out << " of " << counted(*report.dimensions, "coordinate");
  out << '\n'
      << policy(report.linkage, report.linkage_parameters) << " linkage, " << policy(report.metric, report.metric_parameters)
      << " distances, scaler " << report.scaler << ", " << report.precision << ", " << report.execution_space << ", "
      << counted(static_cast<std::size_t>(report.threads), "thread") << '\n'
      << counted(report.merges, "merge");
  if (report.lowest) out << ", heights " << *report.lowest << " to " << *report.highest;
  out << "\n\n" << counted(report.sizes.size(), "cluster");
  if (report.below_cut) out << ", the highest merge within them at " << *report.below_cut;
  if (report.above_cut) out << ", the lowest between them at " << *report.above_cut;

  constexpr std::size_t most = 12;
  std::vector<std::size_t> largest(report.sizes.size());
  std::iota(largest.begin(), largest.end(), std::size_t{0});
  std::stable_sort(largest.begin(), largest.end(), [&](std::size_t a, std::size_t b) { return report.sizes[a] > report.sizes[b]; });
  const std::size_t shown = std::min(most, largest.size());
  out << "\n  label    points   share\n" << std::fixed << std::setprecision(1);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::size_t size = report.sizes[largest[i]];
    out << std::setw(7) << largest[i] << std::setw(10) << size << std::setw(6)
        << 100 * static_cast<double>(size) / static_cast<double>(report.points) << " %\n";
  }
  if (largest.size() > most) out << "  … and " << largest.size() - most << " smaller; --json lists the sizes of all\n";
  out << std::setprecision(3) << "\nseconds: load " << report.load_seconds << ", scale " << report.scale_seconds << ", cluster "
      << report.cluster_seconds << ", write " << report.write_seconds << ", total " << report.total_seconds << '\n';
  stream << out.str();
}

}  // namespace command_line
