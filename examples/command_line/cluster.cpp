#include "cluster.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deepmaacc/clustering/cut.hpp>
#include <deepmaacc/clustering/cut_rules.hpp>
#include <deepmaacc/clustering/graphviz.hpp>
#include <deepmaacc/clustering/newick.hpp>
#include <deepmaacc/clustering/scalers.hpp>
#include <deepmaacc/core/matrix.hpp>
#include <deepmaacc/core/progress.hpp>
#include <deepmaacc/core/shape.hpp>
#include <deepmaacc/core/whole_file.hpp>
#include <deepmaacc/io/array.hpp>
#include <deepmaacc/io/npy_writer.hpp>
#include <deepmaacc/io/tests.hpp>
#include <filesystem>
#include <functional>
#include <iostream>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "cluster_points.hpp"
#include "cluster_report.hpp"
#include "clustering_options.hpp"
#include "environment.hpp"
#include "numbers.hpp"
#include "progress_line.hpp"
#include "running_kokkos.hpp"

namespace command_line {
namespace {

namespace dm = deepmaacc;

/// The options as they are written.
struct cluster_options {
  std::string points;
  std::string metric = "euclidean", linkage = "average", scaler = "none", precision = "float64", memory_limit = "8G";
  std::optional<std::size_t> clusters;
  std::optional<std::string> height;
  std::optional<std::string> linkage_matrix, labels, dot, newick, json;
  int threads = 0;
  bool quiet = false;
};

/// The options as the library takes them.
struct plan {
  bool has_distances = false;  ///< whether the file holds distances, which are taken for Euclidean ones
  named<metric_choice> metric;
  named<linkage_choice> linkage;
  named<scaler_choice> scaler;
  std::optional<std::size_t> clusters;
  std::optional<double> height;
};

struct output {
  std::string option, place;
  std::function<void(std::ostream&)> write;
};

bool is_one_file(const std::string& a, const std::string& b) {
  std::error_code fault, other;
  if (std::filesystem::equivalent(a, b, fault)) return true;
  // Made absolute first: what does not exist yet would else stay as it is written.
  const auto first = std::filesystem::weakly_canonical(std::filesystem::absolute(a, fault), fault);
  const auto second = std::filesystem::weakly_canonical(std::filesystem::absolute(b, other), other);
  return !fault && !other && first == second;
}

/// \throws usage_error where two outputs go to one place, or one to the file of the points.
void require_different_places(const std::string& points, const std::vector<output>& outputs) {
  for (auto one = outputs.begin(); one != outputs.end(); ++one) {
    if (one->place.empty()) throw dm::usage_error(one->option + ": the file name is empty");
    for (const std::string& input : {points, points.substr(0, points.rfind(':'))})
      if (one->place != "-" && is_one_file(one->place, input))
        throw dm::usage_error(one->option + ": " + one->place + " is the file of the points; give another name");
    for (auto other = outputs.begin(); other != one; ++other) {
      if (one->place == "-" && other->place == "-")
        throw dm::usage_error(other->option + " and " + one->option + " cannot both go to the standard output");
      if (one->place != "-" && other->place != "-" && is_one_file(one->place, other->place))
        throw dm::usage_error(other->option + " and " + one->option + " cannot both go to " + one->place);
    }
  }
}

/// Reads points, or distances, in one precision. \throws data_error naming the file.
template <class T>
dm::io::array<T> read_points(const std::string& place, bool is_distances) {
  const auto read = dm::io::read_array<double>(place);
  if (is_distances ? read.extents.empty() || read.extents.size() > 2 : read.extents.size() != 2)
    throw dm::data_error(
        place +
        (is_distances ? ": distances must be a square matrix or a condensed vector" : ": points must be a matrix, one row per point") +
        ", but the array has shape " + dm::to_string(read.extents));
  dm::io::array<T> points{read.extents, std::vector<T>(read.values.size())};
  for (std::size_t i = 0; i < read.values.size(); ++i) {
    const double number = read.values[i];
    if (std::isfinite(number) && std::abs(number) > static_cast<double>(std::numeric_limits<T>::max()))
      throw dm::data_error(dm::detail::text(place, ": row ", i / read.extents.back(), " has ", number, " in column ",
                                            i % read.extents.back(), ", which float32 cannot hold; take --precision float64"));
    points.values[i] = static_cast<T>(number);
  }
  return points;
}

/// How many points these are, or have these distances.
std::size_t count_points(const dm::shape& extents) {
  if (extents.size() == 2) return extents[0];
  std::size_t count = 1;
  while (count * (count - 1) / 2 < extents[0]) ++count;
  return count;
}

/// Reads the points, scales and clusters them in one precision; what it finds goes to the report.
template <class T>
dm::dendrogram cluster(const std::string& place, const plan& how, const dm::agglomerate_options& options, cluster_report& report) {
  const dm::stopwatch loading;
  auto points = read_points<T>(place, how.has_distances);
  report.points = count_points(points.extents);
  if (!how.has_distances) report.dimensions = points.extents[1];
  report.load_seconds = loading.seconds();
  if (how.clusters && *how.clusters > report.points && report.points > 0)
    throw dm::data_error(dm::detail::text(place, ": ", *how.clusters, " clusters are asked for, but there are only ", report.points,
                                          " points; ask for at most that many"));
  try {
    const dm::stopwatch scaling;
    std::visit(
        [&]<class Scaler>(const Scaler& scaler) {
          if constexpr (!std::is_same_v<Scaler, dm::scaler::none>) {
            const auto scaled = dm::scaled(dm::matrix<const T>(points.values.data(), points.extents[0], points.extents[1]), scaler);
            std::copy_n(scaled.data(), points.values.size(), points.values.begin());
          }
        },
        how.scaler.policy);
    report.scale_seconds = scaling.seconds();
    const dm::stopwatch clustering;
    const bool is_matrix = points.extents.size() == 2;
    const dm::matrix<const T> rows(points.values.data(), points.extents.at(0), is_matrix ? points.extents[1] : 1);
    const auto from = [&](const auto& distances) {
      return cluster_distances(dm::distance::precomputed<T>(distances), how.linkage.policy, options);
    };
    using condensed = Kokkos::View<const T*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
    dm::dendrogram tree = !how.has_distances ? cluster_points(rows, how.metric.policy, how.linkage.policy, options)
                          : is_matrix        ? from(rows)
                                             : from(condensed(points.values.data(), points.values.size()));
    report.cluster_seconds = clustering.seconds();
    return tree;
  } catch (const dm::data_error& fault) {  // the library does not know where the points are from
    throw dm::data_error(place + ": " + fault.what());
  } catch (const std::bad_alloc&) {
    throw std::runtime_error(dm::detail::text("there is not enough memory to cluster the ", report.points, " points of ", place));
  }
}

/// Cuts the tree. \returns the cluster of each point; where the cut lies and the clusters' sizes go to the report.
template <class Rule>
std::vector<std::size_t> cut_into(const dm::dendrogram& tree, const Rule& rule, cluster_report& report) {
  const std::vector<bool> holds = rule(tree);
  report.merges = tree.merges().size();
  for (std::size_t m = 0; m < holds.size(); ++m) {
    const double height = tree.merges()[m].height;
    report.lowest = std::min(report.lowest.value_or(height), height);
    report.highest = std::max(report.highest.value_or(height), height);
    if (holds[m])
      report.below_cut = std::max(report.below_cut.value_or(height), height);
    else
      report.above_cut = std::min(report.above_cut.value_or(height), height);
  }
  auto labels = dm::cut(tree, rule);
  for (const auto& leaves : dm::members(labels)) report.sizes.push_back(leaves.size());
  return labels;
}

void run(const cluster_options& options) {
  const dm::stopwatch total;
  // Everything that can be wrong with the options is found before a file is read.
  const bool has_distances = options.metric == "precomputed";
  const auto metric =
      has_distances ? named<metric_choice>{options.metric, {}, dm::distance::euclidean{}} : parse_metric(options.metric, ", precomputed");
  plan how{has_distances, metric, parse_linkage(options.linkage), parse_scaler(options.scaler), options.clusters, {}};
  require_fitting(how.metric, how.linkage);
  if (has_distances && options.scaler != "none")
    throw dm::usage_error("--scaler: distances are not scaled, points are; leave it out with --metric precomputed");
  if (options.precision != "float32" && options.precision != "float64")
    throw dm::usage_error("--precision: '" + options.precision + "' is no precision; precisions: float32, float64");
  if (options.height) how.height = parse_number("--height", *options.height);
  if (how.height && !std::isfinite(*how.height)) throw dm::usage_error("--height: '" + *options.height + "' is no finite number");
  if (how.clusters && *how.clusters == 0) throw dm::usage_error("--clusters: 0 clusters are asked for; ask for 1 or more");
  if (how.clusters.has_value() == how.height.has_value())
    throw dm::usage_error("say where to cut by one of --clusters and --height; --help lists the options");
  const progress_line line(!options.quiet);
  const dm::agglomerate_options settings{.memory_limit = parse_bytes("--memory-limit", options.memory_limit), .observer = line.watcher()};

  std::optional<dm::dendrogram> tree;
  std::vector<std::size_t> labels;
  cluster_report report;
  std::vector<output> outputs;
  const auto add = [&](const std::string& option, const std::optional<std::string>& place, std::function<void(std::ostream&)> write) {
    if (place) outputs.push_back({option, *place, std::move(write)});
  };
  add("--linkage-matrix", options.linkage_matrix, [&](std::ostream& out) { dm::io::write_npy(out, tree->linkage_matrix()); });
  add("--labels", options.labels, [&](std::ostream& out) { dm::io::write_npy(out, labels); });
  add("--dot", options.dot, [&](std::ostream& out) { dm::write_graphviz(out, *tree); });
  add("--newick", options.newick, [&](std::ostream& out) { dm::write_newick(out, *tree); });
  // The last one: it tells how long the others took.
  add("--json", options.json, [&](std::ostream& out) { write_json(out, report); });
  require_different_places(options.points, outputs);
  for (const output& one : outputs)
    if (one.place != "-") dm::require_writable(one.place);

  const running_kokkos kokkos(options.threads);
  using space = Kokkos::DefaultHostExecutionSpace;

  report.points_file = options.points;
  report.metric = how.metric.name;
  report.metric_parameters = how.metric.parameters;
  report.linkage = how.linkage.name;
  report.linkage_parameters = how.linkage.parameters;
  report.scaler = how.scaler.name;
  report.precision = options.precision;
  report.cut_clusters = how.clusters;
  report.cut_height = how.height;
  report.threads = space{}.concurrency();
  report.execution_space = space::name();
  tree = options.precision == "float32" ? cluster<float>(options.points, how, settings, report)
                                        : cluster<double>(options.points, how, settings, report);
  labels = how.clusters ? cut_into(*tree, dm::cut_rule::count{.clusters = *how.clusters}, report)
                        : cut_into(*tree, dm::cut_rule::height{.height = *how.height}, report);

  const dm::stopwatch writing;
  bool is_stdout_taken = false;
  for (const output& one : outputs) {
    report.write_seconds = writing.seconds();
    report.total_seconds = total.seconds();
    is_stdout_taken |= one.place == "-";
    if (one.place == "-")
      one.write(std::cout);
    else
      dm::write_whole_file(one.place, one.write);
  }
  report.write_seconds = writing.seconds();
  report.total_seconds = total.seconds();
  if (!options.quiet && !is_stdout_taken) write_summary(std::cout, report);
}

}  // namespace

void add_cluster(CLI::App& app) {
  auto options = std::make_shared<cluster_options>();
  CLI::App* command = app.add_subcommand("cluster", "Hierarchical clustering of points");
  command
      ->add_option("POINTS", options->points,
                   "a matrix, one row per point: NPY, NPZ or IDX, plain or gzip; FILE:ARRAY for an array of an NPZ file")
      ->type_name("FILE[:ARRAY]")
      ->required();

  const auto clustering = "How points become clusters";
  command
      ->add_option(
          "--metric", options->metric,
          "euclidean, squared-euclidean, cosine, correlation, manhattan, chebyshev, minkowski[=P], hamming, canberra, braycurtis, or "
          "precomputed: POINTS holds the distances, as a square matrix or condensed as SciPy does")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(clustering);
  command
      ->add_option("--linkage", options->linkage,
                   "single, complete, average, weighted, flexible[=BETA]; with euclidean or precomputed also ward, centroid, median")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(clustering);
  command
      ->add_option("--scaler", options->scaler,
                   "what is done to each column first: none, min-max (to [0, 1]) or standard (mean 0, deviation 1)")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(clustering);
  command->add_option("--clusters", options->clusters, "cut into K clusters; this or --height is required")
      ->type_name("K")
      ->check(whole_number)
      ->group(clustering);
  command->add_option("--height", options->height, "cut so that no merge within a cluster is higher than H")
      ->type_name("H")
      ->group(clustering);

  const auto running = "How it runs";
  command->add_option("--precision", options->precision, "float64, or float32: half the memory")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(running);
  command
      ->add_option("--memory-limit", options->memory_limit,
                   "for distances, in bytes or with K, M or G behind; a rule that can do without them does where they are more")
      ->type_name("SIZE")
      ->capture_default_str()
      ->group(running);
  command->add_option("--threads", options->threads, "host threads (default: as Kokkos chooses)")
      ->type_name("N")
      ->check(CLI::Range(1, most_threads))
      ->group(running);

  const auto output = "What is written; - for the standard output, for one of them";
  const auto add_output = [&](const std::string& name, std::optional<std::string>& place, const std::string& what) {
    command->add_option(name, place, what)->type_name("FILE|-")->group(output);
  };
  add_output("--linkage-matrix", options->linkage_matrix, "SciPy's linkage matrix, as NPY");
  add_output("--labels", options->labels, "the cluster of each point, from 0, as NPY");
  add_output("--dot", options->dot, "the dendrogram for Graphviz");
  add_output("--newick", options->newick, "the dendrogram in Newick format");
  add_output("--json", options->json, "the report as JSON");
  command->add_flag("--quiet", options->quiet, "no summary and no progress")->group(output);
  command->callback([options] { run(*options); });
}

}  // namespace command_line
